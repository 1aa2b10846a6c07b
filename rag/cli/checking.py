"""`rag verify` and `rag doctor`: whether saved answers hold, and whether this installation works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from rag.cli.options import command_with_settings, json_option
from rag.cli.reports import counted
from rag.cli.terminal import one_line, print_json
from rag.config import Settings
from rag.errors import RagError, SourceError
from rag.evaluation.questions import read_objects
from rag.types import FAISS, Fault

DOES_NOT_HOLD = 1


@command_with_settings("verify")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def verify(context: click.Context, settings: Settings, *, file: Path, as_json: bool) -> None:
    """Check saved answers against the documents.

    Every citation and every quotation in FILE.jsonl is looked up where it claims to stand; neither the index nor a
    model is needed. The exit status is 1 when anything does not hold.
    """
    from rag.engine import verify_answers

    answers = list(read_objects(file))
    checked = verify_answers([answer for _, answer in answers], settings)
    pairs = zip(answers, checked, strict=True)
    faults = [(line, answer.get("id"), fault) for (line, answer), found in pairs for fault in found]
    if as_json:
        rows = [{"line": line, "id": identity, **asdict(fault)} for line, identity, fault in faults]
        print_json({"answers": len(answers), "faults": rows})
    else:
        for line, _, fault in faults:
            click.echo(f"line {line}: {described(fault)}")
        found = counted(len(faults), "fault") if faults else "everything holds"
        click.echo(f"{counted(len(answers), 'answer')} checked: {found}.")
    if faults:
        context.exit(DOES_NOT_HOLD)


@command_with_settings("doctor")
@json_option
@click.pass_context
def doctor(context: click.Context, settings: Settings, *, as_json: bool) -> None:
    """Check the index, the models and the settings.

    For each fault, the command that mends it is printed. The exit status is 1 when there is a fault.
    """
    from rag.engine import available_models, diagnose

    faults = diagnose(settings)
    status, models = index_status(settings), available_models(settings)
    reranker = reranker_state(settings, faults)
    if as_json:
        found = {"faults": [asdict(fault) for fault in faults], "index": status, "models": list(models)}
        print_json({**found, "reranker": reranker})
    else:
        if status is not None:
            click.echo(
                f"index     {counted(status['documents'], 'document')}, {counted(status['chunks'], 'passage')}, "
                f"built {status['built_at']} with {one_line(status['embedding_model'])}"
            )
            click.echo(f"store     {one_line(status['store'])}")
            if status["store"] == FAISS:
                click.echo(f"vectors   {searched(status['vectors'], status['chunks'])}")
        click.echo(f"models    {', '.join(models)}")
        if reranker is not None:
            state = "ready" if reranker["ready"] else "cannot be used"
            click.echo(f"reranker  {one_line(reranker['name'])}, {state}")
        for fault in faults:
            click.echo(f"fault     {described(fault)}")
        click.echo(f"{counted(len(faults), 'fault')} found." if faults else "No fault found.")
    if faults:
        context.exit(DOES_NOT_HOLD)


def index_status(settings: Settings) -> dict[str, Any] | None:
    """Return what is indexed and what has changed since, None where no index can be opened."""
    from rag.engine import Engine

    try:
        engine = Engine.open(settings.model_copy(update={"reranker": None}))
    except RagError:  # `diagnose` has named it already
        return None
    try:
        status = engine.index_status()
        return asdict(status) | {"stale": status.stale}
    except SourceError:
        return None
    finally:
        engine.close()


def searched(vectors: dict[str, Any], chunks: int) -> str:
    """Return how vectors are searched, in words."""
    if not vectors["approximate"]:
        return "searched exactly"
    return (
        f"{vectors['approximate']:,} of {counted(chunks, 'passage')} searched through inverted files, which find "
        f"{vectors['recall_10']:.1%} of the 10 nearest and {vectors['recall_50']:.1%} of the 50 nearest "
        f"(measured on {vectors['queries']} queries)"
    )


def reranker_state(settings: Settings, faults: Sequence[Fault]) -> dict[str, Any] | None:
    """Return what the reranker is called and whether it can be used, None where none is set."""
    if settings.reranker is None:
        return None
    return {"name": settings.reranker, "ready": not any(fault.subject == "reranker" for fault in faults)}


def described(fault: Fault) -> str:
    """Return a fault on one line."""
    return one_line(f"{fault.subject}: {fault.problem.rstrip('.')}. {fault.remedy}")
