"""Traces on a terminal: each passage with the ranks and scores of every stage, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict

import click

from rag.cli.answers import filter_line
from rag.cli.reports import counted
from rag.cli.terminal import one_line, print_json, wrapped
from rag.types import (
    Change,
    Explanation,
    Fate,
    PassageChange,
    Place,
    SavedTrace,
    Standing,
    Trace,
    TraceComparison,
    TracedPassage,
)

_INDENT = "     "
_NEVER_SEARCHED = "Comment forms, share buttons and teasers of other pages are never searched."
_STAGES = ("dense", "lexical", "fused", "rerank")


def print_trace(saved: SavedTrace, *, everything: bool = False) -> None:
    """Print the searches of one question: what was shown, or with `everything` every candidate."""
    for trace in saved.traces:
        click.secho(wrapped(one_line(trace.question)), bold=True)
        fates = Counter(passage.fate for passage in trace.passages)
        told = ", ".join(f"{number} {fate}" for fate, number in fates.items()) or "no candidate"
        click.echo(f"generation {one_line(saved.generation)}: {told}")
        if sources := filter_line(saved.filter):
            click.echo(sources)
        for passage in trace.passages:
            if everything or passage.fate is Fate.SHOWN:
                _print_passage(passage, trace)
        click.echo()


def _print_passage(passage: TracedPassage, trace: Trace) -> None:
    rank = "  -" if passage.rank is None else f"{passage.rank:>3}"
    click.echo(wrapped(one_line(passage.title), first=f"{rank}. ", indent=_INDENT))
    click.secho(wrapped(f"{_named(passage.place)}   {_standings(passage)}", indent=_INDENT), dim=True)
    click.echo(wrapped(one_line(passage.reason), indent=_INDENT))


def print_explanation(told: Explanation) -> None:
    """Print what became of the passages at a place, each with its standing in every stage."""
    if sources := filter_line(told.filter):
        click.echo(sources + "\n")
    if not told.passages:
        click.echo(wrapped(f"No passage of the index stands at {_named(told.place)}. {_NEVER_SEARCHED}"))
    for passage in told.passages:
        click.secho(wrapped(_named(passage.place)), bold=True)
        click.echo(wrapped(one_line(passage.reason), indent="  "))
        for name in _STAGES:
            if name == "fused" and (refined := _refined(passage)):
                click.secho(f"  refined  score {refined}", dim=True)
            if line := _exactly(passage, name, told.searched):
                click.secho(f"  {name:<8} {line}", dim=True)


def _exactly(passage: TracedPassage, name: str, searched: int) -> str:
    """Return the rank among all passages and the score that a stage gives, or would; nothing where it gives none."""
    standing: Standing = getattr(passage, name)
    of_all = name in {"dense", "lexical"}
    out = passage.fate in {Fate.EXCLUDED, Fate.COPY}
    would = "would be " if out or (passage.fate is Fate.NOT_FOUND and not of_all) else ""
    rank = "" if standing.rank is None else f"{would}number {standing.rank:,}" + f" of {searched:,}" * of_all
    score = "" if standing.score is None else f"score {standing.score:.4g}"
    return ", ".join(part for part in (rank, score) if part)


def comparisons_told(compared: Iterable[TraceComparison], *, as_json: bool) -> None:
    """Print each comparison as it comes, as a JSON object or in words, and in words all of them together at the end."""
    searches, changes = Counter[bool](), Counter[str]()
    for comparison in compared:
        if as_json:
            print_json({**asdict(comparison), "same": comparison.same})
            continue
        _print_comparison(comparison)
        searches[comparison.same] += 1
        moved = [each for each in comparison.passages if each.change is not Change.SAME]
        changes.update(f"{each.change}" for each in moved)
        changes.update(f"first at {each.stage}" for each in moved)
    if not as_json and searches.total() > 1:
        told = "".join(f", {name} {number}" for name, number in changes.items())
        click.echo(f"{counted(searches.total(), 'question')}: {searches[True]} the same, {searches[False]} not{told}.")


def _print_comparison(comparison: TraceComparison) -> None:
    click.secho(wrapped(one_line(comparison.question)), bold=True)
    click.echo(f"generation {one_line(comparison.before)} → {one_line(comparison.after)}")
    for setting in comparison.settings:
        click.echo(wrapped(one_line(setting), indent="  "))
    if comparison.same:
        click.echo(f"the same {counted(len(comparison.passages), 'passage')} in the same order")
    for passage in comparison.passages:
        if passage.change is not Change.SAME:
            _print_change(passage)
    click.echo()


def _print_change(passage: PassageChange) -> None:
    before, after = (_shown_rank(each) for each in (passage.before, passage.after))
    first = f"{before:>3} → {after:<3} "
    click.echo(wrapped(f"{passage.change}: {_named(passage.place)}", first=first, indent=" " * len(first)))
    click.secho(wrapped(one_line(passage.reason), indent=" " * len(first)), dim=True)


def _shown_rank(passage: TracedPassage | None) -> str:
    return "-" if passage is None or passage.fate is not Fate.SHOWN else str(passage.rank)


def _standings(passage: TracedPassage) -> str:
    told = {name: _standing(getattr(passage, name)) for name in ("dense", "lexical")}
    told["refined"] = _refined(passage)
    told |= {name: _standing(getattr(passage, name)) for name in ("fused", "rerank")}
    return "  ".join(f"{name} {text}" for name, text in told.items() if text)


def _refined(passage: TracedPassage) -> str:
    """Return the scores that were fused, nothing of a passage that is no candidate."""
    scores = (passage.refined_dense, passage.refined_lexical)
    return " and ".join(f"{score:.4g}" for score in scores if score is not None)


def _standing(standing: Standing) -> str:
    if standing.score is None:
        return ""
    return f"{standing.score:.4g} (-)" if standing.rank is None else f"{standing.score:.4g} ({standing.rank})"


def _named(place: Place) -> str:
    return f"{one_line(place.source)} {place.start} {place.end}"
