"""Telling of each candidate what the stages of a search made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rag.retrieval.fusing import Fused
from rag.types import Chunk, Fate, Hit, Place, Standing, TracedPassage

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """What every stage of one search gave."""

    fused: Fused
    folds: Sequence[tuple[Hit, Chunk | None]]
    """In the order of the reranker; each with the passage that it is folded into, if any."""
    ordered: Sequence[Hit]
    """Those not folded, in the order of their pages: the result before it is cut."""


def place_of(chunk: Chunk) -> Place:
    """Return where a chunk stands."""
    return Place(chunk.source, chunk.start, chunk.end)


def traced(stages: Stages, count: int) -> tuple[TracedPassage, ...]:
    """Return what became of each candidate when `count` are shown: by rank, then what was folded."""
    found, seen, chunks = stages.fused.found, stages.fused.seen, stages.fused.chunks
    dense, lexical = _ranks(found.nearest.tolist()), _ranks(found.matching.tolist())
    fused = _ranks(place_of(chunks[at]) for at in stages.fused.order.tolist())
    places = [place_of(chunk) for chunk in chunks]
    rows = dict(zip(places, found.rows.tolist(), strict=True))
    refined = dict(zip(places, zip(seen.dense.tolist(), seen.lexical.tolist(), strict=True), strict=True))
    ranks = _ranks(place_of(hit.chunk) for hit in stages.ordered)
    folds = {place_of(hit.chunk): place_of(into) for hit, into in stages.folds if into is not None}
    final = [*stages.ordered, *(hit for hit, into in stages.folds if into is not None)]
    reranks = _reranks(final)
    passages = []
    for hit in final:
        place, scores = place_of(hit.chunk), hit.scores
        row, rank, into = rows[place], ranks.get(place), folds.get(place)
        by_meaning = Standing(dense.get(row), scores.dense)
        by_words = Standing(lexical.get(row), scores.lexical)
        fate, reason = fate_of(rank, count, into, by_meaning, by_words)
        reranked = Standing(reranks.get(place), scores.rerank)
        standings = (by_meaning, by_words, Standing(fused[place], scores.fused), reranked)
        passages.append(TracedPassage(place, hit.chunk.title, *standings, rank, fate, reason, into, *refined[place]))
    return tuple(passages)


def fate_of(rank: int | None, count: int, into: Place | None, dense: Standing, lexical: Standing) -> tuple[Fate, str]:
    """Return what became of a candidate, and why in words."""
    if into is not None:
        where = f"{into.source} {into.start} {into.end}"
        return Fate.FOLDED, f"Folded into {where}, which ranks before it and says the same."
    if rank is None or rank > count:
        return Fate.CUT, f"Cut: rank {rank}, and {count} {'is' if count == 1 else 'are'} shown."
    by = " and ".join(name for name, each in (("meaning", dense), ("words", lexical)) if each.rank is not None)
    return Fate.SHOWN, f"Shown at rank {rank}: found by {by}."


def _ranks(keys: Iterable[Key]) -> dict[Key, int]:
    return {key: rank for rank, key in enumerate(keys, start=1)}


def _reranks(hits: Sequence[Hit]) -> dict[Place, int]:
    """Return the rank of each hit that has a `rerank` score among them, equal ones in order."""
    scored = [(-hit.scores.rerank, place_of(hit.chunk)) for hit in hits if hit.scores.rerank is not None]
    return _ranks(place for _, place in sorted(scored, key=lambda each: each[0]))
