"""Generations on disk: whole or not there, swapped at once, locked while made, checked when opened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag import generations
from rag.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, IndexMissingError, UsageError
from rag.generations import (
    MANIFEST,
    POINTER,
    Generation,
    Manifest,
    build_lock,
    damages,
    find_generation,
    locate_generation,
    new_generation,
    publish,
    read_pointer,
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


def test_the_last_two_generations_are_kept(tmp_path: Path) -> None:
    first, second = make(tmp_path), make(tmp_path)
    assert names(tmp_path) == {first.id, second.id}
    third = make(tmp_path)
    assert names(tmp_path) == {second.id, third.id}
    pointer = read_pointer(tmp_path)
    assert pointer is not None
    assert (pointer.generation, pointer.previous) == (third.id, second.id)
    assert find_generation(tmp_path) == third


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    made = make(tmp_path)
    with pytest.raises(FileNotFoundError), new_generation(tmp_path) as folder:
        (folder / "half" / "no such folder").write_text("half")
    assert names(tmp_path) == {made.id}
    assert find_generation(tmp_path) == made


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("moment", range(1, 13))
def test_a_builder_killed_at_any_flush_or_rename_leaves_the_old_or_the_new(tmp_path: Path, moment: int) -> None:
    """Kill the process at its n-th flush, rename or removal, counted, not timed."""
    old = make(tmp_path, "old")
    program = (
        "import os, shutil, sys; from pathlib import Path; from tests.unit import test_generations as t\n"
        "left = int(sys.argv[2])\n"
        "def counted(function):\n"
        "    def call(*values, **named):\n"
        "        global left\n"
        "        left -= 1\n"
        "        if left == 0: os.kill(os.getpid(), 9)\n"
        "        return function(*values, **named)\n"
        "    return call\n"
        "os.fsync, shutil.rmtree = counted(os.fsync), counted(shutil.rmtree)\n"
        "Path.rename, Path.replace = counted(Path.rename), counted(Path.replace)\n"
        "t.make(Path(sys.argv[1]), 'new')"
    )
    command = [sys.executable, "-c", program, str(tmp_path), str(moment)]
    status = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())}).returncode
    found = find_generation(tmp_path)
    assert (found.folder / "one").read_text() == ("old" if found == old else "new")
    assert list(damages(found, contents=True)) == []
    if moment <= 9:
        assert status == -signal.SIGKILL
    last = make(tmp_path, "last")
    assert find_generation(tmp_path) == last
    assert names(tmp_path) == {found.id, last.id}
    assert {path.name for path in tmp_path.iterdir()} == {"generations", POINTER}


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
    made = make(tmp_path)
    flip(made.folder / "one")
    monkeypatch.setattr(generations, "HASHED_AT_OPENING", 5)
    assert find_generation(tmp_path) == made
    assert list(damages(locate_generation(tmp_path), contents=True)) == [f"{made.folder / 'one'} was altered"]
    shorten(made.folder / "one")
    with pytest.raises(IndexDamagedError, match="has 6 bytes instead of 7"):
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
    monkeypatch.setattr(generations, "FORMAT", 7)
    with pytest.raises(IndexMismatchError, match=r"has format 2, this program reads format 7.*rag index --rebuild"):
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
