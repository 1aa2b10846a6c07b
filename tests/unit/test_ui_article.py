"""A source laid out for reading, with the cited words marked."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from rag.types import Block, BlockKind, Document
from rag.ui.article import Mark, lay_out_article
from tests.engine_double import BOLTON, read_seeds

TEXT = "The Title\n\nFirst words here.\n  • An item\nShare this"
DOCUMENT = Document(
    "a.txt",
    TEXT,
    "The Title",
    "A. Writer",
    "The Daily",
    "2025-05-31",
    (
        Block(BlockKind.HEADING, 0, 9, 1),
        Block(BlockKind.PARAGRAPH, 11, 28),
        Block(BlockKind.LIST_ITEM, 29, 40),
        Block(BlockKind.FURNITURE, 41, 51),
    ),
)


def test_blocks_keep_their_kind_and_the_title_takes_the_place_of_the_heading() -> None:
    assert lay_out_article(DOCUMENT) == {
        "source": "a.txt",
        "title": [{"text": "The Title"}],
        "byline": "The Daily · A. Writer · 31 May 2025",
        "shortened": False,
        "blocks": [
            {"kind": "paragraph", "level": 0, "span": [11, 28], "runs": [{"text": "First words here."}]},
            {"kind": "list_item", "level": 0, "span": [29, 40], "bullet": "•", "runs": [{"text": "An item"}]},
            {"kind": "furniture", "level": 0, "span": [41, 51], "runs": [{"text": "Share this"}]},
        ],
    }


def test_marks_cut_the_runs_and_the_clicked_one_is_strong() -> None:
    start = TEXT.index("words")
    marks = [Mark(TEXT.index("First"), start + 5), Mark(start, start + 5, strong=True)]
    assert lay_out_article(DOCUMENT, marks)["blocks"][0]["runs"] == [
        {"text": "First ", "mark": "light"},
        {"text": "words", "mark": "strong"},
        {"text": " here."},
    ]


def test_a_mark_over_several_blocks_is_in_each_of_them() -> None:
    laid_out = lay_out_article(DOCUMENT, [Mark(TEXT.index("here"), TEXT.index("item") + 4, strong=True)])
    runs = [run for block in laid_out["blocks"] for run in block["runs"] if run.get("mark")]
    assert runs == [{"text": "here.", "mark": "strong"}, {"text": "An item", "mark": "strong"}]


def test_a_mark_in_the_title_is_shown_there() -> None:
    assert lay_out_article(DOCUMENT, [Mark(4, 9, strong=True)])["title"] == [
        {"text": "The "},
        {"text": "Title", "mark": "strong"},
    ]


def test_a_title_that_the_text_does_not_have_stands_above_it() -> None:
    laid_out = lay_out_article(Document("b.txt", "One. Two.", "One"))
    assert laid_out["title"] == [{"text": "One"}]
    assert laid_out["blocks"] == [{"kind": "paragraph", "level": 0, "span": [0, 9], "runs": [{"text": "One. Two."}]}]


def test_places_out_of_bounds_mark_nothing() -> None:
    marks = [Mark(5, 5, strong=True), Mark(0, 10_000, strong=True), Mark(-3, 4, strong=True)]
    assert lay_out_article(DOCUMENT, marks) == lay_out_article(DOCUMENT)


def test_the_words_of_a_citation_are_the_strong_runs(seeds: Path) -> None:
    for quote in BOLTON:
        document = next(one for one in read_seeds(seeds) if quote in one.text)
        start = document.text.index(quote)
        laid_out = lay_out_article(document, [Mark(start, start + len(quote), strong=True)])
        runs = [run for block in laid_out["blocks"] for run in block["runs"]]
        assert "".join(run["text"] for run in runs if run.get("mark") == "strong") == quote


def test_of_a_very_long_source_the_part_around_the_words_is_shown() -> None:
    text = "".join(f"Paragraph {number:06}.\n" for number in range(50_000))
    start = text.index("Paragraph 040000.")
    laid_out = lay_out_article(Document("long.txt", text, "Long"), [Mark(start, start + 17, strong=True)])
    shown = [block["runs"][0] for block in laid_out["blocks"]]
    assert laid_out["shortened"] is True
    assert {"text": "Paragraph 040000.", "mark": "strong"} in shown
    assert (shown[0], shown[-1]) == ({"text": "Paragraph 027777."}, {"text": "Paragraph 049999."})


spans = some.tuples(some.integers(-5, 90), some.integers(-5, 90))


@given(
    some.text(some.sampled_from("ab •\n\t.\x07<"), max_size=80),
    some.lists(some.tuples(spans, some.sampled_from(list(BlockKind))), max_size=6),
    some.lists(some.tuples(spans, some.booleans()), max_size=5),
)
def test_every_character_is_shown_once_and_in_order(
    text: str,
    blocks: list[tuple[tuple[int, int], BlockKind]],
    marks: list[tuple[tuple[int, int], bool]],
) -> None:
    made = tuple(Block(kind, start, end) for (start, end), kind in blocks if 0 <= start < end <= len(text))
    document = Document("a.txt", text, "no such title", blocks=made)
    laid_out = lay_out_article(document, [Mark(start, end, strong) for (start, end), strong in marks])
    shown = "".join(
        block.get("bullet", "") + "".join(run["text"] for run in block["runs"]) for block in laid_out["blocks"]
    )
    assert "".join(shown.split()) == "".join(text.replace("\x07", "�").split())


def test_the_marks_of_a_list_are_bullets_and_no_paragraphs_of_their_own() -> None:
    text = "These:\n- One.\n2) Two.\n## Next\n"
    spans = [("paragraph", "These:"), ("list_item", "One."), ("list_item", "Two."), ("heading", "Next")]
    blocks = tuple(Block(BlockKind(kind), at := text.index(words), at + len(words)) for kind, words in spans)

    laid_out = lay_out_article(Document("a.txt", text, "A", blocks=blocks), [Mark(0, len(text), strong=True)])

    drawn = [
        (block["kind"], block.get("bullet"), [run["text"] for run in block["runs"]]) for block in laid_out["blocks"]
    ]
    assert drawn == [
        ("paragraph", None, ["These:"]),
        ("list_item", "-", ["One."]),
        ("list_item", "2)", ["Two."]),
        ("heading", None, ["Next"]),
    ]
