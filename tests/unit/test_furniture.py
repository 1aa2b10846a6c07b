"""What a web page puts around an article, in a copy of its text."""

from __future__ import annotations

import pytest

from rag.sources import parse_document
from tests.outlines import PROSE, STORY, kinds, kinds_of, outline


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

    assert kinds_of(document) == "ffff" + "mpmmm" + "fff" + "ppfpf" + "hp" + "f" * 8
    assert (document.title, document.author, document.date) == (
        "Council Rejects the Mayor's Plan After a Long Night",
        "Jane Doe",
        "2025-05-31",
    )
