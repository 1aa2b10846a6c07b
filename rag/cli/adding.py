"""`rag add`: new documents from the web and from elsewhere on this machine, saved among the sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rag.cli.options import command_with_settings, json_option
from rag.cli.reports import counted
from rag.cli.terminal import one_line, print_json
from rag.config import Settings
from rag.errors import RagError, UsageError


@command_with_settings("add")
@click.argument("what", nargs=-1, required=True, metavar="URL|FILE...")
@json_option
@click.pass_context
def add(context: click.Context, settings: Settings, *, what: tuple[str, ...], as_json: bool) -> None:
    """Save pages of the web and files among the documents.

    A URL is fetched once, and its documents are cited with it. Nothing is written over. Afterwards `rag index` takes
    up what was added. The exit status is 2 when anything could not be added.
    """
    added: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for name in what:
        try:
            added.append({"name": name, "source": added_source(settings, name)})
        except RagError as error:
            refused.append({"name": name, "reason": str(error)})
    if as_json:
        print_json({"added": added, "refused": refused})
    else:
        for one in added:
            click.echo(f"Added {one_line(one['source'])}")
        for one in refused:
            click.echo(f"rag: {one_line(one['reason'])}", err=True)
        if added:
            click.echo(f"{counted(len(added), 'document')} to be taken up by: rag index")
    if refused:
        context.exit(UsageError.exit_status)


def added_source(settings: Settings, name: str) -> str:
    """Save what an address or a path names, and return the name of the source that it is then.

    Raises RagError where it cannot be had, or would not be read.
    """
    from rag.engine import add_file, add_url

    if "://" in name:
        path = add_url(settings, name)
    else:
        path = Path(name).expanduser()
        if not path.resolve().is_relative_to(settings.sources.resolve()) or not path.is_file():
            path = add_file(settings, path.name, _bytes_of(path, settings))
    return path.resolve().relative_to(settings.sources.resolve()).as_posix()


def _bytes_of(path: Path, settings: Settings) -> bytes:
    """Return what is in a file that is to be copied. Raises UsageError where it cannot be."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Put it into {settings.sources}, or name it with --sources.")
    if not path.is_file():
        raise UsageError(f"{path} is no file that can be added. Give a file, or an address with https:// in front.")
    if path.stat().st_size > settings.file_size_limit:
        limit = f"{settings.file_size_limit:,}"
        raise UsageError(f"{path} has more than {limit} bytes. Split it, or raise RAG_FILE_SIZE_LIMIT.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}). Change its permissions.") from error
