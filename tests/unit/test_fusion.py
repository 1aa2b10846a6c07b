"""Reciprocal rank fusion and the folding of near-duplicates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fusion import reciprocal_rank_fusion, without_near_duplicates
from rag.types import Chunk, Hit, Scores

RANKINGS = st.lists(st.lists(st.integers(0, 20), unique=True, max_size=12), max_size=4)


def test_the_score_is_the_sum_of_reciprocal_ranks() -> None:
    fused = reciprocal_rank_fusion([["a", "b", "c"], ["c", "a"]])
    assert fused == pytest.approx({"a": 1 / 61 + 1 / 62, "c": 1 / 63 + 1 / 61, "b": 1 / 62})
    assert list(fused) == ["a", "c", "b"]
    assert reciprocal_rank_fusion([["x"], ["x"]])["x"] == pytest.approx(0.0328, abs=1e-4)


def test_nothing_ranked_is_nothing_fused() -> None:
    assert reciprocal_rank_fusion([]) == {}
    assert reciprocal_rank_fusion([[], []]) == {}


@given(RANKINGS)
def test_everything_ranked_is_fused_once_and_best_first(rankings: list[list[int]]) -> None:
    fused = reciprocal_rank_fusion(rankings)
    assert set(fused) == {key for ranking in rankings for key in ranking}
    assert list(fused.values()) == sorted(fused.values(), reverse=True)
    assert all(0 < score <= len(rankings) / 61 + 1e-12 for score in fused.values())


@given(st.dictionaries(st.integers(0, 20), st.floats(-5, 5, allow_nan=False), max_size=12), st.floats(0.001, 1000))
def test_the_scale_of_the_scores_does_not_matter(scores: dict[int, float], factor: float) -> None:
    def ranking(factor: float) -> list[int]:
        return sorted(scores, key=lambda key: (-factor * scores[key], key))

    other = sorted(scores)
    assert reciprocal_rank_fusion([ranking(1), other]) == reciprocal_rank_fusion([ranking(factor), other])


@given(RANKINGS, st.integers(0, 20))
def test_one_more_ranking_that_has_it_never_lowers_a_score(rankings: list[list[int]], key: int) -> None:
    before = reciprocal_rank_fusion(rankings).get(key, 0.0)
    assert reciprocal_rank_fusion([*rankings, [key]])[key] > before


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
