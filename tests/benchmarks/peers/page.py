"""The page that a run makes: a table for each set, where this program is ahead and where not, and how it was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.peers.measuring import Result
from tests.benchmarks.peers.systems import OURS, SYSTEMS, System

QUALITY_AHEAD = 0.05
FASTER = 2.0
"""What is asked of this program: so far ahead in nDCG@10 of each, and so much faster than each that uses torch."""
BUSY = 0.5
"""Processes that wanted to run before the start (the load average of the minute) from which on times are doubtful."""

_HEAD = (
    *("system", "nDCG@10", "recall@5", "indexing, s", "passages", "passages/s"),
    *("first search, cold, s", "search p50, ms", "p95, ms"),
    *("memory indexing, MB", "memory searching, MB", "on disk, MB"),
)


_TOP = """\
# Beside other systems

The same weights (sentence-transformers/all-MiniLM-L6-v2), the same documents and questions, the same machine, one
system after the other in one run, each in its own environment and set up as its own documentation says.

Made by `{report.command}`
on {report.machine}, commit {report.commit}.
"""
_BUSY_MACHINE = """\
**The machine was busy with other work: the load average was {report.load:.1f} before the start. Times, and ratios of
times, are therefore rough here; quality, passages, memory and size on disk do not depend on it.**
"""
_PREPARED = """\
Exporting the encoder of this program, once on a machine, took {report.prepared_seconds:.1f} s; no figure has it in.
"""
_TERMS = """\
Title and text of a document are given as one text, the title once. Indexing is the time of a process from its start to
its end, the loading of the model included. The first search, cold, is the time of a process that opens the index on
disk and asks one question: the median of several, the files in the system's cache. Warm searches are each question of
the set once, after a first one; 50 passages are asked for. A document counts at the rank of its best passage. Memory is
the most that the system's processes had resident together. On disk is what was stored, without the weights.
"""


@dataclass(frozen=True, slots=True)
class SetReport:
    """What came of one set: the figures of the systems that ran, and why the others did not."""

    name: str
    documents: int
    questions: int
    results: dict[str, Result]
    faults: dict[str, str]
    seconds: dict[str, float]
    """How long each system took in all."""


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run."""

    machine: str
    commit: str
    load: float
    """The load average of the minute before the start."""
    prepared_seconds: float | None
    """How long this program took to export its encoder."""
    sets: tuple[SetReport, ...]
    command: str


def page(report: Report) -> str:
    """Return the run as a page in Markdown."""
    return "\n".join(
        [*_introduction(report), *(line for each in report.sets for line in _section(each)), *_notes(report)]
    )


def _introduction(report: Report) -> Iterator[str]:
    yield _TOP.format(report=report)
    if report.load > BUSY:
        yield _BUSY_MACHINE.format(report=report)


def _section(report: SetReport) -> Iterator[str]:
    yield f"## {report.name}"
    yield ""
    yield f"{report.documents:,} documents, {report.questions:,} questions."
    yield ""
    yield from table(report.results)
    yield ""
    for system in SYSTEMS:
        if system.name in report.faults:
            yield f"- {system.title} did not run: {report.faults[system.name]}."
    yield from verdicts(report.results)
    yield ""


def table(results: dict[str, Result]) -> Iterator[str]:
    """Yield the lines of the table of a set."""
    yield f"| {' | '.join(_HEAD)} |"
    yield f"|---|{'--:|' * (len(_HEAD) - 1)}"
    for system in SYSTEMS:
        if system.name in results:
            yield f"| {' | '.join([system.title, *_cells(results[system.name])])} |"


def _cells(result: Result) -> Iterator[str]:
    yield f"{result.ndcg_at_10:.3f}"
    yield f"{result.recall_at_5:.3f}"
    yield f"{result.index_seconds:.1f}"
    yield f"{result.passages:,}"
    yield f"{result.passages / result.index_seconds:.0f}"
    yield f"{result.first_seconds:.1f}"
    yield f"{result.warm_p50_ms:.1f}"
    yield f"{result.warm_p95_ms:.1f}"
    yield from (f"{size / 1e6:.0f}" for size in (result.index_bytes, result.search_bytes))
    yield f"{result.stored_bytes / 1e6:.1f}"


def verdicts(results: dict[str, Result]) -> Iterator[str]:
    """Yield where this program is ahead by what is asked of it, and where it is not."""
    ours = results.get(OURS.name)
    if ours is None:
        return
    peers = [(system, results[system.name]) for system in SYSTEMS if system != OURS and system.name in results]
    for system, result in peers:
        ahead = ours.ndcg_at_10 - result.ndcg_at_10
        faster = result.index_seconds / ours.index_seconds
        yield f"- Against {system.title}: nDCG@10 {ahead * 100:+.1f} points{_judged(ahead >= QUALITY_AHEAD)}, " + (
            f"indexing {faster:.1f} times as fast{_judged(faster >= FASTER)}."
        )
    for name, value_of in _SMALLER_IS_BETTER:
        behind = [system.title for system, result in peers if value_of(result) < value_of(ours)]
        if behind:
            yield f"- Behind in {name}: {', '.join(behind)}."


def _judged(held: bool) -> str:
    return "" if held else " (**less than asked**)"


_SMALLER_IS_BETTER: tuple[tuple[str, Callable[[Result], float]], ...] = (
    ("the first search of a cold process", lambda result: result.first_seconds),
    ("the median of a warm search", lambda result: result.warm_p50_ms),
    ("the 95th percentile of a warm search", lambda result: result.warm_p95_ms),
    ("memory while indexing", lambda result: result.index_bytes),
    ("memory while searching", lambda result: result.search_bytes),
    ("size on disk", lambda result: result.stored_bytes),
)


def _notes(report: Report) -> Iterator[str]:
    yield "## How it was done"
    yield ""
    for system in SYSTEMS:
        yield f"- **{system.title}**{_versions(system, report.sets)}: {system.setup}"
    yield ""
    if report.prepared_seconds is not None:
        yield _PREPARED.format(report=report)
    yield _TERMS
    for each in report.sets:
        took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in each.seconds.items())
        yield f"The run on {each.name} took: {took}."
    yield ""


def _versions(system: System, sets: Sequence[SetReport]) -> str:
    for each in sets:
        if system.name in each.results:
            result = each.results[system.name]
            listed = [f"Python {result.python}", *(f"{name} {version}" for name, version in result.versions.items())]
            return f" ({', '.join(listed)})"
    return ""
