"""The whole of an index on Milvus Lite: after every change it answers as the same index in files does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexDamagedError, StoreMismatchError
from rag.generations import locate_generation
from rag.index_reader import OpenIndex, RemoteSegment, open_index
from rag.indexing import diagnose_index, roll_back
from rag.stores.address import IN_FILES, StoreLogin, parse_store
from rag.stores.milvus import ChunkCollection, segment_id
from tests.doubles import HashingEmbedder
from tests.indexes import THREE, Library, make_library

pytest.importorskip("milvus_lite")

QUESTIONS = ("minister talks", "bread flour and salt", "who will stay", "nothing of the kind")


class Twin:
    """The same sources, indexed in files and in a file of Milvus Lite."""

    def __init__(self, folder: Path) -> None:
        self.files = make_library(folder)
        self.engine = Library(folder)
        self.store = parse_store(f"milvus:{folder / 'chunks.db'}")

    def build(self, **changes: object) -> None:
        report = self.files.build(**changes)
        again = self.engine.build(index=self.engine.folder / "remote", store=self.store, **changes)
        counts = ("documents", "chunks", "embedded", "added", "changed", "removed", "unchanged", "skipped", "notes")
        assert [getattr(again, name) for name in counts] == [getattr(report, name) for name in counts]

    @property
    def index(self) -> Path:
        return self.engine.folder / "remote"

    def open(self) -> OpenIndex:
        return open_index(self.index, store=self.store)

    def collection(self) -> ChunkCollection:
        made = locate_generation(self.index).manifest.store
        assert made is not None
        return ChunkCollection(self.store, made.collection)


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Twin]:
    made = Twin(tmp_path)
    made.build()
    yield made
    from milvus_lite.server_manager import server_manager_instance

    server_manager_instance.release_server(made.store.address.uri)


def assert_alike(twin: Twin) -> None:
    """Assert that both give the same rows, scores and counts, with and without a filter."""
    with closing(twin.files.open()) as files, closing(twin.open()) as remote:
        assert remote.catalog.sources() == files.catalog.sources()
        count = len(files.store)
        assert len(remote.store) == count
        for allowed in (None, np.arange(count) % 2 == 0):
            for question in QUESTIONS:
                query = HashingEmbedder().embed_queries([question])[0]
                found, expected = (each.store.find(question, query, 5, allowed) for each in (remote, files))
                assert found.rows.tolist() == expected.rows.tolist()
                assert found.matching.tolist() == expected.matching.tolist()
                assert np.allclose(found.dense, expected.dense, atol=1e-6)
        for term in ("minist", "bread", "stay", "version", "zebra"):
            assert remote.store.frequency(term) == files.store.frequency(term)


def test_it_answers_as_files_do(twin: Twin) -> None:
    assert_alike(twin)


def test_nothing_that_grows_with_the_chunks_is_in_the_folder_but_their_texts(twin: Twin) -> None:
    generation = locate_generation(twin.index)
    names = {Path(name).name for name in generation.manifest.files}
    assert names == {"files.sqlite", "catalog.sqlite", "words.bin"}
    made = json.loads((generation.folder / "manifest.json").read_text())["store"]
    assert made["address"] == str(twin.store.address)
    assert made["collection"].startswith("ontherecord_")


def test_every_change_of_the_sources_arrives(twin: Twin) -> None:
    twin.files.write("four.txt", "A fourth text about bread and a strike of bakers.\n")
    twin.build()
    assert_alike(twin)
    twin.files.write("two.txt", "Bread has become dear.\n")
    twin.files.remove("one.txt")
    twin.build()
    assert_alike(twin)
    (twin.files.sources / "four.txt").rename(twin.files.sources / "again.txt")
    twin.build()
    assert_alike(twin)
    assert diagnose_index(twin.index, twin.files.sources, twin.store) == ()


def test_a_copy_is_known_as_one(twin: Twin) -> None:
    twin.files.write("copy.txt", THREE)
    twin.build()
    with closing(twin.open()) as remote, closing(twin.files.open()) as files:
        assert remote.copies == files.copies
    assert_alike(twin)


def test_a_rollback_finds_what_it_needs(twin: Twin) -> None:
    before = locate_generation(twin.index).id
    twin.files.write("two.txt", "Bread has become dear.\n")
    twin.build()
    for index in (twin.files.index, twin.index):
        roll_back(index)
    assert locate_generation(twin.index).id == before
    assert_alike(twin)
    twin.build()
    assert_alike(twin)


def test_many_small_segments_become_one_in_the_collection(twin: Twin) -> None:
    for number in range(9):
        twin.files.write(f"more{number}.txt", f"Text number {number} is about bread, talks and version {number}.\n")
        twin.build()
    with closing(twin.open()) as remote:
        assert len(remote.segments) < 9
    assert_alike(twin)


def test_only_what_a_generation_names_stays_in_the_collection(twin: Twin) -> None:
    for word in ("dear", "cheap", "stale", "fresh"):
        twin.files.write("two.txt", f"Bread has become {word}.\n")
        twin.build()
    kept = {
        segment_id(entry.name): entry.chunks
        for path in (twin.index / "generations").iterdir()
        for entry in _manifest_entries(path)
    }
    with closing(twin.collection()) as collection:
        assert collection.count() == sum(kept.values())


def _manifest_entries(generation: Path) -> list[_Entry]:
    manifest = json.loads((generation / "manifest.json").read_text())
    return [_Entry(each["name"], each["chunks"]) for each in manifest["segments"]]


class _Entry:
    def __init__(self, name: str, chunks: int) -> None:
        self.name, self.chunks = name, chunks


def test_what_a_crashed_build_left_is_deleted_by_the_next(twin: Twin) -> None:
    with closing(twin.open()) as opened, closing(twin.collection()) as collection:
        (segment,) = opened.segments
        assert isinstance(segment, RemoteSegment)
        kept = collection.count()
        entity = collection.fetch(np.array([segment_id(segment.entry.name) << 24]), ["dense", "words"])
        (values,) = entity.values()
        stray = segment_id("f" * 16) << 24
        collection._client.insert(collection.name, [{**values, "id": stray, "segment": stray >> 24, "document": stray}])
        assert collection.count() == kept + 1
        assert_alike(twin)
        twin.build()
        assert collection.count() == kept


def test_another_store_is_refused_with_both(twin: Twin) -> None:
    wanted = f"The index was made with the store {twin.store.address}, the settings name faiss"
    with pytest.raises(StoreMismatchError, match=wanted):
        open_index(twin.index)
    with pytest.raises(StoreMismatchError, match=wanted):
        twin.engine.build(index=twin.index, store=IN_FILES)
    with pytest.raises(StoreMismatchError, match="made with the store faiss, the settings name milvus:"):
        open_index(twin.files.index, store=twin.store)
    twin.engine.build(index=twin.index, store=IN_FILES, rebuild=True)
    assert len(open_index(twin.index).lexical) == 3
    assert locate_generation(twin.index).manifest.store is None


def test_a_rebuild_keeps_the_collection(twin: Twin) -> None:
    with closing(twin.collection()) as before:
        twin.build(rebuild=True)
        with closing(twin.collection()) as after:
            assert after.name == before.name
    assert_alike(twin)


def test_another_embedding_model_gets_another_collection(twin: Twin) -> None:
    with closing(twin.collection()) as before:
        for _ in range(3):
            twin.engine.write("two.txt", f"Bread {_}.\n")
            twin.engine.build(index=twin.index, store=twin.store, embedder=HashingEmbedder(dimension=16))
        with closing(twin.collection()) as after:
            assert after.name != before.name
            assert after.exists()
            assert not before.exists()


def test_a_lost_collection_is_damage_that_a_build_mends(twin: Twin) -> None:
    with closing(twin.collection()) as collection:
        collection.drop()
    with pytest.raises(IndexDamagedError, match=r"has no collection .* Make the index again: rag index --rebuild"):
        twin.open()
    (fault,) = diagnose_index(twin.index, twin.files.sources, twin.store)
    assert (fault.subject, fault.remedy) == ("index", "rag index --rebuild")
    report = twin.engine.build(index=twin.index, store=twin.store)
    assert "could not be used" in report.notes[0]
    assert_alike(twin)


def test_two_indexes_in_one_file_do_not_mix(twin: Twin, tmp_path: Path) -> None:
    other = make_library(tmp_path / "other")
    other.write("one.txt", "Something else entirely about bread.\n")
    other.build(store=twin.store)
    with closing(open_index(other.index, store=twin.store)) as opened:
        assert len(opened.store) == 3
    assert_alike(twin)


def test_a_login_shows_nothing_secret() -> None:
    login = StoreLogin(parse_store("milvus:http://user:pass@host:19530").address, "user:pass")
    assert "pass" not in repr(login)
