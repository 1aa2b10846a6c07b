"""Whether a statement may be shown: its own words in the source, or a paraphrase that the cited text supports.

A first, strict check of paraphrases, by what can be counted: every quotation, number and name of the statement must
stand in the cited text, what is said to be somebody's words must be theirs, what one side denies the other may not
assert, and enough of the content words must come from one sentence of the cited text and the headings over it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.text.names import find_mentions, name_tokens, same_person
from rag.text.normalise import normalise, normalise_with_origins
from rag.text.sentences import quotation_spans, sentence_spans
from rag.text.words import FUNCTION_WORDS, stem, terms, words
from rag.types import Evidence, Verdict

SUPPORT_THRESHOLD = 0.7
"""Share of a paraphrase's content stems that one sentence of the cited text must hold, speaker and heading included."""

_NEGATIONS = frozenset(
    "not no never neither nor none nobody nothing without cannot refused denied declined lacks lack".split()
)
_CONTRACTED = re.compile(r"\w+n['’]t", re.I)
_NUMBER = re.compile(r"\d[\d,.]*")
_OUTER = "\"'“”‘’«» "
_ENDS = " .,;:!?"
_SAYS = re.compile(
    r"\b(?:said|says|told|stated|states|claims?|claimed|argues?|argued|called|calls|believes?|thinks?|wrote|writes|noted|notes|"
    r"explained|explains|described|describes|according to|added|warned)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Check:
    """What the check of one statement found.

    For `VERBATIM`, `evidence` (an index into the cited pieces) and `start:end` (offsets into that piece's text) say
    where the words stand. For `UNSUPPORTED`, `reason` says what is wrong, for people.
    """

    verdict: Verdict
    reason: str | None = None
    evidence: int = 0
    start: int = 0
    end: int = 0


def check_statement(text: str, cited: Sequence[Evidence]) -> Check:
    """Check a statement, citations taken out, against the evidence that it cites."""
    if not cited:
        return Check(Verdict.UNSUPPORTED, "it cites nothing that was given")
    verbatim = _verbatim(text, cited)
    if verbatim:
        return verbatim
    reason = _objection(text, cited)
    return Check(Verdict.UNSUPPORTED, reason) if reason else Check(Verdict.SUPPORTED)


def _verbatim(text: str, cited: Sequence[Evidence]) -> Check | None:
    wanted = normalise(text)
    for candidate in (wanted, wanted.strip(_OUTER), wanted.strip(_OUTER).strip(_ENDS)):
        if len(candidate.split()) < _FEWEST_WORDS:
            continue
        for number, piece in enumerate(cited):
            span = normalise_with_origins(piece.text).find(candidate)
            if span and _whole_words(piece.text, *span):
                return Check(Verdict.VERBATIM, None, number, *span)
    return None


_FEWEST_WORDS = 2


def _whole_words(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())


def _objection(text: str, cited: Sequence[Evidence]) -> str | None:
    """Return why a paraphrase may not be shown, None where nothing speaks against it."""
    body = "\n".join(piece.text for piece in cited)
    best = max((sentence for piece in cited for sentence in _sentences(piece)), key=lambda each: _share(text, each))
    known = "\n".join(
        [body, *(f"{piece.title} {piece.date or ''} {piece.speaker or ''} {piece.heading}" for piece in cited)]
    )
    return (
        altered_quotation(text, body)
        or _foreign_number(text, known)
        or _foreign_name(text, known)
        or _wrong_speaker(text, cited)
        or _turned_negation(text, best)
        or (
            None
            if _share(text, best) >= SUPPORT_THRESHOLD
            else "too little of it stands in one sentence of the cited text"
        )
    )


def altered_quotation(text: str, source: str) -> str | None:
    """Return an objection when something between quotation marks in `text` does not stand in `source`."""
    plain = normalise(source)
    for start, end in quotation_spans(text):
        quoted = normalise(text[start + 1 : end - 1]).strip(_ENDS)
        if quoted and quoted not in plain:
            return f"“{quoted}” does not stand in the cited text"
    return None


def _foreign_number(text: str, known: str) -> str | None:
    have = {number.strip(",.") for number in _NUMBER.findall(known)}
    extra = [number for number in (each.strip(",.") for each in _NUMBER.findall(text)) if number not in have]
    return f"the number {extra[0]} does not stand in the cited text" if extra else None


def _foreign_name(text: str, known: str) -> str | None:
    have = set(words(known))
    for mention in find_mentions(text):
        missing = [token for token in name_tokens(mention.name) if token not in have]
        if missing:
            return f"the name {mention.name} does not stand in the cited text"
    return None


def _wrong_speaker(text: str, cited: Sequence[Evidence]) -> str | None:
    """Object when the statement gives the words to somebody else than the cited text does."""
    speakers = [piece.speaker for piece in cited if piece.speaker]
    says = _SAYS.search(text)
    if len(speakers) < len(cited) or not says:
        return None
    before = find_mentions("of " + text[: says.start()])
    after = find_mentions("of " + text[says.end() :]) if says.group().lower() == "according to" else []
    named = after[0] if after else (before[-1] if before else None)
    if named is None or any(same_person(named.tokens, name_tokens(speaker)) for speaker in speakers):
        return None
    return f"the cited text gives these words to {speakers[0]}, not to {named.name}"


def _sentences(piece: Evidence) -> list[str]:
    """Return the sentences of a piece (a list as one), each with speaker and heading."""
    front = f"{piece.speaker or ''} {piece.heading}"
    spans = sentence_spans(piece.text) if "\n" not in piece.text else [(0, len(piece.text))]
    return [f"{front}\n{piece.text[start:end]}" for start, end in spans]


def _share(text: str, source: str) -> float:
    """Return the share of the content stems of `text` that stand in `source`; 1 where it has none."""
    wanted = set(terms(text))
    return len(wanted & set(terms(source))) / len(wanted) if wanted else 1.0


def _denied(text: str) -> set[str]:
    """Return the stems that are denied: the first content word behind each negation, adverbs passed over."""
    spoken = words(text)
    denied: set[str] = set()
    for number, word in enumerate(spoken):
        if word in _NEGATIONS or _CONTRACTED.fullmatch(word):
            follows = (
                w for w in spoken[number + 1 : number + _REACH] if w not in FUNCTION_WORDS and not w.endswith("ly")
            )
            denied.update(stem(each) for each in list(follows)[:1])
    return denied


_REACH = 6


def _turned_negation(text: str, source: str) -> str | None:
    """Object when one side denies what the other asserts."""
    ours, theirs = _denied(text), _denied(source)
    if (ours - theirs) & set(terms(source)):
        return "it denies something that the cited text does not deny"
    if (theirs - ours) & set(terms(text)):
        return "it leaves out a negation of the cited text"
    return None
