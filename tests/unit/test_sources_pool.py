"""Files are read in processes of their own: what hangs or crashes there is named, and everything else goes on.

Hanging and crashing are made from outside, with signals to the processes (their ids are those of this process's
children), so that the product needs no reader that misbehaves on purpose.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.sources import Reading, SourceFile, SourceReader, read_file

ROWS = "Year,Revenue\n2022,5.3\n"
SIGNALS = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are found through /proc")


def table(folder: Path, name: str = "a.csv", rows: int = 1) -> SourceFile:
    path = folder / name
    path.write_text("Year,Revenue\n" + "2022,5.3\n" * rows, encoding="utf-8")
    return SourceFile(name, path, path.stat().st_size, 0)


def children(parent: int) -> set[int]:
    """The ids of the processes that a process has started and that have not ended."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, above = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(above) == parent and state != "Z":
            found.add(int(folder.name))
    return found


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)


@pytest.fixture
def reader() -> Iterator[SourceReader]:
    before = children(os.getpid())
    with SourceReader(workers=2) as opened:
        yield opened
    assert children(os.getpid()) <= before


def process_of(reader: SourceReader, folder: Path) -> int:
    """The process that the next file will be read in; it has read one file."""
    before = children(os.getpid())
    reader.read(table(folder, "first.csv"))
    (process,) = children(os.getpid()) - before
    return process


def test_a_file_is_read_the_same_in_another_process_as_in_this_one(reader: SourceReader, tmp_path: Path) -> None:
    file = table(tmp_path, rows=3)

    reading = reader.read(file)

    assert reading == read_file(file)
    assert reading.documents[0].text.endswith("Year: 2022 | Revenue: 5.3")


def test_a_reason_comes_back_as_it_is(reader: SourceReader, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"no workbook")

    with pytest.raises(SourceError, match=r"^it is called \.xlsx but is not an Excel workbook: get it again"):
        reader.read(SourceFile("a.xlsx", path, 11, 0))


@SIGNALS
def test_small_plain_text_needs_no_process_and_large_does(reader: SourceReader, tmp_path: Path) -> None:
    before = children(os.getpid())
    small, large = tmp_path / "small.txt", tmp_path / "large.txt"
    small.write_text("Mice sleep.")
    large.write_text("Mice sleep.\n" * 100_000)

    assert reader.read(SourceFile("small.txt", small, 11, 0)).documents[0].text == "Mice sleep."
    assert children(os.getpid()) == before
    assert reader.read(SourceFile("large.txt", large, 1_200_000, 0)).documents[0].text == "Mice sleep.\n" * 100_000
    assert len(children(os.getpid()) - before) == 1


@SIGNALS
def test_one_process_reads_many_files(reader: SourceReader, tmp_path: Path) -> None:
    process = process_of(reader, tmp_path)

    for number in range(5):
        reader.read(table(tmp_path, f"{number}.csv"))

    assert children(os.getpid()) >= {process}


@SIGNALS
def test_several_threads_read_at_once_in_as_many_processes_as_allowed(reader: SourceReader, tmp_path: Path) -> None:
    before = children(os.getpid())
    files = [table(tmp_path, f"{number}.csv", rows=number + 1) for number in range(12)]

    with ThreadPoolExecutor(6) as threads:
        readings = list(threads.map(reader.read, files))

    assert [len(reading.documents[0].blocks) for reading in readings] == [number + 2 for number in range(12)]
    assert len(children(os.getpid()) - before) == reader.workers == 2


@SIGNALS
def test_what_hangs_is_ended_and_named_and_the_next_file_is_read(tmp_path: Path) -> None:
    with SourceReader(seconds=0.5, workers=1) as reader:
        process = process_of(reader, tmp_path)
        os.kill(process, signal.SIGSTOP)

        with pytest.raises(
            SourceError, match=r"^reading it took longer than 0\.5 seconds: split it, or raise RAG_FILE_SECONDS_LIMIT$"
        ):
            reader.read(table(tmp_path))

        assert process not in children(os.getpid())
        assert reader.read(table(tmp_path)).documents


def read_in_thread(reader: SourceReader, file: SourceFile) -> tuple[threading.Thread, list[Reading | SourceError]]:
    outcome: list[Reading | SourceError] = []

    def read() -> None:
        try:
            outcome.append(reader.read(file))
        except SourceError as error:
            outcome.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    return thread, outcome


@SIGNALS
def test_a_crash_of_the_first_reading_of_a_process_is_the_files(reader: SourceReader, tmp_path: Path) -> None:
    before = children(os.getpid())
    thread, outcome = read_in_thread(reader, table(tmp_path, rows=200_000))
    wait_for(lambda: children(os.getpid()) - before)
    (process,) = children(os.getpid()) - before
    wait_for(lambda: cpu_ticks(process) > 60)
    os.kill(process, signal.SIGSEGV)
    thread.join()

    assert str(outcome[0]) == (
        "its reader crashed (SIGSEGV), so it may be damaged: open it in the program that made it and save it again, "
        "or convert it to plain text"
    )
    assert reader.read(table(tmp_path, "b.csv")).documents


def cpu_ticks(process: int) -> int:
    """How long a process has run, in hundredths of a second."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@SIGNALS
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_a_process_that_dies_of_what_it_read_before_is_replaced_in_silence(
    reader: SourceReader, tmp_path: Path, number: signal.Signals
) -> None:
    process = process_of(reader, tmp_path)
    os.kill(process, number)

    assert reader.read(table(tmp_path)).documents
    assert process not in children(os.getpid())


def test_what_takes_more_memory_than_allowed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(b"Mice sleep.\n" * 20_000_000)

    with SourceReader(workers=1, memory_bytes=400 << 20) as reader:
        with pytest.raises(
            SourceError, match=r"^reading it took more memory than 0\.391 GiB: split it into smaller files$"
        ):
            reader.read(SourceFile("large.txt", path, path.stat().st_size, 0))
        assert reader.read(table(tmp_path)).documents


def test_an_archive_that_unpacks_to_more_than_the_limit_is_refused(reader: SourceReader, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", bytes(600_000_000))
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(buffer.getvalue())

    with pytest.raises(SourceError, match=r"it unpacks to more than 500,000,000 bytes"):
        reader.read(SourceFile("bomb.xlsx", path, path.stat().st_size, 0))


@SIGNALS
def test_closing_ends_what_is_being_read(tmp_path: Path) -> None:
    reader = SourceReader(workers=1)
    before = children(os.getpid())
    process = process_of(reader, tmp_path)
    os.kill(process, signal.SIGSTOP)
    errors: list[BaseException] = []

    def read() -> None:
        try:
            reader.read(table(tmp_path))
        except (SourceError, RuntimeError) as error:
            errors.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    time.sleep(0.2)
    reader.close()
    thread.join(10)

    assert not thread.is_alive()
    assert len(errors) == 1
    assert children(os.getpid()) == before
    with pytest.raises(RuntimeError, match="closed"):
        reader.read(table(tmp_path))


@SIGNALS
def test_nothing_is_left_of_a_reader_that_nobody_closed(tmp_path: Path) -> None:
    reader = SourceReader(workers=1)
    process = process_of(reader, tmp_path)

    del reader

    wait_for(lambda: process not in children(os.getpid()))


ORPHAN = """
    import sys, time
    from pathlib import Path
    from rag.sources import SourceFile, SourceReader

    if __name__ == "__main__":
        reader = SourceReader(workers=1)
        path = Path(sys.argv[1])
        reader.read(SourceFile("a.csv", path, path.stat().st_size, 0))
        print("ready", flush=True)
        time.sleep(600)
"""


@SIGNALS
def test_a_parent_that_is_killed_leaves_no_process(tmp_path: Path, repository: Path) -> None:
    file = table(tmp_path)
    program = tmp_path / "orphan.py"
    program.write_text(textwrap.dedent(ORPHAN), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(program), str(file.path)],
        stdout=subprocess.PIPE,
        cwd=repository,
        env=environment(repository),
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        (process,) = children(parent.pid)
        parent.kill()

    wait_for(lambda: not is_running(process))


def is_running(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def environment(repository: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(repository)}
