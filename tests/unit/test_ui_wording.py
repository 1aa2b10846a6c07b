"""Dates, scores and other people's text as the page writes them."""

from __future__ import annotations

from datetime import date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from rag.text.dates import date_in_words
from rag.types import Answer, Citation, Document, Scores, Status
from rag.ui.wording import (
    answer_with_sources,
    byline,
    counted,
    displayable,
    moment_in_words,
    plain,
    score_labels,
    shortened,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2025-05-31", "31 May 2025"),
        ("2026-01-04T10:00:00Z", "4 January 2026"),
        ("2025-05", "May 2025"),
        ("2025", "2025"),
        ("2025-13-01", "2025"),
        ("last spring", "last spring"),
        ("", ""),
        (None, ""),
    ],
)
def test_dates(value: str | None, words: str) -> None:
    assert date_in_words(value) == words


def test_moments_are_of_this_machines_clock() -> None:
    moment = datetime(2026, 11, 22, 9, 5).astimezone()
    assert moment_in_words(moment.isoformat(), today=date(2026, 11, 22)) == "today, 09:05"
    assert moment_in_words(moment.isoformat(), today=date(2026, 11, 23)) == "22 November 2026, 09:05"
    assert moment_in_words("once") == "once"


def test_counts_and_scores() -> None:
    assert [counted(number, "passage") for number in (0, 1, 2500)] == ["0 passages", "1 passage", "2,500 passages"]
    assert score_labels(Scores(0.61234, 9.2, 0.0331)) == [
        ["dense", "0.612"],
        ["lexical", "9.2"],
        ["fused", "0.0331"],
        ["rerank", "–"],
    ]


def test_bylines() -> None:
    assert byline(Document("a", "", "t", "Fiona Hill", "The Atlantic", "2026-01-24")) == (
        "The Atlantic · Fiona Hill · 24 January 2026"
    )
    assert byline(Document("a", "", "t")) == ""


def test_shortening_cuts_at_a_word() -> None:
    assert shortened("One two three", 13) == "One two three"
    assert shortened("One two, three", 12) == "One two…"
    assert shortened("a" * 50, 10) == "aaaaaaaaa…"


def test_an_answer_with_its_sources_stands_for_itself() -> None:
    citation = Citation(1, "a.txt", "The Title", "A. Writer", "2025-05-31", 3, 7, 13, "“One\n  two.”")
    answer = Answer("Q?", "Q?", Status.ANSWERED, "“One two.” [1]\n", (), (citation,), (), (), "extractive", "g1")
    assert answer_with_sources(answer) == (
        "Q?\n\n“One two.” [1]\n\nSources\n"
        "[1] “One two.” — A. Writer, The Title, 31 May 2025, page 3 (a.txt, characters 7–13)\n"
    )


class Reader(HTMLParser):
    """Reads what a browser would show, and which elements there are."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = ""
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.shown += data


def rendered(markdown: str) -> Reader:
    reader = Reader()
    reader.feed(MarkdownIt("gfm-like", {"linkify": False}).render(markdown))
    return reader


@given(some.text(some.one_of(some.characters(), some.sampled_from("*_`<>[]()#!$:~|\\-+.1&; \n")), max_size=60))
def test_plain_text_passes_through_markdown_letter_for_letter(text: str) -> None:
    reader = rendered(plain(text))
    assert " ".join(reader.shown.split()) == " ".join(displayable(text).split())
    assert reader.tags <= {"p"}


def test_plain_text_breaks_what_streamlit_adds_to_markdown() -> None:
    assert plain(":red[x] :smile: $x$ http://a.b :material/home:") == (
        r"\:red\[x\] \:smile\: \$x\$ http\:\/\/a\.b \:material\/home\:"
    )


@given(some.text())
def test_what_is_displayed_can_be_sent_to_a_browser(text: str) -> None:
    shown = displayable(text + "\ud800\x00")
    assert shown.encode("utf-8")
    assert len(shown) == len(text) + 2
    assert "\x00" not in shown
