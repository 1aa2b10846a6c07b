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

from rag.errors import IndexDamagedError
from rag.lexical import K1, B, LexicalIndex, best
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


@pytest.fixture(params=["fresh", "loaded"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex.build(TEXTS)
    if request.param == "fresh":
        return made
    made.save(tmp_path / "lexical")
    return LexicalIndex.load(tmp_path / "lexical")


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


def test_no_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="no texts"):
        LexicalIndex.build([])


def test_the_files_are_the_same_whatever_the_order_of_sets_and_hold_no_pickle(tmp_path: Path) -> None:
    LexicalIndex.build(TEXTS).save(tmp_path / "one")
    LexicalIndex.build(TEXTS).save(tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
        if path.suffix == ".npy":
            assert np.load(path, allow_pickle=False).dtype.hasobject is False
        else:
            assert path.suffix == ".json"


@pytest.mark.parametrize("name", ["data.csc.index.npy", "vocab.index.json", "params.index.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "garbage"])
def test_a_damaged_index_is_named(tmp_path: Path, name: str, damage: str) -> None:
    LexicalIndex.build(TEXTS).save(tmp_path)
    if damage == "missing":
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(b"" if damage == "empty" else b"\x80\x04garbage")
    with pytest.raises(IndexDamagedError, match=str(tmp_path)):
        LexicalIndex.load(tmp_path)


def test_pickled_arrays_are_refused(tmp_path: Path) -> None:
    LexicalIndex.build(TEXTS).save(tmp_path)
    np.save(tmp_path / "data.csc.index.npy", np.array([{"code": "runs"}], dtype=object), allow_pickle=True)
    with pytest.raises(IndexDamagedError):
        LexicalIndex.load(tmp_path)


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
