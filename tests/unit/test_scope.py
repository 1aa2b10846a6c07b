"""Which documents a filter admits, and who answers for copies; held against plain checks of each document."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.scope import Scope, make_scope
from rag.types import DocumentFacts, SourceFilter

FACTS = (
    DocumentFacts("a.txt", "A", "Jane Roe", "The Harbour Times", "2024-03-05"),
    DocumentFacts("law/b.PDF", "B", "Jane Roe and John Doe", None, "2024-05"),
    DocumentFacts("law/acts/c.txt", "C", None, "Nature", "2023"),
    DocumentFacts("law/a.txt", "D", None, None, None),
    DocumentFacts("mail.eml", "E", None, None, "2025-01-01"),
    DocumentFacts("mail.eml#offer [1].docx", "F", None, None, "not a date"),
)


def admitted(**chosen: object) -> set[str]:
    return set(make_scope(FACTS, {}, [SourceFilter(**chosen)]).sources)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("patterns", "sources"),
    [
        ((), {0, 1, 2, 3, 4, 5}),
        (("a.txt",), {0}),  # the name of a source is that one
        (("*.txt",), {0, 2, 3}),
        (("*.pdf",), {1}),
        (("law/*",), {1, 3}),
        (("law/**",), {1, 2, 3}),
        (("law/",), {1, 2, 3}),
        (("law/**/*.txt",), {2, 3}),
        (("acts/",), {2}),
        (("c.tx?", "b.*"), {1, 2}),
        (("MAIL.eml",), {4, 5}),
        (("mail.eml",), {4}),
        (("mail.eml#offer [1].docx",), {5}),
        (("mail.eml#*",), {5}),
        (("b",), set()),
        (("[ab].txt", "("), set()),
    ],
)
def test_patterns_of_names(patterns: tuple[str, ...], sources: set[int]) -> None:
    assert admitted(sources=patterns) == {FACTS[number].source for number in sources}


@pytest.mark.parametrize(
    ("after", "before", "sources", "undated"),
    [
        ("2024-03-05", None, {0, 1, 4}, 2),
        ("2024-03-06", None, {1, 4}, 2),
        ("2024-05-31", "2024-06-30", {1}, 2),  # some day of May 2024
        ("2024-06-01", None, {4}, 2),
        (None, "2023-01-01", {2}, 2),
        (None, "2022-12-31", set(), 2),
        ("2024-01-01", "2024-12-31", {0, 1}, 2),
    ],
)
def test_dates(after: str | None, before: str | None, sources: set[int], undated: int) -> None:
    scope = make_scope(FACTS, {}, [SourceFilter(after=after, before=before)])
    assert scope.sources == {FACTS[number].source for number in sources}
    assert scope.undated == undated


def test_outlets_and_authors_whatever_the_case() -> None:
    assert admitted(outlets=("harbour times",)) == {"a.txt"}
    assert admitted(outlets=("JANE ROE",)) == {"a.txt", "law/b.PDF"}
    assert admitted(outlets=("john doe", "Nature")) == {"law/b.PDF", "law/acts/c.txt"}
    assert admitted(outlets=("Roe",)) == set()


def test_all_filters_and_all_their_parts_hold() -> None:
    two = [SourceFilter(("law/**",)), SourceFilter(after="2024-01-01")]
    scope = make_scope(FACTS, {}, two)
    assert (scope.sources, scope.undated) == (frozenset({"law/b.PDF"}), 1)
    assert admitted(sources=("law/**",), outlets=("nature",), after="2023-06-01") == {"law/acts/c.txt"}


def test_copies_answer_once() -> None:
    copies = {"law/a.txt": "a.txt", "mail.eml": "a.txt"}
    everything = frozenset(each.source for each in FACTS)
    scope = make_scope(FACTS, copies, [SourceFilter()])
    assert scope == Scope(
        everything,
        {"law/a.txt": "a.txt", "mail.eml": "a.txt"},
        {"a.txt": ("law/a.txt", "mail.eml")},
        whole=False,
    )
    assert scope.answering == everything - copies.keys()


def test_a_copy_answers_where_its_original_may_not() -> None:
    copies = {"law/a.txt": "a.txt", "mail.eml": "a.txt"}
    scope = make_scope(FACTS, copies, [SourceFilter(("law/", "mail.eml"))])
    assert scope.originals == {"mail.eml": "law/a.txt"}
    assert scope.copies == {"law/a.txt": ("a.txt", "mail.eml")}
    assert "law/a.txt" in scope.answering
    assert make_scope(FACTS, copies, [SourceFilter(("law/acts/",))]).copies == {}


def test_nothing_left_out_is_the_whole() -> None:
    assert make_scope(FACTS, {}, [SourceFilter()]).whole
    assert make_scope(FACTS, {}, []).whole
    assert make_scope(FACTS, {}, [SourceFilter(("**",))]).whole
    assert not make_scope(FACTS, {}, [SourceFilter(("law/",))]).whole


@given(
    st.lists(st.none() | st.dates(), max_size=12),
    st.none() | st.dates(),
    st.none() | st.dates(),
)
def test_dates_against_plain_comparison(
    dates: list[datetime.date | None], after: datetime.date | None, before: datetime.date | None
) -> None:
    facts = [DocumentFacts(str(n), "", date=day.isoformat() if day else None) for n, day in enumerate(dates)]
    chosen = SourceFilter(after=after.isoformat() if after else None, before=before.isoformat() if before else None)
    expected = {
        str(number)
        for number, day in enumerate(dates)
        if chosen.admits_all
        or (day is not None and (after is None or day >= after) and (before is None or day <= before))
    }
    assert make_scope(facts, {}, [chosen]).sources == expected
