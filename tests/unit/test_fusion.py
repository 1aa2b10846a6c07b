"""The fusion of scores and the folding of near-duplicates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fusion import fuse, without_near_duplicates
from rag.types import Chunk, Hit, Scores

CANDIDATES = st.integers(1, 12).flatmap(
    lambda count: st.lists(
        st.lists(st.floats(-100, 100, width=32, allow_subnormal=False), min_size=count, max_size=count),
        min_size=1,
        max_size=3,
    )
)


def fused(*searches: list[float]) -> list[float]:
    return [float(score) for score in fuse(*(np.array(scores, dtype=np.float32) for scores in searches))]


def test_the_score_is_the_mean_of_the_scores_on_one_scale() -> None:
    assert fused([0.2, 0.6, 0.4], [0.0, 5.0, 10.0]) == pytest.approx([0.0, 0.75, 0.75])
    assert fused([3.0, 1.0]) == [1.0, 0.0]


def test_a_search_that_tells_nothing_apart_leaves_the_order_to_the_other() -> None:
    assert fused([0.2, 0.6, 0.4], [0.0, 0.0, 0.0]) == pytest.approx([0.0, 0.5, 0.25])
    assert fused([0.2, 0.6, 0.4], [7.0, 7.0, 7.0]) == pytest.approx([0.5, 1.0, 0.75])


def test_one_candidate_and_none() -> None:
    assert fused([0.3], [0.0]) == [0.5]
    assert fused([0.3], [2.0]) == [1.0]
    assert fused([], []) == []


@given(CANDIDATES)
def test_scores_lie_between_0_and_1(searches: list[list[float]]) -> None:
    assert all(0 <= score <= 1 for score in fused(*searches))


@given(CANDIDATES, st.sampled_from([0.125, 0.5, 2.0, 64.0]))
def test_the_scale_of_a_search_does_not_matter(searches: list[list[float]], factor: float) -> None:
    scaled = [[factor * score for score in searches[0]], *searches[1:]]
    assert fused(*scaled) == pytest.approx(fused(*searches), abs=1e-6)


@given(CANDIDATES)
def test_better_by_every_search_is_better(searches: list[list[float]]) -> None:
    scores = fused(*searches)
    for one in range(len(scores)):
        for two in range(len(scores)):
            if all(search[one] >= search[two] for search in searches):
                assert scores[one] >= scores[two]


@given(CANDIDATES)
def test_the_order_of_the_candidates_does_not_matter(searches: list[list[float]]) -> None:
    assert fused(*(scores[::-1] for scores in searches)) == fused(*searches)[::-1]


# ---------------------------------------------------------------- near-duplicates

STORY = (
    "The minister said on Monday that talks with the neighbouring country would resume within two weeks, "
    "and that nobody had yet been named to lead them, as officials in the capital confirmed late in the evening."
)
OTHER = (
    "Bakers in the old town have raised the price of a loaf by a third since the harvest failed, and most of their "
    "customers have stayed with them, though some now bake at home on the days when the market is closed."
)


def hit(text: str, source: str = "a.txt", start: int = 0) -> Hit:
    return Hit(Chunk(source, start, start + len(text), text), Scores(dense=0.5))


def test_copies_in_other_sources_are_folded_into_the_first() -> None:
    first, other = hit(STORY, "a.txt"), hit(OTHER, "c.txt")
    copy = hit(STORY.replace("Monday", "Tuesday"), "b.txt")
    assert list(without_near_duplicates([first, copy, other])) == [first, other]
    assert list(without_near_duplicates([copy, first, other])) == [copy, other]


def test_a_part_of_a_passage_is_folded() -> None:
    part = hit(STORY[: len(STORY) * 2 // 3], "b.txt")
    assert list(without_near_duplicates([hit(STORY), part])) == [hit(STORY)]


def test_passages_that_are_mostly_the_same_stretch_are_folded_and_neighbours_are_not() -> None:
    text = OTHER + " " + STORY
    first, overlapping, neighbour = hit(text[:200], start=0), hit(text[60:260], start=60), hit(text[160:], start=160)
    assert list(without_near_duplicates([first, overlapping])) == [first]
    assert list(without_near_duplicates([first, neighbour])) == [first, neighbour]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Bolton praised the deal.", "Bolton condemned the deal."),
        ("He agreed.", "He declined."),
        ("1 March: 40 dead, 12 missing", "2 March: 60 dead, 15 missing"),
        ("…", "Yes."),
    ],
)
def test_short_passages_that_say_different_things_are_both_kept(one: str, two: str) -> None:
    hits = [hit(one, "a.txt"), hit(two, "b.txt")]
    assert list(without_near_duplicates(hits)) == hits


@given(st.lists(st.text(alphabet="ab cd.", min_size=1, max_size=40), max_size=8))
def test_what_is_kept_is_a_part_in_the_same_order_and_folding_again_changes_nothing(texts: list[str]) -> None:
    hits = [hit(text, f"{number}.txt") for number, text in enumerate(texts)]
    kept = list(without_near_duplicates(hits))
    assert [each for each in hits if each in kept] == kept
    assert kept[:1] == hits[:1]
    assert list(without_near_duplicates(kept)) == kept
