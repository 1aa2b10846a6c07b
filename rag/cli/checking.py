"""`rag verify` and `rag doctor`: whether saved answers hold, and whether this installation works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from rag.cli.certificates import checks_object, print_checks
from rag.cli.options import command_with_settings, json_option
from rag.cli.reports import counted, described, hidden_text
from rag.cli.terminal import one_line, print_json
from rag.config import Settings
from rag.errors import RagError, SourceError
from rag.types import FAISS, Fault, Skipped

DOES_NOT_HOLD = 1


@command_with_settings("verify")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def verify(context: click.Context, settings: Settings, *, file: Path, as_json: bool) -> None:
    """Check saved answers against the documents.

    FILE is a saved answer, answers one a line, or an exported conversation. Every citation and every quotation in it
    is looked up where it claims to stand; neither the index nor a model is needed. For each citation that does not
    hold it says whether its words moved, changed or vanished, or its source is gone or has another name. The exit
    status is 1 when anything does not hold.
    """
    from rag.engine import check_saved, read_saved_answers

    saved = read_saved_answers(file)
    checks = list(check_saved([answer for _, answer in saved], settings))
    if as_json:
        print_json(checks_object(saved, checks))
    else:
        print_checks(saved, checks)
    if not all(check.holds for check in checks):
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
    hidden = hidden_in(settings)
    reranker = model_state("reranker", settings.reranker, faults)
    checker = model_state("checker", settings.checker, faults)
    if as_json:
        found = {"faults": [asdict(fault) for fault in faults], "index": status, "models": list(models)}
        unseen = [{"source": each.source, "stretches": each.hidden} for each in hidden]
        print_json({**found, "reranker": reranker, "checker": checker, "hidden": unseen})
    else:
        if status is not None:
            click.echo(
                f"index     {counted(status['documents'], 'document')}, {counted(status['chunks'], 'passage')}, "
                f"built {status['built_at']} with {one_line(status['embedding_model'])}"
            )
            click.echo(f"store     {one_line(status['store'])}")
            if status["store"] == FAISS:
                click.echo(f"vectors   {searched(status['vectors'], status['chunks'])}")
        if hidden:
            click.echo(f"hidden    {hidden_text(hidden)}")
        click.echo(f"models    {', '.join(models)}")
        for subject, model in (("reranker", reranker), ("checker", checker)):
            if model is not None:
                state = "ready" if model["ready"] else "cannot be used"
                click.echo(f"{subject:<9} {one_line(model['name'])}, {state}")
        for fault in faults:
            click.echo(f"fault     {described(fault)}")
        click.echo(f"{counted(len(faults), 'fault')} found." if faults else "No fault found.")
    if faults:
        context.exit(DOES_NOT_HOLD)


def index_status(settings: Settings) -> dict[str, Any] | None:
    """Return what is indexed and what has changed since, None where no index can be opened."""
    from rag.engine import Engine

    try:
        engine = Engine.open(settings.model_copy(update={"reranker": None, "checker": None}))
    except RagError:  # `diagnose` has named it already
        return None
    try:
        status = engine.index_status()
        return asdict(status) | {"stale": status.stale}
    except SourceError:
        return None
    finally:
        engine.close()


def hidden_in(settings: Settings) -> tuple[Skipped, ...]:
    """Return the documents out of which hidden text was left; none where no index can be opened."""
    from rag.engine import Engine

    try:
        engine = Engine.open(settings.model_copy(update={"reranker": None, "checker": None}))
    except RagError:  # `diagnose` has named it already
        return ()
    try:
        return engine.hidden_text()
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


def model_state(subject: str, name: str | None, faults: Sequence[Fault]) -> dict[str, Any] | None:
    """Return what an optional model is called and whether it can be used, None where none is set."""
    if name is None:
        return None
    return {"name": name, "ready": not any(fault.subject == subject for fault in faults)}
