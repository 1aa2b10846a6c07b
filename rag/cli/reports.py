"""What a run of the indexer did, in words or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from rag.cli.terminal import one_line, print_json
from rag.types import Fault, GateChange, GateReport, IndexReport, Rollback, ShareReport, Skipped

_MOST_NAMED = 5


def print_report(report: IndexReport, *, as_json: bool) -> None:
    """Print what a run of the indexer did, and on standard error what it left out."""
    if as_json:
        print_json(report.to_dict())
        return
    click.echo("\n".join([describe(report), *map(one_line, report.notes)]))
    if report.gate is not None:
        _print_changes(report.gate)
    if report.hidden:
        click.echo(hidden_text(report.hidden))
    for skipped in report.skipped:
        click.echo(f"Skipped {one_line(skipped.source)}: {one_line(skipped.reason)}", err=True)


def hidden_text(hidden: Sequence[Skipped]) -> str:
    """Return how much hidden text is not searched and in which documents, those with most of it first."""
    most = sorted(hidden, key=lambda each: (-each.hidden, each.source))
    named = ", ".join(f"{each.hidden} in {one_line(each.source)}" for each in most[:_MOST_NAMED])
    more = f" and {len(most) - _MOST_NAMED} more" if len(most) > _MOST_NAMED else ""
    total = sum(each.hidden for each in most)
    return f"{counted(total, 'stretch', 'stretches')} of hidden text left out: {named}{more}."


def print_rollback(back: Rollback, *, as_json: bool) -> None:
    """Print which generation answers again, from when it is, and what the next build will do."""
    if as_json:
        print_json(asdict(back))
        return
    built = back.built_at[:19].replace("T", " ")
    click.echo(f"Generation {back.generation}, built {built} UTC, answers again instead of {back.before}.")
    click.echo("`rag index` will bring it up to date with the documents as they are now.")
    for note in back.notes:
        click.echo(one_line(note), err=True)


def print_share(report: ShareReport, *, as_json: bool) -> None:
    """Print what a worker embedded, and on standard error what it left out."""
    if as_json:
        print_json(asdict(report))
        return
    click.echo(
        f"Worker {report.worker}: {counted(report.files, 'file')}, {counted(report.chunks, 'passage')}, "
        f"{report.embedded:,} embedded ({report.seconds:.1f} s). When all workers are done, make the index: rag index"
    )
    for skipped in report.skipped:
        click.echo(f"Skipped {one_line(skipped.source)}: {one_line(skipped.reason)}", err=True)


def describe(report: IndexReport) -> str:
    """Return what a run of the indexer did, in one sentence."""
    if report.refused and report.gate is not None:
        return verdict(report.gate)
    passed = f" {verdict(report.gate)}" if report.gate is not None else ""
    return f"{_done(report)}{passed}"


def _done(report: IndexReport) -> str:
    size = f"{counted(report.documents, 'document')}, {counted(report.chunks, 'passage')}"
    done = ", ".join(
        f"{number} {what}"
        for what, number in (("added", report.added), ("changed", report.changed), ("removed", report.removed))
        if number
    )
    if not (done or report.embedded):
        return f"The index is up to date: {size} ({report.seconds:.1f} s)."
    embedded = f"{counted(report.embedded, 'passage')} embedded"
    return f"Indexed {size}: {', '.join(part for part in (done, embedded) if part)} ({report.seconds:.1f} s)."


def counted(number: int, thing: str, things: str | None = None) -> str:
    """Return `1 document`, `2 documents`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def described(fault: Fault) -> str:
    """Return a fault on one line."""
    return one_line(f"{fault.subject}: {fault.problem.rstrip('.')}. {fault.remedy}")


def verdict(gate: GateReport) -> str:
    """Return in a sentence what a gate found."""
    if not gate.compared:
        return f"Gate: passed. {gate.note}"
    counts = f"of {gate.compared} questions {len(gate.worse)} worse, {len(gate.better)} better"
    if gate.passed:
        return f"Gate: passed, {counts}."
    return (
        f"Gate: the new index was not taken, because it answers worse: {counts} (tolerance {gate.tolerance}). "
        f"The index before it, {gate.before}, goes on answering."
    )


def _print_changes(gate: GateReport) -> None:
    """Print, question by question, what a gate found."""
    for kind, changes in (("worse", gate.worse), ("better", gate.better), ("not compared", gate.not_compared)):
        for change in changes:
            _print_change(kind, change)


def _print_change(kind: str, change: GateChange) -> None:
    name = f"{one_line(change.id)}: " if change.id is not None else ""
    click.echo(f"  {kind}: {name}{one_line(change.question)}")
    if change.before:
        click.echo(f"      before: {one_line(change.before)}")
    click.echo(f"      now:    {one_line(change.now)}")
