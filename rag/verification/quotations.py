"""What became of the words between quotation marks: found, altered, stitched, from elsewhere, or invented."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from rag.text.names import name_tokens, same_person
from rag.text.normalise import find_whole, normalise, normalise_with_origins
from rag.text.sentences import quotation_spans
from rag.types import CheckedQuotation, Evidence, QuotationFate
from rag.verification.roles import subjects_of
from rag.verification.speakers import outside_quotations, quotations_in, reporter

ENDS = " .,;:!?"
"""What may be cut off at the ends of a quotation, where the sentence around it has its own stops."""
_LEFT_OUT = re.compile(r"\s*(?:\[?\.\.\.\]?)\s*")
_SHORTEST_PART = 2
_MOST_PARTS = 4
_NEARBY = 60
"""Characters that two parts of a quotation may be apart and still be one place: words were left out of it."""
_NEARLY = 0.6
"""Share of words, in order, from which on a stretch of a source is what a quotation was altered from."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A text that a quotation may come from, in normal form."""

    name: str
    text: str
    lowered: str
    cited: Evidence | None = None


def tell_quotations(
    text: str, cited: Sequence[Evidence], sources: Mapping[str, str] | None = None
) -> tuple[CheckedQuotation, ...]:
    """Return what became of each quotation of a statement.

    `cited` is what it cites; `sources` holds the texts of other sources by name, where one that is not in the cited
    text may come from.
    """
    spans = quotation_spans(text)
    if not spans:
        return ()
    near = [replace(_source(piece.source, piece.text), cited=piece) for piece in cited]
    far = [_source(name, other) for name, other in (sources or {}).items()]
    quoted = [(start, end, normalise(text[start + 1 : end - 1]).strip(ENDS)) for start, end in spans]
    return tuple(_tell(words_, (start, end), text, near, far) for start, end, words_ in quoted if words_)


@lru_cache(maxsize=64)
def _source(name: str, text: str) -> _Source:
    plain = normalise(text)
    return _Source(name, plain, plain.lower())


def _tell(
    quoted: str, span: tuple[int, int], text: str, near: Sequence[_Source], far: Sequence[_Source]
) -> CheckedQuotation:
    holding = [source for source in near if find_whole(source.text, quoted) >= 0]
    if holding:
        named = _speaker_here(text, span)
        found = [(source, _speaker_there(source, quoted)) for source in holding]
        fitting = [(source, speaker) for source, speaker in found if _may_say(named, speaker, source)]
        source, speaker = (fitting or found)[0]
        fate = QuotationFate.FOUND if fitting else QuotationFate.OTHER_SPEAKER
        return CheckedQuotation(quoted, fate, source.name, speaker)
    elsewhere = next((source for source in far if find_whole(source.text, quoted) >= 0), None)
    if elsewhere:
        return CheckedQuotation(quoted, QuotationFate.OTHER_SOURCE, elsewhere.name)
    everywhere = [*near, *far]
    parts = _stitched(quoted, everywhere)
    if parts:
        return CheckedQuotation(quoted, QuotationFate.STITCHED, parts[0].name)
    ratio, source_name, nearest = max((_nearest(quoted, source) for source in everywhere), default=(0.0, None, None))
    if ratio >= _NEARLY:
        return CheckedQuotation(quoted, QuotationFate.ALTERED, source_name, nearest=nearest)
    return CheckedQuotation(quoted, QuotationFate.INVENTED)


def _speaker_here(text: str, span: tuple[int, int]) -> tuple[str, ...] | None:
    """Return the name to whom the statement gives a quotation; None where it names nobody."""
    for quotation in quotations_in(text):
        if quotation.start < span[1] and span[0] < quotation.end and quotation.speaker:
            return name_tokens(quotation.speaker)
    return reporter(text)


def _speaker_there(source: _Source, quoted: str) -> str | None:
    """Return who says the words in the cited piece."""
    if source.cited is None:
        return None
    text = source.cited.text
    span = normalise_with_origins(text).find(quoted, whole_words=True)
    said = [
        each.speaker
        for each in quotations_in(text)
        if span and each.speaker and each.start < span[1] and span[0] < each.end
    ]
    return said[0] if len(set(said)) == 1 else source.cited.speaker or (said[0] if said else None)


def _may_say(named: tuple[str, ...] | None, speaker: str | None, source: _Source) -> bool:
    """Say whether the words may be given to `named`: they are theirs, or the source gives them to nobody."""
    if named is None:
        return True
    if speaker:
        return same_person(named, name_tokens(speaker))
    return source.cited is not None and any(
        set(named) <= set(subject) for subject in subjects_of(outside_quotations(source.cited.text))
    )


def _stitched(quoted: str, sources: Sequence[_Source]) -> list[_Source]:
    """Return where the parts of a quotation come from, when it is put together from several places; else nothing."""
    spoken = [word for word in _LEFT_OUT.sub(" ", quoted).split() if word.strip("[]")]
    places: list[tuple[_Source, int, int]] = []
    at = 0
    while at < len(spoken):
        found = _longest(spoken, at, sources)
        if found is None or len(places) == _MOST_PARTS:
            return []
        source, start, stop, at = found
        places.append((source, start, stop))
    apart = any(
        one[0] != other[0] or not 0 <= other[1] - one[2] <= _NEARBY for one, other in itertools.pairwise(places)
    )
    return [place[0] for place in places] if apart else []


def _longest(spoken: Sequence[str], at: int, sources: Sequence[_Source]) -> tuple[_Source, int, int, int] | None:
    """Return the longest run of words from `at` on that a source has: source, span, where the next part begins."""
    longest: tuple[_Source, int, int, int] | None = None
    for source in sources:
        begin = longest[3] + 1 if longest else at + _SHORTEST_PART
        for stop in range(begin, len(spoken) + 1):
            wanted = " ".join(spoken[at:stop]).strip(ENDS).lower()
            found = find_whole(source.lowered, wanted)
            if found < 0:
                break
            longest = source, found, found + len(wanted), stop
    return longest


def _nearest(quoted: str, source: _Source) -> tuple[float, str, str]:
    """Return how near a stretch of a source comes to a quotation (share of words in order), the source, and it."""
    there = source.text.split()
    lowered = [word.strip("\"'.,;:!?") for word in source.lowered.split()]
    wanted = [word.strip("\"'.,;:!?") for word in quoted.lower().split()]
    match = SequenceMatcher(None, lowered, wanted, autojunk=False).find_longest_match()
    start = max(0, match.a - match.b)
    stretch = slice(start, start + len(wanted) + 1)
    matcher = SequenceMatcher(None, lowered[stretch], wanted, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    held = sum(block.size for block in blocks)
    ends = (blocks[0].a, blocks[-1].a + blocks[-1].size) if blocks else (0, 0)
    return held / max(1, len(wanted)), source.name, " ".join(there[stretch][slice(*ends)]).strip("\"',;")
