"""What came of choosing: the evidence, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rag.evidence.scoring import ScoredUnit
from rag.evidence.units import Unit
from rag.text.spans import overlap
from rag.text.words import terms
from rag.types import Evidence, Quotation, QuoteKind

SAME = 0.8
"""Share of common content stems over which two pieces of evidence say the same."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The evidence for an answer, in the order in which it is to be shown; none of it means refusal.

    `reason` says in a sentence what is missing, for a refusal, or what the reader should know.
    """

    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None
    confidence: float | None = None
    """How sure it is that the sources answer, from 0 to 1, also of a refusal; None where a rule decides."""
    near: tuple[Evidence, ...] = ()
    """For a refusal: what comes nearest without answering, where the search for passages does not tell."""

    @property
    def sureness(self) -> float:
        """Return the confidence; where a rule decides, 1 for evidence and 0 for none."""
        return float(bool(self.evidence)) if self.confidence is None else self.confidence


def as_evidence(
    scored: ScoredUnit, quotations: Iterable[Quotation] = (), whole_list: bool = False, text: str = ""
) -> Evidence:
    """Return a scored unit as evidence; with `whole_list`, the list it belongs to (`text` is then the document's)."""
    unit = scored.unit
    start, end = unit.list_span if whole_list and unit.list_span else (unit.start, unit.end)
    return Evidence(
        source=unit.source,
        start=start,
        end=end,
        text=text[start:end] if text else unit.text,
        score=scored.score,
        speaker=speaker_of(unit, quotations),
        title=unit.title,
        date=unit.date,
        heading=unit.heading,
        item=unit.item,
        focus=(scored.answer,) if scored.answer and (start, end) == (unit.start, unit.end) else (),
    )


def speaker_of(unit: Unit, quotations: Iterable[Quotation]) -> str | None:
    """Return whose words a unit is, where it is one person and the source names them: speech, or 'according to'."""
    names = {
        quotation.speaker
        for quotation in quotations
        if quotation.source == unit.source
        and quotation.sentence_start <= unit.start
        and unit.end <= quotation.sentence_end
        if quotation.kind is QuoteKind.DIRECT or quotation.verb in {None, "according to"}
    }
    return names.pop() if len(names) == 1 else None


def says_the_same(one: str, other: str) -> bool:
    """Say whether two texts share nearly all their content words."""
    first, second = set(terms(one)), set(terms(other))
    smaller = min(len(first), len(second))
    return smaller > 0 and len(first & second) / smaller >= SAME


def distinct(scored: Sequence[ScoredUnit]) -> list[ScoredUnit]:
    """Return the units without those that repeat a better one."""
    kept: list[ScoredUnit] = []
    for each in scored:
        overlaps = any(overlap(k.unit, each.unit) for k in kept)
        if not overlaps and not any(says_the_same(each.unit.text, k.unit.text) for k in kept):
            kept.append(each)
    return kept


def between(
    chosen: Sequence[ScoredUnit], judged: Sequence[ScoredUnit], text_of: Callable[[str], str]
) -> list[ScoredUnit]:
    """Return the units that alone stand between two of the chosen in a paragraph, which is then quoted whole."""
    taken = {(each.unit.source, each.unit.start) for each in chosen}
    found = []
    in_order = sorted(judged, key=lambda each: (each.unit.source, each.unit.start))
    for before, each, behind in zip(in_order, in_order[1:], in_order[2:], strict=False):
        first, last = before.unit, behind.unit
        beside = (first.source, first.start) in taken and (last.source, last.start) in taken
        if beside and first.source == each.unit.source and (first.source, each.unit.start) not in taken:
            stretch = text_of(first.source)[first.start : last.end]
            found += [each] if first.source == last.source and "\n" not in stretch else []
    return found


def in_reading_order(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return evidence grouped by source, the source with the best piece first, in the order of the text within each."""
    pieces = list(evidence)
    best: dict[str, float] = {}
    for piece in pieces:
        best[piece.source] = max(best.get(piece.source, float("-inf")), piece.score)
    return tuple(sorted(pieces, key=lambda piece: (-best[piece.source], piece.source, piece.start)))


def run_together(pieces: Iterable[Evidence], text_of: Callable[[str], str]) -> tuple[Evidence, ...]:
    """Return the pieces, in reading order, with sentences that follow each other in a paragraph as one piece."""
    together: list[Evidence] = []
    for piece in in_reading_order(pieces):
        last = together[-1] if together else None
        if last and last.source == piece.source and _follows(last, piece, text_of(piece.source)):
            together[-1] = united(last, piece, text_of(piece.source))
        else:
            together.append(piece)
    return tuple(together)


def _follows(one: Evidence, other: Evidence, text: str) -> bool:
    gap = text[one.end : other.start]
    return one.end <= other.start and not gap.strip() and "\n" not in gap and not (one.item or other.item)


def united(one: Evidence, other: Evidence, text: str) -> Evidence:
    """Return one piece for two of a source, whose text is `text`: from the first beginning to the last end."""
    first, last = sorted((one, other), key=lambda piece: piece.start)
    shift, end = last.start - first.start, max(one.end, other.end)
    return replace(
        first,
        end=end,
        text=text[first.start : end],
        score=max(one.score, other.score),
        speaker=one.speaker if one.speaker == other.speaker else None,
        focus=tuple(sorted({*first.focus, *((start + shift, stop + shift) for start, stop in last.focus)})),
    )
