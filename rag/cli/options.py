"""The settings that every command takes, before or after its name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import click

from rag.config import load
from rag.errors import UsageError
from rag.text.filters import in_days
from rag.types import SourceFilter

P = ParamSpec("P")
R = TypeVar("R")

_OPTIONS = (
    click.option("--index", metavar="DIR", help="Folder of the index (default: index/)."),
    click.option("--sources", metavar="DIR", help="Folder of the documents (default: seeds/)."),
    click.option("--llm", metavar="PROVIDER:MODEL", help="Who writes the answer (default: extractive, no model)."),
    click.option("--store", metavar="STORE", help="What searches the index: faiss (default), or milvus:URI."),
    click.option("--reranker", metavar="MODEL", help="A cross-encoder, by name or folder, to rank by (default: none)."),
    click.option("--checker", metavar="MODEL", help="An entailment model, by name or folder, to check by."),
)
_NAMES = ("index", "sources", "llm", "store", "reranker", "checker")
"""The settings that these options set."""
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs, and nothing else.")
literal_option = click.option(
    "--literal", is_flag=True, help="Take what the question says of sources ('since May 2025') for a part of it."
)
_FILTERS = (
    click.option("--source", "only", multiple=True, metavar="GLOB", help="Only sources of such a name; repeatable."),
    click.option("--after", metavar="DATE", help="Only sources of that day, month or year (2025-05) or later."),
    click.option("--before", metavar="DATE", help="Only sources of that day, month or year or earlier."),
    click.option("--outlet", "outlets", multiple=True, metavar="NAME", help="Only what they published; repeatable."),
)


def filter_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add `--source`, `--after`, `--before` and `--outlet` to a command, which gets them as `source_filter`.

    The command raises UsageError for what is no date.
    """

    @functools.wraps(function)
    def run(
        *given: Any,
        only: tuple[str, ...],
        after: str | None,
        before: str | None,
        outlets: tuple[str, ...],
        **other: Any,
    ) -> R:
        return function(*given, source_filter=in_days(SourceFilter(only, after, before, outlets)), **other)

    return functools.reduce(lambda decorated, option: option(decorated), reversed(_FILTERS), run)


def refuse_filter(source_filter: SourceFilter) -> None:
    """Raise UsageError where a filter was given with a file of questions, each of which has its own."""
    if not source_filter.admits_all:
        raise UsageError(
            "--source, --after, --before and --outlet go with a single question; in a file, `filter` does."
        )


def settings_options(function: Callable[P, R]) -> Callable[P, R]:
    """Add `--index`, `--sources`, `--llm`, `--store`, `--reranker` and `--checker` to a command."""
    return functools.reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), function)


def remember_settings(context: click.Context, **given: str | None) -> None:
    """Keep what was given before the command's name."""
    context.obj = given


def command_with_settings(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command of a function that takes `settings` first: what was given after the name wins over before."""

    def make(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def run(**arguments: Any) -> Any:
            before = click.get_current_context().obj or {}
            given = {name: arguments.pop(name) for name in _NAMES}
            settings = load(**{name: before.get(name) if value is None else value for name, value in given.items()})
            return function(settings, **arguments)

        return click.command(name)(settings_options(run))

    return make
