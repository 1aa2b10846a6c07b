"""Answers on a terminal: checked statements as they come, numbered citations under them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

import click

from rag.cli.terminal import Flow, excerpt, one_line, wrapped
from rag.config import Settings, load
from rag.text.filters import filter_in_words
from rag.types import (
    Answer,
    AnswerEvent,
    AppliedFilter,
    Citation,
    Finished,
    Passage,
    Retrieved,
    SourceFilter,
    Statement,
    StatementChecked,
    Status,
    Verdict,
)
from rag.types.exchanges import is_understood_otherwise

_EXCERPT = 240
_COPIES_SHOWN = 5
_INDENT = "    "


class AnswerPrinter:
    """Prints answers. `passages` adds what was retrieved, `dropped` what the check refused."""

    def __init__(self, settings: Settings, *, passages: bool = False, dropped: bool = False) -> None:
        self._show_command = show_command(settings)
        self._passages = passages
        self._dropped = dropped

    def stream(self, events: Iterable[AnswerEvent], question: str = "") -> Answer | None:
        """Print each statement when it has been checked, then what belongs under the answer, which is returned.

        In front stands how `question` was understood, where that is not how it was asked.
        """
        flow, shown, answer = Flow(), "", None
        for event in events:
            if isinstance(event, Retrieved):
                print_understood(question, event.standalone_question)
            elif isinstance(event, StatementChecked):
                part = next_part(shown, event)
                flow.feed(part, focus_in(part, event.statement))
                shown += part
            elif isinstance(event, Finished):
                answer = event.answer
                flow.feed(still_to_show(answer, shown) + "\n")
                self._print_rest(answer)
        return answer

    def print(self, answer: Answer) -> None:
        """Print a whole answer under its question."""
        click.secho(wrapped(answer.question), bold=True)
        print_understood(answer.question, answer.standalone_question)
        strong = [(said.start + start, said.start + end) for said in answer.statements for start, end in said.focus]
        Flow().feed(answer.text + "\n", strong)
        self._print_rest(answer)
        click.echo()

    def _print_rest(self, answer: Answer) -> None:
        if sources := filter_line(answer.filter):
            click.echo("\n" + sources)
        if answer.citations:
            click.echo()
        paraphrased = {
            number for said in answer.statements if said.verdict != Verdict.VERBATIM for number in said.citations
        }
        for citation in answer.citations:
            self._print_citation(citation, with_quote=citation.id in paraphrased)
        if answer.status is Status.REFUSED and answer.nearest:
            click.echo("\nThe nearest passages:")
            print_passages(answer.nearest, scores=False)
        for note in filter(None, (answer.unclear, *answer.notes)):
            click.echo("\n" + wrapped(note, first="Note: ", indent="      "))
        if self._dropped:
            self._print_dropped(answer.dropped)
        if self._passages:
            click.echo(f"\nRetrieved passages (* used), answered by {one_line(answer.llm)}:")
            print_passages(answer.passages)

    def _print_citation(self, citation: Citation, *, with_quote: bool) -> None:
        click.echo(wrapped(one_line(origin(citation)), first=f"[{citation.id}] ", indent=_INDENT))
        if with_quote:
            click.echo(wrapped(f"“{excerpt(citation.quote, _EXCERPT)}”", indent=_INDENT))
        place = f"{shlex.quote(one_line(citation.source))} {citation.start} {citation.end}"
        click.secho(f"{_INDENT}{self._show_command} {place}", dim=True)
        print_copies(citation.copies)

    def _print_dropped(self, dropped: Sequence[Statement]) -> None:
        click.echo(f"\nLeft out, because the check refused it ({len(dropped)}):")
        for statement in dropped:
            click.echo(
                wrapped(
                    f"{one_line(statement.text)} ({statement.reason or 'not supported'})", first="  - ", indent=_INDENT
                )
            )


def print_understood(asked: str, taken: str) -> None:
    """Print how a question was understood, where it was asked and that is not how it was asked."""
    if asked and is_understood_otherwise(asked, taken):
        click.secho(wrapped(one_line(taken), first="Understood as: ", indent="  ") + "\n", italic=True)


def origin(citation: Citation) -> str:
    """Return where a citation is from: title, author, outlet, date and page, as far as they are known."""
    page = None if citation.page is None else f"page {citation.page}"
    parts = (citation.title, citation.author, citation.outlet, citation.date, page)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def print_copies(copies: Sequence[str]) -> None:
    """Print which other sources are the same document, where there are some."""
    if copies:
        more = f" and {len(copies) - _COPIES_SHOWN} more" if len(copies) > _COPIES_SHOWN else ""
        named = ", ".join(map(one_line, copies[:_COPIES_SHOWN]))
        click.secho(wrapped(f"also in: {named}{more}", indent=_INDENT), dim=True)


def filter_line(applied: AppliedFilter) -> str:
    """Return a line that says which sources were searched, nothing where it was all of them."""
    words = filter_in_words(SourceFilter(applied.sources, applied.after, applied.before, applied.outlets))
    heard = " and ".join(f"“{phrase}”" for phrase in applied.understood)
    why = f" (understood from the question: {heard}; --literal takes it back)" if heard else ""
    return wrapped(one_line(f"Sources: {words}{why}")) if words else ""


def next_part(shown: str, event: StatementChecked) -> str:
    """Return what the answer's text has after `shown`, up to the end of a new statement and its markers.

    A statement with a lead is a paragraph under the lead; the offset of one without tells the gap before it. In front
    of it stands whom it means, where it opens with a pronoun.
    """
    statement = event.statement
    if event.lead:
        gap = ("\n\n" if shown else "") + f"{event.lead}\n\n"
    else:
        distance = statement.start - len(statement.resolution) - len(shown)
        gap = "\n\n" if distance > 1 else " " * bool(shown)
    return f"{gap}{statement.resolution}{statement.text} {_markers(statement)}"


def _markers(statement: Statement) -> str:
    return "".join(f"[{number}]" for number in statement.citations)


def focus_in(part: str, statement: Statement) -> list[tuple[int, int]]:
    """Return the focus of a statement as spans of the part of the answer that `next_part` made of it."""
    at = len(part) - len(_markers(statement)) - 1 - len(statement.text)
    return [(at + start, at + end) for start, end in statement.focus]


def still_to_show(answer: Answer, shown: str) -> str:
    """Return what of the answer was not shown: the end of it, or all of it where it came out otherwise."""
    if answer.text.startswith(shown):
        return answer.text[len(shown) :]
    return f"\n\nThe answer as it stands after the last check:\n\n{answer.text}"


def show_command(settings: Settings) -> str:
    """Return the command that shows a source, with the folders where they are not what the environment says."""
    usual, flags = load(), ""
    if settings.index != usual.index:
        flags += f" --index {shlex.quote(str(settings.index))}"
    if settings.sources != usual.sources:
        flags += f" --sources {shlex.quote(str(settings.sources))}"
    return f"rag{flags} show"


def print_passages(passages: Sequence[Passage], *, scores: bool = True) -> None:
    """Print passages under each other."""
    for passage in passages:
        print_passage(passage, scores=scores)


def print_passage(passage: Passage, *, scores: bool = True) -> None:
    """Print one passage: rank, title and heading, place, scores, the beginning of its text."""
    where = " › ".join(part for part in (passage.title, passage.heading) if part)
    click.echo(wrapped(one_line(where), first=f"{passage.rank:>3}.{'*' if passage.used else ' '}", indent="     "))
    place = f"{one_line(passage.source)} {passage.start} {passage.end}"
    click.secho("     " + (f"{place}   {described_scores(passage)}" if scores else place), dim=True)
    click.echo(wrapped(excerpt(passage.text, _EXCERPT), indent="     "))
    if passage.shortfall:
        click.echo(wrapped(f"It {passage.shortfall}.", indent="     "))


def described_scores(passage: Passage) -> str:
    """Return the scores that a passage has, by name."""
    given = {name: getattr(passage.scores, name) for name in ("dense", "lexical", "fused", "rerank")}
    return "  ".join(f"{name} {score:.4g}" for name, score in given.items() if score is not None)
