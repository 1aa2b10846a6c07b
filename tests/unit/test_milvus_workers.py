"""Workers that embed into one server, in processes of their own, and the index that is made after them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import StoreUnreachableError, UsageError
from rag.index_reader import open_index
from rag.indexing import BuildSettings, embed_share, parse_worker
from rag.indexing.sharing import Worker
from rag.stores.address import IN_FILES, parse_store
from tests.doubles import HashingEmbedder
from tests.indexes import make_library

pytest.importorskip("milvus_lite")

ROOT = Path(__file__).resolve().parents[2]
STARTING = 60
"""Seconds that a server may take to start."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A Milvus Lite server on loopback, as a store's setting names it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen([*command, "--data-dir", str(tmp_path / "server")], stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"milvus:http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not start")


def test_workers_embed_everything_once_and_the_index_finds_it(server: str, tmp_path: Path) -> None:
    library = make_library(tmp_path)
    for number in range(12):
        library.write(f"more{number}.txt", f"Text number {number} is about bread, talks and version {number}.\n")
    command = [sys.executable, "-m", "tests.milvus_worker"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen([*command, f"{k}/2", server, str(library.sources)], stdout=subprocess.PIPE, env=environment)
        for k in (1, 2)
    ]
    reports = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert [report["worker"] for report in reports] == ["1/2", "2/2"]
    assert all(report["files"] > 0 for report in reports)
    for name in ("files", "chunks", "embedded"):
        assert sum(report[name] for report in reports) == 15
    report = library.build(store=parse_store(server))
    assert (report.chunks, report.embedded) == (15, 0)
    assert library.embedder.passages == []
    with closing(open_index(library.index, store=parse_store(server))) as opened:
        assert len(opened.store) == 15


@given(st.text(max_size=40), st.integers(1, 9))
def test_each_file_is_in_one_share(path: str, count: int) -> None:
    assert sum(Worker(number, count).has(path) for number in range(1, count + 1)) == 1


@pytest.mark.parametrize("value", ["", "1", "0/2", "3/2", "-1/2", "a/b", "1/0"])
def test_what_is_no_worker_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="is no worker: name which of how many it is"):
        parse_worker(value)


def test_a_worker_needs_a_server(tmp_path: Path) -> None:
    settings = BuildSettings(tmp_path, tmp_path, HashingEmbedder(), 160, 32, 10_000, store=IN_FILES)
    with pytest.raises(UsageError, match="name a server"):
        embed_share(settings, Worker(1, 1), lambda _: None)


def test_a_server_that_does_not_answer_is_named_without_what_is_secret(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    store = parse_store("milvus:http://root:secret@127.0.0.1:1")
    with pytest.raises(StoreUnreachableError) as caught:
        library.build(store=store)
    message = str(caught.value)
    assert message.startswith("The store milvus:http://127.0.0.1:1 cannot be used (Fail connecting to server")
    assert "secret" not in message
    assert caught.value.exit_status == 3
    assert not (library.index / "current.json").exists()
