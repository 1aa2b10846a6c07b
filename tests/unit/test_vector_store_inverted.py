"""Search through inverted files, against brute force: what is found, among which rows, and what damage does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import IndexDamagedError
from rag.vector_store import (
    ApproximateVectorStore,
    FaissVectorStore,
    FlatWriter,
    Mask,
    Rows,
    SegmentedVectorStore,
    Vectors,
    load_inverted,
    make_inverted,
    making,
    record_of,
)
from rag.vector_store.approximate import EXACT_UP_TO
from rag.vector_store.base import checked_query, inner_products

DIMENSION = 32
SIZE = 6_000


def unit(vectors: Vectors) -> Vectors:
    result: Vectors = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return result


def topical(count: int, seed: int) -> Vectors:
    """Return vectors that lie as those of passages do: about topics, and these about fields."""
    chooser = np.random.default_rng(seed)
    fields = np.random.default_rng(7).normal(size=(12, DIMENSION))
    topics = fields[np.arange(240) % 12] + 0.7 * np.random.default_rng(8).normal(size=(240, DIMENSION))
    return unit(topics[chooser.integers(0, 240, count)] + 0.6 * chooser.normal(size=(count, DIMENSION)))


VECTORS = topical(SIZE, 1)
QUERIES = topical(100, 2)


def flat(path: Path, vectors: Vectors) -> FaissVectorStore:
    """Return vectors as a store that was read from disk."""
    with FlatWriter(path, vectors.shape[1]) as writer:
        writer.add(vectors)
    return FaissVectorStore.load(path)


def inverted(folder: Path, vectors: Vectors) -> ApproximateVectorStore:
    """Return vectors as a store with an inverted file."""
    exact = flat(folder / "vectors.faiss", vectors)
    make_inverted(exact, folder / "vectors.ivf.faiss")
    file = load_inverted(folder / "vectors.ivf.faiss", exact)
    assert file is not None
    return ApproximateVectorStore(exact, file)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ApproximateVectorStore:
    return inverted(tmp_path_factory.mktemp("inverted"), VECTORS)


def recall(store: ApproximateVectorStore | SegmentedVectorStore, vectors: Vectors, depth: int, mask: Mask) -> float:
    """Return the share of the nearest rows within `mask` that is found."""
    allowed = None if mask.all() else mask
    shares = []
    for query in QUERIES:
        rows, similarities = store.search(query, depth, allowed)
        expected = np.where(mask, vectors @ query, -2)
        assert len(rows) == len(set(rows.tolist())) == min(depth, int(mask.sum()))
        assert mask[rows].all()
        assert similarities == pytest.approx(expected[rows], abs=1e-6)
        assert (np.lexsort((rows, -similarities)) == np.arange(len(rows))).all()
        shares.append(np.isin(np.argsort(-expected)[: len(rows)], rows).mean())
    return float(np.mean(shares))


@pytest.mark.parametrize("depth", [10, 50])
def test_nearly_all_of_the_nearest_are_found(store: ApproximateVectorStore, depth: int) -> None:
    assert recall(store, VECTORS, depth, np.ones(SIZE, dtype=np.bool_)) >= 0.98


def test_only_a_part_of_the_vectors_is_looked_at(store: ApproximateVectorStore) -> None:
    record = store.inverted.record
    assert record.lists == 310
    looked_at = [len(store.inverted.candidates(query[None, :], SIZE, SIZE, None)) for query in QUERIES]
    assert max(looked_at) == SIZE  # asked for all, it gives all
    assert record.recall_10 >= 0.98


def test_the_record_says_what_the_file_finds(store: ApproximateVectorStore) -> None:
    record = store.inverted.record
    assert (record.vectors, record.dimension, record.queries, record.kind) == (SIZE, DIMENSION, 200, "IVF,SQ8")
    again = making.recall_of(store.exact, store.inverted)
    assert (record.recall_10, record.recall_50) == (round(again.at_10, 4), round(again.at_50, 4))


@pytest.mark.parametrize("share", [0.9, 0.5, 0.1])
def test_rows_that_are_left_out_are_not_found_and_the_others_are(store: ApproximateVectorStore, share: float) -> None:
    mask = np.random.default_rng(3).random(SIZE) < share
    assert recall(store, VECTORS, 10, mask) >= 0.97


def test_rows_far_from_the_query_are_found_where_no_others_are_admitted(store: ApproximateVectorStore) -> None:
    likeness = VECTORS @ QUERIES[0]
    mask = likeness <= np.quantile(likeness, 0.5)
    assert mask.sum() > EXACT_UP_TO
    assert recall(store, VECTORS, 10, mask) >= 0.97


def test_rows_that_were_deleted_all_around_the_query_hide_no_others(store: ApproximateVectorStore) -> None:
    for query in QUERIES[:20]:
        likeness = VECTORS @ query
        mask = likeness < np.quantile(likeness, 0.8)
        rows, _ = store.search(query, 10, mask)
        assert np.isin(np.argsort(-np.where(mask, likeness, -2))[:10], rows).mean() >= 0.8
        assert len(store.search(query, SIZE, mask)[0]) == mask.sum()


def test_among_few_rows_the_search_is_exact(store: ApproximateVectorStore) -> None:
    mask = np.random.default_rng(4).random(SIZE) < 0.8 * EXACT_UP_TO / SIZE
    assert mask.sum() <= EXACT_UP_TO
    for query in QUERIES[:20]:
        assert all(map(np.array_equal, store.search(query, 50, mask), store.exact.search(query, 50, mask)))


def test_similarities_are_to_the_bit_those_of_the_exact_search(store: ApproximateVectorStore) -> None:
    for query in QUERIES:
        rows, similarities = store.exact.search(query, 20)
        assert np.array_equal(inner_products(checked_query(query, DIMENSION), VECTORS[rows]), similarities)


def test_more_than_there_is_gives_all(store: ApproximateVectorStore) -> None:
    rows, _ = store.search(QUERIES[0], SIZE + 5)
    assert np.array_equal(np.sort(rows), np.arange(SIZE))


def test_deleted_rows_and_segments_without_an_inverted_file(store: ApproximateVectorStore, tmp_path: Path) -> None:
    more = topical(500, 5)
    places: list[Rows] = [np.arange(SIZE), np.arange(500) + SIZE]
    gone = np.random.default_rng(6).random(SIZE) < 0.1
    places[0] = np.where(gone, -1, np.cumsum(~gone) - 1)
    places[1] = np.arange(500) + int((~gone).sum())
    both = SegmentedVectorStore(DIMENSION, [store, flat(tmp_path / "more", more)], places)
    live = np.concatenate([VECTORS[~gone], more])
    assert len(both) == len(live)
    assert recall(both, live, 10, np.ones(len(live), dtype=np.bool_)) >= 0.98
    assert np.array_equal(both.reconstruct(np.arange(len(live))), live)


def test_equal_vectors_are_found_in_the_order_of_rows(tmp_path: Path) -> None:
    twice = np.repeat(topical(2_000, 9), 2, axis=0)
    store = inverted(tmp_path, twice)
    for row in range(0, 400, 40):
        rows, similarities = store.search(twice[row], 2)
        assert rows.tolist() == [row, row + 1]
        assert similarities[0] == similarities[1]


def test_the_same_vectors_give_the_same_files(store: ApproximateVectorStore, tmp_path: Path) -> None:
    path = tmp_path / "vectors.ivf.faiss"
    record = make_inverted(store.exact, path)
    first = path.read_bytes(), record_of(path).read_bytes()
    assert record == store.inverted.record
    make_inverted(store.exact, path)
    assert (path.read_bytes(), record_of(path).read_bytes()) == first


def test_vectors_without_neighbours_are_searched_exactly(tmp_path: Path) -> None:
    chaos = unit(np.random.default_rng(1).normal(size=(3_000, 384)))
    exact = flat(tmp_path / "vectors", chaos)
    record = make_inverted(exact, tmp_path / "vectors.ivf.faiss")
    assert not record.is_used
    assert not (tmp_path / "vectors.ivf.faiss").exists()
    assert load_inverted(tmp_path / "vectors.ivf.faiss", exact) is None


@given(st.integers(0, 2**32 - 1), st.integers(1, 80), st.floats(0, 1), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_a_few_vectors_are_all_looked_at(
    tmp_path_factory: pytest.TempPathFactory, seed: int, size: int, share: float, count: int
) -> None:
    vectors = topical(size, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "MOST_SEEN", 1.0)
        store = inverted(tmp_path_factory.mktemp("few"), vectors)
    mask = np.random.default_rng(seed).random(size) < share
    for allowed in (None, mask):
        mine, exact = (each.search(QUERIES[0], count, allowed) for each in (store, store.exact))
        assert len(mine[0]) == len(exact[0])
        assert mine[1] == pytest.approx(exact[1], abs=1e-2)  # codes may leave out the last of many that are alike
        assert np.array_equal(mine[1], inner_products(QUERIES[:1], vectors[mine[0]]))


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("size", [0, 1, 700])
def test_a_flat_file_written_in_parts_is_what_faiss_writes(tmp_path: Path, size: int) -> None:
    whole = FaissVectorStore(DIMENSION)
    whole.add(VECTORS[:size])
    whole.save(tmp_path / "whole")
    with FlatWriter(tmp_path / "parts", DIMENSION) as writer:
        for start in range(0, size, 300):
            writer.add(VECTORS[start : min(start + 300, size)])
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()


def test_vectors_can_be_read_when_the_file_was_removed(tmp_path: Path) -> None:
    store = flat(tmp_path / "vectors", VECTORS[:100])
    (tmp_path / "vectors").unlink()
    assert np.array_equal(store.reconstruct(np.array([7, 99, 8, 7])), VECTORS[[7, 99, 8, 7]])
    assert np.array_equal(store.reconstruct(np.arange(20, 60)), VECTORS[20:60])


@pytest.mark.parametrize("part", ["vectors.ivf.faiss", "vectors.ivf.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "head"])
def test_a_damaged_file_is_named(tmp_path: Path, part: str, damage: str) -> None:
    exact = inverted(tmp_path, VECTORS[:3_000]).exact
    path = tmp_path / part
    content = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    elif damage == "head":
        content[40] ^= 255
        path.write_bytes(bytes(content))
    else:
        path.write_bytes(bytes(content[: 0 if damage == "empty" else -9]))
    with pytest.raises(IndexDamagedError, match=r"vectors\.ivf\.(faiss|json)"):
        load_inverted(tmp_path / "vectors.ivf.faiss", exact)


def test_an_inverted_file_of_other_vectors_is_refused(tmp_path: Path) -> None:
    inverted(tmp_path, VECTORS[:3_000])
    with pytest.raises(IndexDamagedError, match="3000 vectors"):
        load_inverted(tmp_path / "vectors.ivf.faiss", flat(tmp_path / "other", VECTORS[:2_999]))


def test_lists_that_name_vectors_that_are_not_there_are_refused(tmp_path: Path) -> None:
    store = inverted(tmp_path, VECTORS[:3_000])
    path = tmp_path / "vectors.ivf.faiss"
    content = path.read_bytes()
    lists = 3_000 * (DIMENSION + 8)
    path.write_bytes(content[:-lists] + b"\x7f" * lists)
    damaged = load_inverted(path, store.exact)
    assert damaged is not None
    with pytest.raises(IndexDamagedError, match="not there"):
        ApproximateVectorStore(store.exact, damaged).search(QUERIES[0], 10)
