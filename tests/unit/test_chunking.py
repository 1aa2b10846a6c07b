from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.chunking import chunk_document, count_tokens
from rag.errors import EmbeddingModelError
from rag.sources import find_sources, parse_document, read_file
from rag.sources.lines import BLANK, split_lines
from rag.types import Block, BlockKind, Chunk, Document

SEEDS = Path(__file__).parents[2] / "seeds"
OUTSIDE = {BlockKind.META, BlockKind.FURNITURE, BlockKind.HEADING}


def count_pieces(text: str) -> int:
    """Count words and marks, and two for the ends: a tokenizer of an embedding model in small."""
    return len(re.findall(r"\w+|[^\w\s]", text)) + 2


def count_bytes(text: str) -> int:
    """Count as a model does that reads bytes."""
    return len(text.encode("utf-8", "surrogatepass")) + 2


def chunks(
    text: str, *, budget: int = 60, overlap: int = 0, piece_limit: int = 256, markdown: bool = False
) -> list[Chunk]:
    document = parse_document("x", text, markdown=markdown)
    return chunk_document(document, budget=budget, overlap=overlap, piece_limit=piece_limit, count_pieces=count_pieces)


def body(count: int, word: str = "word") -> str:
    """Return a paragraph of `count` sentences of ten tokens each."""
    return " ".join(f"The {word} number is {number} in this very count." for number in range(10, 10 + count))


# ---------------------------------------------------------------- what goes together


def test_rows_that_name_their_columns_fill_what_the_model_reads() -> None:
    rows = [f"Row {number} | 2019: {number} | 2018: {number}" for number in range(10, 22)]
    text = "\n".join(rows)
    starts = [text.index(row) for row in rows]
    found = {}
    for level in (0, 1):
        blocks = tuple(
            Block(BlockKind.TABLE_ROW, at, at + len(row), level) for at, row in zip(starts, rows, strict=True)
        )
        document = Document("t", text, "Title", blocks=blocks)
        found[level] = chunk_document(document, budget=60, overlap=0, piece_limit=400, count_pieces=count_pieces)
    assert [chunk.text for chunk in found[1]] == [text]
    assert len(found[0]) > 2


def test_sections_are_chunks_with_their_headings_in_front() -> None:
    text = "# Top\n\nText on top.\n\n## Part\n\nText of it.\n\n### Deep *part*\n\nDeep text.\n\n## Last\n\nLast text.\n"

    assert [(chunk.title, chunk.heading, chunk.text) for chunk in chunks(text, markdown=True)] == [
        ("Top", "", "Text on top."),
        ("Top", "Part", "Text of it."),
        ("Top", "Part › Deep *part", "Deep text."),
        ("Top", "Last", "Last text."),
    ]


def test_paragraphs_under_one_heading_share_a_chunk_while_they_fit() -> None:
    first, second, third = body(2, "one"), body(2, "two"), body(2, "three")

    assert [chunk.text for chunk in chunks(f"Title of It\n\n{first}\n\n{second}\n\n{third}\n")] == [
        f"{first}\n\n{second}",
        third,
    ]


def test_a_paragraph_that_does_not_fit_beside_a_small_one_fills_its_chunk_up() -> None:
    short, long = body(1, "one"), body(5, "two")

    found = chunks(f"Title of It\n\n{short}\n\n{long}\n")

    assert found[0].text.startswith(f"{short}\n\nThe two number is 10")
    assert all(count_tokens(chunk.embedding_text) <= 60 for chunk in found)


def test_long_prose_is_cut_between_sentences_and_the_last_ones_are_repeated() -> None:
    found = chunks(f"Title of It\n\n{body(12)}\n", overlap=15)

    assert len(found) > 2
    assert all(chunk.text.startswith("The word") and chunk.text.endswith("count.") for chunk in found)
    for one, two in pairwise(found):
        repeated = one.text[two.start - one.start :]
        assert repeated.count(".") == 1
        assert two.text.startswith(repeated)


def test_without_overlap_nothing_is_repeated() -> None:
    assert all(one.end < two.start for one, two in pairwise(chunks(f"Title of It\n\n{body(12)}\n")))


LIST = "The plan has these parts:\n\n" + "".join(f"  • Part number {number} of the plan\n" for number in range(10, 18))


def test_a_list_stays_with_the_line_that_introduces_it() -> None:
    text = f"Title of It\n\n{body(3)}\n\n{LIST}\n{body(1)}\n"

    found = chunks(text, budget=100)

    assert found[1].text.startswith("The plan has these parts:\n\n  • Part number 10")
    assert found[1].text.endswith("Part number 17 of the plan")


def test_of_a_list_that_is_too_long_every_chunk_knows_the_introduction() -> None:
    found = chunks(f"Title of It\n\n{LIST}\n{body(1)}\n", budget=50)

    assert [chunk.heading for chunk in found] == ["", *["The plan has these parts:"] * (len(found) - 2), ""]
    assert len(found) > 3
    assert found[0].text.startswith("The plan has these parts:\n\n  • Part number 10")
    assert all(chunk.text.startswith("• Part") for chunk in found[1:-1])
    assert found[-1].text == body(1)


def test_items_under_an_item_know_it_and_rows_know_the_head_of_the_table() -> None:
    nested = "  • It shows that:\n" + "".join(f"  • Point {number} holds in every case\n" for number in range(10, 18))
    table = "| Name | Age |\n" + "".join(f"| Person number {number} | {number} |\n" for number in range(10, 18))

    assert {chunk.heading for chunk in chunks(f"Title of It\n\n{nested}", budget=40)[1:]} == {"It shows that:"}
    assert {chunk.heading for chunk in chunks(f"Title of It\n\n{table}", budget=40)[1:]} == {"| Name | Age |"}


def test_a_quotation_is_not_cut_and_stays_with_who_said_it() -> None:
    quoted = "“I see it. He thought so. None of it was true,” John Smith said. “Now they mock him. So it goes.”"
    text = f"Title of It\n\n{body(3)} {quoted} {body(3, 'other')}\n"

    for budget in (45, 50, 55, 60, 70, 80):
        assert any(quoted in chunk.text for chunk in chunks(text, budget=budget, overlap=20))


def test_furniture_and_facts_are_in_no_chunk() -> None:
    text = f"Title of It\n\nBy Jane Doe\n\n{body(1)}\n\nShare This Post\n\n{body(1)}\n\nRelated Posts\n\nOther thing\n"

    assert [chunk.text for chunk in chunks(text, budget=100)] == [body(1), body(1)]


def test_a_heading_is_never_inside_a_chunk() -> None:
    text = f"Title of It\n\n{body(1)}\n\nThe Second Part of It\n\n{body(1)}\n"

    assert [chunk.heading for chunk in chunks(text, budget=100)] == ["", "The Second Part of It"]


def test_a_document_without_content_has_no_chunks() -> None:
    assert chunks("----\n") == []
    assert chunks("# Only a Title\n", markdown=True) == []


# ---------------------------------------------------------------- limits


def test_a_sentence_longer_than_the_budget_is_cut_between_words() -> None:
    sentence = "word " * 200 + "end."

    found = chunks(f"Title of It\n\n{sentence}\n")

    assert " ".join(chunk.text for chunk in found) == sentence
    assert all(count_tokens(chunk.embedding_text) <= 60 for chunk in found)


def test_the_piece_limit_holds_where_the_budget_would_allow_more() -> None:
    document = parse_document("x", f"Title of It\n\n{body(30)}\n")

    found = chunk_document(document, budget=500, overlap=50, piece_limit=64, count_pieces=count_bytes)

    assert all(count_bytes(chunk.embedding_text) <= 64 for chunk in found)
    assert len(found) > 20


def test_a_long_title_or_heading_is_cut_and_leaves_room_for_the_text() -> None:
    title = "A very long title " * 40
    document = Document(
        "x", f"{title}\n{body(2)}", title, blocks=(
            Block(BlockKind.HEADING, 0, len(title) - 1, 2),
            Block(BlockKind.PARAGRAPH, len(title) + 1, len(title) + 1 + len(body(2))),
        )
    )  # fmt: skip

    found = chunk_document(document, budget=80, overlap=0, piece_limit=64, count_pieces=count_pieces)

    assert found[0].title.startswith("A very long title")
    assert found[0].title.endswith("…")
    assert found[0].heading.endswith("…")
    assert " ".join(chunk.text for chunk in found) == body(2)
    assert all(count_pieces(chunk.embedding_text) <= 64 for chunk in found)


def test_a_model_that_reads_nothing_is_refused() -> None:
    with pytest.raises(EmbeddingModelError, match="reads only 2 pieces at once"):
        chunks("Some text here.", piece_limit=2)


def test_a_word_without_end_is_cut() -> None:
    found = chunks("x" * 5000, budget=40)

    assert "".join(chunk.text for chunk in found) == "x" * 5000


# ---------------------------------------------------------------- the five articles


def seed_chunks(number: str) -> list[Chunk]:
    (file,) = (file for file in find_sources(SEEDS, 10**7).files if file.source.startswith(number))
    return chunk_document(
        read_file(file).documents[0], budget=160, overlap=32, piece_limit=256, count_pieces=count_pieces
    )


def test_every_list_of_the_seed_is_whole_and_introduced() -> None:
    found = seed_chunks("000")

    assert next(chunk.text for chunk in found if "According to Hill:" in chunk.text) == (
        "According to Hill:\n\n"
        "  • Russia’s economy is stagnant and brittle\n"
        "  • Human capital is being destroyed by war\n"
        "  • Innovation outside the military sector is collapsing\n"
        "  • Dependence on China is accelerating\n\n"
        "Key takeaway: Trump sees size and assumes strength, ignoring economic and institutional decay."
    )
    assert [chunk.heading for chunk in found if "According to Hill:" in chunk.text] == [
        "What Trump Misses",
        "Does This End After Trump?",
    ]


def test_what_bolton_said_in_the_seed_is_whole() -> None:
    found = seed_chunks("004")

    (chunk,) = (chunk for chunk in found if "I do detect" in chunk.text)
    assert "John Bolton" in chunk.text
    assert "They’re beginning to mock him.”" in chunk.text


def test_teasers_of_the_seeds_are_in_no_chunk() -> None:
    text = " ".join(chunk.text for number in range(5) for chunk in seed_chunks(f"00{number}"))

    for word in ("King Charles", "Arsenal", "Leave a Comment", "LEAVE A REPLY", "Share This Post", "Related"):
        assert word not in text


# ---------------------------------------------------------------- properties

FRAGMENTS = st.sampled_from(
    [
        "A Heading Line", "# Marked", "## Marked Deeper ##", "- item of a list", "  * item below", "3. numbered item",
        "• bullet that goes on:", "It is so:", "A sentence of prose that ends. And another one! And a third, at last.",
        "“Quoted. Twice,” she said. “And again. And on.”", "Leave a Comment", "Related Posts", "---", "===",
        "| a | b |", "|---|---|", "```", "> quoted", "x" * 200, "word " * 60,
        "日本の首相は会見した。" * 5, "🙂" * 30, "\ufeff",
        "By Jane Doe", " " * 700 + "x",
    ]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\n\n", "\r\n\r\n", "\r", " "])
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.tuples(FRAGMENTS, ENDS), max_size=20).map(lambda parts: "".join(a + b for a, b in parts)),
)


@given(
    TEXTS,
    st.booleans(),
    st.tuples(st.integers(16, 80), st.integers(0, 40), st.integers(16, 100)),
    st.sampled_from([count_pieces, count_bytes]),
)
@settings(max_examples=400, deadline=None)
def test_chunks_are_slices_within_the_limits_that_cover_the_content(
    text: str, markdown: bool, sizes: tuple[int, int, int], count: Callable[[str], int]
) -> None:
    document = parse_document("x", text, markdown=markdown)
    budget, overlap, piece_limit = sizes

    found = chunk_document(document, budget=budget, overlap=overlap, piece_limit=piece_limit, count_pieces=count)

    assert all(chunk.text == text[chunk.start : chunk.end] and chunk.text.strip() for chunk in found)
    assert all(count(chunk.embedding_text) <= piece_limit for chunk in found)
    assert all(count_tokens(chunk.embedding_text) <= budget for chunk in found)
    assert len({chunk.id for chunk in found}) == len(found)
    assert all(one.start < two.start and one.end < two.end for one, two in pairwise(found))
    covered = {offset for chunk in found for offset in range(chunk.start, chunk.end)}
    outside = {offset for block in document.blocks if block.kind in OUTSIDE for offset in range(block.start, block.end)}
    assert not covered & {offset for offset in outside if text[offset] not in BLANK}
    for line in split_lines(text):
        span = range(line.start, line.end)
        if not outside.intersection(span):
            assert all(offset in covered or text[offset] in BLANK for offset in span), line


def test_a_long_text_is_cut_in_linear_time() -> None:
    text = "".join(path.read_text() for path in sorted(SEEDS.glob("0*.txt"))) * 24
    document = parse_document("x", text)
    count_tokens("loads the ranks")

    began = time.perf_counter()
    found = chunk_document(document, budget=160, overlap=32, piece_limit=256, count_pieces=count_pieces)

    assert len(text) > 1_000_000
    assert len(found) > 1_500
    assert time.perf_counter() - began < 10
