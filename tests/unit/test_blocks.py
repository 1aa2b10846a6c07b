from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.sources import find_sources, parse_document, read_file
from rag.sources.lines import BLANK, split_lines
from rag.types import Block, BlockKind

SEEDS = Path(__file__).parents[2] / "seeds"
KINDS = {
    BlockKind.HEADING: "h",
    BlockKind.PARAGRAPH: "p",
    BlockKind.LIST_ITEM: "l",
    BlockKind.TABLE_ROW: "t",
    BlockKind.CODE: "c",
    BlockKind.META: "m",
    BlockKind.FURNITURE: "f",
}
PROSE = "The minister said on Tuesday that the plan would not be changed, whatever the council might decide about it. "
STORY = f"A Title for the Story\n\n{PROSE}{PROSE}\n\n"


def outline(text: str, *, markdown: bool = False) -> list[str]:
    """Return the blocks as `kind level text`, the level only where there is one."""
    document = parse_document("x", text, markdown=markdown)
    return [_line(document.text, block) for block in document.blocks]


def _line(text: str, block: Block) -> str:
    return f"{KINDS[block.kind]}{block.level or ''} {text[block.start : block.end]}"


def kinds(text: str, *, markdown: bool = False) -> str:
    return "".join(KINDS[block.kind] for block in parse_document("x", text, markdown=markdown).blocks)


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
        "f <!-- a\ncomment -->",
        "p Quoted",
        "f [link]: http://example.org",
        "f ***",
        "h3 Deep",
        "p Text.",
    ]


def test_a_bold_line_is_a_heading_in_markdown() -> None:
    text = "# Top\n\nText.\n\n## Part\n\nText.\n\n**A bold line**\n\nText.\n\n**Bold.** And more."

    assert outline(text, markdown=True)[-3:] == ["h3 **A bold line**", "p Text.", "p **Bold.** And more."]


# ---------------------------------------------------------------- page furniture


def test_debris_before_the_title() -> None:
    assert outline(f"in ,\n\nPosted on by\n\n{STORY}")[:3] == ["f in ,", "f Posted on by", "m A Title for the Story"]


def test_a_share_line_in_the_middle_covers_only_itself() -> None:
    assert kinds(f"A Title for the Story\n\nShare This Post\n\nThe First Part\n\n{PROSE}{PROSE}\n\n{PROSE}") == "mfhpp"


@pytest.mark.parametrize(
    "opener", ["Related Posts", "RELATED ARTICLES:", "You may also like", "Latest News", "Leave a Reply", "3 Comments"]
)
def test_teasers_after_the_article_are_furniture_to_the_end(opener: str) -> None:
    teasers = (
        "King’s bond with singer revealed as he unveils his songs\n\nCelebrating the day with music is a special...\n\n"
        "8 injured when man rams car into shop\n\nA Quiet Evening Turned Into…"
    )

    assert kinds(f"{STORY}{opener}\n\n{teasers}") == "mp" + "f" * 5


def test_an_article_that_goes_on_after_teasers_is_kept() -> None:
    teasers = "Related Posts\n\nKing’s bond with singer revealed\n\nMan rams car into shop in the north...\n\n"

    assert kinds(f"{STORY}{teasers}{PROSE}\n\n{PROSE}") == "mpfffpp"
    assert kinds(f"{STORY}{teasers}What the Council Did\n\n{PROSE * 4}") == "mpfffhp"
    assert kinds(f"{STORY}{teasers}The council wants:\n\n- more money\n- more time") == "mpfffpll"


def test_the_comment_form_and_the_buttons() -> None:
    form = (
        "LEAVE A REPLY\n\nPlease enter your comment!\nPlease enter your name here\n\n"
        "Your email address will not be published. Required fields are marked *\n\nLatest Articles"
    )

    assert kinds(STORY + form) == "mp" + "f" * 5
    assert kinds(f"{STORY}Facebook\nTwitter\nWhatsApp\n\n{PROSE}") == "mpfffp"
    assert kinds(f"{STORY}- Advertisement -\n\n{PROSE}") == "mpfp"


@pytest.mark.parametrize(
    "text",
    [
        f"{STORY}Facebook\n\n{PROSE}",
        f"{STORY}The paper has these sections:\n\n- News\n- Sports\n- Politics",
        f"{STORY}Related posts were removed by the minister himself.",
        f"{STORY}Share prices fell.\n\n{PROSE}",
        f"{STORY}The form asks for:\n\n- Name\n- Email\n- Website",
    ],
)
def test_words_of_furniture_in_a_story_are_no_furniture(text: str) -> None:
    assert "f" not in kinds(text)


def test_sections_of_a_manual_in_markdown_are_no_furniture() -> None:
    manual = (
        "# Manual\n\nText.\n\n## Comments\n\nUse a hash sign to begin a comment that goes on to the line's end.\n\n"
        "## Search\n\n```\nfind it\n```\n\n## Latest news\n\n| a | b |\n|---|---|\n| c | d |\n"
    )

    assert "f" not in kinds(manual, markdown=True)


def test_a_markdown_section_of_teasers_ends_with_the_section() -> None:
    text = "# T\n\nText.\n\n## Related posts\n\n- [One](a)\n- [Two](b)\n\n## Method\n\nText."

    assert kinds(text, markdown=True) == "mpfffhp"


def test_a_page_with_all_that_stands_around_an_article() -> None:
    page = """Home
News
Sports
Sign In

Council Rejects the Mayor's Plan After a Long Night
A vote of 7 to 2 ends months of dispute
By Jane Doe
Staff Writer
May 31, 2025, 10:15 AM EDT
5 min read
Share
Facebook
The council on Friday night rejected the plan of the mayor to close the old bridge, after a debate of six hours.
“We cannot do this to the people of the north,” said Ann Poe, who leads the council. “They need that bridge.”
Advertisement
The mayor said that he was "disappointed" and would come back with another plan in the autumn.
Read more: The mayor's budget is cut for the third time
The Bridge
Built in 1934, the bridge carries 12,000 cars a day. Engineers have warned since 2019 that its piers are weak.
Related Stories
Mayor Faces Questions Over Trip to Paris
The mayor went to Paris in April, and nobody knows who paid...
Most Popular
1
Team Wins Cup
© 2025 Daily Post. All rights reserved.
Privacy Policy
"""

    document = parse_document("x", page)

    assert (
        "".join(KINDS[block.kind] for block in document.blocks) == "ffff" + "mpmmm" + "fff" + "ppfpf" + "hp" + "f" * 8
    )
    assert (document.title, document.author, document.date) == (
        "Council Rejects the Mayor's Plan After a Long Night",
        "Jane Doe",
        "2025-05-31",
    )


# ---------------------------------------------------------------- the five articles


def seed(number: str) -> list[str]:
    (file,) = (file for file in find_sources(SEEDS, 10**7).files if file.source.startswith(number))
    document = read_file(file).documents[0]
    return [_line(document.text, block) for block in document.blocks]


def test_seed_with_bullets_and_glued_tables() -> None:
    blocks = seed("000")

    assert [line for line in blocks if line[0] == "f"] == [
        "f Related Post",
        "f Leave a Comment",
        "f Your email address will not be published. Required fields are marked *",
    ]
    assert sum(line.startswith("h2 ") for line in blocks) == 22
    assert sum(line.startswith("t ") for line in blocks) == 12
    assert "p Key takeaway: Ukraine disproves Trump’s theory of power—and that makes it intolerable." in blocks
    at = blocks.index("l Ukraine demonstrates that:")
    assert blocks[at + 1 : at + 4] == [
        "l1 Smaller nations can resist larger powers",
        "l1 Institutions and alliances can matter",
        "l1 Legitimacy can rival brute force",
    ]


def test_seed_with_teasers() -> None:
    blocks = seed("001")

    assert [line[0] for line in blocks[:5]] == ["m", "f", "h", "h", "p"]
    assert [line[0] for line in blocks[-7:]] == ["f"] * 7
    assert blocks[-7] == "f Related Posts"
    assert blocks[-8].startswith("p In the end, the alliance")
    assert sum(line[0] == "f" for line in blocks) == 8


def test_seed_without_blank_lines() -> None:
    blocks = seed("002")

    assert [line[0] for line in blocks[:3]] == ["p", "p", "h"]
    assert sum(line[0] == "h" for line in blocks) == 11
    assert sum(line[0] == "l" for line in blocks) == 6


def test_seed_with_debris_on_top() -> None:
    assert "".join(line[0] for line in seed("003")) == "fm" + "p" * 13


def test_seed_with_a_comment_form() -> None:
    blocks = seed("004")

    assert "".join(line[0] for line in blocks) == "mm" + "p" * 22 + "f" * 5
    assert blocks[-6] == "p Shane Harris contributed reporting."


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
