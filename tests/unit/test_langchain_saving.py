"""LangChain's vector store on disk: what comes back, what is refused, what a crash leaves."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from rag.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from rag.langchain_store import FaissStore
from tests.unit.test_langchain_store import WrittenVectors, written


def load(folder: Path) -> FaissStore:
    return FaissStore.load(folder, WrittenVectors())


def contents(store: FaissStore) -> list[tuple[Document, float]]:
    return store.similarity_search_with_score("1 2", k=99)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of three documents, saved."""
    written("1 0", "0 1", "1 1", metadatas=[{"n": 1}, {}, {"deep": {"list": [None, "ä\n"]}}]).save(tmp_path / "store")
    return tmp_path / "store"


def test_a_store_comes_back_as_it_was_and_goes_on(folder: Path) -> None:
    store = load(folder)
    assert [(each.page_content, each.metadata) for each, _ in contents(store)] == [
        ("1 1", {"deep": {"list": [None, "ä\n"]}}),
        ("0 1", {}),
        ("1 0", {"n": 1}),
    ]
    before = contents(store)
    store.save(folder)
    assert contents(load(folder)) == before
    store.add_texts(["2 4"], ids=["x"])
    store.delete([str(before[0][0].id)])
    store.save(folder)
    assert contents(load(folder)) == contents(store)
    assert sorted(path.suffix for path in folder.iterdir()) == [".faiss", ".json", ".jsonl", ".lock"]


def test_nothing_is_pickled_and_text_is_readable(folder: Path) -> None:
    lines = next(folder.glob("*.jsonl")).read_text(encoding="ascii").splitlines()
    assert [json.loads(line)[1] for line in lines] == ["1 0", "0 1", "1 1"]


def test_an_empty_store_comes_back_and_takes_any_dimension(tmp_path: Path) -> None:
    store = written("1 0 0", ids=["a"])
    store.delete(["a"])
    store.save(str(tmp_path))
    store = load(tmp_path)
    assert store.count == 0
    assert store.add_texts(["1 0"], ids=["b"]) == ["b"]


texts = st.text(st.characters(), max_size=8)  # lone surrogates too
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


class OneVector(WrittenVectors):
    def embed_query(self, text: str) -> list[float]:
        return [1.0, 0.0]


@given(st.lists(st.tuples(texts, st.dictionaries(texts, values, max_size=3)), max_size=4))
def test_whatever_json_can_hold_comes_back(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[str, dict[str, Any]]]
) -> None:
    documents = [
        Document.model_construct(page_content=text, metadata=metadata, id=str(row), type="Document")
        for row, (text, metadata) in enumerate(entries)
    ]
    folder = tmp_path_factory.mktemp("store")
    store = FaissStore(OneVector())
    store._table.put(documents, store_vectors(len(documents)))
    store.save(folder)
    assert FaissStore.load(folder, OneVector()).get_by_ids([str(row) for row in range(len(entries))]) == documents


def store_vectors(count: int) -> Any:
    import numpy as np

    return np.tile(np.array([[1.0, 0.0]], dtype=np.float32), (count, 1))


@pytest.mark.parametrize("value", [date(2024, 1, 1), (1, 2), {1: "number as key"}, float("nan"), {"a"}])
def test_metadata_that_json_cannot_hold_is_refused_and_the_old_store_stays(folder: Path, value: Any) -> None:
    before = contents(load(folder))
    with pytest.raises(ValueError, match="metadata of document 'bad'"):
        written("1 0", metadatas=[{"value": value}], ids=["bad"]).save(folder)
    assert contents(load(folder)) == before


def test_the_wrong_model_is_refused_at_its_first_use(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"vectors of 3 numbers, the store holds vectors of 2"):
        load(folder).similarity_search("1 0 0")


def test_no_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="no store in"):
        load(tmp_path)


@pytest.mark.parametrize("pattern", ["*.faiss", "*.jsonl", "store.json"])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone"])
def test_every_damage_is_noticed(folder: Path, pattern: str, damage: str) -> None:
    path = next(folder.glob(pattern))
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 0x80]) + content[middle + 1 :]
        path.write_bytes({"flip": flipped, "cut": content[:-5], "empty": b""}[damage])
    error = IndexMissingError if pattern == "store.json" and damage == "gone" else IndexDamagedError
    with pytest.raises(error, match=str(folder)):
        load(folder)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"format": 2}, IndexMismatchError),
        ({"dimension": 3}, IndexDamagedError),
        ({"count": 2}, IndexDamagedError),
        ({"files": {}}, IndexDamagedError),
        ({"files": {"documents": {"name": "../x", "sha256": "0"}, "vectors": 3}}, IndexDamagedError),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(folder: Path, change: Any, error: type[Exception]) -> None:
    manifest = json.loads((folder / "store.json").read_text())
    (folder / "store.json").write_text(json.dumps(manifest | change))
    with pytest.raises(error):
        load(folder)


def test_a_manifest_names_only_files_of_its_folder(folder: Path) -> None:
    manifest = json.loads((folder / "store.json").read_text())
    outside = folder.parent / "outside.jsonl"
    (folder / manifest["files"]["documents"]["name"]).rename(outside)
    manifest["files"]["documents"]["name"] = "../outside.jsonl"
    (folder / "store.json").write_text(json.dumps(manifest))
    with pytest.raises(IndexDamagedError, match="not what this program writes"):
        load(folder)


class MachineStopsError(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("function", ["fsync", "replace", "unlink"])
@pytest.mark.parametrize("call", range(5))
def test_a_crash_at_any_step_leaves_the_old_store_or_the_new(
    folder: Path, monkeypatch: pytest.MonkeyPatch, function: str, call: int
) -> None:
    before, new = contents(load(folder)), written("5 5", ids=["new"])
    calls = 0
    original = getattr(os, function)

    def stop(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > call:
            raise MachineStopsError
        return original(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, function, stop)
        try:
            new.save(folder)
            stopped = False
        except MachineStopsError:
            stopped = True
    assert contents(load(folder)) in [before, contents(new)]
    new.save(folder)
    assert contents(load(folder)) == contents(new)
    assert len(list(folder.glob("*-*"))) == 2
    assert stopped == (calls > call)
