"""Builds: what is read, embedded and written again when something changed, and what is not."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, SourceError, UsageError
from rag.generations import build_lock, locate_generation, new_generation, publish
from rag.index_reader import CATALOG, LEXICAL, VECTORS, check_settings, diagnose_index, open_index
from rag.indexing import build, builder, compare_with_sources
from rag.indexing.changes import detect_changes
from rag.lexical import LexicalIndex
from rag.sources import SourceReader, find_sources
from rag.types import Fault, IndexReport, Progress
from rag.vector_store import FaissVectorStore
from tests.doubles import HashingEmbedder

ONE = "The minister said that talks would resume. Nobody was named to lead them.\n"
TWO = "Bread is baked from flour, water and salt. Bakers bake it at night.\n"
THREE = "Anna Berg said: “We will stay.” She gave no reason.\n"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    (folder / "inner").mkdir(parents=True)
    (folder / "one.txt").write_text(ONE)
    (folder / "two.txt").write_text(TWO)
    (folder / "inner" / "three.txt").write_text(THREE)
    return folder


Build = Callable[..., IndexReport]


@pytest.fixture
def run(tmp_path: Path, sources: Path) -> Build:
    """Build the index of `sources` with a new embedder each time, unless told otherwise."""

    def call(**changes: object) -> IndexReport:
        arguments: dict[str, object] = {
            "sources": sources,
            "index": tmp_path / "index",
            "embedder": HashingEmbedder(),
            "chunk_tokens": 160,
            "overlap_tokens": 32,
            "size_limit": 10_000,
        }
        return build(**{**arguments, **changes})  # type: ignore[arg-type]

    return call


def documents(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


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
    assert set(manifest.files) == {
        CATALOG,
        VECTORS,
        *(f"{LEXICAL}/{path.name}" for path in (folder(index) / LEXICAL).iterdir()),
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
    updated, made = open_index(index), open_index(tmp_path / "other")
    assert tuple(updated.catalog.indexed_documents()) == tuple(made.catalog.indexed_documents())
    rows = np.arange(len(made.vectors))
    assert np.array_equal(updated.vectors.reconstruct(rows), made.vectors.reconstruct(rows))
    assert np.array_equal(updated.lexical.scores("minister bread"), made.lexical.scores("minister bread"))


def test_a_renamed_file_and_a_copy_cost_no_embedding(run: Build, sources: Path) -> None:
    (sources / "two.txt").write_text("The Bread of the Town\n\n" + TWO)
    run()
    (sources / "two.txt").rename(sources / "renamed.txt")
    (sources / "copy.txt").write_text((sources / "renamed.txt").read_text())
    report = run()
    assert documents(report) == (2, 0, 1, 2)
    assert report.embedded == 0


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
    monkeypatch.setattr(builder, "reading_rules", lambda: "other rules")
    report = run()
    assert (report.embedded, report.unchanged, len(report.notes)) == (0, 3, 1)
    assert run().notes == ()


@pytest.mark.parametrize("name", [CATALOG, VECTORS, f"{LEXICAL}/vocab.index.json", "manifest.json"])
def test_a_damaged_index_is_made_again_with_a_note(run: Build, index: Path, name: str) -> None:
    run()
    path = folder(index) / name
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(IndexDamagedError, match=name):
        open_index(index)
    faults = diagnose_index(index)
    assert [fault.remedy for fault in faults] == ["rag index --rebuild"]
    assert name in faults[0].problem
    report = run()
    assert report.embedded == 3
    assert name in report.notes[0]
    assert diagnose_index(index) == ()


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


# ---------------------------------------------------------------- the doctor


def remake(index: Path, spoil: Callable[[Path], None]) -> None:
    """Publish the generation that counts once more, spoilt before it is hashed: damage that no hash shows."""
    before = locate_generation(index)
    with new_generation(index) as working:
        shutil.copytree(before.folder, working, dirs_exist_ok=True)
        (working / "manifest.json").unlink()
        spoil(working)
        publish(index, working, before.manifest)


def misquote(working: Path) -> None:
    with closing(sqlite3.connect(working / CATALOG)) as connection, connection:
        connection.execute("UPDATE chunks SET text = 'Nobody said this.' WHERE source = 'one.txt'")
        connection.execute("UPDATE quotations SET quote = 'Nobody said this.' WHERE source = 'inner/three.txt'")


def lose_a_chunk(working: Path) -> None:
    with closing(sqlite3.connect(working / CATALOG)) as connection, connection:
        connection.execute("DELETE FROM chunks WHERE source = 'one.txt'")


def break_a_vector(working: Path) -> None:
    content = bytearray((working / VECTORS).read_bytes())
    content[-64 * 4 :] = np.full(64, np.nan, dtype=np.float32).tobytes()
    (working / VECTORS).write_bytes(content)


def lose_the_words(working: Path) -> None:
    LexicalIndex.build(["one", "two"]).save(working / LEXICAL)


def lose_the_vectors(working: Path) -> None:
    FaissVectorStore(64).save(working / VECTORS)


@pytest.mark.parametrize(
    ("spoil", "problems"),
    [
        (misquote, ["a quotation of inner/three.txt is not", "a passage of one.txt is not"]),
        (break_a_vector, ["1 of the vectors from row 0 on"]),
        (lose_a_chunk, ["do not belong together"]),
        (lose_the_words, ["do not belong together"]),
        (lose_the_vectors, ["do not belong together"]),
    ],
)
def test_the_doctor_names_what_no_hash_shows(
    run: Build, index: Path, spoil: Callable[[Path], None], problems: list[str]
) -> None:
    run()
    remake(index, spoil)
    faults = diagnose_index(index)
    assert len(faults) == len(problems)
    assert all(problem in fault.problem for fault, problem in zip(faults, problems, strict=True))
    assert {fault.remedy for fault in faults} == {"rag index --rebuild"}


def test_the_doctor_finds_no_index(index: Path) -> None:
    assert diagnose_index(index) == (Fault("index", f"There is no index in {index} yet", "rag index"),)
