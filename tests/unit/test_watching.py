"""Noticing changes, with real files and real notifications."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import watching
from rag.errors import SourceError, UsageError
from rag.types import SourceChanges
from rag.watching import compare, watch

SECONDS = 20
NOTHING_SECONDS = 0.7
"""How long a test waits to see that nothing comes."""


def look(folder: Path) -> Mapping[str, tuple[int, int]]:
    """Find the files that are not hidden."""
    if not folder.is_dir():
        raise SourceError(f"The sources folder {folder} does not exist.")
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            found[path.relative_to(folder).as_posix()] = (path.stat().st_size, path.stat().st_mtime_ns)
    return found


class Watcher:
    """Collects what `watch` yields in a thread of its own; `gate`, while it is closed, holds the thread up."""

    def __init__(self, folder: Path, **options: float) -> None:
        self.folder = folder
        self.told: queue.Queue[SourceChanges] = queue.Queue()
        self.stop, self.gate, self.looks = threading.Event(), threading.Event(), 0
        self.gate.set()
        changes = watch(folder, self._look, self.stop, **options)
        self.thread = threading.Thread(target=self._collect, args=(changes,), daemon=True)
        self.thread.start()

    def _look(self) -> Mapping[str, tuple[int, int]]:
        self.looks += 1
        return look(self.folder)

    def _collect(self, changes: Iterator[SourceChanges]) -> None:
        for change in changes:
            self.told.put(change)
            self.gate.wait(SECONDS)

    def next(self) -> SourceChanges:
        return self.told.get(timeout=SECONDS)

    def assert_nothing(self) -> None:
        with pytest.raises(queue.Empty):
            self.told.get(timeout=NOTHING_SECONDS)


@pytest.fixture(autouse=True)
def shorter_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "WAIT_MILLISECONDS", 200)
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sources"
    made.mkdir()
    (made / "a.txt").write_text("one")
    return made


@pytest.fixture(params=["notified", "polling"])
def watcher(folder: Path, request: pytest.FixtureRequest) -> Iterator[Watcher]:
    made = Watcher(folder, polling=request.param == "polling")
    yield made
    made.stop.set()
    made.thread.join(SECONDS)
    assert not made.thread.is_alive()


def test_added_changed_and_removed_files_are_told(watcher: Watcher, folder: Path) -> None:
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "deep" / "deeper" / "b.txt").write_text("two")
    assert watcher.next() == SourceChanges(added=("deep/deeper/b.txt",))
    (folder / "a.txt").write_text("other")
    assert watcher.next() == SourceChanges(changed=("a.txt",))
    (folder / "deep" / "deeper" / "b.txt").rename(folder / "c.txt")
    assert watcher.next() == SourceChanges(added=("c.txt",), removed=("deep/deeper/b.txt",))
    watcher.assert_nothing()


def test_a_burst_is_one_change(folder: Path) -> None:
    watcher = Watcher(folder)
    for number in range(100):
        (folder / f"{number:03}.txt").write_text("text")
    first = watcher.next()
    assert first.added == tuple(f"{number:03}.txt" for number in range(100))
    watcher.assert_nothing()
    watcher.stop.set()


def test_what_changes_while_the_last_change_is_worked_on_comes_next(watcher: Watcher, folder: Path) -> None:
    watcher.gate.clear()
    (folder / "b.txt").write_text("two")
    assert watcher.next().added == ("b.txt",)
    (folder / "c.txt").write_text("three")
    (folder / "b.txt").unlink()
    watcher.assert_nothing()
    watcher.gate.set()
    assert watcher.next() == SourceChanges(added=("c.txt",), removed=("b.txt",))


def test_what_happened_between_the_first_look_and_the_first_wait_is_told(folder: Path) -> None:
    stop = threading.Event()
    changes = watch(folder, lambda: look(folder), stop)
    (folder / "early.txt").write_text("early")
    assert next(changes).added == ("early.txt",)
    stop.set()
    assert list(changes) == []


def test_files_that_do_not_count_and_reading_wake_nobody_up(folder: Path) -> None:
    watcher = Watcher(folder)
    time.sleep(0.5)
    looks = watcher.looks
    (folder / "a.txt").read_text()
    (folder / ".git").mkdir()
    time.sleep(0.5)
    between = watcher.looks
    (folder / ".git" / "objects").write_text("x")
    watcher.assert_nothing()
    assert (between, watcher.looks) == (looks + 1, looks + 1)
    watcher.stop.set()


def test_without_notifications_the_folder_is_looked_at_now_and_then(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a network share, where other machines' changes are not notified."""
    import watchfiles

    def silent(*_: object, **options: object) -> Iterator[set[object]]:
        while not options["stop_event"].is_set():  # type: ignore[attr-defined]
            time.sleep(0.02)
            yield set()

    monkeypatch.setattr(watchfiles, "watch", silent)
    watcher = Watcher(folder, look_seconds=0.2)
    (folder / "b.txt").write_text("two")
    assert watcher.next().added == ("b.txt",)
    watcher.stop.set()


def test_where_the_system_has_no_more_notifications_it_looks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import watchfiles

    def exhausted(*_: object, **__: object) -> Iterator[set[object]]:
        raise OSError(28, "OS file watch limit reached.")

    monkeypatch.setattr(watchfiles, "watch", exhausted)
    watcher = Watcher(folder)
    (folder / "b.txt").write_text("two")
    assert watcher.next().added == ("b.txt",)
    watcher.stop.set()


def test_a_folder_that_goes_and_comes_back_is_watched_again(folder: Path) -> None:
    watcher = Watcher(folder)
    time.sleep(0.5)
    shutil.rmtree(folder)
    told = watcher.next()
    if told.any:  # the files went before the folder
        assert told == SourceChanges(removed=("a.txt",))
        told = watcher.next()
    assert told == SourceChanges()
    watcher.assert_nothing()
    folder.mkdir()
    (folder / "b.txt").write_text("two")
    assert "b.txt" in (watcher.next().added or watcher.next().added)
    (folder / "c.txt").write_text("three")
    assert watcher.next().added == ("c.txt",)
    watcher.stop.set()


def test_a_look_that_fails_is_told_once_and_made_up_for(folder: Path) -> None:
    trouble: list[UsageError] = []

    def moody() -> Mapping[str, tuple[int, int]]:
        if trouble:
            raise trouble[0]
        return look(folder)

    stop = threading.Event()
    changes = watch(folder, moody, stop, look_seconds=0)
    trouble.append(UsageError("A pattern in .ragignore is none."))
    assert next(changes) == SourceChanges()
    trouble.clear()
    assert next(changes) == SourceChanges()
    (folder / "b.txt").write_text("two")
    assert next(changes).added == ("b.txt",)
    stop.set()


def test_a_folder_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        watch(tmp_path / "none", lambda: look(tmp_path / "none"), threading.Event())


def test_waiting_costs_next_to_nothing(folder: Path) -> None:
    watcher = Watcher(folder)
    time.sleep(1.0)
    looks, used = watcher.looks, time.process_time()
    time.sleep(2.0)
    assert watcher.looks == looks
    assert time.process_time() - used < 0.2
    watcher.stop.set()


SCRIPT = """
import sys, threading
from pathlib import Path
from rag.watching import watch

def wait():
    for _ in watch(Path(sys.argv[1]), dict, threading.Event()):
        pass

threading.Thread(target=wait).start()
import time
time.sleep(1)
print("the end")
"""


def test_a_thread_that_watches_ends_with_the_program(folder: Path, repository: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(repository)}
    command = [sys.executable, "-c", SCRIPT, str(folder)]
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=SECONDS, check=True)
    assert (ended.stdout, ended.stderr) == (b"the end\n", b"")


names = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2))


@given(names, names)
def test_a_comparison_tells_every_difference_once(before: dict[str, int], now: dict[str, int]) -> None:
    changes = compare(before, now)
    assert {*changes.added, *changes.changed, *changes.removed} == {
        name for name in {*before, *now} if before.get(name) != now.get(name)
    }
    assert set(changes.added) == now.keys() - before.keys()
    assert set(changes.removed) == before.keys() - now.keys()
    assert changes.any == (before != now)


def test_changes_in_words() -> None:
    changes = SourceChanges(added=("a", "b", "c", "d"), removed=("e",))
    assert changes.summary() == "4 added (a, b, c, …), 1 removed (e)"
    assert changes.summary(most=1) == "4 added (a, …), 1 removed (e)"
    assert SourceChanges().summary() == ""
    assert watching.LOOK_SECONDS >= 10
