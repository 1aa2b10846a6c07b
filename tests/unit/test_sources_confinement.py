"""What a process that reads files may not do, tried in processes of their own: an audit hook cannot be taken back."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from rag.sources import SourceFile
from rag.sources.formats import DEFAULT_LIMITS
from rag.sources.wire import pack_request, receive, send

CONFINED = """
import sys
from rag.sources.confinement import confine
confine(2 << 30)
try:
    {attempt}
except (PermissionError, MemoryError, OSError) as error:
    print(type(error).__name__, error)
else:
    print("done")
"""


def attempt(statement: str, repository: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CONFINED.format(attempt=textwrap.indent(statement, "    ").strip())],
        capture_output=True,
        text=True,
        cwd=repository,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "statement",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import http.client; http.client.HTTPConnection('127.0.0.1', 9).request('GET', '/')",
        "import os; os.system('true')",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.fork()",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import subprocess; subprocess.run(['/bin/true'])",
        "import subprocess; subprocess.run('true', shell=True)",
        "import subprocess; subprocess.run(['tesseract'])",
    ],
)
def test_the_network_and_other_programs_are_refused(statement: str, repository: Path) -> None:
    assert "a reader of files may not" in attempt(statement, repository)


def test_allowed_programs_are_started_by_their_full_path(repository: Path, tmp_path: Path) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    code = f"""
        import subprocess, sys
        from rag.sources.confinement import refusing
        sys.addaudithook(refusing(frozenset([{str(program)!r}])))
        print(subprocess.run([{str(program)!r}]).returncode)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, cwd=repository, check=True
    )

    assert done.stdout == "0\n"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit address space")
def test_memory_is_limited(repository: Path) -> None:
    assert attempt("bytes(3 << 30)", repository).startswith("MemoryError")
    assert attempt("bytes(1 << 20)", repository) == "done"


LOUD = """
import os, sys
from rag.sources.confinement import take_streams
incoming, outgoing = take_streams()
print("from Python")
os.write(1, b"from a library")
os.system("echo from a program; cat")
outgoing.write(incoming.read())
outgoing.close()
"""


def test_what_is_printed_does_not_get_between_the_messages(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOUD], input=b"message", capture_output=True, cwd=repository, check=True
    )

    assert (done.stdout, done.stderr) == (b"message", b"")


def test_the_worker_answers_requests_until_there_are_no_more(repository: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Mice sleep.")
    requests, answers = io.BytesIO(), io.BytesIO()
    for name in ("a.txt", "gone.txt"):
        send(requests, pack_request(SourceFile(name, tmp_path / name, 11, 0), DEFAULT_LIMITS, 60))
    done = subprocess.run(
        [sys.executable, "-m", "rag.sources.worker", str(4 << 30)],
        input=requests.getvalue(),
        capture_output=True,
        cwd=repository,
        check=True,
    )
    answers = io.BytesIO(done.stdout)

    assert receive(answers) == {"ready": True}
    first, second, nothing = receive(answers), receive(answers), receive(answers)
    assert first is not None
    assert [document["text"] for document in first["documents"]] == ["Mice sleep."]
    assert second == {"reason": "it cannot be read (No such file or directory): change its permissions"}
    assert nothing is None
