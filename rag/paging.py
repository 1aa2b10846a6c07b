"""Ranking passages of documents with pages: by what else their page says, and from many pages rather than one.

A statement or table of a report fills a page and is cut into several passages, of which a question's words meet one and
its meaning another. So a passage is lifted by the best of the others on its page, and of the passages of one page only
the best keeps its place; the others follow. Passages of documents without pages stay exactly where they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.types import Hit

SUPPORT = 0.5
"""Weight of the best other passage of the page."""

_Pages = frozenset[tuple[str, int]]


def rank_by_page(hits: Sequence[Hit], page_starts: Callable[[str], Sequence[int]]) -> list[Hit]:
    """Return `hits`, best fused score first, with those of documents with pages put in order among themselves.

    `page_starts` gives where each page of a source begins, in order. Hits of documents with pages have as `rerank` the
    score that they are ordered by among themselves.
    """
    pages = {at: touched for at, hit in enumerate(hits) if (touched := _pages(hit, page_starts(hit.chunk.source)))}
    if not pages:
        return list(hits)
    scores = {at: _fused(hits[at]) + SUPPORT * _support(at, pages, hits) for at in pages}
    ordered = _spread(sorted(pages, key=lambda at: (-scores[at], at)), pages)
    ranked = list(hits)
    for place, at in zip(sorted(pages), ordered, strict=True):
        ranked[place] = replace(hits[at], scores=replace(hits[at].scores, rerank=scores[at]))
    return ranked


def _pages(hit: Hit, starts: Sequence[int]) -> _Pages:
    """Return the pages that a hit touches, counted from 1."""
    if not starts:
        return frozenset()
    first, last = bisect_right(starts, hit.chunk.start), bisect_right(starts, hit.chunk.end - 1)
    return frozenset((hit.chunk.source, number) for number in range(max(first, 1), max(last, 1) + 1))


def _fused(hit: Hit) -> float:
    return hit.scores.fused or 0.0


def _support(at: int, pages: dict[int, _Pages], hits: Sequence[Hit]) -> float:
    """Return the best score of another hit on a page of the hit at `at`."""
    return max((_fused(hits[other]) for other in pages if other != at and pages[other] & pages[at]), default=0.0)


def _spread(order: Sequence[int], pages: dict[int, _Pages]) -> list[int]:
    """Return `order` with those that touch no page that none before them touched put behind all others."""
    seen: set[tuple[str, int]] = set()
    first: list[int] = []
    rest: list[int] = []
    for at in order:
        (rest if pages[at] <= seen else first).append(at)
        seen |= pages[at]
    return first + rest
