"""Any sequence of updates ends in the index that building from nothing gives; small changes cost little."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.generations import files
from rag.index_reader import OpenIndex
from rag.indexing import diagnose_index, merging, segments
from rag.indexing.merging import LARGE, MOST_SEGMENTS, segments_to_merge
from rag.retrieval import Retriever
from rag.sources import SourceReader
from rag.types import IndexReport
from tests.doubles import HashingEmbedder
from tests.indexes import Library, contents, make_library

TEXTS = (
    "The minister said that talks would resume. Nobody was named to lead them.",
    "Bread is baked from flour.\n\n# Ovens\n\nOvens are hot. Bakers are not. “Bread is life,” said Anna Berg.",
    "1234",
    "The Bread of the Town\n\nBread is baked from flour, water and salt. Bakers bake it at night.",
    "Ships carry bread and ministers. Talks, talks and talks.\n\n# Ships\n\nShips are slow.\n\n# Sails\n\nOld.",
)
NAMES = ("a.txt", "b.txt", "c.md", "inner/a.txt", "inner/d.txt", "z/z.txt")
COLLECTION = "all.jsonl"
QUESTIONS = ("What did the minister say?", "bread flour", "ships and talks", "1234", "nothing of it")

operations = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(NAMES), st.integers(0, len(TEXTS) - 1)),
        st.tuples(st.just("remove"), st.sampled_from(NAMES), st.just(0)),
        st.tuples(st.just("rename"), st.sampled_from(NAMES), st.integers(0, len(NAMES) - 1)),
        st.tuples(st.just("collect"), st.just(COLLECTION), st.integers(0, 2 ** len(TEXTS) - 1)),
        st.tuples(st.just("build"), st.just(""), st.just(0)),
    ),
    max_size=20,
)


def collection(texts: Mapping[int, str]) -> str:
    """Return a collection of documents, one a line."""
    return "\n".join(json.dumps({"doc_id": str(at), "title": f"T{at}", "text": text}) for at, text in texts.items())


def apply(library: Library, kind: str, name: str, number: int) -> None:
    path = library.sources / name
    if kind == "write":
        library.write(name, TEXTS[number])
    elif kind == "collect":
        library.write(name, collection({at: text for at, text in enumerate(TEXTS) if number >> at & 1}))
    elif kind == "remove":
        path.unlink(missing_ok=True)
    elif kind == "rename" and path.exists():
        target = library.sources / NAMES[number]
        target.parent.mkdir(exist_ok=True)
        path.rename(target)
    elif kind == "build":
        library.build()


def hits(opened: OpenIndex) -> list[object]:
    retriever = Retriever(opened, HashingEmbedder(), 5)
    return [retriever.search(question, 4) for question in QUESTIONS]


@settings(max_examples=60)
@given(operations)
def test_updates_end_where_building_from_nothing_does(steps: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "SEGMENT_CHUNKS", 4)
        patch.setattr(merging, "MOST_SEGMENTS", 2)
        patch.setattr(files, "COPIED_UP_TO", 20_000)
        library = make_library(Path(folder) / "updated")
        for step in steps:
            apply(library, *step)
        library.build()
        other = Library(Path(folder) / "new")
        shutil.copytree(library.sources, other.sources)
        other.build()
        updated, made = library.open(), other.open()
        for one, another in zip(contents(updated), contents(made), strict=True):
            assert one == another
        assert hits(updated) == hits(made)
        assert diagnose_index(library.index, library.sources) == ()
        assert len(updated.segments) <= 3
        updated.close()
        made.close()


# ---------------------------------------------------------------- what a change costs


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = make_library(tmp_path)
    made.build()
    return made


def counted(report: IndexReport) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged, report.embedded


def test_one_document_of_a_collection_costs_one_document(library: Library) -> None:
    texts = {at: f"Text number {at} is about ships." for at in range(9)}
    library.write(COLLECTION, collection(texts))
    assert counted(library.build()) == (9, 0, 0, 3, 9)
    texts[4] = "Text number 4 is about trains."
    del texts[7]
    library.write(COLLECTION, collection(texts))
    assert counted(library.build()) == (0, 1, 1, 10, 1)
    assert sum(segment.entry.documents for segment in library.open().segments) == 13


def test_unchanged_segments_stay_as_they_are(library: Library) -> None:
    for number in range(20):
        library.write(f"more {number}.txt", f"Text {number} is about ships.")
    library.build()
    before = {path.name for path in library.segments()}
    library.write("one more.txt", "It is about trains.")
    library.build()
    assert before < {path.name for path in library.segments()}


def test_a_moved_folder_is_neither_read_nor_embedded(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = library.segments()[0].name
    (library.sources / "inner").rename(library.sources / "outer")
    monkeypatch.setattr(SourceReader, "read", None)
    assert counted(library.build()) == (1, 0, 1, 2, 0)
    assert [path.name for path in library.segments()] == [segment]


def test_what_was_touched_is_read_through_once(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in library.sources.rglob("*.txt"):
        os.utime(path, ns=(1, 1))
    library.write("four.txt", "The fourth.")
    library.build()
    assert {file.modified for file in library.open().catalog.files() if file.path != "four.txt"} == {1}


def test_many_updates_leave_few_segments(library: Library) -> None:
    for number in range(30):
        library.write(f"{number}.txt", f"Text {number} is about ships.")
        library.build()
        assert len(library.segments()) <= MOST_SEGMENTS
    assert library.open().manifest.documents == 33


# ---------------------------------------------------------------- which segments are merged


def test_few_segments_are_left_alone() -> None:
    assert segments_to_merge({1: 1000, 2: 10, 3: 10}, {1: 1000, 2: 10, 3: 10}) == []


def test_small_ones_are_merged_when_there_are_many() -> None:
    live = {1: 5000, **dict.fromkeys(range(2, MOST_SEGMENTS + 2), 10)}
    assert segments_to_merge(live, live) == list(range(2, MOST_SEGMENTS + 2))


def test_large_ones_do_not_count() -> None:
    live = {1: LARGE, 2: 5 * LARGE, **dict.fromkeys(range(3, MOST_SEGMENTS + 3), 10)}
    assert segments_to_merge(live, live) == []


def test_worn_ones_are_written_again() -> None:
    assert segments_to_merge({1: 75, 2: 74, 3: 100}, {1: 100, 2: 100, 3: 100}) == [2]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=400))
def test_rewriting_is_bounded(sizes: list[int]) -> None:
    live: dict[int, int] = {}
    written = 0
    for number, size in enumerate(sizes):
        live[number] = size
        written += size
        merged = segments_to_merge(live, live)
        if merged:
            total = sum(live.pop(each) for each in merged)
            live[merged[0]] = total
            written += total
        assert len(live) <= MOST_SEGMENTS
    assert written <= (2 + np.log2(len(sizes))) * sum(sizes)
