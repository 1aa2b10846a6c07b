"""Closed classes of English words, and the commonest of the open ones, by which questions are cut into phrases.

None of it belongs to any subject. A word that is in no list is taken for a noun, which is right most of the time.
"""

from __future__ import annotations

from rag.text.words import stem

DETERMINERS = frozenset(
    "the a an this that these those my your our its his her their some any no each every both all another".split()
)
PREPOSITIONS = frozenset(
    "of in on at by for from to into onto with without within about over under after before during since until "
    "till between among through against around near behind beside across towards toward upon per via as like "
    "than instead regarding concerning besides despite inside outside below above along beyond off out up down".split()
)
DO = frozenset("do does did".split())
BE = frozenset("is are was were be been being am".split())
HAVE = frozenset("has have had".split())
MODALS = frozenset("can could will would should may might must shall".split())
AUXILIARIES = DO | BE | HAVE | MODALS
QUESTION_WORDS = frozenset("what who whom whose which when where why how".split())
PRONOUNS = frozenset(
    "i you we he she it they me us him them himself herself itself themselves one ones everybody anybody "
    "nobody somebody everyone anyone someone everything anything nothing something there".split()
)
CONJUNCTIONS = frozenset("and or but nor if when while because although unless whether so".split())
ADVERBS = frozenset(
    "not also ever still then else now again already just only even never always often usually really actually "
    "exactly so too very much more most less least many few here today yesterday tomorrow together away back "
    "ago later earlier first once twice yet please".split()
)
"""Words that belong to no noun phrase. (`first` is looked at before, where it counts something.)"""

VERBS = frozenset(
    "accept accuse achieve acquire act add admit affect agree aim allow announce answer appeal appear apply "
    "appoint approve argue arrange arrive ask attack attend audit avoid ban become begin believe belong blame "
    "block boil break breathe breed bring build burn bury buy call cancel carry cause celebrate change charge "
    "choose claim clean clear climb close collect come comment compare compete complain conclude confirm "
    "connect consider consist contain continue contribute control cook cool cost cover create criticise "
    "criticize cure dance deal decide declare decline decrease defend define delete deliver demand deny depend "
    "describe design destroy detect determine develop die differ disagree disappear discover discuss do draw "
    "drink drive drop earn eat edit elect employ enable end enforce enjoy ensure enter establish evolve exist "
    "expand expect expire explain export express extend fail fall feed feel fight file fill find finish fit "
    "fix flow fly follow forbid form found freeze function fund gain get give go govern grow guarantee handle "
    "hang happen hate have hear heat help hide hire hit hold hunt hurt identify ignore import improve include "
    "increase inherit insist install insure interview introduce invent invest invite involve join jump keep "
    "kill know lack land lay lead learn leave lend let lie like limit link list live look lose love maintain "
    "make manage marry matter mean measure meet melt mention merge migrate mix move name need negotiate nest "
    "note observe obtain occur offer open operate oppose order own paint park participate pay perform permit "
    "plan plant play predict prefer prepare prescribe prevent print process produce prohibit promise propose "
    "protect prove provide publish put raise reach react read receive recognise recommend record recover "
    "reduce refer refuse regret regulate reject release rely remain remember remove rent repair repeat replace "
    "reply report represent request require rescue resign resist respond rest restore result return reveal "
    "ride rise rule run save say score see seek select sell send serve set settle share shine shoot show shut "
    "sign sing sink sit sleep smell solve sound speak spend spread stand start state stay steal stop store "
    "strike study submit succeed suffer suggest support suppose survive swim switch take talk taste teach tell "
    "test thank think threaten throw touch trade train translate travel treat trigger trust try turn "
    "understand unite update upgrade use vary visit vote wait walk want warn wash watch wear weigh win wish "
    "withdraw work worry write yield".split()
)
"""Base forms of common verbs."""
_IRREGULAR = frozenset(
    "began begun became bit bitten blew blown bore born borne bought bound bred broke broken brought built "
    "burnt came caught chose chosen crept cut dealt did done drawn dreamt drew driven drove drunk eaten fallen "
    "fed fell felt fled flew flown forgot forgotten fought found froze frozen gave given gone got gotten grew "
    "grown had heard held hid hidden hung hurt kept knew known laid lain lay led left lent lit lost made meant "
    "met mown overcome paid put ran rang read ridden risen rode rose said sang sank sat saw seen sent set sewn "
    "shaken shed shone shook shot shown shrunk shut slain slept slid sold sought sown spent spoke spoken "
    "spread sprang stood stole stolen struck stuck sung sunk swam swept sworn swum swung taken taught thought "
    "threw thrown told took torn understood undone upheld went woken won wore worn wove woven wound written "
    "wrote".split()
)
ADJECTIVES = frozenset(
    "able afraid alive allowed available aware beautiful better big black bright broken certain cheap cheaper "
    "clean clear closed cold common complete correct dangerous dead deep different difficult dry easy "
    "effective empty equal expensive fast fair false famous flammable free fresh full good green guilty happy "
    "hard healthy heavy high hot illegal important independent large late legal liable likely long low "
    "mandatory necessary new normal old open permanent poisonous poor popular possible profitable public rare "
    "ready real red responsible rich right safe safer salty secure short sick similar small soft solid special "
    "strong successful suitable sure sweet tall taxable toxic true useful valid vegan vegetarian visible warm "
    "waterproof weak wet white wrong young".split()
)
ATTRIBUTES = frozenset(
    stem(word)
    for word in (
        "age amount address altitude area capital capacity cause charge circumference colour color composition "
        "consumption cost date definition density depth diameter dimension director distance dosage dose duration "
        "effect elevation fee flavour formula frequency function headquarter height humidity income ingredient length "
        "level lifespan limit location mass meaning motto name number origin owner output percentage point population "
        "position power pressure price profit purpose range rate ratio result revenue role salary score shape share "
        "side size slogan smell source speed status surface symptom taste temperature thickness title turnover type "
        "use value velocity version voltage volume wage wavelength weight width wingspan"
    ).split()
)
"""What things have: asked for the price of a thing, `it` is the thing and not the price."""
_PEOPLE = frozenset(
    "accountant activist actor actress admiral advisor adviser advocate ambassador analyst applicant "
    "archbishop architect artist assistant athlete author baker bishop boss builder captain carpenter chairman "
    "chairwoman champion chancellor chef chief clerk client coach colonel colleague commander commissioner "
    "composer consultant contractor councillor critic curator customer dean defendant dentist deputy designer "
    "detective dictator diplomat director doctor driver economist editor emperor engineer expert farmer "
    "founder gardener general governor guard guide headteacher headmaster historian hunter inspector inventor "
    "investigator investor journalist judge keeper king landlord lawyer leader lecturer librarian lieutenant "
    "manager mathematician mayor mechanic midwife minister monk musician neighbour novelist nurse observer "
    "officer official owner painter patient philosopher photographer physician physicist pilot plaintiff "
    "player poet politician pope premier president priest prince princess principal professor prosecutor "
    "psychologist queen reporter researcher sailor scientist secretary senator sergeant sculptor sheriff "
    "singer soldier speaker spokesman spokesperson spokeswoman student surgeon suspect teacher technician "
    "tenant treasurer veteran victim virologist winner witness worker writer".split()
)
_HE = frozenset(
    "boy brother father gentleman grandfather grandson husband king man monk nephew prince son uncle".split()
)
_SHE = frozenset(
    "actress aunt daughter girl grandmother lady mother niece nun princess queen sister widow wife woman".split()
)
COLLECTIVES = frozenset(
    "agency army association authority bank board cabinet club commission committee company congress "
    "corporation council court crew department district family firm government group institute jury league "
    "ministry museum office organisation organization parish parliament party police school senate state team "
    "tribunal union university".split()
)
"""Things that act as a person does, and that `they` can stand for."""
KINDS = frozenset(
    "accord act agreement animal app article band bank book breed brand bridge building castle chemical church "
    "city club comet company compound country device drug engine festival film firm food group island lake "
    "language law machine material medicine model mountain museum novel organisation organization painting "
    "paper party place planet plant plugin product program project rail region report river school ship show "
    "software song species sport star station statue statute study substance system team temple tool town "
    "treaty university vehicle village virus volcano war".split()
)
"""What a thing with a name of its own can be called by, when it is spoken of again ('the company')."""
INDIVISIBLE = frozenset("gas glass bus lens news series species always this its is was has us plus physics".split())
_PLURALS = frozenset(
    "people children men women mice geese feet teeth police cattle criteria phenomena bacteria media data "
    "fungi salmon trout sheep deer fish alumni".split()
)
_AGENTLESS = frozenset(
    "cost weigh last take happen mean contain include cover apply look come go start begin end expire measure "
    "depend affect need work run keep taste smell matter cause consist occur exist belong rise fall arrive "
    "appear require burn melt boil use last fit open close".split()
)


def is_verb_form(word: str) -> bool:
    """Say whether a word in lower case can be a finite verb or a participle of one."""
    return is_base_form(word) or is_participle(word) or (word.endswith("s") and _base_of_s(word))


def is_base_form(word: str) -> bool:
    """Say whether a word in lower case is the base form of a common verb."""
    return word in VERBS


def is_participle(word: str) -> bool:
    """Say whether a word in lower case looks like a past form or a participle."""
    return word in _IRREGULAR or (len(word) > 4 and word.endswith(("ed", "ing")) and word not in {"need", "speed"})


def _base_of_s(word: str) -> bool:
    return any(base in VERBS for base in (word[:-1], word[:-2], f"{word[:-3]}y"))


def is_plural(word: str) -> bool:
    """Say whether a noun in lower case stands for several."""
    if word in _PLURALS:
        return True
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in INDIVISIBLE


def is_person_noun(word: str) -> bool:
    """Say whether a noun in lower case is what a person is or does ('the treasurer', 'her brother')."""
    return word in _PEOPLE or word in _HE or word in _SHE


def pronoun_of_noun(word: str) -> str:
    """Return 'he' or 'she' for a noun that only one of them can stand for."""
    return "he" if word in _HE else "she" if word in _SHE else ""


def acts(verb: str) -> bool:
    """Say whether a verb in its base form is what somebody does, as a council can and a budget cannot."""
    return verb not in _AGENTLESS
