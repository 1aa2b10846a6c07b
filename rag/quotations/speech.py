"""The verbs with which English reports what somebody said, wrote, thinks or judges.

Grouped by how they take their content: reporting verbs need a complement (`said that …`), judging verbs are a
report by themselves (`criticised the restrictions`), verbs of opinion report a view (`believes …`).
"""

from __future__ import annotations

import re

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
}
_REPORTING = (
    "say tell state write put add note explain warn argue claim declare announce insist assert reply respond answer "
    "remark comment recall report reveal confirm concede acknowledge admit suggest stress emphasize emphasise observe "
    "mention ask testify swear tweet post muse joke quip lament bemoan complain promise pledge vow predict "
    "conclude contend maintain counter recount advise allege caution exclaim urge tout proclaim opine assess"
).split()
_JUDGING = (
    "call describe characterize characterise criticize criticise praise blame accuse dismiss denounce condemn "
    "defend deny downplay mock ridicule applaud welcome hail dub label portray liken compare reject deride slam "
    "express disparage belittle"
).split()
_OPINION = "believe think consider deem regard feel suspect expect hope fear doubt view".split()


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

VERB_PATTERN = re.compile(r"(?<![\w’'-])(" + "|".join(sorted(SPEECH_VERBS, key=len, reverse=True)) + r")(?![\w’'-])")
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
_PURPOSE = re.compile(
    r"\b(?:opportunity|occasion|chance|moment|time|went on|continued|continues|sought|began|used \w+) to\s+$", re.I
)
_NOUN_FORMS = frozenset(
    "remarks views claims reports comments posts notes answers replies tweets calls states hopes fears doubts suspects "
    "labels praises blames warnings criticises jokes says".split()
) - {"says", "praises", "criticises"}
_VERB_POSITION = re.compile(
    r"(?:\b(?:he|she|it|who)|[A-Z]\w+|,|man|woman|son|er|or|ent|al|report|article|study)\s+(?:\w+ly\s+|also\s+)?$"
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|widely|often)\s+(?:\w+ly\s+|long\s+)*$", re.I)
_GERUND_AFTER = re.compile(r"\b(?:the|a|an|of|this|that|some|any)\s+$", re.I)


def is_finite(text: str, start: int, end: int) -> bool:
    """Say whether the form at `start:end` works as an active verb there, by the word before it.

    Base forms and forms that are nouns too ('call', 'remarks') count only behind something that can be their subject;
    passives ('is called') and infinitives ('to stress') report nobody's words.
    """
    form, before = text[start:end], text[max(0, start - 40) : start]
    if form in _NOUN_FORMS:
        return bool(_VERB_POSITION.search(before))
    if form == SPEECH_VERBS[form] and form != "put":
        if form in JUDGING and _PURPOSE.search(before):
            return True
        return bool(_FINITE_BASE_AFTER.search(before))
    if form.endswith("ing"):
        return not _GERUND_AFTER.search(before)
    return not _PASSIVE.search(before)


def is_speech_verb(word: str) -> bool:
    """Say whether a word is a form of a verb that reports speech, judgement or opinion."""
    return word.lower() in SPEECH_VERBS


def is_negated(text: str, verb_start: int) -> bool:
    """Say whether the verb that starts at `verb_start` is denied ('declined to say', 'did not say')."""
    return bool(_NEGATION.search(text, max(0, verb_start - 40), verb_start))
