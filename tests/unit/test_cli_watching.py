"""`rag index --watch`: a real process, real files, real signals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.generations import build_lock

SECONDS = 60
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way there")


class Process:
    """`rag index --watch` in a process of its own."""

    def __init__(self, folder: Path, repository: Path, *options: str) -> None:
        command = [sys.executable, "-m", "rag.cli", "index", "--watch", *options]
        places = ["--sources", str(folder / "sources"), "--index", str(folder / "index")]
        self.process = subprocess.Popen(
            [*command, *places],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(repository)},
        )
        self._watchdog = threading.Timer(SECONDS, self.process.kill)
        self._watchdog.start()

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def problem(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def end(self, number: int) -> tuple[int, str, str]:
        """Send a signal; return the exit status and what was still printed."""
        self.process.send_signal(number)
        printed, problems = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, printed, problems.strip()

    def close(self) -> None:
        self._watchdog.cancel()
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def folder(tmp_path: Path, encoders: Path) -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.txt").write_text("The harbour is safe.")
    shutil.copytree(encoders, tmp_path / "index" / "encoders")
    return tmp_path


Start = Callable[..., Process]


@pytest.fixture
def start(folder: Path, repository: Path) -> Iterator[Start]:
    started: list[Process] = []

    def begin(*options: str) -> Process:
        started.append(Process(folder, repository, *options))
        return started[-1]

    yield begin
    for process in started:
        process.close()


def test_every_change_is_a_line_until_control_c(folder: Path, start: Start) -> None:
    process = start()
    assert process.line().startswith("Indexed 1 document, 1 passage: 1 added, 1 passage embedded (")
    assert process.problem() == f"Watching {folder / 'sources'}. Ctrl-C ends it.\n"
    (folder / "sources" / "b.txt").write_text("The ferry is late.")
    line = process.line()
    assert " 1 added (b.txt). Indexed 2 documents, 2 passages: 1 added, 1 passage embedded (" in line
    (folder / "sources" / "a.txt").write_text("The harbour is closed.")
    (folder / "sources" / "bad.xyz").write_text("no such format")
    assert " 1 changed (a.txt). Indexed 2 documents" in process.line()
    (folder / "sources" / "b.txt").unlink()
    assert " 1 removed (b.txt). Indexed 1 document" in process.line()
    status, printed, problems = process.end(signal.SIGINT)
    assert (status, printed) == (130, "")
    assert problems.startswith("Skipped bad.xyz: ")
    assert problems.count("\n") == 0


def test_json_is_one_report_a_line_and_the_signal_to_end_is_obeyed(folder: Path, start: Start) -> None:
    process = start("--json")
    assert json.loads(process.line())["added"] == 1
    process.problem()
    (folder / "sources" / "a.txt").write_text("The harbour is closed.")
    assert json.loads(process.line())["changed"] == 1
    assert process.end(signal.SIGTERM) == (0, "", "")


def test_an_error_is_told_and_waited_out(folder: Path, start: Start) -> None:
    (folder / "sources" / "a.txt").unlink()
    process = start()
    assert process.problem().startswith("rag: There is nothing to index in")
    assert process.problem().startswith("Watching")
    (folder / "sources" / "a.txt").write_text("The harbour is safe.")
    assert " 1 added (a.txt). Indexed 1 document" in process.line()
    shutil.rmtree(folder / "sources")
    problem = process.problem()  # the file may be missed before the folder is
    assert "does not exist" in (process.problem() if "nothing to index" in problem else problem)
    (folder / "sources").mkdir()
    (folder / "sources" / "b.txt").write_text("The ferry is late.")
    assert "Indexed 1 document" in process.line()
    assert process.end(signal.SIGTERM)[0] == 0


def test_another_builder_is_waited_for(folder: Path, start: Start) -> None:
    process = start()
    process.line()
    process.problem()
    with build_lock(folder / "index"):
        (folder / "sources" / "b.txt").write_text("The ferry is late.")
        with pytest.raises(subprocess.TimeoutExpired):
            process.process.wait(2)
    assert " 1 added (b.txt). Indexed 2 documents" in process.line()
    assert process.end(signal.SIGINT)[0] == 130


def test_a_folder_that_is_not_there_is_an_error_at_once(folder: Path, start: Start) -> None:
    shutil.rmtree(folder / "sources")
    process = start()
    assert "does not exist" in process.problem()
    assert process.process.wait(SECONDS) == 2
