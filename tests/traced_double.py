"""What a scripted engine tells of its searches: its answer's passages, one that was cut and one that was folded."""

from __future__ import annotations

from collections.abc import Sequence

from rag.errors import UsageError
from rag.types import (
    Answer,
    AppliedFilter,
    Explanation,
    Fate,
    Passage,
    Place,
    SavedTrace,
    SourceFilter,
    Standing,
    Trace,
    TracedPassage,
    TraceSettings,
)

ALL = SourceFilter()
SETTINGS = TraceSettings("all-MiniLM-L6-v2", "ab" * 32, 160, 32, 50)
MISSED = "Not among the 50 nearest by meaning: it is number 61 of 63."


def shown(passage: Passage) -> TracedPassage:
    """A passage of an answer as the trace tells of it."""
    place, rank, scores = Place(passage.source, passage.start, passage.end), passage.rank, passage.scores
    standings = (Standing(rank, scores.dense), Standing(None, None), Standing(rank, scores.fused), Standing())
    return TracedPassage(place, passage.title, *standings, rank, Fate.SHOWN, f"Shown at rank {rank}: found by meaning.")


def left_out(place: Place, rank: int | None, fate: Fate, reason: str) -> TracedPassage:
    """A passage that is not shown."""
    standings = (Standing(7, 0.21), Standing(12, 3.5), Standing(rank, 0.011), Standing())
    return TracedPassage(place, "A title", *standings, rank, fate, reason)


class ScriptedTraces:
    """The part of a scripted engine that tells of its searches."""

    generation: str
    traced: list[tuple[str, int, SourceFilter, bool, bool]]

    def compose(self, question: str, history: Sequence[str], llm: str) -> Answer:
        raise NotImplementedError

    def trace(
        self,
        question: str,
        count: int = 10,
        *,
        source_filter: SourceFilter = ALL,
        understand: bool = False,
        parts: bool = False,
    ) -> SavedTrace:
        self.traced.append((question, count, source_filter, understand, parts))
        found = self.compose(question, (), "extractive").passages
        source = found[0].source
        others = (
            left_out(Place(source, 0, 40), 11, Fate.CUT, "Cut: rank 11, and 10 are shown."),
            left_out(Place(source, 40, 80), None, Fate.FOLDED, f"Folded into {source} 0 40."),
        )
        trace = Trace(question, count, 50, (*map(shown, found), *others))
        return SavedTrace(self.generation, SETTINGS, question, understand, source_filter, AppliedFilter(), (trace,))

    def why(
        self,
        question: str,
        source: str,
        start: int,
        end: int,
        count: int = 10,
        *,
        source_filter: SourceFilter = ALL,
        understand: bool = False,
    ) -> Explanation:
        if end < start:
            raise UsageError(f"{start} to {end} is no span of {source}.")
        found = self.compose(question, (), "extractive").passages
        chosen = [shown(one) for one in found if (one.source == source and one.start < end and start < one.end)]
        missed = left_out(Place(source, start, end), 70, Fate.NOT_FOUND, MISSED)
        told = tuple(chosen) if chosen else (missed,) if start else ()
        return Explanation(self.generation, question, Place(source, start, end), count, AppliedFilter(), 63, told)
