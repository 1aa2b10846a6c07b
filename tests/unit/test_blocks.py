from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.sources import parse_document
from rag.sources.lines import BLANK, split_lines
from tests.outlines import PROSE, STORY, kinds, outline

SEEDS = Path(__file__).parents[2] / "seeds"


# ---------------------------------------------------------------- lines


def test_lines_know_where_they_stand() -> None:
    lines = split_lines("\ufeff One\r\n\r\n\t two \u2028three\rfour")

    assert [(line.start, line.end, line.text, line.indent, line.gap) for line in lines] == [
        (2, 5, "One", 1, 1),
        (11, 14, "two", 5, 1),
        (16, 21, "three", 0, 0),
        (22, 26, "four", 0, 0),
    ]


# ---------------------------------------------------------------- headings


def test_title_like_lines_over_prose_are_headings_with_and_without_blank_lines() -> None:
    text = f"{PROSE}{PROSE}\nWhat the Council Did\n{PROSE}\n\nDoes This End Here?\n\n{PROSE}"

    assert kinds(text) == "phphp"


def test_a_heading_under_a_heading_is_one_level_deeper_until_the_text_goes_on() -> None:
    text = (
        f"{STORY}Chapter One: The Beginning\n\nIntroduction: How It Began\n\n{PROSE}\n\nThe Second Chapter\n\n{PROSE}"
    )

    assert [line[:2] for line in outline(text) if line.startswith("h")] == ["h2", "h3", "h2"]


@pytest.mark.parametrize(
    "line",
    [
        "Key takeaway: The Council Changed Its Mind.",
        "He openly praises leaders who:",
        "Two people on the street . One holding a flag and one holding a sign",
        "it begins small and goes on",
        "A line that is in small letters and goes on for more words than a heading in sentence case would",
        "President Talks, Minister Listens,",
        "{{PLACE_FOR_A_NAME}}",
    ],
)
def test_what_is_no_heading(line: str) -> None:
    assert kinds(f"{STORY}{line}\n\n{PROSE}") == "mppp"


def test_a_short_sentence_case_line_is_a_heading_only_where_it_stands_alone() -> None:
    assert kinds(f"{STORY}What the council did\n\n{PROSE}") == "mphp"
    assert kinds(f"{STORY}What the council did\n{PROSE}") == "mppp"


def test_a_heading_stands_over_something() -> None:
    assert kinds(f"{STORY}The Very Last Line") == "mpp"
    assert kinds(f"{STORY}One Name\nTwo Names\nThree Names\nFour Names\n\n{PROSE}") == "mpppppp"


def test_numbered_lines_between_paragraphs_are_headings_and_others_are_items() -> None:
    assert outline(f"{PROSE}{PROSE}\n\n1. First Things First\n\n{PROSE}\n\n2. Second Things\n\n{PROSE}")[1::2] == [
        "h2 First Things First",
        "h2 Second Things",
    ]
    assert kinds(f"{PROSE}{PROSE}\n\n1. First Things First\n2. Second Things\n\n{PROSE}") == "pllp"


def test_numbers_of_sections_give_the_level() -> None:
    text = f"{PROSE}{PROSE}\n\n1. SCOPE\n\n{PROSE}\n\n1.1 What Is Meant\n\n{PROSE}\n\na) one,\n\n2. RESULTS\n\n{PROSE}"

    assert [line for line in outline(text) if line[0] == "h"] == ["h2 SCOPE", "h3 1.1 What Is Meant", "h2 RESULTS"]


def test_speakers_of_a_transcript_are_no_headings() -> None:
    text = "INTERVIEWER: What did you do?\nMINISTER: I called the mayor.\n\n[Applause]\n\nQ: And then?\nA: We talked.\n"

    assert kinds(f"{STORY}{text}") == "mp" + "p" * 5


def test_underlined_headings() -> None:
    assert outline("The Report\n==========\n\nPart\n----\nText of the part.") == [
        "m The Report",
        "f ==========",
        "h2 Part",
        "f ----",
        "p Text of the part.",
    ]


# ---------------------------------------------------------------- paragraphs, lists, tables, code


def test_wrapped_text_is_joined_and_text_with_a_paragraph_a_line_is_not() -> None:
    wrapped = (
        "The minister said on Tuesday that the plan\nwould not be changed, whatever the council\n"
        "might decide about it. Nobody answered him.\n\nThe council met on Friday and decided that\n"
        "the plan should be changed after all."
    )

    assert kinds(wrapped) == "pp"
    assert kinds(f"{PROSE}{PROSE}\n{PROSE}\n{PROSE}") == "ppp"


def test_the_lines_of_a_markdown_paragraph_belong_together() -> None:
    assert outline("One line.\nAnother line.\n\nA new paragraph.", markdown=True) == [
        "p One line.\nAnother line.",
        "p A new paragraph.",
    ]


def test_list_items_leave_their_markers_out() -> None:
    text = "They are:\n\n  • One thing\n  - Another thing\n  * A third\n  2) A fourth\n  (b) A fifth\n"

    assert outline(text)[1:] == ["l One thing", "l Another thing", "l A third", "l A fourth", "l A fifth"]


def test_levels_of_a_list_follow_indentation_and_items_that_introduce_others() -> None:
    indented = "- One\n  - Below one\n    - Below that\n  - Below one again\n- Two\n"
    introduced = "  • It shows that:\n  • One thing holds\n  • Another holds\n  • It denies that:\n  • A third holds\n"

    assert [line[:2] for line in outline(indented)] == ["l ", "l1", "l2", "l1", "l "]
    assert [line[:2] for line in outline(introduced)] == ["l ", "l1", "l1", "l ", "l1"]


def test_a_list_item_goes_on_where_the_next_line_is_indented_or_goes_on_in_small_letters() -> None:
    assert outline("- One thing\n  Which Goes On\n- Another\nand on\n- A third\nA paragraph of its own.") == [
        "l One thing\n  Which Goes On",
        "l Another\nand on",
        "l A third",
        "p A paragraph of its own.",
    ]


@pytest.mark.parametrize(
    "table",
    [
        "What They SayWhat We Think\nPublic praiseFeels respected\nLong patienceFills the silence",
        "Name\tAge\nAda\t36\nGrace\t85",
        "| Name | Age |\n|------|-----|\n| Ada  | 36  |",
        "Name      Age     Town\nAda       36      London\nGrace     85      New York",
    ],
)
def test_rows_of_tables(table: str) -> None:
    assert kinds(f"{PROSE}{PROSE}\n\n{table}\n\n{PROSE}") == "ptttp"


def test_one_line_alone_is_no_table() -> None:
    assert kinds(f"{PROSE}{PROSE}\n\nThe rise of YouTube and its makers is told here.\n\n{PROSE}") == "ppp"


def test_fenced_code_is_one_block() -> None:
    text = "Run this:\n\n```python\n# no heading\n- no item\n\nprint(1)\n```\n\nDone."

    assert outline(text, markdown=True)[1] == "c ```python\n# no heading\n- no item\n\nprint(1)\n```"
    assert kinds(text, markdown=True) == "pcp"


def test_markdown_headings_and_what_is_around_the_text() -> None:
    text = (
        "---\ntitle: T\n---\n# Top #\n<!-- a\ncomment -->\n> Quoted\n\n[link]: http://example.org\n\n***\n\n"
        "### Deep\nText.\n"
    )

    assert outline(text, markdown=True) == [
        "m ---\ntitle: T\n---",
        "h1 Top",
        "x <!-- a\ncomment -->",
        "p Quoted",
        "f [link]: http://example.org",
        "f ***",
        "h3 Deep",
        "p Text.",
    ]


def test_a_bold_line_is_a_heading_in_markdown() -> None:
    text = "# Top\n\nText.\n\n## Part\n\nText.\n\n**A bold line**\n\nText.\n\n**Bold.** And more."

    assert outline(text, markdown=True)[-3:] == ["h3 **A bold line**", "p Text.", "p **Bold.** And more."]


# ---------------------------------------------------------------- properties

FRAGMENTS = st.sampled_from(
    [
        "A Heading Line", "# Marked", "## Marked Deeper ##", "- item", "  * item below", "3. numbered", "• bullet:",
        "A sentence of prose that ends. And another one!", "goes on in small letters", "“Quoted,” she said.",
        "Leave a Comment", "Related Posts", "Facebook", "in ,", "---", "===", "***", "| a | b |", "|---|---|", "a\tb",
        "Rule of lawRule by individual",
        "```", "~~~", "<!-- open", "close -->", "> quoted", "[a]: http://x.y", "{",
        "May 31, 2025",         "By Jane Doe", "Title: Something", "**bold**", "\ufeff", "\u200b", "x" * 300,
        "May 31, 2025 | The Post", "1.", "-",
    ]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\u2028", " ", "\x0c", "\n \n"])
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.tuples(FRAGMENTS, ENDS), max_size=25).map(lambda parts: "".join(a + b for a, b in parts)),
)


@given(TEXTS, st.booleans())
@settings(max_examples=400, deadline=None)
def test_blocks_are_in_order_apart_trimmed_and_leave_out_only_markers(text: str, markdown: bool) -> None:
    blocks = parse_document("x", text, markdown=markdown).blocks

    at = 0
    for block in blocks:
        assert at <= block.start < block.end <= len(text)
        content = text[block.start : block.end]
        assert content == content.strip(BLANK)
        at = block.end
    covered = {offset for block in blocks for offset in range(block.start, block.end)}
    for line in split_lines(text):
        assert any(offset in covered for offset in range(line.start, line.end)), line


def test_a_long_text_is_read_in_linear_time() -> None:
    text = "".join((SEEDS / name).read_text() for name in sorted(path.name for path in SEEDS.glob("0*.txt"))) * 24

    began = time.perf_counter()
    document = parse_document("x", text)

    assert len(text) > 1_000_000
    assert len(document.blocks) > 5_000
    assert time.perf_counter() - began < 5
