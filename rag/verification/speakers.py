"""Whose words: what a statement says somebody said must be theirs in the cited text, and be told no stronger."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from rag.quotations import extract_quotations
from rag.quotations.speech import OPINION, REPORTING, SPEECH_VERBS
from rag.text.names import DEMONYMS, Mention, name_tokens, same_person
from rag.text.sentences import quotation_spans
from rag.text.words import terms, words
from rag.types import Block, BlockKind, Document, Quotation
from rag.verification.grounds import Ground
from rag.verification.names import named_in

_SAYS = re.compile(
    r"\b(?:said|says|told|stated|states|claims?|claimed|argues?|argued|called|calls|believes?|thinks?|wrote|writes|noted|notes|"
    r"explained|explains|described|describes|according to|added|warned)\b",
    re.I,
)
_STRONG = (
    "claim allege argue insist assert contend maintain stress emphasize emphasise proclaim".split(),
    "admit concede acknowledge confirm reveal".split(),
    "promise pledge vow swear propose".split(),
    "warn caution fear".split(),
    "praise applaud commend welcome hail defend endorse tout".split(),
    "criticise criticize condemn denounce blame accuse slam deride mock ridicule belittle disparage".split(),
    "deny reject dismiss oppose".split(),
    "suggest imply hint signal speculate suspect".split(),
    "predict expect forecast estimate calculate hope".split(),
    "urge demand".split(),
)
"""Ways of judging or saying that add something to what is said, those together that add alike."""
NEUTRAL = frozenset(
    "say tell state write put add note explain remark comment observe mention describe call characterize characterise "
    "report recount continue reply respond answer post feel think believe view consider ask recall".split()
) | {"according to"}
"""Ways of saying that add nothing."""
_NOUNS = frozenset(
    "report reports claim claims call calls answer answers remark remarks comment comments view views post posts note "
    "notes promise promises estimate estimates forecast forecasts demand demands question questions protest protests "
    "signal signals reason reasons hope hopes fear fears doubt doubts suspect suspects label labels vow praise blame "
    "hint put".split()
)
"""Forms that are nouns as often."""
_DEEDS = frozenset("agree disagree continue propose calculate ask protest reveal laugh cry".split())
"""Verbs that as often tell what somebody did."""
_REPORTING = frozenset([*REPORTING.values(), *OPINION.values(), "according to"]) - _DEEDS
"""Verbs whose content is no more than what somebody says or thinks."""
_CLASS_OF = {verb: number for number, group in enumerate(_STRONG) for verb in group}


@lru_cache(maxsize=512)
def quotations_in(text: str) -> tuple[Quotation, ...]:
    """Return who says what in a text by itself."""
    document = Document("", text, "", blocks=(Block(BlockKind.PARAGRAPH, 0, len(text)),))
    return tuple(extract_quotations(document))


def outside_quotations(text: str) -> str:
    """Return `text` with what stands between quotation marks blanked: who is named in it does not speak it."""
    for start, end in quotation_spans(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def reports_of(ground: Ground) -> list[Quotation]:
    """Return the quotations and reports that the sentence is part of."""
    found = quotations_in(ground.piece.text)
    return [each for each in found if each.start < ground.end and ground.start < each.end]


def wrong_speaker(text: str, ground: Ground) -> str | None:
    """Object when the statement gives the words that it rests on to somebody else."""
    named = reporter(text)
    if named is None:
        return None
    speakers = _speakers_of(text, ground)
    shown = " ".join(part.title() for part in named)
    if speakers and not any(same_person(named, name_tokens(speaker)) for speaker in speakers):
        return f"the cited text gives these words to {speakers[0]}, not to {shown}"
    known = set(words(f"{ground.piece.title} {ground.front} {ground.before} {ground.sentence}"))
    if not speakers and not set(named) <= known:
        return f"the cited text does not give these words to {shown}"
    return None


def _speakers_of(text: str, ground: Ground) -> list[str]:
    """Return who may be said to say `text`: whose words hold most of it, where the sentence has several speakers."""
    reports = [each for each in reports_of(ground) if each.speaker]
    told = list(dict.fromkeys(each.speaker for each in reports if each.speaker))
    if len(told) > 1:
        wanted = set(terms(text))
        held = {each.speaker: len(wanted & _words_of(each, reports, ground)) for each in reports if each.speaker}
        told = [speaker for speaker in told if held[speaker] == max(held.values())]
    own = [ground.piece.speaker] if ground.piece.speaker and len(told) < 2 else []
    return list(dict.fromkeys([*own, *told]))


def _words_of(report: Quotation, reports: list[Quotation], ground: Ground) -> set[str]:
    """Return the stems of what one of several speakers of a sentence says: from the name on, or up to it.

    A name behind a comma or a closing mark ('…, Keller said') stands behind its words.
    """
    source = ground.piece.text
    places = sorted({each.speaker_start for each in reports if each.speaker_start is not None})
    at = report.speaker_start
    if at is None or at not in places:
        return set(terms(source[report.start : report.end]))
    number = places.index(at)
    front = source[:at].rstrip()
    if front.endswith((",", "”", '"', "’")) and not front[-2:-1].isspace():
        start = places[number - 1] if number else ground.start
        return set(terms(source[start:at]))
    stop = places[number + 1] if number + 1 < len(places) else ground.end
    return set(terms(source[at:stop]))


def reporter(text: str) -> tuple[str, ...] | None:
    """Return the name of who, by a statement, says what it says; None where it names nobody."""
    plain = outside_quotations(text)
    told = [each.speaker for each in quotations_in(text) if each.speaker]
    if len(set(told)) == 1:
        return name_tokens(told[0])
    says = _SAYS.search(plain)
    if not says:
        return None
    before = _bearers(plain[: says.start()])
    after = _bearers(plain[says.end() :]) if says.group().lower() == "according to" else []
    found = after[0] if after else (before[-1] if before else None)
    return found.tokens if found else None


def _bearers(text: str) -> list[Mention]:
    """Return the names in `text` that somebody can bear ('American' alone is none)."""
    return [mention for mention in named_in(text) if not set(mention.tokens) <= DEMONYMS]


def turned_report(text: str, ground: Ground) -> str | None:
    """Object when a report becomes a fact, or is told by a verb that says more than the cited text's."""
    ours, theirs = set(_in_order(text)), set(_in_order(ground.sentence))
    if not quotation_spans(text) and _as_fact(ground, ours, theirs):
        return "it states as a fact what the cited text reports somebody to say"
    classes = {_CLASS_OF[verb] for verb in theirs if verb in _CLASS_OF}
    strong = sorted(verb for verb in ours - theirs - NEUTRAL if _CLASS_OF.get(verb, -1) not in classes)
    return f"the cited text does not report it by a verb like “{strong[0]}”" if strong else None


def _as_fact(ground: Ground, ours: set[str], theirs: set[str]) -> bool:
    """Say whether the verb by which the sentence reports is neither kept nor replaced by another one."""
    outer = next((verb for verb in _in_order(ground.sentence) if verb in _REPORTING), None)
    if outer is None:
        return not ours and _is_speech(ground)
    return outer not in ours and not ours - theirs


def _in_order(text: str) -> list[str]:
    """Return the base forms of the verbs of saying and judging outside quotation marks, no nouns."""
    spoken = words(outside_quotations(text))
    pairs = pairwise([*spoken, ""])
    return [
        SPEECH_VERBS.get(word, "according to")
        for word, after in pairs
        if _is_verb(word) or (word == "according" and after == "to")
    ]


def _is_verb(word: str) -> bool:
    return word in SPEECH_VERBS and word not in _NOUNS


def _is_speech(ground: Ground) -> bool:
    """Say whether the whole sentence stands within quotation marks that the piece opens or closes."""
    spans = quotation_spans(ground.piece.text)
    return any(start <= ground.start and ground.end <= end for start, end in spans)
