"""`rag trace`: saved traces shown, and two of them compared."""

from __future__ import annotations

from pathlib import Path

import click

from rag.cli.options import command_with_settings, json_option
from rag.cli.reports import counted
from rag.cli.saving import read_traces
from rag.cli.terminal import print_json
from rag.cli.traces import comparisons_told, print_trace
from rag.config import Settings
from rag.errors import UsageError


@command_with_settings("trace")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("later", type=click.Path(path_type=Path), required=False)
@click.option("--all", "everything", is_flag=True, help="Show every candidate, not only what was found.")
@json_option
def trace(_: Settings, *, file: Path, later: Path | None, everything: bool, as_json: bool) -> None:
    """Show a saved trace, or compare two of them.

    FILE is what `rag search --trace FILE` or `rag ask --trace FILE` wrote, of one question or many. With LATER,
    another such file, it is told what that one shows otherwise, and which stage made the difference; the index is not
    needed for it.
    """
    from rag.engine import compare_traces, trace_object

    before = read_traces(file)
    if later is not None:
        after = read_traces(later)
        compared = list(compare_traces(before, after))
        if not compared:
            raise UsageError(f"{file} and {later} have no question in common. Trace the same questions twice.")
        comparisons_told(compared, as_json=as_json)
        left = sum(len(each.traces) for each in (*before, *after)) - 2 * len(compared)
        if left:
            click.echo(f"{counted(left, 'question')} in one of the files only.", err=True)
        return
    for saved in before:
        if as_json:
            print_json(trace_object(saved))
        else:
            print_trace(saved, everything=everything)
