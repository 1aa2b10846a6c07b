"""What two searches for the same question show otherwise, and which stage made the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

from rag.text.spans import overlap
from rag.types import (
    Change,
    Fate,
    PassageChange,
    Place,
    SavedTrace,
    Stage,
    Standing,
    Trace,
    TraceComparison,
    TracedPassage,
    TraceSettings,
)

SAME_STRETCH = 0.5
"""Share of the shorter of two passages of one source that lies inside the other, from which on they are taken for the
same passage, cut elsewhere."""

IsIndexed = Callable[[Place], bool]
"""Whether a passage stands in the index of the later search."""
_STAGES = (Stage.DENSE, Stage.LEXICAL, Stage.FUSED, Stage.RERANK)


def compare_traces(
    before: Sequence[SavedTrace], after: Sequence[SavedTrace], is_indexed: IsIndexed | None = None
) -> Iterator[TraceComparison]:
    """Yield for each search that both have what it shows otherwise, in the order of `after`.

    Searches belong together that were for the same question, of the same id where they have one; the first to the
    first where a question was asked several times. With `is_indexed`, a passage that is gone is told from one that is
    not found any more.
    """
    known: dict[tuple[str | None, str, int], tuple[SavedTrace, Trace]] = dict(_keyed(before))
    for key, (saved, trace) in _keyed(after):
        if key in known:
            earlier, its_trace = known[key]
            yield TraceComparison(
                question=trace.question,
                id=saved.id,
                before=earlier.generation,
                after=saved.generation,
                settings=tuple(_settings(earlier, saved, its_trace, trace)),
                passages=tuple(_passages(its_trace, trace, is_indexed)),
            )


def _keyed(traces: Sequence[SavedTrace]) -> Iterator[tuple[tuple[str | None, str, int], tuple[SavedTrace, Trace]]]:
    seen: Counter[tuple[str | None, str]] = Counter()
    for saved in traces:
        for trace in saved.traces:
            name = (saved.id, trace.question)
            seen[name] += 1
            yield (*name, seen[name]), (saved, trace)


def _settings(before: SavedTrace, after: SavedTrace, earlier: Trace, later: Trace) -> Iterator[str]:
    """Yield what decides a search and is not the same in both."""
    pairs = [
        (field.name, getattr(before.settings, field.name), getattr(after.settings, field.name))
        for field in fields(TraceSettings)
    ]
    pairs += [("count", earlier.count, later.count), ("filter", before.filter, after.filter)]
    for name, one, other in pairs:
        if one != other:
            yield f"{name} {_shown(one)} → {_shown(other)}"


def _shown(value: object) -> str:
    text = "none" if value is None else str(value)
    return text[:12] if len(text) == 64 else text  # a SHA-256


def _passages(before: Trace, after: Trace, is_indexed: IsIndexed | None) -> Iterator[PassageChange]:
    """Yield what changed of each passage that either shows, in the order of the later one, then those that went."""
    partners = _partners(before, after)
    back = {earlier.place: later for later, earlier in ((p, partners.get(p.place)) for p in after.passages) if earlier}
    for passage in after.passages:
        if passage.fate is Fate.SHOWN:
            yield _change(partners.get(passage.place), passage)
    for passage in before.passages:
        later = back.get(passage.place)
        if passage.fate is Fate.SHOWN and (later is None or later.fate is not Fate.SHOWN):
            yield _change(passage, later, is_indexed)


def _partners(before: Trace, after: Trace) -> dict[Place, TracedPassage]:
    """Return for each passage of the later trace the one of the earlier that it is: at its place, or else nearly so."""
    earlier = {passage.place: passage for passage in before.passages}
    found = {passage.place: earlier.pop(passage.place) for passage in after.passages if passage.place in earlier}
    for passage in after.passages:
        if passage.place not in found:
            near = max(earlier, key=lambda place: overlap(place, passage.place), default=None)
            if near is not None and overlap(near, passage.place) >= SAME_STRETCH:
                found[passage.place] = earlier.pop(near)
    return found


def _change(
    before: TracedPassage | None, after: TracedPassage | None, is_indexed: IsIndexed | None = None
) -> PassageChange:
    shown = before is not None and before.fate is Fate.SHOWN, after is not None and after.fate is Fate.SHOWN
    passage = after or before
    assert passage is not None
    if shown == (True, True) and before is not None and after is not None and before.rank == after.rank:
        return PassageChange(passage.place, passage.title, Change.SAME, None, "", before, after)
    change = {(True, True): Change.MOVED, (False, True): Change.CAME}.get(shown, Change.WENT)
    stage, reason = _cause(before, after, is_indexed)
    return PassageChange(passage.place, passage.title, change, stage, reason, before, after)


def _cause(
    before: TracedPassage | None, after: TracedPassage | None, is_indexed: IsIndexed | None
) -> tuple[Stage, str]:
    """Return the first stage at which a passage stands elsewhere, and all of them in words."""
    if before is None:
        return Stage.CANDIDATES, "It was not among the candidates before."
    if after is None:
        gone = "Neither search finds it any more, or it is no longer in the index."
        if is_indexed is not None:
            gone = "Neither search finds it any more." if is_indexed(before.place) else "It is no longer in the index."
        return Stage.CANDIDATES, gone
    moved = [stage for stage in _STAGES if _of(before, stage).rank != _of(after, stage).rank]
    told = [f"{stage} {_told(_of(before, stage))} → {_told(_of(after, stage))}" for stage in moved]
    if Stage.FUSED in moved and _refined(before) != _refined(after):
        told.insert(moved.index(Stage.FUSED), f"refined {_refined(before)} → {_refined(after)}")
    if (before.fate is Fate.FOLDED) != (after.fate is Fate.FOLDED):
        moved.append(Stage.FOLDED)
        told.append(after.reason if after.fate is Fate.FOLDED else f"not folded any more ({before.reason})")
    if not moved:
        return Stage.ORDER, "Its own ranks are the same; others came, went or were folded before it."
    return moved[0], ", ".join(told)


def _of(passage: TracedPassage, stage: Stage) -> Standing:
    standing: Standing = getattr(passage, stage.value)
    return standing


def _refined(passage: TracedPassage) -> str:
    """Return the scores that were fused."""
    scores = (passage.refined_dense, passage.refined_lexical)
    return " and ".join("-" if score is None else f"{score:.4g}" for score in scores)


def _told(standing: Standing) -> str:
    rank = "-" if standing.rank is None else str(standing.rank)
    return rank if standing.score is None else f"{rank} ({standing.score:.4g})"
