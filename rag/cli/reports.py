"""What a run of the indexer did, in words or JSON."""

from __future__ import annotations

from dataclasses import asdict

import click

from rag.cli.terminal import one_line, print_json
from rag.types import IndexReport, Rollback


def print_report(report: IndexReport, *, as_json: bool) -> None:
    """Print what a run of the indexer did, and on standard error what it left out."""
    if as_json:
        print_json(report.to_dict())
        return
    click.echo("\n".join([describe(report), *map(one_line, report.notes)]))
    for skipped in report.skipped:
        click.echo(f"Skipped {one_line(skipped.source)}: {one_line(skipped.reason)}", err=True)


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


def describe(report: IndexReport) -> str:
    """Return what a run of the indexer did, in one sentence."""
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


def counted(number: int, thing: str) -> str:
    """Return `1 document`, `2 documents`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
