"""Conditions on sources that a question states, and questions that state none though they name dates and papers."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UsageError
from rag.text.dates import MONTHS, day_after, day_before, days_of
from rag.text.filters import Understood, filter_in_words, in_days, joined, understand
from rag.text.source_names import NameTable, names_of, plain_name
from rag.types import DocumentFacts, SourceFilter

FACTS = (
    DocumentFacts("storm.txt", "Is the Storm Over?", None, "The Atlantic Herald", "2025-05-31"),
    DocumentFacts(
        "law/Annual Report 2022.pdf", "Annual report", "Jane Roe and John Doe", "Harbour Times", "2024-01-02"
    ),
    DocumentFacts("budget.pdf", "Budget", "Anna Li", None, "2023"),
    DocumentFacts("mail.eml#offer.docx", "An offer", None, None, None),
    DocumentFacts("seeds.txt", "Seeds", None, "Nature", None),
)
NAMES = NameTable(FACTS)


def heard(question: str) -> Understood:
    return understand(question, NAMES, lambda name: name == "Anna Li")


def since(day: str) -> SourceFilter:
    return SourceFilter(after=day)


DATED = [
    ("What did Brandt say since May 2025?", "What did Brandt say?", "since May 2025", "2025-05-01", None),
    ("What has Brandt said about Vik since 2024?", "What has Brandt said about Vik?", "since 2024", "2024-01-01", None),
    ("Since May 2025, what has Brandt said?", "What has Brandt said?", "Since May 2025", "2025-05-01", None),
    ("What did Li say after 31 May 2025 on fees?", "What did Li say on fees?", "after 31 May 2025", "2025-06-01", None),
    ("What did articles since May 2025 say?", "What did articles say?", "since May 2025", "2025-05-01", None),
    ("What did articles up to 2020 say?", "What did articles say?", "up to 2020", None, "2020-12-31"),
    ("What do files before 2024 say?", "What do files say?", "before 2024", None, "2023-12-31"),
    ("What do reports from March 2023 say?", "What do reports say?", "from March 2023", "2023-03-01", "2023-03-31"),
    (
        "Which articles published between 2020 and 2022 name Vik?",
        "Which articles name Vik?",
        "published between 2020 and 2022",
        "2020-01-01",
        "2022-12-31",
    ),
    (
        "What did the article that was published in May 2024 say?",
        "What did the article say?",
        "that was published in May 2024",
        "2024-05-01",
        "2024-05-31",
    ),
    ("What has been reported since 2024-02?", "What has been reported?", "since 2024-02", "2024-02-01", None),
    (
        "What do texts from May 2024 to June 2024 say?",
        "What do texts say?",
        "from May 2024 to June 2024",
        "2024-05-01",
        "2024-06-30",
    ),
]


@pytest.mark.parametrize(("question", "left", "phrase", "after", "before"), DATED)
def test_dates_of_publication_are_conditions(
    question: str, left: str, phrase: str, after: str | None, before: str | None
) -> None:
    assert heard(question) == Understood(left, SourceFilter(after=after, before=before), (phrase,))


NAMED = [
    ("According to the Atlantic Herald, who won?", "Who won?", "According to the Atlantic Herald", 3),
    ("Who won, according to The Atlantic Herald?", "Who won?", "according to The Atlantic Herald", 3),
    ("Who, according to Nature, won the race?", "Who won the race?", "according to Nature", 4),
    ("What does the Harbour Times article say?", "What does the article say?", "the Harbour Times article", 1),
    ("In the Harbour Times article, who won?", "Who won?", "In the Harbour Times article", 1),
    ("Who won in the Harbour Times’s article?", "Who won?", "in the Harbour Times’s article", 1),
    ("What do articles by Jane Roe say of fees?", "What do articles say of fees?", "by Jane Roe", 2),
    ("Who is quoted in Jane Roe's article?", "Who is quoted?", "in Jane Roe's article", 2),
    ("What did Brandt say in The Atlantic Herald?", "What did Brandt say?", "in The Atlantic Herald", 3),
]  # fmt: skip
OUTLETS = {1: "Harbour Times", 2: "Jane Roe", 3: "The Atlantic Herald", 4: "Nature"}


@pytest.mark.parametrize(("question", "left", "phrase", "outlet"), NAMED)
def test_outlets_and_authors_that_are_there_are_conditions(question: str, left: str, phrase: str, outlet: int) -> None:
    assert heard(question) == Understood(left, SourceFilter(outlets=(OUTLETS[outlet],)), (phrase,))


FILES = [
    ("What does budget.pdf say about fees?", "What does the document say about fees?", "budget.pdf", "budget.pdf"),
    ("In Budget.PDF, what are the fees?", "What are the fees?", "In Budget.PDF", "budget.pdf"),
    ("Sum up “Annual Report 2022.pdf”.", "Sum up “the document”.", "Annual Report 2022.pdf", FACTS[1].source),
    ("Who won in law/annual report 2022.pdf?", "Who won?", "in law/annual report 2022.pdf", FACTS[1].source),
    ("What is offered in mail.eml?", "What is offered?", "in mail.eml", "mail.eml#offer.docx"),
    ("Who is quoted in “Is the storm over?”?", "Who is quoted?", "in “Is the storm over?”", "storm.txt"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "left", "phrase", "source"), FILES)
def test_files_and_titles_that_are_there_are_conditions(question: str, left: str, phrase: str, source: str) -> None:
    assert heard(question) == Understood(left, SourceFilter(sources=(source,)), (phrase,))


@pytest.mark.parametrize(
    "question",
    [
        "What happened in 2019?",
        "What happened since May 2025?",
        "What has changed since 2019?",
        "Since 2019, what has changed?",
        "How has the war gone since February 2022?",
        "What did Brandt say in March 2023?",
        "What did Brandt say before 2024?",
        "What did Brandt say about the vote in 2019?",
        "How many articles were published in 2019?",
        "Which article from 2023 is meant?",
        "What did the articles say in 2019 about Vik?",
        "What was said last year?",
        "What did Brandt say since Monday?",
        "According to the Atlantic Herald Council, who won?",
        "According to Anna Li, who pays?",
        "According to the Post, who won?",
        "What must hold according to the nature conservation act?",
        "Which ships sank in the Atlantic Herald bay?",
        "What is the state of nature in nature?",
        "What does missing.pdf say?",
        "Who is quoted in “The Storm”?",
        "Which version is 1.5?",
        "",
        "?",
    ],
)
def test_what_is_said_of_events_and_of_others_is_none(question: str) -> None:
    assert heard(question) == Understood(question)


def test_several_conditions_hold_together() -> None:
    assert heard("What do articles from Nature since 2024 say about seeds?") == Understood(
        "What do articles say about seeds?",
        SourceFilter(after="2024-01-01", outlets=("Nature",)),
        ("from Nature", "since 2024"),
    )
    both = heard("According to Nature and the Harbour Times, who won?")
    assert (both.question, both.filter.outlets) == ("Who won?", ("Nature", "Harbour Times"))
    compared = heard("Compare budget.pdf and storm.txt.")
    assert (compared.question, compared.filter.sources) == (
        "Compare budget.pdf and storm.txt.",
        ("budget.pdf", "storm.txt"),
    )


def test_dates_are_no_conditions_where_no_source_has_one() -> None:
    undated = NameTable([DocumentFacts("a.txt", "A")])
    question = "What did Brandt say since May 2025?"
    assert understand(question, undated) == Understood(question)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_can_be_read(question: str) -> None:
    result = heard(question)
    assert result.phrases or result == Understood(question)


@given(st.sampled_from([case[0] for case in DATED + NAMED + FILES]))
def test_what_is_left_states_nothing_more(question: str) -> None:
    assert heard(heard(question).question).phrases == ()


def test_filters_are_joined_and_told_in_words() -> None:
    both = joined([SourceFilter(("a*",), "2024-01-01", None, ("X",)), SourceFilter(("b",), "2025-01-01", "2026-01-01")])
    assert both == SourceFilter(("a*", "b"), "2025-01-01", "2026-01-01", ("X",))
    assert filter_in_words(both) == "a*, b, from X, since 2025-01-01, until 2026-01-01"
    assert filter_in_words(SourceFilter()) == ""


def test_months_and_years_become_days() -> None:
    assert in_days(SourceFilter(after="2025", before="2025")) == SourceFilter(after="2025-01-01", before="2025-12-31")
    assert in_days(SourceFilter(after="2024-02", before="2024-02")) == SourceFilter((), "2024-02-01", "2024-02-29")
    assert in_days(SourceFilter()) == SourceFilter()
    for wrong in ("2025-13", "yesterday", "", "2025-02-30", "05/2025"):
        with pytest.raises(UsageError, match=r"is no date\. Write a day, month or year: 2025-05-31, 2025-05 or 2025"):
            in_days(SourceFilter(after=wrong))


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2025", ("2025-01-01", "2025-12-31")),
        ("2025-05-31T10:00:00Z", ("2025-05-31", "2025-05-31")),
        ("May 2025", ("2025-05-01", "2025-05-31")),
        ("31 May 2025", ("2025-05-31", "2025-05-31")),
        ("the 3rd of Sept. 2024", ("2024-09-03", "2024-09-03")),
        ("February 29, 2024", ("2024-02-29", "2024-02-29")),
        ("February 29, 2025", None),
        ("May", None),
        ("12", None),
    ],
)
def test_the_days_of_a_date(value: str, days: tuple[str, str] | None) -> None:
    assert days_of(value) == days


@given(st.dates(min_value=datetime.date(1600, 1, 2), max_value=datetime.date(2100, 1, 1)))
def test_days_in_any_writing(day: datetime.date) -> None:
    iso = day.isoformat()
    year, month, number = (int(part) for part in iso.split("-"))
    for written in (iso, f"{number} {MONTHS[month - 1]} {year}", f"{MONTHS[month - 1][:3]} {number}, {year}"):
        assert days_of(written) == (iso, iso)
    assert day_before(day_after(iso)) == iso


def test_names_are_compared_without_case_accents_and_article() -> None:
    assert plain_name("The Économist's") == "economist"
    assert plain_name("The") == "the"
    assert names_of(FACTS[1]) == {"harbour times", "jane roe", "john doe", "jane roe and john doe"}
