"""Generations on disk: whole or not there, swapped at once, locked while made, checked when opened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, IndexMissingError, UsageError
from rag.generations import (
    KEPT,
    MANIFEST,
    POINTER,
    Generation,
    Manifest,
    build_lock,
    carry_over,
    checking,
    damages,
    files,
    find_generation,
    locate_generation,
    manifest,
    new_generation,
    publish,
    read_pointer,
    roll_back,
)

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
BLUEPRINT = Manifest(
    embedding_model="hashing",
    fingerprint="f" * 64,
    dimension=4,
    chunk_tokens=160,
    overlap_tokens=32,
    reader="r",
    documents=1,
    chunks=2,
    quotations=3,
    sources="sources — здесь",
)


def make(index: Path, content: str = "content") -> Generation:
    """Make a generation of two files."""
    with new_generation(index) as folder:
        (folder / "one").write_text(content)
        (folder / "inner").mkdir()
        (folder / "inner" / "two").write_text("two")
        return publish(index, folder, BLUEPRINT)


def names(index: Path) -> set[str]:
    return {path.name for path in (index / "generations").iterdir()}


def test_what_was_published_is_found(tmp_path: Path) -> None:
    made = make(tmp_path)
    found = find_generation(tmp_path)
    assert found == made
    assert (found.folder / "one").read_text() == "content"
    assert found.manifest.embedding_model == "hashing"
    assert found.manifest.sources == BLUEPRINT.sources
    assert {name: entry.size for name, entry in found.manifest.files.items()} == {"one": 7, "inner/two": 3}
    assert list(damages(found, contents=True)) == []


def test_the_pointer_and_the_manifest_are_plain_json(tmp_path: Path) -> None:
    made = make(tmp_path)
    assert json.loads((tmp_path / POINTER).read_text())["generation"] == made.id
    assert json.loads((made.folder / MANIFEST).read_text())["chunks"] == 2


def test_the_last_generations_are_kept(tmp_path: Path) -> None:
    made = [make(tmp_path, str(number)) for number in range(KEPT)]
    assert names(tmp_path) == {each.id for each in made}
    last = make(tmp_path)
    assert names(tmp_path) == {each.id for each in (*made[1:], last)}
    pointer = read_pointer(tmp_path)
    assert pointer is not None
    assert [step.generation for step in pointer.steps] == [last.id, *(each.id for each in reversed(made[1:]))]
    assert find_generation(tmp_path) == last
    assert find_generation(tmp_path, pointer.before[0]) == made[-1]


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    made = make(tmp_path)
    with pytest.raises(FileNotFoundError), new_generation(tmp_path) as folder:
        (folder / "half" / "no such folder").write_text("half")
    assert names(tmp_path) == {made.id}
    assert find_generation(tmp_path) == made


def test_taking_over_copies_what_is_small_and_links_what_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(tmp_path)
    for limit, linked in ((10, False), (9, True)):
        monkeypatch.setattr(files, "COPIED_UP_TO", limit)
        with new_generation(tmp_path) as folder:
            carried = carry_over(made, ["one", "inner"], folder)
            assert carried == made.manifest.files
            assert (folder / "inner" / "two").read_text() == "two"
            assert (folder / "one").samefile(made.folder / "one") == linked
            found = publish(tmp_path, folder, BLUEPRINT, carried=carried)
            assert found.manifest.files == made.manifest.files


def test_damage_is_not_taken_over(tmp_path: Path) -> None:
    made = make(tmp_path)
    flip(made.folder / "inner" / "two")
    with new_generation(tmp_path) as folder, pytest.raises(IndexDamagedError, match="two was altered"):
        carry_over(made, ["inner"], folder)
    (made.folder / "one").unlink()
    with new_generation(tmp_path) as folder, pytest.raises(IndexDamagedError, match="one is missing"):
        carry_over(made, ["one"], folder)


# ---------------------------------------------------------------- going back


def test_going_back_goes_one_generation_at_a_time(tmp_path: Path) -> None:
    first, second, third = make(tmp_path, "1"), make(tmp_path, "2"), make(tmp_path, "3")
    assert roll_back(tmp_path) == (second, third.id, ())
    assert find_generation(tmp_path) == second
    assert roll_back(tmp_path) == (first, second.id, ())
    with pytest.raises(IndexMissingError, match="no generation before"):
        roll_back(tmp_path)
    assert find_generation(tmp_path) == first
    last = make(tmp_path, "4")
    assert names(tmp_path) == {first.id, last.id}


def test_going_back_passes_over_what_is_damaged(tmp_path: Path) -> None:
    first, second, third = make(tmp_path, "1"), make(tmp_path, "2"), make(tmp_path, "3")
    flip(second.folder / "one")
    assert roll_back(tmp_path) == (first, third.id, (second.id,))


def test_nowhere_to_go_back_to(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="no index"):
        roll_back(tmp_path)


# ---------------------------------------------------------------- opening


def test_nothing_indexed_is_missing(tmp_path: Path) -> None:
    assert read_pointer(tmp_path) is None
    with pytest.raises(IndexMissingError, match="rag index"):
        find_generation(tmp_path / "no such folder")


def remove(path: Path) -> None:
    path.unlink()


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [remove, shorten, flip])
@pytest.mark.parametrize("name", ["one", "inner/two", MANIFEST])
def test_a_missing_or_altered_file_is_named(tmp_path: Path, damage: Callable[[Path], None], name: str) -> None:
    made = make(tmp_path)
    damage(made.folder / name)
    with pytest.raises(IndexDamagedError, match=f"{name}.*rag index --rebuild"):
        find_generation(tmp_path)


def test_a_large_generation_is_hashed_by_the_doctor_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "HASHED_AT_OPENING", 5)
    with new_generation(tmp_path) as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "large").write_bytes(bytes(50_000))
        made = publish(tmp_path, folder, BLUEPRINT)
    large = made.folder / "inner" / "large"
    flip(large)
    assert find_generation(tmp_path) == made
    assert list(damages(locate_generation(tmp_path), contents=True)) == [f"{large} was altered"]
    large.write_bytes(bytes(49_999) + b"x")
    with pytest.raises(IndexDamagedError, match="large was altered"):
        find_generation(tmp_path)
    shorten(large)
    with pytest.raises(IndexDamagedError, match="has 49999 bytes instead of 50000"):
        find_generation(tmp_path)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"generation": 1, "manifest_sha256": ""}', '{"generation": "../up", "manifest_sha256": ""}'],
)
def test_a_broken_pointer_is_damage(tmp_path: Path, content: str) -> None:
    make(tmp_path)
    (tmp_path / POINTER).write_text(content)
    with pytest.raises(IndexDamagedError, match=POINTER):
        find_generation(tmp_path)
    assert make(tmp_path) == find_generation(tmp_path)


def test_another_format_is_refused_with_both_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path)
    monkeypatch.setattr(manifest, "FORMAT", 7)
    with pytest.raises(IndexMismatchError, match=r"has format 3, this program reads format 7.*rag index --rebuild"):
        find_generation(tmp_path)


# ---------------------------------------------------------------- the lock


def test_a_second_builder_is_refused_at_once(tmp_path: Path) -> None:
    with build_lock(tmp_path), pytest.raises(IndexBusyError, match="Another process"), build_lock(tmp_path):
        pass
    with build_lock(tmp_path):
        pass


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from rag.generations import build_lock\n"
        "with build_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(IndexBusyError), build_lock(tmp_path):
            pass
        holder.kill()
    with build_lock(tmp_path):
        pass


def test_a_place_that_cannot_be_written_is_an_error_for_people(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot be written.*--index"), build_lock(tmp_path / "file" / "index"):
        pass


@pytest.mark.skipif(AS_ROOT, reason="root may write anywhere")
def test_a_read_only_folder_is_an_error_for_people(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(UsageError, match="Permission denied"), build_lock(tmp_path):
        pass
