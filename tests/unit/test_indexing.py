"""Builds: what is read, embedded and written again when something changed, and what is not."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexBusyError, IndexMismatchError, SourceError, UsageError
from rag.generations import build_lock, locate_generation
from rag.index_reader import CATALOG, LEXICAL, REGISTER, SEGMENTS, VECTORS, check_settings, open_index
from rag.indexing import compare_with_sources, diagnose_index
from rag.indexing import settings as build_settings
from rag.indexing.changes import detect_changes
from rag.lexical import Postings
from rag.sources import SourceReader, find_sources
from rag.types import IndexReport, Progress
from tests.doubles import HashingEmbedder
from tests.indexes import ONE, THREE, TWO, Library, contents, make_library

Build = Callable[..., IndexReport]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path)


@pytest.fixture
def sources(library: Library) -> Path:
    return library.sources


@pytest.fixture
def run(library: Library) -> Build:
    """Build the index with a new embedder each time, unless told otherwise."""
    return library.build


def documents(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


@pytest.fixture
def index(library: Library) -> Path:
    return library.index


# ---------------------------------------------------------------- what is built


def test_a_first_build_indexes_everything(run: Build, index: Path) -> None:
    embedder = HashingEmbedder()
    report = run(embedder=embedder)
    assert documents(report) == (3, 0, 0, 0)
    assert (report.documents, report.chunks, report.embedded, report.skipped, report.notes) == (3, 3, 3, (), ())
    opened = open_index(index)
    assert opened.generation == report.generation
    assert opened.catalog.sources() == ("inner/three.txt", "one.txt", "two.txt")
    assert [document.text for document in opened.catalog.documents()] == [THREE, ONE, TWO]
    assert opened.catalog.quotations()[0].quote == "We will stay."
    chunks = opened.catalog.chunks(range(3))
    texts = [chunk.embedding_text for chunk in chunks]
    assert np.allclose(opened.vectors.reconstruct(np.arange(3)), embedder.embed_queries(texts))
    assert opened.lexical.search("bakers", 3)[0].tolist() == [2]
    assert diagnose_index(index) == ()


def test_the_manifest_says_what_it_was_made_with(run: Build, index: Path, sources: Path) -> None:
    report = run()
    manifest = locate_generation(index).manifest
    assert (manifest.embedding_model, manifest.dimension) == ("hashing", 64)
    assert manifest.fingerprint == HashingEmbedder().fingerprint
    assert (manifest.chunk_tokens, manifest.overlap_tokens, manifest.sources) == (160, 32, str(sources))
    assert (manifest.documents, manifest.chunks) == (report.documents, report.chunks)
    (entry,) = manifest.segments
    assert (entry.documents, entry.chunks) == (3, 3)
    lexical = [f"{LEXICAL}/{name}.npy" for name in Postings._fields]
    assert set(manifest.files) == {
        REGISTER,
        *(f"{SEGMENTS}/{entry.name}/{name}" for name in (CATALOG, VECTORS, *lexical)),
    }


def folder(index: Path) -> Path:
    return locate_generation(index).folder


def test_nothing_changed_is_nothing_written_and_nothing_read(
    run: Build, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run()
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*")}
    monkeypatch.setattr(SourceReader, "read", None)
    embedder = HashingEmbedder()
    again = run(embedder=embedder)
    assert replace(again, seconds=0.0) == replace(first, added=0, unchanged=3, embedded=0, seconds=0.0)
    assert embedder.passages == []
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*")} == before


def test_only_what_changed_is_embedded(run: Build, sources: Path, index: Path) -> None:
    first = run()
    (sources / "two.txt").write_text(TWO.replace("night", "dawn"))
    (sources / "four.txt").write_text("A fourth text about ships.")
    (sources / "inner" / "three.txt").unlink()
    embedder = HashingEmbedder()
    report = run(embedder=embedder)
    assert documents(report) == (1, 1, 1, 1)
    assert report.embedded == len(embedder.passages) == 2
    assert report.generation != first.generation
    opened = open_index(index)
    assert opened.catalog.sources() == ("four.txt", "one.txt", "two.txt")
    texts = [chunk.embedding_text for chunk in opened.catalog.chunks(range(3))]
    assert np.allclose(opened.vectors.reconstruct(np.arange(3)), embedder.embed_queries(texts))
    assert diagnose_index(index) == ()


def test_an_update_is_the_same_as_building_from_nothing(run: Build, sources: Path, index: Path, tmp_path: Path) -> None:
    run()
    (sources / "one.txt").write_text(ONE + THREE)
    (sources / "two.txt").rename(sources / "inner" / "two.txt")
    run()
    run(index=tmp_path / "other")
    assert contents(open_index(index)) == contents(open_index(tmp_path / "other"))


def test_a_renamed_file_is_not_even_read(
    run: Build, sources: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sources / "two.txt").write_text("1234\n")
    run()
    assert open_index(index).catalog.document("two.txt").title == "two"
    monkeypatch.setattr(SourceReader, "read", None)
    (sources / "two.txt").rename(sources / "inner" / "renamed.txt")
    (sources / "one.txt").rename(sources / "two.txt")
    report = run()
    assert report.embedded == 0
    opened = open_index(index)
    assert opened.catalog.sources() == ("inner/renamed.txt", "inner/three.txt", "two.txt")
    assert opened.catalog.document("inner/renamed.txt").title == "renamed"
    assert opened.catalog.document("two.txt").text == ONE
    assert {chunk.source for chunk in opened.catalog.chunks([0, 1, 2])} == set(opened.catalog.sources())


def test_a_copy_costs_no_embedding(run: Build, sources: Path) -> None:
    run()
    (sources / "copy.txt").write_text((sources / "two.txt").read_text())
    report = run()
    assert (documents(report), report.embedded) == ((1, 0, 0, 3), 0)


def test_the_same_text_is_embedded_once(run: Build, sources: Path, index: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (sources / name).write_text("The Bread of the Town\n\n" + TWO)
    report = run()
    assert (report.chunks, report.embedded) == (5, 4)
    opened = open_index(index)
    assert np.array_equal(*opened.vectors.reconstruct(np.array([0, 1])))


def test_a_touched_file_is_unchanged_and_a_disguised_change_is_seen(run: Build, sources: Path) -> None:
    path = sources / "two.txt"
    first = run()
    os.utime(path, ns=(1, 1))
    assert run().generation == first.generation
    times = path.stat()
    path.write_text(TWO.replace("night", "NIGHT"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert documents(run()) == (0, 1, 0, 2)


def test_rebuild_takes_over_nothing(run: Build, index: Path) -> None:
    first = run()
    report = run(rebuild=True)
    assert (documents(report), report.embedded) == ((3, 0, 0, 0), 3)
    assert report.generation != first.generation
    assert diagnose_index(index) == ()


def test_the_stages_are_reported_in_order(run: Build) -> None:
    steps: list[Progress] = []
    run(progress=steps.append)
    assert list(dict.fromkeys(step.stage for step in steps)) == ["reading", "embedding", "writing"]
    for stage in ("reading", "embedding", "writing"):
        done = [step.done for step in steps if step.stage == stage]
        assert done == sorted(done)
        assert all(0 <= step.done <= step.total for step in steps)
        assert [step for step in steps if step.stage == stage][-1].done == steps[-1].total or stage != "writing"


# ---------------------------------------------------------------- files that cannot be read


def test_unreadable_files_are_reported_each_time_and_everything_else_is_indexed(run: Build, sources: Path) -> None:
    (sources / "blank.txt").write_text("   \n")
    (sources / "binary.txt").write_bytes(b"\x00\x01\x02" * 100)
    (sources / "empty.txt").write_text("")
    (sources / "picture.png").write_bytes(b"\x89PNG")
    report = run()
    assert report.documents == 3
    assert [skipped.source for skipped in report.skipped] == ["binary.txt", "blank.txt", "empty.txt", "picture.png"]
    assert all(skipped.reason for skipped in report.skipped)
    again = run()
    assert again.generation == report.generation
    assert again.skipped == report.skipped


def test_a_mended_file_is_taken_up_and_a_broken_one_leaves(run: Build, sources: Path) -> None:
    (sources / "blank.txt").write_text("   \n")
    run()
    (sources / "blank.txt").write_text("Now it says something about ships.")
    (sources / "one.txt").write_bytes(b"\x00\x01" * 100)
    report = run()
    assert documents(report) == (1, 0, 1, 2)
    assert [skipped.source for skipped in report.skipped] == ["one.txt"]


def test_nothing_to_index_is_an_error_and_the_old_index_stays(run: Build, sources: Path, index: Path) -> None:
    first = run()
    for path in sources.rglob("*.txt"):
        path.unlink()
    (sources / "blank.txt").write_text("  \n")
    with pytest.raises(SourceError, match=r"nothing to index.*blank\.txt.*--sources"):
        run()
    assert open_index(index).generation == first.generation
    with pytest.raises(SourceError, match="does not exist"):
        run(sources=sources / "no such folder")


# ---------------------------------------------------------------- an index that cannot be used further


def test_another_model_embeds_everything_and_says_so(run: Build, index: Path) -> None:
    run()
    report = run(embedder=HashingEmbedder(dimension=32, name="other"))
    assert (report.embedded, report.unchanged) == (3, 3)
    assert report.notes == ("Everything was embedded again: by other, before by hashing.",)
    assert open_index(index).vectors.dimension == 32


def test_other_chunk_settings_read_everything_and_embed_what_is_new(run: Build) -> None:
    run()
    report = run(chunk_tokens=16, overlap_tokens=0)
    assert report.chunks > 3
    assert 0 < report.embedded <= report.chunks
    assert "chunk settings" in report.notes[0]


def test_other_reading_rules_read_everything_and_embed_nothing(run: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    monkeypatch.setattr(build_settings, "reading_rules", lambda: "other rules")
    report = run()
    assert (report.embedded, report.unchanged, len(report.notes)) == (0, 3, 1)
    assert run().notes == ()


def test_a_second_builder_is_refused(run: Build, index: Path) -> None:
    with build_lock(index), pytest.raises(IndexBusyError):
        run()


# ---------------------------------------------------------------- a part of the sources


def test_only_the_paths_given_are_taken_up(run: Build, sources: Path, index: Path) -> None:
    run()
    (sources / "one.txt").write_text(ONE + "More.")
    (sources / "two.txt").unlink()
    (sources / "inner" / "four.txt").write_text("A fourth text about ships.")
    report = run(paths=[sources / "inner"])
    assert documents(report) == (1, 0, 0, 3)
    opened = open_index(index)
    assert opened.catalog.document("one.txt").text == ONE
    status = compare_with_sources(opened, sources, 10_000)
    assert (status.added, status.changed, status.removed) == ((), ("one.txt",), ("two.txt",))
    assert documents(run(paths=[Path("two.txt"), sources / "one.txt"])) == (0, 1, 1, 2)


def test_a_first_build_of_a_part_indexes_that_part(run: Build, sources: Path, index: Path) -> None:
    assert run(paths=[sources / "one.txt"]).documents == 1
    assert compare_with_sources(open_index(index), sources, 10_000).added == ("inner/three.txt", "two.txt")


def test_the_sources_folder_itself_is_everything(run: Build, sources: Path) -> None:
    assert run(paths=[sources]).documents == 3


def test_a_path_elsewhere_or_nowhere_is_refused(run: Build, sources: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(ONE)
    with pytest.raises(UsageError, match=r"not in the sources folder.*Put it there"):
        run(paths=[outside])
    with pytest.raises(UsageError, match="does not exist"):
        run(paths=[sources / "nothing.txt"])
    with pytest.raises(UsageError, match="takes no paths"):
        run(paths=[sources], rebuild=True)


def test_with_other_settings_a_part_becomes_everything(run: Build, sources: Path) -> None:
    run()
    report = run(paths=[sources / "one.txt"], chunk_tokens=100)
    assert report.documents == 3
    assert "All sources were taken up" in report.notes[1]


# ---------------------------------------------------------------- the status


def test_the_status_compares_with_the_sources_as_they_are(run: Build, sources: Path, index: Path) -> None:
    report = run()
    opened = open_index(index)
    status = compare_with_sources(opened, sources, 10_000)
    assert (status.generation, status.documents, status.chunks) == (report.generation, 3, 3)
    assert (status.embedding_model, status.stale) == ("hashing", False)
    assert status.built_at.endswith("+00:00")
    (sources / "one.txt").unlink()
    (sources / "two.txt").write_text("Other text.")
    (sources / "zero.txt").write_text("New text.")
    status = compare_with_sources(opened, sources, 10_000)
    assert (status.added, status.changed, status.removed, status.stale) == (
        ("zero.txt",),
        ("two.txt",),
        ("one.txt",),
        True,
    )


def test_a_file_that_goes_away_while_it_is_looked_at_is_no_crash(sources: Path) -> None:
    listing = find_sources(sources, 10_000)
    (sources / "one.txt").unlink()
    assert detect_changes(listing.files, []).records["one.txt"].sha256 == ""


# ---------------------------------------------------------------- opening


def test_a_reader_keeps_what_it_opened(run: Build, sources: Path, index: Path) -> None:
    first = run()
    opened = open_index(index)
    for number in range(3):
        (sources / "one.txt").write_text(f"Version {number} of the text.")
        run()
    assert not (index / "generations" / first.generation).exists()
    assert opened.catalog.document("one.txt").text == ONE
    assert opened.catalog.chunks([0, 1, 2])[1].text.startswith("The minister")
    assert opened.vectors.reconstruct(np.arange(3)).shape == (3, 64)
    assert opened.lexical.search("minister", 1)[0].tolist() == [1]
    assert opened.vectors.search(HashingEmbedder().embed_queries(["minister"])[0], 1)[0].tolist() == [1]


def test_readers_that_open_while_it_is_built_see_one_generation_or_the_other(
    run: Build, sources: Path, index: Path
) -> None:
    run()

    def read(_: int) -> bool:
        opened = open_index(index)
        texts = [document.text for document in opened.catalog.documents()]
        chunks = opened.catalog.chunks(range(len(opened.vectors)))
        opened.close()
        return all(any(chunk.text in text for text in texts) for chunk in chunks)

    with ThreadPoolExecutor(2) as executor:
        results = executor.map(read, range(60))
        for number in range(8):
            (sources / "one.txt").write_text(f"Version {number} of the text.")
            run()
        assert all(results)


def test_other_settings_are_refused_with_both_values(run: Build, index: Path) -> None:
    run()
    manifest = open_index(index).manifest
    fingerprint = HashingEmbedder().fingerprint
    check_settings(manifest, model="renamed", fingerprint=fingerprint, chunk_tokens=160, overlap_tokens=32)
    with pytest.raises(IndexMismatchError, match=r"hashing .*other .*rag index --rebuild"):
        check_settings(manifest, model="other", fingerprint="0" * 64, chunk_tokens=160, overlap_tokens=32)
    with pytest.raises(IndexMismatchError, match=r"160 tokens .* 32, .* 200 and 10.*rag index --rebuild"):
        check_settings(manifest, model="hashing", fingerprint=fingerprint, chunk_tokens=200, overlap_tokens=10)
