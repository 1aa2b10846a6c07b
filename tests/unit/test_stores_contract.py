"""What any store must do, on both, against brute force over all texts."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from rag.lexical import K1, B
from rag.stores.base import ChunkStore, Mask
from rag.text.words import terms
from tests.doubles import HashingEmbedder
from tests.stores import Shelf, local_store, make_shelf, milvus_store

QUESTIONS = ("minister talks about bread", "the flood at the harbour wall", "court ruling", "grain", "zebra")
EMBEDDER = HashingEmbedder(dimension=32)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return make_shelf()


@pytest.fixture(scope="module", params=["faiss", "milvus"])
def store(
    request: pytest.FixtureRequest, shelf: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ChunkStore]:
    if request.param == "faiss":
        yield local_store(shelf, EMBEDDER)
        return
    pytest.importorskip("milvus_lite")
    average = sum(len(terms(text)) for text in shelf.live) / len(shelf.live)
    made = milvus_store(shelf, EMBEDDER, tmp_path_factory.mktemp("milvus"), average)
    yield made
    made.close()


def masks(shelf: Shelf) -> dict[str, Mask | None]:
    count = len(shelf.layout)
    every = np.arange(count)
    return {
        "all": None,
        "half": every < count // 2,
        "one document": every // 3 == 5,
        "all but one document": every // 3 != 5,
        "parts of documents": every % 5 == 0,
        "none": np.zeros(count, dtype=np.bool_),
    }


def cosines(shelf: Shelf, question: str) -> np.ndarray:
    return EMBEDDER.embed_passages(shelf.live) @ EMBEDDER.embed_queries([question])[0]


def bm25(shelf: Shelf, question: str) -> np.ndarray:
    texts = [terms(text) for text in shelf.live]
    average = sum(map(len, texts)) / len(texts)
    scores = np.zeros(len(texts))
    for term in terms(question):
        having = sum(term in text for text in texts)
        weight = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
        for row, text in enumerate(texts):
            count = text.count(term)
            scores[row] += weight * count / (count + K1 * (1 - B + B * len(text) / average))
    return scores


def assert_best(rows: np.ndarray, scores: np.ndarray, allowed: Mask | None, count: int) -> None:
    """Assert that `rows` are the best by `scores`, whatever the order of those that differ in the last digit."""
    counting = np.flatnonzero(np.ones(len(scores), dtype=np.bool_) if allowed is None else allowed)
    expected = counting[np.lexsort((counting, -scores[counting]))][:count]
    assert len(rows) == len(set(rows.tolist())) == len(expected)
    assert np.allclose(scores[rows], scores[expected], atol=1e-5)
    assert set(rows.tolist()) <= set(counting.tolist())
    sure = scores[expected] > scores[expected[-1]] + 1e-5 if len(expected) else []
    assert set(expected[sure].tolist()) <= set(rows.tolist())


def test_it_has_the_rows_that_count(store: ChunkStore, shelf: Shelf) -> None:
    assert len(store) == len(shelf.live) == 3 * (30 + 25 + 12)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", ["all", "half", "one document", "all but one document", "parts of documents", "none"])
def test_both_searches_find_what_brute_force_finds(store: ChunkStore, shelf: Shelf, question: str, name: str) -> None:
    allowed, dense, words = masks(shelf)[name], cosines(shelf, question), bm25(shelf, question)
    found = store.find(question, EMBEDDER.embed_queries([question])[0], 20, allowed)
    assert_best(found.nearest, dense, allowed, 20)
    matching = words > 0 if allowed is None else (words > 0) & allowed
    assert_best(found.matching, words, matching, 20)
    assert found.rows.tolist() == sorted({*found.nearest.tolist(), *found.matching.tolist()})
    assert np.allclose(found.dense, dense[found.rows], atol=1e-5)
    if allowed is None:
        assert np.allclose(found.lexical, words[found.rows], atol=1e-4)


def test_equal_scores_stand_by_row(store: ChunkStore, shelf: Shelf) -> None:
    found = store.find("grain", EMBEDDER.embed_queries(["grain"])[0], 30)
    scores = dict(zip(found.rows.tolist(), found.dense.round(5).tolist(), strict=True))
    keys = [(-scores[row], row) for row in found.nearest.tolist()]
    assert keys == sorted(keys)


@pytest.mark.parametrize("count", [0, 1, 1_000])
def test_any_number_can_be_asked_for(store: ChunkStore, count: int) -> None:
    found = store.find("bread", EMBEDDER.embed_queries(["bread"])[0], count)
    assert len(found.nearest) == min(count, len(store))
    assert len(found.matching) == min(count, store.frequency("bread"))


def test_words_are_counted_in_the_rows_that_count(store: ChunkStore, shelf: Shelf) -> None:
    texts = [set(terms(text)) for text in shelf.live]
    for term in [*sorted(set().union(*texts)), "zebra"]:
        assert store.frequency(term) == sum(term in text for text in texts)
        for allowed in masks(shelf).values():
            if allowed is not None:
                among = [text for text, counts in zip(texts, allowed, strict=True) if counts]
                assert store.frequency(term, allowed) == sum(term in text for text in among)


def test_standings_are_those_among_all_rows(store: ChunkStore, shelf: Shelf) -> None:
    question, rows = "harbour wall flood", np.array([3, 77, 150, 200])
    dense, words = cosines(shelf, question), bm25(shelf, question)
    allowed = np.arange(len(store)) % 2 == 1
    found = store.standings(question, EMBEDDER.embed_queries([question])[0], rows, allowed)
    assert found.admitted.tolist() == [True, True, False, False]
    assert found.searched == int(allowed.sum())
    assert np.allclose(found.dense, dense[rows], atol=1e-5)
    assert np.allclose(found.lexical, words[rows], atol=1e-4)
    for at, row in enumerate(rows):
        surely_before = int((allowed & (dense > dense[row] + 1e-5)).sum())
        at_most = int((allowed & (dense >= dense[row] - 1e-5)).sum())
        assert surely_before < found.dense_ranks[at] <= at_most + 1
        if words[row] > 0:
            surely_before = int((allowed & (words > words[row] + 1e-4)).sum())
            at_most = int((allowed & (words >= words[row] - 1e-4)).sum())
            assert surely_before < found.lexical_ranks[at] <= at_most + 1
