from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from rag.paging import rank_by_page
from rag.types import Chunk, Hit, Scores

STARTS = {"report.pdf": (0, 100, 200), "note.txt": ()}


def hit(source: str, start: int, end: int, fused: float) -> Hit:
    return Hit(Chunk(source, start, end, "x" * (end - start)), Scores(dense=0.5, fused=fused))


def places(hits: Sequence[Hit]) -> list[tuple[str, int]]:
    return [(each.chunk.source, each.chunk.start) for each in hits]


def starts(source: str) -> tuple[int, ...]:
    return STARTS[source]


def test_a_page_that_says_more_on_the_matter_comes_first() -> None:
    alone, one, other = (
        hit("report.pdf", 0, 50, 0.8),
        hit("report.pdf", 100, 150, 0.7),
        hit("report.pdf", 150, 199, 0.6),
    )
    ranked = rank_by_page([alone, one, other], starts)
    assert places(ranked) == [("report.pdf", 100), ("report.pdf", 0), ("report.pdf", 150)]
    assert [each.scores.rerank for each in ranked] == [0.7 + 0.5 * 0.6, 0.8, 0.6 + 0.5 * 0.7]


def test_a_passage_over_two_pages_stands_on_both() -> None:
    first, over, second = (
        hit("report.pdf", 50, 90, 0.9),
        hit("report.pdf", 90, 110, 0.8),
        hit("report.pdf", 120, 140, 0.7),
    )
    assert places(rank_by_page([first, over, second], starts)) == [
        ("report.pdf", 50),
        ("report.pdf", 90),
        ("report.pdf", 120),
    ]


def test_passages_of_documents_without_pages_keep_their_places() -> None:
    hits = [hit("report.pdf", 0, 50, 0.9), hit("note.txt", 0, 50, 0.8), hit("report.pdf", 60, 90, 0.7)]
    hits += [hit("note.txt", 50, 90, 0.6), hit("report.pdf", 200, 250, 0.5)]
    ranked = rank_by_page(hits, starts)
    assert places(ranked) == [
        ("report.pdf", 0),
        ("note.txt", 0),
        ("report.pdf", 200),
        ("note.txt", 50),
        ("report.pdf", 60),
    ]
    assert [each for each in ranked if each.chunk.source == "note.txt"] == [hits[1], hits[3]]


@given(st.lists(st.tuples(st.sampled_from(list(STARTS)), st.integers(0, 290), st.floats(0, 1)), unique=True))
def test_nothing_is_lost_and_nothing_added(rows: list[tuple[str, int, float]]) -> None:
    hits = [hit(source, start, start + 10, fused) for source, start, fused in rows]
    ranked = rank_by_page(hits, starts)
    assert sorted(places(ranked)) == sorted(places(hits))
    if not any(source == "report.pdf" for source, _, _ in rows):
        assert ranked == hits
