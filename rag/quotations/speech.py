"""The verbs with which English reports what somebody said, wrote, thinks or judges.

Grouped by how they take their content: reporting verbs need a complement (`said that …`), judging verbs are a
report by themselves (`criticised the restrictions`), verbs of opinion report a view (`believes …`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_IRREGULAR = {
    "say": ("says", "said", "saying"),
    "tell": ("tells", "told", "telling"),
    "write": ("writes", "wrote", "written", "writing"),
    "put": ("puts", "putting"),
    "think": ("thinks", "thought", "thinking"),
    "deny": ("denies", "denied", "denying"),
    "reply": ("replies", "replied", "replying"),
    "testify": ("testifies", "testified", "testifying"),
    "feel": ("feels", "felt", "feeling"),
    "swear": ("swears", "swore", "swearing"),
    "know": ("knows", "knew", "knowing"),
    "cry": ("cries", "cried", "crying"),
    "plead": ("pleads", "pleaded", "pleading"),
    "forecast": ("forecasts", "forecast", "forecasting"),
}
_REPORTING = (
    "say tell state write put add note explain warn argue claim declare announce insist assert reply respond answer "
    "remark comment recall report reveal confirm concede acknowledge admit suggest stress emphasize emphasise observe "
    "mention ask testify swear tweet post muse joke quip lament bemoan complain promise pledge vow predict "
    "conclude contend maintain counter recount advise allege caution exclaim urge tout proclaim opine assess "
    "continue hint imply signal protest grumble object boast shout whisper cry laugh sigh plead forecast estimate "
    "calculate agree disagree interject retort reiterate reason speculate"
).split()
_JUDGING = (
    "call describe characterize characterise criticize criticise praise blame accuse dismiss denounce condemn "
    "defend deny downplay mock ridicule applaud welcome hail dub label portray liken compare reject deride slam "
    "express disparage belittle recommend propose question attribute endorse oppose demand lambast commend"
).split()
_OPINION = "believe think consider deem regard feel suspect expect hope fear doubt view".split()


THINGS_DO = frozenset(
    "promise boast tout suggest signal call describe demand hint imply reveal state question attribute express "
    "continue put note claim predict estimate calculate reject support propose recommend dub label portray confirm "
    "maintain contend answer respond view feature".split()
)
"""Verbs that products, clauses and models can be the subject of as well as persons."""


def _forms(verb: str) -> tuple[str, ...]:
    if verb in _IRREGULAR:
        return (verb, *_IRREGULAR[verb])
    if verb.endswith("e"):
        return (verb, verb + "s", verb + "d", verb[:-1] + "ing")
    return (verb, verb + "s", verb + "ed", verb + "ing")


def _lexicon(verbs: list[str]) -> dict[str, str]:
    forms = {form: verb for verb in verbs for form in _forms(verb)}
    if "quip" in verbs:
        forms |= {"quipped": "quip", "quipping": "quip", "admitted": "admit", "admitting": "admit"}
    return forms


REPORTING = _lexicon(_REPORTING)
JUDGING = _lexicon(_JUDGING)
OPINION = _lexicon(_OPINION)
SPEECH_VERBS: dict[str, str] = OPINION | JUDGING | REPORTING
"""Every inflected form, with its base form."""


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern of any of the words, those with the same first letter together, which is tried once for all."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_letter.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in sorted(by_letter.items()))


VERB_PATTERN = re.compile(rf"(?<![\w’'-])({_any_of(SPEECH_VERBS)})(?![\w’'-])")
ACCORDING_TO = re.compile(r"\baccording to\b", re.I)

_NEGATION = re.compile(
    r"\b(?:not|never|n[’']t|neither|nor|cannot|declined to|refused to|refuses to|failed to|"
    r"without)\s+(?:\w+ly\s+|yet\s+|even\s+)?$",
    re.I,
)


_FINITE_BASE_AFTER = re.compile(
    r"(?:\b(?:they|we|i|you|who|did|does|do|will|would|also|often|and|continues? to|continued to|\w+[^s\W]s)|"
    r"[’']ll)\s+(?:\w+ly\s+)?$",
    re.I,
)
_NEVER_NOUNS = frozenset("say think believe argue insist warn suggest expect consider".split())
_MANY_OF = re.compile(r"\b\w+[^s\W]s\s+(?:of|in|at|for|from|with|on)\s+(?:[\w’'-]+\s+){1,4}$", re.I)
"""A subject of several with something behind it: 'critics of the plan say'."""
_AUXILIARY = re.compile(r"\b(?:to|not|cannot|can|could|may|might|should|must|let)\s+$", re.I)
_PURPOSE = re.compile(
    r"\b(?:opportunity|occasion|chance|moment|time|went on|continued|continues|sought|began|used \w+) to\s+$", re.I
)
_NOUN_FORMS = frozenset(
    "remarks views claims reports comments posts notes answers replies tweets calls states hopes fears doubts suspects "
    "labels praises blames warnings criticises jokes says demands questions estimates forecasts protests boasts shouts "
    "objects signals hints cries laughs sighs attributes reasons".split()
) - {"says", "praises", "criticises"}
_VERB_POSITION = re.compile(
    r"(?:\b(?:he|she|it|who)|[A-Z]\w+|,|man|woman|son|er|or|ent|al|report|article|study)\s+(?:\w+ly\s+|also\s+)?$"
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|widely|often)\s+(?:\w+ly\s+|long\s+)*$", re.I)
_NAMED_THING = re.compile(r"\b(?:[Aa]n?|[Oo]ne|some\w+)\s+(?:[a-z-]+\s+){1,3}$")
_NAME_NEXT = re.compile(
    r"\s+(?:the\s+)?[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*(?:\s*[,.;:)]|\s+(?:is|was|has|had|who|which)\b)"
)
_PUT_IN_WORDS = re.compile(r"\s+(?:it|things|this|that|the matter)\b|\s*[:,]")
_ACTS_WITH_TO = frozenset("continue agree".split())
"""Verbs that report a deed, and no words, in front of an infinitive ('continues to frame')."""
_GERUND_AFTER = re.compile(r"\b(?:the|a|an|of|this|that|some|any)\s+$", re.I)


def is_finite(text: str, start: int, end: int) -> bool:
    """Say whether the form at `start:end` works as an active verb there, by the word before it.

    Base forms and forms that are nouns too ('call', 'remarks') count only behind something that can be their subject;
    passives ('is called') and infinitives ('to stress') report nobody's words.
    """
    form, before = text[start:end], text[max(0, start - 40) : start]
    if _NAMED_THING.search(before) and _NAME_NEXT.match(text, end):
        return False
    if SPEECH_VERBS[form] == "put" and not _PUT_IN_WORDS.match(text, end):
        return False
    if SPEECH_VERBS[form] in _ACTS_WITH_TO and text.startswith(" to ", end):
        return False
    if form in _NOUN_FORMS:
        return bool(_VERB_POSITION.search(before))
    if form == SPEECH_VERBS[form] and form != "put":
        if form in JUDGING and _PURPOSE.search(before):
            return True
        many = form in _NEVER_NOUNS and _MANY_OF.search(before) and not _AUXILIARY.search(before)
        return bool(_FINITE_BASE_AFTER.search(before) or many)
    if form.endswith("ing"):
        return not _GERUND_AFTER.search(before)
    return not _PASSIVE.search(before)


_CLAUSE = re.compile(
    r"\s+(?:(?:the|a|an|this|these|those|its|their|his|her|our|my|no|some|many|most|all|there|it|he|she|they|we|i|you)\b"
    r"|[A-Z\d]|[a-z]+s\b|\w+ing\b)[^.;:]{0,80}?\s(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|"
    r"do|does|did|needs?|wants?|expect(?:s|ed)|\w+n[’']t)\b"
)
_SAID = re.compile(
    r"\s+(?:(?:on|in|last|this)\s+\w+,?\s+)?(?:the|a|an|this|these|those|its|their|his|her|our|my|no|some|many|most|all|"
    r"there|it|he|she|they|we|i|you)(?:\s+[\w’'-]+){2}"
)
"""What only 'say' takes for a clause without a verb that is known: a subject and two words."""
_TURNED_ROUND = re.compile(r"^[^,]*,\s+\w+$")
_BARE_CLAUSE = frozenset(
    "say think believe claim argue insist add note warn admit predict suggest hope expect fear".split()
)


def takes_bare_clause(text: str, verb: str, end: int) -> bool:
    """Say whether a clause without 'that' follows the verb that ends at `end` ('said the company expected …')."""
    if verb == "say" and _SAID.match(text, end):
        return not _TURNED_ROUND.match(text[text.rfind(". ", 0, end) + 1 : end])
    return verb in _BARE_CLAUSE and bool(_CLAUSE.match(text, end))


def is_speech_verb(word: str) -> bool:
    """Say whether a word is a form of a verb that reports speech, judgement or opinion."""
    return word.lower() in SPEECH_VERBS


def is_negated(text: str, verb_start: int) -> bool:
    """Say whether the verb that starts at `verb_start` is denied ('declined to say', 'did not say')."""
    return bool(_NEGATION.search(text, max(0, verb_start - 40), verb_start))
