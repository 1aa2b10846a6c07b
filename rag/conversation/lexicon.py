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
    "exactly so too very much more most less least many few here today yesterday tomorrow together away back ago "
    "later earlier first once twice yet please".split()
)
"""Words that belong to no noun phrase. (`first` is looked at before, where it counts something.)"""

VERBS = frozenset(
    "accept accuse achieve acquire act adapt add adjust administer admit adopt advise affect agree aid aim allow "
    "analyse analyze announce answer anticipate appeal appear apply appoint approve argue arrange arrive ask assess "
    "assign assist assume attach attack attend attract audit avoid bake ban bark bear beat become begin believe "
    "belong bend bind bite blame bleed block bloom blow boil boost borrow bounce break breathe breed brew bring "
    "broadcast brush build burn bury buy calculate calibrate call cancel carry catch cater cause cease celebrate "
    "change charge choose circulate claim classify clean clear climb cling close collapse collect combine come "
    "comment commit communicate compare compensate compete complain comply compose comprise conceal conclude conduct "
    "confirm conflict connect conserve consider consist construct consult consume contain continue contribute control "
    "convert convey convict cook cool corrode cost cover crash crawl create criticise criticize cross crush cure "
    "dance dare deal decay decide declare decline decompose decrease dedicate deduct defeat defend define delay "
    "delete deliver demand deny depend deploy derive describe deserve design destroy detain detect deteriorate "
    "determine develop devote dictate die differ differentiate dig digest dilute diminish disagree disappear "
    "discharge disclose discover discuss dismiss display dissolve distinguish distribute do dominate donate doubt "
    "drain draw drift drink drive drop drown dry earn eat echo edit elect eliminate emerge emit emphasise emphasize "
    "employ enable encounter encourage end endorse enforce enjoy ensure enter erupt escape establish estimate "
    "evacuate evaluate evaporate evolve examine exceed exchange exclude execute exercise exhibit exist expand expect "
    "expire explain export expose express extend fade fail fall fasten feed feel ferment fertilise fetch fight file "
    "fill finance find finish fit fix float flood flow fly fold follow forbid forget forgive form foster found freeze "
    "function fund gain get give glow go govern graze greet grind grow guarantee guess halt handle hang happen harm "
    "harvest hatch hate haul have hear heat help hesitate hide hire hit hold hover hunt hurt identify ignore "
    "illustrate imagine import impose imprison improve include increase infect influence inform inhabit inherit "
    "inhibit inject injure insert insist inspect inspire install insure integrate intend interact interfere interpret "
    "interview introduce invade invent invest invite involve isolate issue join jump justify keep kick kill kiss knit "
    "knock know lack land launch lay lead leak lean leap learn leave lend let lie lift like limit link list live load "
    "locate lock look lose love lower maintain make manage manufacture march marry matter mature mean measure meet "
    "melt mention merge migrate mix modify monitor motivate mourn move multiply mutate name narrate need negotiate "
    "nest nominate note notify obey oblige observe obtain occupy occur offer open operate oppose order originate "
    "overcome overlap own oxidise paint park participate pay penetrate perceive perform permit persuade plan plant "
    "play pollinate postpone pour practise praise preach predict prefer prepare prescribe preserve press prevail "
    "prevent print proceed process proclaim produce prohibit prolong promise pronounce propel propose protect prove "
    "provide provoke publish pull pump punish purchase pursue push put quit raid rain raise reach react read recall "
    "receive recognise recommend record recover recruit recycle reduce refer reflect reform refuel refuse register "
    "regret regulate reign reinforce reject relate relax release relieve rely remain remember remind remove renew "
    "renovate rent repair repay repeat replace reply report represent reproduce request require rescue resemble "
    "reserve reside resign resist resolve respond rest restore restrict result resume retain retire retreat return "
    "reveal reverse review revise revolve reward ride rise rob roll rotate rub ruin rule run sail satisfy save say "
    "scatter schedule score scream seal secure see seek seize select sell send separate serve set settle shake shape "
    "share shed shift shine ship shoot show shrink shut sign simmer sing sink sit sleep slide slip smell smoke soak "
    "solve sound sow speak speed spend spill spin split spoil spray spread sprout squeeze stabilise stain stand start "
    "starve state stay steal stem stir stop store strengthen stretch strike struggle study submit substitute succeed "
    "sue suffer suggest supervise supply support suppose suppress surpass surrender surround survive suspend sustain "
    "swallow swear sweep swell swim swing switch symbolise synthesise tackle take talk taste teach tell tend "
    "terminate test thank thaw think threaten thrive throw tie tighten tolerate touch trace track trade train "
    "transfer transform translate transmit transport trap travel treat trigger trust try turn undergo undermine "
    "understand unite unlock update upgrade uphold urge use vanish vary venture violate visit vote wait walk wander "
    "want warn wash waste watch wave weaken wear weave weep weigh whisper win wipe wish withdraw work worry wrap "
    "write yield".split()
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


COMMANDS = frozenset("compare describe explain find give list name quote show sum summarise summarize tell".split())
"""What a question that is none begins with."""


_NO_ADVERBS = frozenset(
    "ally anomaly apply assembly belly bully butterfly comply family fly folly hourly imply jelly lily melancholy "
    "monopoly multiply only rally rely reply supply tally weekly yearly daily monthly elderly friendly likely lovely "
    "early ugly holy silly curly deadly costly lonely oily woolly".split()
)


def is_adverb(word: str) -> bool:
    """Say whether a word in lower case is an adverb by its ending."""
    return len(word) > 4 and word.endswith("ly") and word not in _NO_ADVERBS


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
    by_ending = {word[:-1], word[:-2] if word.endswith("es") else "", f"{word[:-3]}y" if word.endswith("ies") else ""}
    return not by_ending.isdisjoint(VERBS)


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
