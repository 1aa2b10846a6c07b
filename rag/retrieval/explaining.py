"""Telling of a passage that somebody points at why it was not chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.retrieval.fusing import Fused, Fusion
from rag.retrieval.tracing import place_of
from rag.stores.base import Standings
from rag.types import Chunk, Fate, Standing, TracedPassage

_EXCLUDED = "The filter leaves its source out."


def explained(
    chunks: Sequence[Chunk],
    standings: Standings,
    fusion: Fusion,
    fused: Fused,
    *,
    candidates: Sequence[TracedPassage],
    limit: int,
) -> tuple[TracedPassage, ...]:
    """Return what became of each of `chunks`, whose standings among all rows are `standings`, in the same order.

    `candidates` is the trace of the search, of which each kind handed on `limit`.
    """
    traced = {passage.place: passage for passage in candidates}
    passages = []
    for at, chunk in enumerate(chunks):
        dense, lexical = standings.dense_of(at), standings.lexical_of(at)
        passage = traced.get(place_of(chunk))
        if passage is None:
            among = fusion.standing_among(fused, chunk, standings, at)
            reason = _missed(dense, lexical, among, limit, standings.searched)
            none = Standing()
            passage = TracedPassage(
                place_of(chunk), chunk.title, dense, lexical, among, none, None, Fate.NOT_FOUND, reason
            )
        if not standings.admitted[at]:
            passage = replace(passage, fate=Fate.EXCLUDED, reason=_EXCLUDED)
        passages.append(replace(passage, dense=dense, lexical=lexical))
    return tuple(passages)


def _missed(dense: Standing, lexical: Standing, fused: Standing, limit: int, searched: int) -> str:
    """Return why a passage is no candidate of either search."""
    if dense.rank is not None and dense.rank <= limit:
        nearest = f"By meaning it is number {dense.rank:,} of {searched:,}, but the approximate search missed it."
    else:
        nearest = f"Not among the {limit} nearest by meaning: it is number {dense.rank:,} of {searched:,}."
    if lexical.score is None:
        words = "None of the question's content words stands in it."
    elif lexical.rank is not None and lexical.rank <= limit:
        words = f"By words it is number {lexical.rank:,}, but the approximate search missed it."
    else:
        words = f"Not among the {limit} best by words either: it is number {lexical.rank:,}."
    return f"{nearest} {words} As a candidate it would have been number {fused.rank:,} when both are fused."
