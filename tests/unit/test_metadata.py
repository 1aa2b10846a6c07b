from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.sources import find_sources, parse_document, read_file
from rag.sources.bylines import Facts, is_outlet, parse_line
from rag.sources.dates import find_dates, is_date_line, parse_date
from rag.sources.metadata import plain, shorten
from rag.types import BlockKind, Document

SEEDS = Path(__file__).parents[2] / "seeds"
PROSE = "The minister said on Tuesday that the plan would not be changed, whatever the council might decide about it. "


def facts(document: Document) -> tuple[str, str | None, str | None, str | None]:
    return document.title, document.author, document.outlet, document.date


def read(top: str, *, markdown: bool = False) -> tuple[str, str | None, str | None, str | None]:
    return facts(parse_document("folder/name.txt", f"{top}\n\n{PROSE}{PROSE}\n\n{PROSE}\n", markdown=markdown))


# ---------------------------------------------------------------- the five articles

EXPECTED = {
    "000": (
        "Why Trump Sides With Putin: Power, Ego, and the New Global Order",
        "Fiona Hill",
        "The Atlantic",
        "2026-01-24",
    ),
    "001": ("Trump’s Affinity for Putin Grows More Consequential Than Ever", None, None, None),
    "002": ("The relationship between former U.S. President Donald Trump and Russian…", None, None, None),
    "003": ("President Trump’s Strategic Alliance with Putin: Misunderstood Diplomacy", None, None, None),
    "004": ("Is Trump Falling Out of Love With Putin?", None, None, "2025-05-31"),
}


def test_the_seed_articles() -> None:
    found = {file.source[:3]: facts(read_file(file).documents[0]) for file in find_sources(SEEDS, 10**7).files}

    assert found == EXPECTED


# ---------------------------------------------------------------- title


def test_a_title_line_above_the_prose() -> None:
    assert read("A Title in Capitals")[0] == "A Title in Capitals"
    assert read("A title in small letters that says what has happened and to whom it did")[0].startswith(
        "A title in small"
    )
    assert read("Will the Minister Go?\n\nThe council is of two minds about it.")[0] == "Will the Minister Go?"


def test_the_title_is_no_part_of_the_story() -> None:
    document = parse_document("x.txt", f"A Title in Capitals\n\nBy Jane Doe\n\n{PROSE}")

    assert [block.kind for block in document.blocks] == [BlockKind.META, BlockKind.META, BlockKind.PARAGRAPH]


def test_a_text_that_is_one_line_keeps_it() -> None:
    document = parse_document("x.txt", "A Line That Could Be a Title\n")

    assert document.title == "A Line That Could Be a Title"
    assert [block.kind for block in document.blocks] == [BlockKind.PARAGRAPH]


def test_without_a_headline_the_first_sentence_is_shortened() -> None:
    title = parse_document("x.txt", PROSE).title

    assert title == "The minister said on Tuesday that the plan would not be changed, whatever the…"
    assert parse_document("x.txt", "It rained. Then it stopped, and the sun came out.").title == "It rained."


def test_without_any_sentence_the_name_of_the_file_serves() -> None:
    assert parse_document("folder/notes.v2.txt", "----\n").title == "notes.v2"
    assert parse_document("folder/notes", "").title == "notes"


def test_the_outlet_behind_a_bar_in_the_title() -> None:
    assert read("Losing Face in the North | The Japan Times")[::2] == ("Losing Face in the North", "The Japan Times")
    assert read("Either | Or")[0] == "Either | Or"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# The *Whole* `Title` of [it](http://x.y)\n\nText.\n", "The Whole Title of it"),
        ("## The Only Heading of Its Level\n\nText.\n\n### Below\n\nText.", "The Only Heading of Its Level"),
        ("Text comes first.\n\n# A Heading\n\nMore text.", "Text comes first."),
        ("---\ntitle: From the front\n---\n# Another\n\nText.", "From the front"),
    ],
)
def test_titles_of_markdown(text: str, title: str) -> None:
    assert parse_document("x.md", text, markdown=True).title == title


# ---------------------------------------------------------------- author, outlet, date


@pytest.mark.parametrize(
    ("top", "author", "outlet", "date"),
    [
        ("Title of It\n\nBy Jane Doe", "Jane Doe", None, None),
        (
            "Title of It\nBy Jane Doe and John Roe, The Post\nMay 31, 2025",
            "Jane Doe and John Roe",
            "The Post",
            "2025-05-31",
        ),
        ("Title of It\n\nWritten by: Jane van Doe | CNN | Updated 2 June 2025", "Jane van Doe", "CNN", "2025-06-02"),
        ("Title of It\n\nPublished May 31, 2025 at 10:15 AM EDT | Updated June 2, 2025", None, None, "2025-05-31"),
        ("Title of It\n\nUpdated June 2, 2025 – Published May 31, 2025", None, None, "2025-05-31"),
        ("Title of It\n\nJane Doe, May 31, 2025", "Jane Doe", None, "2025-05-31"),
        ("Title of It\n\nThe Guardian with Jane Doe | 31.05.2025", "Jane Doe", "The Guardian", "2025-05-31"),
        ("Title of It\n\nReuters • 2025-05-31T10:00:00Z", None, "Reuters", "2025-05-31"),
        ("Saturday, May 31, 2025\n\nTitle of It", None, None, "2025-05-31"),
        ("example.com | Sat 31st of May 2025\n\nTitle of It", None, "example.com", "2025-05-31"),
        ("Title of It\n\nIts council is of two minds.\n\nBy JANE DOE\n\n2025/5/31", "JANE DOE", None, "2025-05-31"),
        (
            "Title: Title of It\nAuthor: Jane Doe\nPublication: The Daily Post\nDate: 31 May 2025\nURL: http://x.y/z",
            "Jane Doe",
            "The Daily Post",
            "2025-05-31",
        ),
        (
            "From: Jane Doe <jane@example.com>\nTo: John\nSubject: Title of It\nDate: Sat, 31 May 2025 10:15",
            "Jane Doe",
            None,
            "2025-05-31",
        ),
        ("**Author:** Jane Doe\n\nTitle of It", "Jane Doe", None, None),
    ],
)
def test_bylines_and_date_lines(top: str, author: str | None, outlet: str | None, date: str | None) -> None:
    assert read(top) == ("Title of It", author, outlet, date)


@pytest.mark.parametrize(
    "top",
    [
        "Title of It\n\nOn May 31, 2025, the council met.",
        "Title of It\n\nBy the time he came, they had gone.",
        "Title of It\n\nThe deadline is May 31, 2025, and nobody will move it: so much is certain.",
        f"Title of It\n\n{PROSE}{PROSE}\n\n{PROSE}{PROSE}\n\nMay 31, 2025",
    ],
)
def test_dates_and_names_in_prose_are_none_of_the_documents(top: str) -> None:
    assert read(top) == ("Title of It", None, None, None)


def test_a_title_with_a_date_is_a_title() -> None:
    assert read("May 31, 2025: The Council Meets")[0] == "May 31, 2025: The Council Meets"
    assert read("A Mayor Meets the Minister, May 31, 2025")[0] == "A Mayor Meets the Minister, May 31, 2025"


def test_the_dates_of_a_diary_head_its_entries() -> None:
    text = "".join(f"May {day}, 2025\n\n{PROSE}\n\n" for day in (1, 2, 3, 4))
    document = parse_document("x.txt", text)

    assert document.date is None
    assert [block.kind.value for block in document.blocks] == ["heading", "paragraph"] * 4


def test_the_agency_of_a_place_line() -> None:
    assert read("Title of It\n\nWASHINGTON (Reuters) - The president said on Friday that he would go.")[2] == "Reuters"
    assert read("Title of It\n\nNEW YORK, May 31 (AP) — The president said on Friday that he would go.")[2] == "AP"


def test_front_matter() -> None:
    text = (
        "---\ntitle: 'The Title'\nauthor:\n  - Jane Doe\n  - name: John Roe\ndate: 2025-05-31\n"
        "publisher: The Daily Post\ntags: [a, b]\n---\n\nText of it.\n"
    )

    assert facts(parse_document("x.md", text, markdown=True)) == (
        "The Title",
        "Jane Doe and John Roe",
        "The Daily Post",
        "2025-05-31",
    )


def test_front_matter_says_language_and_address() -> None:
    text = "---\ntitle: T\nlang: de-AT\nurl: https://example.org/a\n---\n\nText of it.\n"

    document = parse_document("x.md", text, markdown=True)

    assert (document.language, document.url) == ("de", "https://example.org/a")


def test_front_matter_in_toml() -> None:
    text = '+++\ntitle = "The Title"\nauthors = ["Jane Doe", "John Roe"]\ndate = 2025-05-31\n+++\n\nText of it.\n'

    document = parse_document("x.md", text, markdown=True)

    assert facts(document) == ("The Title", "Jane Doe and John Roe", None, "2025-05-31")
    assert document.blocks[0].kind is BlockKind.META


def test_front_matter_with_the_variables_of_a_template_is_read_line_by_line() -> None:
    text = "---\ntitle: The Title\nslug: {{slug}}\ntags: [{{tag}}]\ndate: 2025-05-31\n---\n\nText of it.\n"

    assert facts(parse_document("x.md", text, markdown=True)) == ("The Title", None, None, "2025-05-31")


@pytest.mark.parametrize(
    "front",
    [
        "title: [unclosed",
        "date: 2025-13-45",
        "just: {{ braces }}",
        "a: &a [x]\ntitle: *a",
        "title: !!python/object:os.x {}",
    ],
)
def test_front_matter_that_cannot_be_read_says_nothing(front: str) -> None:
    document = parse_document("x.md", f"---\n{front}\n---\n\nThe text goes on.", markdown=True)

    assert document.blocks[0].kind is BlockKind.META
    assert document.title in {"The text goes on.", "x"}
    assert document.date is None


# ---------------------------------------------------------------- the parts


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("May 31, 2025", "2025-05-31"),
        ("MAY 31 2025", "2025-05-31"),
        ("Jan. 24, 2026", "2026-01-24"),
        ("Sept 5th, 2024", "2024-09-05"),
        ("31 May 2025", "2025-05-31"),
        ("Saturday, 31st of May, 2025", "2025-05-31"),
        ("2025-05-31", "2025-05-31"),
        ("2025-05-31 10:00:00+02:00", "2025-05-31"),
        ("2025/05/31", "2025-05-31"),
        ("31.5.2025", "2025-05-31"),
        ("05/31/2025", "2025-05-31"),
        ("31/05/2025", "2025-05-31"),
        ("05/05/2025", "2025-05-05"),
        ("05/06/2025", None),
        ("February 30, 2025", None),
    ],
)
def test_dates(written: str, date: str | None) -> None:
    assert [found for _, _, found in find_dates(written)] == [date]
    assert is_date_line(f"  {written}:")
    assert parse_date(written) == date


@pytest.mark.parametrize(
    "text", ["May 2025", "version 1.2.2025.4", "in 2025", "555-2025-05-31-77", "Mayor 31, 2025", ""]
)
def test_no_dates(text: str) -> None:
    assert find_dates(text) == []


@given(st.dates())
@settings(deadline=None)
def test_iso_dates_come_back(date: object) -> None:
    assert parse_date(date) == str(date)


def test_outlets_and_persons() -> None:
    assert all(
        map(is_outlet, ["The Atlantic", "BBC News", "CNN", "nytimes.com", "Kyiv Independent", "Harvard University"])
    )
    assert not any(map(is_outlet, ["Fiona Hill", "Jane van der Doe", "Théo"]))


def test_a_byline_alone() -> None:
    assert parse_line("By Jane Doe", has_title=False) == Facts(author="Jane Doe")
    assert parse_line("By The Associated Press", has_title=False) == Facts(outlet="The Associated Press")
    assert parse_line("Jane Doe", has_title=True) is None
    assert parse_line("", has_title=True) is None


def test_shortening_keeps_whole_words() -> None:
    assert shorten("short", 10) == "short"
    assert shorten("one two three", 10) == "one two…"
    assert shorten("one two, three", 9) == "one two…"
    assert shorten("x" * 20, 10) == "x" * 9 + "…"


@given(st.text(min_size=1), st.integers(2, 50))
@settings(deadline=None)
def test_a_shortened_text_is_never_too_long(text: str, length: int) -> None:
    assert len(shorten(text, length)) <= length


def test_plain_takes_markup_off() -> None:
    assert plain("**Bold** and _not_ `code`  ![alt](x) \\[kept\\]") == "Bold and _not_ code alt [kept]"
