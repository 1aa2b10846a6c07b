"""Builders that meet each other, a full disk or a folder that is not theirs: a clear error, and the index as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import IndexBusyError, UsageError
from rag.indexing import diagnose_index
from tests.crashing import in_child
from tests.indexes import Library, contents, make_library

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and users are those of POSIX")
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NOBODY = 65534

BUILDER = """
import sys
from pathlib import Path
from rag.errors import IndexBusyError
from tests.indexes import Library
library = Library(Path(sys.argv[1]))
class Slow(type(library.embedder)):
    def embed_passages(self, texts, progress=None):
        if texts:
            print("embedding", flush=True)
            sys.stdin.readline()
        return super().embed_passages(texts, progress)
try:
    print(library.build(embedder=Slow()).generation, flush=True)
except IndexBusyError as error:
    print("busy:", error, flush=True)
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = make_library(tmp_path)
    made.build()
    made.write("four.txt", "The fourth text is about ships that carry bread.")
    return made


def builder(library: Library) -> subprocess.Popen[str]:
    """Start a builder that waits for a line before it embeds."""
    return subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(library.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def test_of_two_builders_the_second_is_refused_and_the_first_finishes(library: Library) -> None:
    before = contents(library.open())
    with builder(library) as first, builder(library) as second:
        assert first.stdout is not None
        assert second.stdout is not None
        lines = {first.stdout.readline(): first, second.stdout.readline(): second}
        assert {line.partition(":")[0].strip() for line in lines} == {"embedding", "busy"}
        with pytest.raises(IndexBusyError, match="Another process"):
            library.build()
        assert contents(library.open()) == before
        winner = lines["embedding\n"]
        assert winner.communicate("go on\n")[0].strip() == library.generation.id
    assert library.open().manifest.documents == 4
    assert diagnose_index(library.index, library.sources) == ()


def test_the_lock_of_a_killed_builder_is_free(library: Library) -> None:
    with builder(library) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "embedding\n"
        first.send_signal(signal.SIGKILL)
    assert library.build().added == 1


# ---------------------------------------------------------------- a disk that is full


def fails(library: Library, match: str) -> Callable[[], None]:
    """Return what a child does: it builds, and finds that it cannot."""

    def work() -> None:
        with pytest.raises(UsageError, match=match):
            library.build()

    return work


@pytest.mark.parametrize("size", [0, 100, 1_000, 5_000, 20_000])
def test_no_room_for_a_file_is_a_clear_error_and_the_index_stays(library: Library, size: int) -> None:
    import resource

    before = contents(library.open())
    failing = fails(library, r"cannot be written to .*Make room.*The index there was is unchanged")

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        failing()

    assert in_child(work) == 0
    assert contents(library.open()) == before
    library.build()
    assert library.open().manifest.documents == 4
    assert diagnose_index(library.index, library.sources) == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A file system of 600 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)]
    if not AS_ROOT or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("file systems can be mounted by root only")
    yield folder  # type: ignore[misc]
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_a_clear_error_and_the_index_stays(small_disk: Path) -> None:
    library = make_library(small_disk)
    library.build()
    before = contents(library.open())
    library.write("four.txt", "The fourth text is about ships that carry bread. " * 100)
    filler = small_disk / "filler"
    for left in range(0, 600_000, 40_960):
        filler.write_bytes(bytes(max(0, room(small_disk) - left)))
        problem = refusal(library)
        filler.unlink()
        if problem is None:
            break
        assert "cannot be written" in problem
        assert contents(library.open()) == before
    assert left > 0
    assert library.open().manifest.documents == 4


def room(folder: Path) -> int:
    """Return how many bytes can still be written."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def refusal(library: Library) -> str | None:
    """Build, and return why that is not possible, None where it is."""
    try:
        library.build()
    except UsageError as error:
        return str(error)
    return None


# ---------------------------------------------------------------- a folder that cannot be written


def as_nobody(work: Callable[[], None]) -> int:
    """Do `work` in a child that is nobody special, and return its exit status."""

    def dropped() -> None:
        if AS_ROOT:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        work()

    return in_child(dropped)


@pytest.mark.parametrize("part", ["", "generations"])
def test_a_read_only_folder_is_a_clear_error_and_can_be_read(library: Library, part: str, tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    before = contents(library.open())
    (library.index / "build.lock").chmod(0o666)
    closed = library.index / part
    closed.chmod(0o555)
    assert as_nobody(fails(library, "cannot be written.*Permission denied")) == 0

    def read() -> None:
        assert contents(library.open()) == before
        assert diagnose_index(library.index) == ()

    assert as_nobody(read) == 0
    closed.chmod(0o755)
