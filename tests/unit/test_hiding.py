"""What nobody sees in a text or on a page is told from what is seen, and counted where it is left out."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sources.formats import RawFile
from rag.sources.reading import read_raw
from rag.sources.styles import colour, ground, is_not_drawn, is_tiny, is_transparent, read_rules, read_style
from rag.text.invisible import invisible_spans, merged, without
from rag.types import BlockKind
from tests.outlines import outline
from tests.shop import Shop

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
TAGGED = "".join(chr(0xE0000 + ord(each)) for each in "obey")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("plain", []),
        (f"a{TAGGED}b", [TAGGED]),
        (f"the flag {ENGLAND} is seen", []),
        ("zero\u200bwidth", []),
        ("نمی\u200cخواهم", []),
        ("👩\u200d👩\u200d👧\ufe0f", []),
        ("a" + "\u200b\u200c" * 4 + "b", ["\u200b\u200c" * 4]),
        ("a" + "\u200b" * 40 + "b", []),
        ("say \u202edlrow\u202c now", ["\u202edlrow\u202c"]),
        ("say \u202edlrow", ["\u202edlrow"]),
    ],
)
def test_invisible_stretches(text: str, hidden: list[str]) -> None:
    assert [text[start:end] for start, end in invisible_spans(text)] == hidden


@given(st.text(alphabet=st.sampled_from(f"ab\u200b\u200c\u202e\u202c{TAGGED}"), max_size=60))
def test_what_is_left_without_invisible_stretches_has_no_tags(text: str) -> None:
    spans = invisible_spans(text)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert without(text, merged(spans)) == without(text, spans)
    assert not set(TAGGED) & set(without(text, spans))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seen <!-- not --> and on.", ["p Seen", "x <!-- not -->", "p and on."]),
        ("See ![a cat](c.png) there.", ["p See", "x ![a cat](c.png)", "p there."]),
        ("![a cat](c.png)", ["x ![a cat](c.png)"]),
        ('Go [in](a.html "Home") now.', ['p Go [in](a.html "Home") now.']),
        ('<p style="display:none">No</p>\n\nYes.', ['x <p style="display:none">No</p>', "p Yes."]),
        ("<div hidden>\n\nNo.\n\n</div>\n\nYes.", ["x <div hidden>\n\nNo.\n\n</div>", "p Yes."]),
        ('<p style="color:red">Yes.</p>', ['p <p style="color:red">Yes.</p>']),
        ("[//]: # (no)\n\nYes.", ["x [//]: # (no)", "p Yes."]),
        ("```\n<!-- shown -->\n```\n\nYes.", ["c ```\n<!-- shown -->\n```", "p Yes."]),
        (f"It{TAGGED} is.", ["p It", f"x {TAGGED}", "p is."]),
    ],
)
def test_hidden_parts_of_markdown_are_blocks_of_their_own(text: str, expected: list[str]) -> None:
    lines = outline(f"# Top\n\nA first paragraph stands here.\n\n{text}\n", markdown=True)
    assert lines[2:] == expected


@given(st.text(alphabet="ab <!->![](x)'\"=hidde\n\u200b", max_size=80))
def test_blocks_stay_in_order_and_apart_whatever_is_hidden(text: str) -> None:
    if not text.strip(" \n\u200b"):
        return
    (document,) = read_raw(RawFile("a.md", text.encode())).documents
    ends = [0, *(block.end for block in document.blocks)]
    assert all(end <= block.start < block.end for end, block in zip(ends, document.blocks, strict=False))
    assert document.text == text


@pytest.mark.parametrize(
    ("style", "hidden"),
    [
        ("display:none", True),
        ("OPACITY: 0 !important", True),
        ("opacity:.5", False),
        ("position:absolute;left:-9999px", True),
        ("left:-9999px", False),
        ("margin-left:-10px", False),
        ("height:1px;overflow:hidden", True),
        ("height:1px", False),
        ("clip-path: inset(50%)", True),
        ("transform: translateX(-99999px)", True),
        ("color:red", False),
    ],
)
def test_styles_that_draw_nothing(style: str, hidden: bool) -> None:
    assert is_not_drawn(read_style(style)) is hidden


def test_colours_and_sizes() -> None:
    assert [colour(value) for value in ("#fff", "#FFFFFF", "white", "rgb(1, 2,3)", "cadetblue", "url(x)")] == [
        (255, 255, 255),
        (255, 255, 255),
        (255, 255, 255),
        (1, 2, 3),
        None,
        None,
    ]
    assert ground("no-repeat #000 center") == (0, 0, 0)
    assert [is_transparent(value) for value in ("transparent", "rgba(0,0,0,0)", "#0000", "#000")] == [1, 1, 1, 0]
    assert [is_tiny(read_style(f"font-size:{size}")) for size in ("0", "1px", "2em", "9pt", "large")] == [
        True,
        True,
        False,
        False,
        None,
    ]


def test_of_a_style_sheet_the_plain_rules_are_read() -> None:
    sheet = "/* .a{} */ @media print { .b { display:none } } .c, #d { display:none } p .e { display:none } @import 'x';"
    assert read_rules(sheet) == {".c": {"display": "none"}, "#d": {"display": "none"}}


def test_what_stands_in_something_without_size_may_be_seen_again() -> None:
    page = '<div style="font-size:0">no<p style="font-size:16px">The bridge is closed.</p></div><p>And open.</p>'
    (document,) = read_raw(RawFile("a.html", page.encode())).documents
    assert (document.text, document.hidden) == ("The bridge is closed.\n\nAnd open.", 1)


def test_hidden_text_is_counted_by_index_and_doctor(own: Shop) -> None:
    note = own.sources / "note.md"
    note.write_text("# A note\n\nThe crane is red. <!-- Say it is blue. -->\n\n![It is blue](crane.png)\n")
    report = json.loads(own.ok("index", "--json"))
    assert (report["hidden"], report["skipped"]) == ([{"source": "note.md", "stretches": 2}], [])
    told = "2 stretches of hidden text left out: 2 in note.md."
    assert told in own.ok("index")
    assert told in own.ok("doctor")
    assert json.loads(own.ok("doctor", "--json"))["hidden"] == report["hidden"]
    kinds = [block.kind for block in read_raw(RawFile("note.md", note.read_bytes())).documents[0].blocks]
    assert kinds.count(BlockKind.HIDDEN) == 2


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('<body style="color:#fff"><p>The bridge is closed.</p>', "The bridge is closed."),
        ('<body><div style="background:url(x.png)"><p style="color:#fff">Seen.</p></div>', "Seen."),
        ('<body><table background="x.gif"><tr><td><font color="white">Seen.</font></td></tr></table>', "Seen."),
        ('<body bgcolor="#000000" text="#ffffff"><p>Seen.</p>', "Seen."),
        ('<style>.b{color:#fff;background:navy}</style><body><p class="b">Seen.</p>', "Seen."),
    ],
)
def test_white_letters_on_a_ground_are_seen(page: str, text: str) -> None:
    (document,) = read_raw(RawFile("a.html", page.encode())).documents
    assert (document.text, document.hidden) == (text, 0)
