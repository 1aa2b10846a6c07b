"""How commands end, whatever they do: one status, one line on standard error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from rag import errors
from rag.cli import commands
from rag.cli.group import RagGroup


def run_command(raised: BaseException) -> Result:
    """Run a command of the product's group that raises `raised`."""

    @click.group(cls=RagGroup)
    def group() -> None: ...

    @group.command()
    def fail() -> None:
        raise raised

    return CliRunner().invoke(group, ["fail"])


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (errors.UsageError("wrong"), 2),
        (errors.SourceError("wrong"), 2),
        (errors.EmbeddingModelError("wrong"), 2),
        (errors.IndexMissingError("wrong"), 3),
        (errors.IndexMismatchError("wrong"), 3),
        (errors.IndexDamagedError("wrong"), 3),
        (errors.IndexBusyError("wrong"), 3),
        (errors.ModelNotInstalledError("wrong"), 4),
        (errors.ModelUnreachableError("wrong"), 4),
    ],
)
def test_every_error_for_people_has_its_status_and_one_line(raised: errors.RagError, status: int) -> None:
    result = run_command(raised)
    assert (result.exit_code, result.stdout, result.stderr) == (status, "", "rag: wrong\n")


def test_the_line_stays_one_harmless_line() -> None:
    result = run_command(errors.SourceError("no such source: a\nb\x1b[31mc\x07. Name another."))
    assert result.stderr == "rag: no such source: a bc. Name another.\n"


def test_the_systems_refusal_is_told_with_the_file() -> None:
    result = run_command(PermissionError(13, "Permission denied", "/some/index"))
    assert (result.exit_code, result.stderr) == (2, "rag: /some/index: Permission denied.\n")


def test_a_bug_is_loud() -> None:
    result = run_command(ZeroDivisionError("a bug"))
    assert isinstance(result.exception, ZeroDivisionError)


def test_control_c_ends_with_130() -> None:
    assert run_command(KeyboardInterrupt()).exit_code == 130


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nonsense"], "rag: No such command 'nonsense'. See `rag --help`."),
        (["ask"], 'rag: Give either a question or a file of questions: rag ask "QUESTION", or --questions FILE.jsonl.'),
        (["ask", "a", "--questions", "b"], "rag: Give either a question or a file"),
        (["ask", "--questions", "b", "--history", "c"], "rag: --history goes with a single question"),
        (["ask", "--questions", "nowhere.jsonl"], "rag: nowhere.jsonl cannot be read: No such file or directory."),
        (["ask", "one", "two"], "rag: Got unexpected extra argument (two)"),
        (["search"], "rag: Give one of a question, a file of questions and a saved trace: "),
        (["search", "x", "-k", "0"], "rag: Invalid value for '-k': 0 is not in the range 1<=x<=1000."),
        (["show", "x", "one", "2"], "rag: Invalid value for '[START]': 'one' is not a valid integer."),
        (["verify", "nowhere.jsonl"], "rag: nowhere.jsonl cannot be read"),
        (["eval", "nowhere.jsonl"], "rag: nowhere.jsonl cannot be read"),
        (["--llm"], "rag: Option '--llm' requires an argument."),
        (["doctor", "--unknown"], "rag: No such option"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    arguments: list[str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(commands, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_a_set_without_questions_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs.jsonl").touch()
    result = CliRunner().invoke(commands, ["eval", str(tmp_path)])
    assert result.exit_code == 2
    assert "holds no questions.jsonl" in result.stderr


def test_a_wrong_setting_in_the_environment_is_named() -> None:
    result = CliRunner().invoke(commands, ["doctor"], env={"RAG_CHUNK_TOKENS": "many"})
    assert result.exit_code == 2
    assert result.stderr.startswith("rag: The setting chunk_tokens is not usable:")


def test_without_a_command_the_help_is_shown() -> None:
    result = CliRunner().invoke(commands, [])
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: rag [OPTIONS] COMMAND")


SCRIPT = """
import sys, time
import click
from rag.cli.group import RagGroup

@click.group(cls=RagGroup)
def group(): pass

@group.command()
def flood():
    for number in range(100_000):
        click.echo(f"line {number}")

@group.command()
def wait():
    click.echo("waiting")
    sys.stdout.flush()
    time.sleep(60)

group.main()
"""


def start(command: str, repository: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(repository)}
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )


def test_a_reader_that_leaves_is_no_error(repository: Path) -> None:
    with start("flood", repository) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"line 0\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 141


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent another way there")
def test_a_real_control_c_ends_with_130(repository: Path) -> None:
    with start("wait", repository) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"waiting\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read().strip() == b""
