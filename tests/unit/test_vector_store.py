"""The contract of `VectorStore`, with values checked against brute force."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import IndexDamagedError
from rag.vector_store import (
    ApproximateVectorStore,
    FaissVectorStore,
    FlatWriter,
    Rows,
    SegmentedVectorStore,
    VectorReader,
    Vectors,
    load_inverted,
    make_inverted,
    making,
)

DIMENSION = 8


def unit(*shape: int, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    result: Vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return result


def spread(vectors: Vectors, order: Rows, count: int) -> SegmentedVectorStore:
    """Put `vectors` in another order into `count` stores, one that does not count behind each of them."""
    stores, places = [], []
    for part in np.array_split(order, count):
        store = FaissVectorStore(vectors.shape[1])
        store.add(np.repeat(vectors[part], 2, axis=0))
        stores.append(store)
        places.append(np.stack([part, np.full(len(part), -1)], axis=1).reshape(-1).astype(np.int64))
    return SegmentedVectorStore(vectors.shape[1], stores, places)


def inverted(folder: Path, vectors: Vectors) -> ApproximateVectorStore:
    """Return a store whose inverted file is searched whole, however few the vectors are."""
    folder.mkdir(exist_ok=True)
    path = folder / f"vectors-{len(list(folder.iterdir()))}"
    with FlatWriter(path, vectors.shape[1]) as writer:
        writer.add(vectors)
    exact = FaissVectorStore.load(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "MOST_SEEN", 1.0)
        make_inverted(exact, path.with_suffix(".ivf"))
    file = load_inverted(path.with_suffix(".ivf"), exact)
    assert file is not None
    return ApproximateVectorStore(exact, file)


@pytest.fixture(params=["fresh", "loaded", "in segments", "inverted", "inverted in segments"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> VectorReader:
    """A store of 50 vectors: as it was made, as it was read from disk, spread over three, with inverted files."""
    made = FaissVectorStore(DIMENSION)
    made.add(unit(30, DIMENSION))
    made.add(unit(20, DIMENSION, seed=1))
    if request.param == "fresh":
        return made
    if request.param == "in segments":
        return spread(ALL, np.random.default_rng(3).permutation(50), 3)
    if request.param == "inverted in segments":
        parts = np.array_split(np.random.default_rng(3).permutation(50), 3)
        return SegmentedVectorStore(
            DIMENSION, [inverted(tmp_path / str(len(part)), ALL[part]) for part in parts], parts
        )
    if request.param == "inverted":
        return inverted(tmp_path, ALL)
    made.save(tmp_path / "vectors")
    return FaissVectorStore.load(tmp_path / "vectors")


ALL = np.concatenate([unit(30, DIMENSION), unit(20, DIMENSION, seed=1)])


def test_rows_are_numbered_in_the_order_of_adding(store: VectorReader) -> None:
    assert (len(store), store.dimension) == (50, DIMENSION)
    assert np.array_equal(store.reconstruct(np.arange(50)), ALL)
    assert np.array_equal(store.reconstruct(np.array([41, 3, 41])), ALL[[41, 3, 41]])
    assert store.reconstruct(np.array([], dtype=np.int64)).shape == (0, DIMENSION)


@pytest.mark.parametrize("count", [1, 7, 50, 51, 1000])
def test_search_is_the_inner_product_best_first(store: VectorReader, count: int) -> None:
    query = unit(DIMENSION, seed=2)
    rows, similarities = store.search(query, count)
    expected = ALL @ query
    order = np.argsort(-expected)[:count]
    assert rows.tolist() == order.tolist()
    assert similarities == pytest.approx(expected[order], abs=1e-6)


def test_a_vector_finds_itself_with_similarity_one(store: VectorReader) -> None:
    for row in (0, 29, 30, 49):
        rows, similarities = store.search(ALL[row], 1)
        assert rows.tolist() == [row]
        assert similarities[0] == pytest.approx(1.0, abs=1e-6)


def test_equal_vectors_are_found_in_the_order_of_rows() -> None:
    store = FaissVectorStore(2)
    store.add(np.array([[0, 1], [1, 0], [0, 1], [1, 0]], dtype=np.float32))
    rows, similarities = store.search(np.array([1, 0], dtype=np.float32), 4)
    assert rows.tolist() == [1, 3, 0, 2]
    assert similarities.tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize("count", [0, -1])
def test_none_asked_for_is_none_found(store: VectorReader, count: int) -> None:
    rows, similarities = store.search(ALL[0], count)
    assert (rows.shape, similarities.shape) == ((0,), (0,))


def test_an_empty_store_finds_nothing_and_can_be_kept(tmp_path: Path) -> None:
    FaissVectorStore(3).save(tmp_path / "vectors")
    store = FaissVectorStore.load(tmp_path / "vectors")
    assert len(store) == 0
    assert store.search(np.array([1, 0, 0], dtype=np.float32), 5)[0].tolist() == []


@pytest.mark.parametrize(
    "query",
    [
        unit(DIMENSION + 1),
        unit(2, DIMENSION),
        np.zeros(DIMENSION, dtype=np.float32),
        np.full(DIMENSION, np.nan, dtype=np.float32),
        np.full(DIMENSION, np.inf, dtype=np.float32),
        2 * unit(DIMENSION),
    ],
    ids=["dimension", "two", "zero", "nan", "infinite", "length"],
)
def test_a_query_that_is_no_unit_vector_of_the_dimension_is_refused(store: VectorReader, query: Vectors) -> None:
    with pytest.raises(ValueError, match=r"vectors|one query"):
        store.search(query, 3)


def test_vectors_that_are_not_finite_or_of_unit_length_are_refused() -> None:
    store = FaissVectorStore(DIMENSION)
    broken = unit(3, DIMENSION)
    broken[1, 2] = np.nan
    for vectors in (broken, 2 * unit(3, DIMENSION), unit(3, DIMENSION + 1), unit(DIMENSION)):
        with pytest.raises(ValueError, match="vectors"):
            store.add(vectors)
    assert len(store) == 0


@pytest.mark.parametrize("row", [-1, 50])
def test_a_row_that_is_not_there_is_an_error(store: VectorReader, row: int) -> None:
    with pytest.raises(IndexError):
        store.reconstruct(np.array([0, row]))


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "other"])
def test_a_file_that_is_no_store_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "vectors"
    store = FaissVectorStore(DIMENSION)
    store.add(ALL)
    store.save(path)
    if damage == "missing":
        path.unlink()
    elif damage == "other":
        import faiss

        faiss.write_index(faiss.IndexFlatL2(DIMENSION), str(path))
    else:
        path.write_bytes(path.read_bytes()[: 0 if damage == "empty" else 200])
    with pytest.raises(IndexDamagedError, match=str(path)):
        FaissVectorStore.load(path)


def test_a_store_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be written"):
        FaissVectorStore(2).save(tmp_path / "no such folder" / "vectors")


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 60))
def test_search_agrees_with_brute_force(seed: int, size: int, count: int) -> None:
    vectors, query = unit(size, 5, seed=seed), unit(5, seed=seed + 1)
    store = FaissVectorStore(5)
    store.add(vectors)
    rows, similarities = store.search(query, count)
    assert len(rows) == len(set(rows.tolist())) == min(size, count)
    assert similarities == pytest.approx(np.sort(vectors @ query)[::-1][:count], abs=1e-6)
    assert similarities == pytest.approx(vectors[rows] @ query, abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 70), st.integers(0, 80))
def test_a_search_among_some_rows_agrees_with_brute_force(seed: int, size: int, count: int) -> None:
    vectors, query = unit(size, 5, seed=seed), unit(5, seed=seed + 1)
    allowed = np.random.default_rng(seed).random(size) < 0.4
    store = FaissVectorStore(5)
    store.add(vectors)
    rows, similarities = store.search(query, count, allowed)
    expected = [row for row in np.argsort(-(vectors @ query), kind="stable").tolist() if allowed[row]][:count]
    assert rows.tolist() == expected
    assert similarities == pytest.approx(vectors[rows] @ query, abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(0, 45), st.integers(1, 4))
def test_segments_find_what_one_store_finds_ties_too(seed: int, size: int, count: int, segments: int) -> None:
    generator = np.random.default_rng(seed)
    vectors, query = unit(4, 5, seed=seed)[generator.integers(0, 4, size)], unit(5, seed=seed + 1)
    store = FaissVectorStore(5)
    store.add(vectors)
    several = spread(vectors, generator.permutation(size), segments)
    for allowed in (None, generator.random(size) < 0.5):
        one, other = store.search(query, count, allowed), several.search(query, count, allowed)
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1], other[1])
        assert (np.lexsort((one[0], -one[1])) == np.arange(len(one[0]))).all()
    assert np.array_equal(several.reconstruct(np.arange(size)), vectors)


def test_a_mask_of_another_length_is_refused(store: VectorReader) -> None:
    with pytest.raises(ValueError, match="mask"):
        store.search(ALL[0], 3, np.ones(49, dtype=np.bool_))
