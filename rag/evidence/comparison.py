"""Evidence for what several sources say of the same thing: the line of each that says most of it by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.evidence.centrality import leans
from rag.evidence.choice import Choice, as_evidence, in_reading_order
from rag.evidence.facts import ANSWER_THRESHOLD, answerability
from rag.evidence.scoring import ScoredUnit
from rag.types import Evidence, Quotation

_SHARE = 0.6
"""A source has its say when its best line reaches this share of the best of all."""
_MOST_SOURCES = 8
_LEANING, _ASKING = 0.35, 0.3
"""What is taken off for pointing back, and for asking instead of saying."""


def choose_comparison(
    scored: Sequence[ScoredUnit], quotations: Sequence[Quotation], text_of: Callable[[str], str]
) -> Choice:
    """Return the best line of each source that says something of the matter, the best source first.

    A line is to be understood by itself: one that points back at another, or asks, comes after one that does not.
    """
    if not scored or max(map(answerability, scored)) < ANSWER_THRESHOLD:
        return Choice(reason="No passage says enough of what the question asks for.")
    best: dict[str, ScoredUnit] = {}
    for each in sorted(scored, key=_rank, reverse=True):
        best.setdefault(each.unit.source, each)
    lines = [each for each in best.values() if each.score >= _SHARE * max(one.score for one in scored)][:_MOST_SOURCES]
    pieces = in_reading_order(_line(each, quotations, text_of) for each in lines)
    return Choice(pieces, "Only one of the sources speaks of this." if len(lines) == 1 else None)


def _rank(scored: ScoredUnit) -> float:
    """Return how well a unit serves as the line of its source."""
    text = scored.unit.text
    return answerability(scored) - _LEANING * leans(text) - _ASKING * text.endswith("?")


def _line(scored: ScoredUnit, quotations: Sequence[Quotation], text_of: Callable[[str], str]) -> Evidence:
    """Return a unit as evidence, with its list where it introduces one; its rank tells which source comes first."""
    piece = as_evidence(scored, quotations, whole_list=scored.unit.introduces_list, text=text_of(scored.unit.source))
    return replace(piece, score=_rank(scored))
