"""BM25 against its formula, and the edges of lexical search."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.errors import IndexDamagedError
from rag.lexical import K1, B, LexicalIndex, Postings, best, merge_postings
from rag.text.words import terms

TEXTS = (
    "The minister said that talks would resume.",
    "Talks, talks and more talks: the talks of talks.",
    "Bread is baked from flour.",
    "the of and",
    "The minister bakes bread.",
)


def bm25(texts: Sequence[str], question: str) -> list[float]:
    """Return the BM25 score of each text by the formula, in Lucene's variant."""
    rows = [Counter(terms(text)) for text in texts]
    average = sum(row.total() for row in rows) / len(rows)
    scores = []
    for row in rows:
        score = 0.0
        for term in terms(question):
            having = sum(term in other for other in rows)
            weight = math.log(1 + (len(rows) - having + 0.5) / (having + 0.5))
            length = 1 - B + B * row.total() / average if average else 1
            score += weight * row[term] / (row[term] + K1 * length)
        scores.append(score)
    return scores


@pytest.fixture(params=["fresh", "loaded", "in segments"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> LexicalIndex:
    if request.param == "fresh":
        return LexicalIndex.build(TEXTS)
    if request.param == "loaded":
        Postings.build(TEXTS).save(tmp_path / "lexical")
        return LexicalIndex([Postings.load(tmp_path / "lexical")], [np.arange(len(TEXTS))])
    parts = [[TEXTS[3], "talks of zebras", TEXTS[0]], [], [TEXTS[1], TEXTS[2], TEXTS[4], "talks"]]
    places = [[3, -1, 0], [], [1, 2, 4, -1]]
    return LexicalIndex([Postings.build(part) for part in parts], [np.array(each, dtype=np.int64) for each in places])


@pytest.mark.parametrize("question", ["talks", "What did the minister say about bread?", "flour flour", "zebra talks"])
def test_scores_are_those_of_the_formula(index: LexicalIndex, question: str) -> None:
    assert len(index) == len(TEXTS)
    assert index.scores(question).tolist() == pytest.approx(bm25(TEXTS, question), abs=1e-5)


def test_only_what_matches_is_found_best_first(index: LexicalIndex) -> None:
    rows, scores = index.search("the minister's talks", 10)
    assert rows.tolist() == [0, 1, 4]
    assert all(scores[at] >= scores[at + 1] > 0 for at in range(2))
    assert index.search("the minister's talks", 2)[0].tolist() == [0, 1]
    assert index.search("the minister's talks", 0)[0].tolist() == []


@pytest.mark.parametrize("question", ["", "   ", "zebra", "the of and", "?!", "\x00"])
def test_nothing_to_look_for_finds_nothing(index: LexicalIndex, question: str) -> None:
    assert index.scores(question).tolist() == [0.0] * len(TEXTS)
    assert index.search(question, 5)[0].tolist() == []


def test_equal_scores_stand_in_the_order_of_rows() -> None:
    assert LexicalIndex.build(["talks"] * 4).search("talks", 3)[0].tolist() == [0, 1, 2]


def test_texts_without_words_are_indexed_and_never_found() -> None:
    index = LexicalIndex.build(["", "the", "…"])
    assert len(index) == 3
    assert index.search("the talks", 5)[0].tolist() == []


def test_no_texts_are_fine() -> None:
    index = LexicalIndex.build([])
    assert len(index) == 0
    assert index.search("talks", 3)[0].tolist() == []


def test_terms_are_counted_over_the_rows_that_count(index: LexicalIndex) -> None:
    assert [index.document_frequency(term) for term in ("talk", "minist", "zebra", "")] == [2, 2, 0, 0]


def test_a_term_may_stand_any_number_of_times() -> None:
    index = LexicalIndex.build(["talks " * 70_000, "bread"])
    assert index.scores("talks").tolist() == pytest.approx(bm25(["talks " * 70_000, "bread"], "talks"), abs=1e-6)


def test_the_files_are_the_same_whatever_the_order_of_sets_and_hold_no_pickle(tmp_path: Path) -> None:
    Postings.build(TEXTS).save(tmp_path / "one")
    Postings.build(TEXTS).save(tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
        assert np.load(path, allow_pickle=False).dtype.hasobject is False


@pytest.mark.parametrize("name", ["vocabulary", "pointers", "rows", "frequencies", "lengths"])
@pytest.mark.parametrize("damage", ["missing", "empty", "garbage", "pickled", "real", "shorter"])
def test_a_damaged_index_is_named(tmp_path: Path, name: str, damage: str) -> None:
    folder = tmp_path / "lexical"
    Postings.build(TEXTS).save(folder)
    path = folder / f"{name}.npy"
    if damage == "missing":
        path.unlink()
    elif damage == "pickled":
        np.save(path, np.array([{"code": "runs"}], dtype=object), allow_pickle=True)
    elif damage == "real":
        np.save(path, np.array([0.5]))
    elif damage == "shorter":
        if name == "lengths":
            pytest.skip("the reader of the whole index compares the counts of rows")
        np.save(path, np.load(path)[:-1])
    else:
        path.write_bytes(b"" if damage == "empty" else b"\x80\x04garbage")
    with pytest.raises(IndexDamagedError, match=str(folder)):
        Postings.load(folder)


WORDS = st.text(alphabet="abc xyzéß", max_size=30)


@given(st.lists(st.tuples(WORDS, st.integers(0, 2), st.booleans()), max_size=12), WORDS, st.integers(1, 40))
def test_merging_is_the_same_as_building_from_what_is_kept(
    rows: list[tuple[str, int, bool]], question: str, at_a_time: int
) -> None:
    kept = [text for text, _, stays in rows if stays]
    parts = []
    for segment in range(3):
        texts = [text for text, home, _ in rows if home == segment]
        moved, count = [], 0
        for _, home, stays in rows:
            if home == segment:
                moved.append(count if stays else -1)
            count += stays
        parts.append((Postings.build(texts), np.array(moved, dtype=np.int64)))
    merged = merge_postings(parts, len(kept), at_a_time)
    assert all(np.array_equal(*pair) for pair in zip(merged, Postings.build(kept), strict=True))
    spread = LexicalIndex([part for part, _ in parts], [moved for _, moved in parts])
    assert np.array_equal(spread.scores(question), LexicalIndex.build(kept).scores(question))


@given(st.lists(WORDS, min_size=1, max_size=8), WORDS)
def test_scores_are_those_of_the_reference_library(texts: list[str], question: str) -> None:
    import bm25s

    tokens = [terms(text) for text in texts]
    vocabulary = {term: at for at, term in enumerate(dict.fromkeys(term for row in tokens for term in row))}
    if not vocabulary:
        return
    reference = bm25s.BM25(k1=K1, b=B, method="lucene")
    rows = [[vocabulary[term] for term in row] for row in tokens]
    reference.index((rows, vocabulary), create_empty_token=False, show_progress=False)
    known = [vocabulary[term] for term in terms(question) if term in vocabulary]
    expected = reference.get_scores_from_ids(known) if known else np.zeros(len(texts))
    assert LexicalIndex.build(texts).scores(question).tolist() == pytest.approx(expected.tolist(), abs=1e-6)


@given(
    st.lists(st.text(alphabet="abc xyz", max_size=30), min_size=1, max_size=8), st.text(alphabet="abc xyz", max_size=12)
)
def test_any_texts_score_as_the_formula_says(texts: list[str], question: str) -> None:
    scores = LexicalIndex.build(texts).scores(question)
    assert scores.tolist() == pytest.approx(bm25(texts, question), abs=1e-4)
    assert ((scores > 0) == [bool(set(terms(question)) & set(terms(text))) for text in texts]).all()


@given(st.lists(st.floats(0, 10, width=32), max_size=20), st.integers(-2, 25))
def test_best_are_the_highest_above_zero(values: list[float], count: int) -> None:
    scores = np.array(values, dtype=np.float32)
    rows, found = best(scores, count)
    expected = sorted((row for row in range(len(values)) if scores[row] > 0), key=lambda row: (-scores[row], row))
    assert rows.tolist() == expected[: max(count, 0)]
    assert found.tolist() == scores[rows].tolist()


@st.composite
def spread_texts(draw: st.DrawFn) -> tuple[LexicalIndex, NDArray[np.bool_]]:
    """Texts of a few words over up to three segments, some deleted, in any order, and which rows are allowed."""
    texts = draw(st.lists(st.text(alphabet="abcdef ", max_size=24), max_size=40))
    homes = draw(st.lists(st.integers(-1, 2), min_size=len(texts), max_size=len(texts)))
    order = draw(st.permutations([at for at, home in enumerate(homes) if home >= 0]))
    parts, places = [], []
    for segment in range(3):
        here = [at for at in range(len(texts)) if homes[at] == segment or (homes[at] < 0 and at % 3 == segment)]
        parts.append(Postings.build([texts[at] for at in here]))
        places.append(np.array([order.index(at) if at in order else -1 for at in here], dtype=np.int64))
    allowed = np.array(draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order))), dtype=np.bool_)
    return LexicalIndex(parts, places), allowed


@given(spread_texts(), st.text(alphabet="abcdef ", max_size=16), st.integers(-1, 8), st.booleans())
def test_a_search_finds_to_the_bit_what_all_scores_show(
    spread: tuple[LexicalIndex, NDArray[np.bool_]], question: str, count: int, filtered: bool
) -> None:
    index, allowed = spread
    scores = index.scores(question)
    expected = best(np.where(allowed, scores, 0) if filtered else scores, count)
    found = index.search(question, count, allowed if filtered else None)
    assert [each.tolist() for each in found] == [each.tolist() for each in expected]
    rows = np.arange(len(index))[::-1]
    assert index.scores_of(question, rows).tolist() == scores[rows].tolist()


def test_a_frequent_term_that_decides_nothing_is_not_read_through() -> None:
    texts = ["common"] * 500 + ["rare common"] * 3
    index = LexicalIndex.build(texts)
    read: list[int] = []
    gains = index._gains
    index._gains = lambda term, at: read.append(len(term.found[at][0])) or gains(term, at)  # type: ignore[method-assign]
    rows, scores = index.search("common rare", 3)
    assert rows.tolist() == [500, 501, 502]
    assert scores.tolist() == index.scores_of("common rare", rows).tolist()
    assert read == [3]
