"""What became of saved answers, in words or JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click

from rag.cli.reports import counted, described
from rag.cli.terminal import wrapped
from rag.types import AnswerCheck, CitationCheck, CitationState

Saved = Sequence[tuple[int, Mapping[str, Any]]]
_INDENT = "    "


def checks_object(saved: Saved, checks: Sequence[AnswerCheck]) -> dict[str, Any]:
    """Return the checks as plain JSON values: what does not hold, and each citation with what became of it."""
    pairs = list(zip(saved, checks, strict=True))
    faults = [
        {"line": line, "id": answer.get("id"), **asdict(fault)}
        for (line, answer), check in pairs
        for fault in check.faults
    ]
    citations = [
        {"line": line, "answer": answer.get("id"), **asdict(cited)}
        for (line, answer), check in pairs
        for cited in check.citations
    ]
    return {"answers": len(checks), "faults": faults, "states": states(checks), "citations": citations}


def states(checks: Sequence[AnswerCheck]) -> dict[str, int]:
    """Return how many citations are in each state, those that are in none left out."""
    counts = Counter(cited.state for check in checks for cited in check.citations)
    return {state.value: counts[state] for state in CitationState if counts[state]}


def print_checks(saved: Saved, checks: Sequence[AnswerCheck]) -> None:
    """Print what does not hold, with the words before and now where they changed, then the counts."""
    for (line, _), check in zip(saved, checks, strict=True):
        changed = {f"citation {one.id}": one for one in check.citations if one.state is CitationState.CHANGED}
        for fault in check.faults:
            click.echo(f"line {line}: {described(fault)}")
            if cited := changed.get(fault.subject.rpartition(": ")[2]):
                _print_change(cited)
    faults = sum(len(check.faults) for check in checks)
    found = counted(faults, "fault") if faults else "everything holds"
    click.echo(f"{counted(len(checks), 'answer')} checked: {found}.")
    if faults and (counts := states(checks)):
        total = counted(sum(counts.values()), "citation")
        click.echo(f"Of {total}: {', '.join(f'{number} {state}' for state, number in counts.items())}.")


def _print_change(cited: CitationCheck) -> None:
    """Print the words before and the words now, one under the other."""
    click.echo(wrapped(" ".join(cited.before.split()), first=f"{_INDENT}- before: ", indent=_INDENT * 3))
    click.echo(wrapped(" ".join(cited.now.split()), first=f"{_INDENT}+ now:    ", indent=_INDENT * 3))
