"""Inverted files in an index: made where it is large, carried over, left out on request, checked, shown."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from rag.cli.checking import searched
from rag.config import load
from rag.errors import IndexDamagedError, UsageError
from rag.index_reader import INVERTED, OpenIndex, Segment, open_index, open_segment
from rag.indexing import compare_with_sources, diagnose_index, inverting
from rag.indexing.inverting import inverted_problems
from rag.types import VectorSearch
from rag.vector_store import ApproximateVectorStore, making, record_of
from tests.doubles import HashingEmbedder
from tests.indexes import Library, make_library

WORDS = "bread flour water salt oven baker minister talks ship sail harbour night town village letter price".split()


def texts(count: int) -> str:
    """Return a collection of documents, one a line, no two alike."""
    chooser = np.random.default_rng(1)
    lines = (" ".join(chooser.choice(WORDS, 9)) + f" number{at}." for at in range(count))
    return "\n".join(json.dumps({"doc_id": str(at), "title": "", "text": text}) for at, text in enumerate(lines))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few documents be a large index."""
    monkeypatch.setattr(inverting, "EXACT_UP_TO", 40)
    monkeypatch.setattr(inverting, "LEAST", 30)
    monkeypatch.setattr(making, "MOST_SEEN", 1.0)


@pytest.fixture
def library(tmp_path: Path, small: None) -> Library:
    made = make_library(tmp_path)
    made.write("all.jsonl", texts(70))
    return made


def found(opened: OpenIndex, query: str, count: int = 10) -> list[list[float]]:
    return [each.tolist() for each in opened.vectors.search(HashingEmbedder().embed_queries([query])[0], count)]


def test_a_large_index_gets_inverted_files_that_find_what_an_exact_search_finds(library: Library) -> None:
    report = library.build()
    (folder,) = library.segments()
    (note,) = report.notes
    assert note.startswith("The vectors of 73 passages are searched through inverted files, which find 100.0% of the")
    manifest = library.generation.manifest
    for path in (folder / INVERTED, record_of(folder / INVERTED)):
        assert path.relative_to(library.generation.folder).as_posix() in manifest.files
    opened, exact = library.open(), open_index(library.index, exact=True)
    assert isinstance(opened.segments[0].searched(exact=False), ApproximateVectorStore)
    for query in ("bread and talks", "a ship by night", "nothing of it"):
        assert found(opened, query) == found(exact, query)


def test_how_vectors_are_searched_is_told(library: Library) -> None:
    library.build()
    status = compare_with_sources(library.open(), library.sources, 10_000)
    assert status.vectors == VectorSearch(approximate=73, recall_10=1.0, recall_50=1.0, queries=200)
    exact = compare_with_sources(open_index(library.index, exact=True), library.sources, 10_000)
    assert exact.vectors == VectorSearch()


def test_an_index_that_is_not_large_is_searched_exactly(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inverting, "EXACT_UP_TO", 73)
    assert library.build().notes == ()
    assert not (library.segments()[0] / INVERTED).exists()


def test_exact_makes_none_and_the_next_build_without_it_does(library: Library) -> None:
    assert library.build(exact=True).notes == ()
    assert not record_of(library.segments()[0] / INVERTED).exists()
    library.write("four.txt", "A fourth text.")
    (note,) = library.build().notes
    assert "73 passages" in note
    first, second = library.segments()
    assert (first / INVERTED).exists()
    assert not (second / INVERTED).exists()
    assert diagnose_index(library.index, library.sources) == ()


def test_an_update_takes_inverted_files_over_and_finds_what_is_new(library: Library) -> None:
    library.build()
    before = (library.segments()[0] / INVERTED).read_bytes()
    library.write("four.txt", "Zebras graze.")
    library.remove("one.txt")
    assert library.build().notes == ()
    assert (library.segments()[0] / INVERTED).read_bytes() == before
    opened, exact = library.open(), open_index(library.index, exact=True)
    assert found(opened, "zebras graze") == found(exact, "zebras graze")
    assert opened.catalog.chunks([int(found(opened, "zebras graze")[0][0])])[0].source == "four.txt"
    assert len(found(opened, "minister talks", 200)[0]) == 73


def test_a_merged_segment_gets_an_inverted_file_of_its_own(library: Library) -> None:
    library.build()
    library.write("all.jsonl", texts(45))
    (note,) = library.build().notes
    assert "48 passages" in note
    assert diagnose_index(library.index, library.sources) == ()


def test_vectors_that_an_inverted_file_is_no_use_for_are_tried_once(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_SEEN", 0.1)
    (note,) = library.build().notes
    assert "searched exactly" in note
    assert not (library.segments()[0] / INVERTED).exists()
    library.write("four.txt", "A fourth text.")
    assert library.build().notes == ()
    assert compare_with_sources(library.open(), library.sources, 10_000).vectors == VectorSearch()


@pytest.mark.parametrize("name", [INVERTED, record_of(Path(INVERTED)).name])
def test_damage_is_noticed_and_the_generation_before_answers(library: Library, name: str) -> None:
    library.build()
    library.write("all.jsonl", texts(65))
    library.build()
    path = library.segments()[0] / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    opened = library.open()
    assert opened.trouble is not None
    assert str(path) in opened.trouble
    assert [fault.problem for fault in diagnose_index(library.index)] == [f"{path} was altered"]


def test_the_doctor_names_lists_that_do_not_hold_each_vector_once_and_files_that_find_too_little(
    library: Library,
) -> None:
    library.build()
    segment = _reopened(library)
    assert list(inverted_problems(segment)) == []
    path = library.segments()[0] / INVERTED
    rows = len(segment.vectors)
    content = path.read_bytes()
    lists = rows * (segment.vectors.dimension + 8)
    path.write_bytes(content[:-lists] + bytes(lists))
    assert [*inverted_problems(_reopened(library))] == ["the lists of the inverted file do not hold each vector once"]
    path.write_bytes(content)
    record = json.loads(record_of(path).read_text())
    record_of(path).write_text(json.dumps(record | {"recall_10": 1.1}))
    assert [*inverted_problems(_reopened(library))] == [
        "the inverted file finds 100.0% of the 10 nearest vectors; when it was made, it found 110.0%"
    ]


def _reopened(library: Library) -> Segment:
    (entry,) = library.generation.manifest.segments
    return open_segment(library.generation.folder, 1, entry, HashingEmbedder().dimension)


def test_an_inverted_file_of_other_vectors_is_refused(library: Library) -> None:
    library.build()
    path = record_of(library.segments()[0] / INVERTED)
    path.write_text(path.read_text().replace('"vectors": 73', '"vectors": 72'))
    with pytest.raises(IndexDamagedError, match="72 vectors"):
        _reopened(library)


def test_the_doctor_says_how_vectors_are_searched(library: Library) -> None:
    assert searched(asdict(VectorSearch()), 20) == "searched exactly"
    library.build()
    vectors = compare_with_sources(library.open(), library.sources, 10_000).vectors
    assert searched(asdict(vectors), 1_073) == (
        "73 of 1,073 passages searched through inverted files, which find 100.0% of the 10 nearest and 100.0% of the "
        "50 nearest (measured on 200 queries)"
    )


def test_exact_search_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().vector_index == "auto"
    monkeypatch.setenv("RAG_VECTOR_INDEX", "exact")
    assert load().vector_index == "exact"
    monkeypatch.setenv("RAG_VECTOR_INDEX", "quick")
    with pytest.raises(UsageError, match="vector_index"):
        load()
