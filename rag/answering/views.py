"""What a question may be answered from: the filter asked for, the filter it states itself, and what these leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

from rag.answering.answerer import REFUSAL, Answerer
from rag.answering.choosing import Search
from rag.answering.holdings import Holdings, NarrowedHoldings
from rag.errors import UsageError
from rag.scope import Scope, make_scope
from rag.text.filters import Understood, filter_in_words, in_days, joined, understand
from rag.text.source_names import NameTable
from rag.types import Answer, AppliedFilter, DocumentFacts, Hit, SourceFilter, Status
from rag.vector_store import Mask

_MOST_VIEWS = 32
_MOST_OUTLETS = 5
ALL = SourceFilter()

MaskedSearch = Callable[[str, int, Mask | None], list[Hit]]
"""From a question, a number and the rows that count to that many passages, best first."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of an index that a filter leaves, with what answers from it."""

    scope: Scope
    holdings: Holdings
    search: Search
    answerer: Answerer


class Views:
    """The views of one open index. Safe to use from several threads."""

    def __init__(self, holdings: Holdings, search: MaskedSearch, passage_count: int, least_confidence: float) -> None:
        """Take what all sources hold and how they are searched; see `Answerer` for both numbers."""
        self._holdings = holdings
        self._search = search
        self._passage_count, self._least_confidence = passage_count, least_confidence
        self._view = lru_cache(maxsize=_MOST_VIEWS)(self._make)

    @cached_property
    def facts(self) -> tuple[DocumentFacts, ...]:
        """Return what each document says of itself."""
        return self._holdings.index.catalog.facts()

    @cached_property
    def _names(self) -> NameTable:
        return NameTable(self.facts)

    def _make(self, filters: tuple[SourceFilter, ...]) -> View:
        index = self._holdings.index
        scope = make_scope(self.facts, index.copies, filters)
        holdings = self._holdings if scope.whole else NarrowedHoldings(self._holdings, scope)
        search = partial(_search_among, self._search, holdings.rows)
        answerer = Answerer(holdings, search, index.generation, self._passage_count, self._least_confidence)
        return View(scope, holdings, search, answerer)

    def chosen(self, source_filter: SourceFilter = ALL) -> View:
        """Return what a filter that somebody asked for leaves.

        Raises UsageError where a date of it is none, and where it admits no source.
        """
        whole_days = in_days(source_filter)
        view = self._view((whole_days,))
        if not view.scope.sources and not whole_days.admits_all:
            raise UsageError(f"No source fits the filter ({filter_in_words(whole_days)}). {self._what_there_is()}")
        return view

    def heard(self, question: str, source_filter: SourceFilter = ALL) -> tuple[Understood, View]:
        """Return what a question states of its sources, and what that leaves of what `source_filter` leaves."""
        understood = understand(question, self._names, self._holdings.quotes)
        if understood.filter.admits_all:
            return understood, self.chosen(source_filter)
        return understood, self._view((in_days(source_filter), understood.filter))

    def _what_there_is(self) -> str:
        dates = sorted(each.date for each in self.facts if each.date)
        outlets = sorted({each.outlet for each in self.facts if each.outlet})
        named = ", ".join(outlets[:_MOST_OUTLETS]) + (
            f" and {len(outlets) - _MOST_OUTLETS} more" * (len(outlets) > _MOST_OUTLETS)
        )
        when = f", dated {dates[0]} to {dates[-1]}" if dates else ", none with a date"
        return f"There are {len(self.facts)} sources{when}{f', from {named}' if outlets else ''}: rag show lists them."


def _search_among(search: MaskedSearch, rows: Mask | None, question: str, count: int) -> list[Hit]:
    return search(question, count, rows)


def applied(source_filter: SourceFilter, understood: Understood) -> AppliedFilter:
    """Return both filters as an answer shows them."""
    both = joined([in_days(source_filter), understood.filter])
    return AppliedFilter(both.sources, both.after, both.before, both.outlets, understood.phrases)


def with_filter(answer: Answer, standalone: str, shown: AppliedFilter, view: View, without: View) -> Answer:
    """Return an answer that says which sources it was looked for in, and what that left out.

    `view` is what was searched, `without` what would have been but for the conditions that the question states.
    """
    if not view.scope.sources:
        answer = replace(answer, text=f"{REFUSAL} No source is what the question says.")
    notes = [*answer.notes, *_notes(answer.status, shown, view.scope, without.scope)]
    return replace(answer, standalone_question=standalone, filter=shown, notes=tuple(notes))


def with_spelling(answer: Answer, asked: str, meant: str) -> Answer:
    """Return an answer that says where the question was looked for in another spelling than it was asked in."""
    if asked == meant:
        return answer
    told = "Did you mean" if answer.status is Status.REFUSED else "Not every word is in the sources; looked for"
    return replace(answer, notes=(*answer.notes, f"{told}: {meant}"))


def _notes(status: Status, shown: AppliedFilter, scope: Scope, without: Scope) -> Sequence[str]:
    notes = []
    if shown.understood and status is not Status.ANSWERED:
        phrases = " and ".join(f"“{phrase}”" for phrase in shown.understood)
        count, all_of_them = len(scope.sources), _sources(len(without.sources))
        fitting = f"{count} of {all_of_them} {'fits' if count == 1 else 'fit'}" if count else "no source fits"
        notes.append(f"The question says {phrases}, which {fitting}; without that, {all_of_them} would be searched.")
    if scope.undated:
        notes.append(f"{_sources(scope.undated)} without a date left out.")
    return notes


def _sources(count: int) -> str:
    return "1 source" if count == 1 else f"{count} sources"
