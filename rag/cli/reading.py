"""`rag show` and `rag quotes`: what the sources say, as they say it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click

from rag.cli.answers import print_copies
from rag.cli.options import command_with_settings, filter_options, json_option
from rag.cli.terminal import harmless, one_line, print_json, show_trouble, wrapped
from rag.config import Settings
from rag.errors import UsageError
from rag.text.spans import check_span
from rag.types import Document, DocumentFacts, Quotation, SourceFilter


@command_with_settings("show")
@click.argument("source", required=False)
@click.argument("start", type=int, required=False)
@click.argument("end", type=int, required=False)
def show(settings: Settings, *, source: str | None, start: int | None, end: int | None) -> None:
    """Print the text of a source, or a slice of it.

    SOURCE is its name as a citation has it; without it, the sources are listed. START and END are character offsets.
    Piped or redirected, the text comes out exactly as it is, as UTF-8. On a terminal a line end is added, and control
    characters are left out.
    """
    from rag.engine import Engine

    engine = Engine.open(settings)
    show_trouble(engine.trouble)
    if source is None:
        for facts in engine.facts():
            click.echo(described(facts))
        return
    print_exactly(slice_of(engine.document(source), start, end))


def slice_of(document: Document, start: int | None, end: int | None) -> str:
    """Return the text, or `text[start:end]`. Raises UsageError for offsets that are not in the text."""
    if start is None:
        return document.text
    if end is None:
        raise UsageError("There is a START but no END. Give both offsets, or neither.")
    check_span(document, start, end)
    return document.text[start:end]


def print_exactly(text: str) -> None:
    """Write `text` and nothing else; on a terminal without control characters, and with a line end."""
    if sys.stdout.isatty():
        click.echo(harmless(text))
    else:
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.flush()


def described(facts: DocumentFacts) -> str:
    """Return a document's source, date, title, who wrote and published it, and its language, on one line."""
    copied = f"copy of {facts.copy_of}" if facts.copy_of else None
    told = (facts.date, facts.title, facts.outlet, facts.author, facts.language, copied)
    return "  ".join(one_line(part) for part in (facts.source, *told) if part)


@command_with_settings("quotes")
@click.option("--speaker", metavar="NAME", help="Only what this person or body said.")
@click.option("--about", metavar="TEXT", help="Only what was said about this.")
@filter_options
@json_option
def quotes(
    settings: Settings, *, speaker: str | None, about: str | None, source_filter: SourceFilter, as_json: bool
) -> None:
    """Show who said what, with the place in the source; what many copies print, once."""
    from rag.engine import Engine

    engine = Engine.open(settings)
    show_trouble(engine.trouble)
    for quotation in engine.quotations(speaker, about, source_filter=source_filter):
        copies = engine.copies(quotation.source, source_filter)
        if as_json:
            print_json({**quotation_object(quotation), "copies": copies})
        else:
            print_quotation(quotation)
            print_copies(copies)


def quotation_object(quotation: Quotation) -> dict[str, Any]:
    """Return a quotation with the keys of the contract."""
    value = asdict(quotation)
    del value["sentence_start"], value["sentence_end"]
    return value


def print_quotation(quotation: Quotation) -> None:
    """Print who said it, the words, and where they stand."""
    speaker = quotation.speaker or "somebody whom the source does not name"
    when = f", {quotation.date}" if quotation.date else ""
    click.secho(wrapped(f"{one_line(speaker)} ({quotation.kind}{when})"), bold=True)
    click.echo(wrapped(one_line(quotation.quote), indent="    "))
    click.secho(f"    {one_line(quotation.source)} {quotation.start} {quotation.end}", dim=True)
