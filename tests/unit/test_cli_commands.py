"""`rag index`, statuses and settings of all commands, and `rag` as a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rag.cli import commands
from tests.shop import GARDEN, HARBOUR, Shop


def test_a_second_run_embeds_nothing(built: Shop) -> None:
    report = json.loads(built.ok("index", "--json"))
    assert (report["embedded"], report["unchanged"]) == (0, 2)
    assert built.ok("index").startswith("The index is up to date: 2 documents, ")


def test_only_what_changed_is_worked_on(own: Shop) -> None:
    (own.sources / "town" / "garden.md").write_text(GARDEN.replace("beans", "peas"), encoding="utf-8")
    (own.sources / "new.txt").write_text("The ferry to Westmere runs again from April.", encoding="utf-8")
    (own.sources / "empty.txt").touch()
    result = own.run("index")
    assert result.stdout.startswith("Indexed 3 documents, ")
    assert "1 added, 1 changed" in result.stdout
    assert result.stderr.startswith("Skipped empty.txt: ")


def test_no_sources_is_said(tmp_path: Path, encoders: Path) -> None:
    shutil.copytree(encoders, tmp_path / "index" / "encoders")
    result = Shop(tmp_path).run("index")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("rag: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["ask", "x"], ["ask", "--json", "x"], ["search", "x"], ["show"], ["quotes"], ["eval", "FILE"]]
)
def test_without_an_index_the_status_is_3_and_the_command_is_named(
    built: Shop, questions: Path, tmp_path: Path, arguments: list[str]
) -> None:
    empty = Shop(tmp_path)
    empty.sources = built.sources
    result = empty.run(*[str(questions) if part == "FILE" else part for part in arguments])
    assert (result.exit_code, result.stdout) == (3, "")
    assert "rag index" in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_index_of_other_settings_is_refused(built: Shop) -> None:
    result = built.run("ask", "x", env={"RAG_CHUNK_TOKENS": "100"})
    assert result.exit_code == 3
    assert "rag index --rebuild" in result.stderr


@pytest.mark.parametrize(
    ("name", "statuses"),
    [("nonsense", {2}), ("nobody:knows", {2, 4}), ("local:/nowhere/model.gguf", {2, 4}), ("openai:gpt-x", {4})],
)
def test_a_language_model_that_cannot_be_used(built: Shop, name: str, statuses: set[int]) -> None:
    result = built.run("ask", "--json", "--llm", name, "What did Marta Oduya say?", env={"OPENAI_API_KEY": None})
    assert (result.exit_code in statuses, result.stdout) == (True, "")
    assert result.stderr.startswith("rag: ")
    assert result.stderr.count("\n") == 1


def test_a_server_that_is_not_there_is_status_4(built: Shop) -> None:
    environment = {"RAG_LLM_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "none"}
    result = built.run("ask", "--json", "--llm", "openai:any", "What did Marta Oduya say?", env=environment)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (4, "", 1)
    assert "127.0.0.1:9" in result.stderr


def test_settings_after_the_command_win_over_settings_before_it(built: Shop) -> None:
    folders = ["--index", str(built.index), "--sources", str(built.sources)]
    for arguments in (["search", *folders, "hives"], ["--index", "/nowhere", "search", "hives", *folders]):
        assert CliRunner().invoke(commands, arguments).exit_code == 0
    assert CliRunner().invoke(commands, [*folders, "search", "hives", "--index", "/nowhere"]).exit_code == 3


def test_a_source_cannot_write_to_the_terminal(own: Shop) -> None:
    text = (
        "\x1b]0;owned\x07Buoys lost in the storm\n\nThe storm took all twelve buoys at the mouth of the harbour.\n\n"
        "“The \x1b[31mbuoys\x1b[0m are gone, and nobody knows \x9b2Jwhere,” said Ivo Lund, the harbour master.\n"
    )
    (own.sources / "buoys.txt").write_text(text, encoding="utf-8")
    own.ok("index")
    for arguments in (["ask", "What did Ivo Lund say?", "--passages"], ["search", "buoys"], ["show"], ["quotes"]):
        assert "\x1b" not in own.ok(*arguments)
    assert own.ok("show", "buoys.txt") == text


# ---------------------------------------------------------------- processes

COLD = """
import sys
from rag.cli import commands
try:
    commands.main(["ask", "What did Marta Oduya say?"])
finally:
    heavy = {"torch", "streamlit", "pandas", "transformers", "sentence_transformers", "sklearn", "matplotlib"}
    print("loaded:", sorted(heavy & set(sys.modules)), file=sys.stderr)
"""


def test_the_cold_path_loads_nothing_heavy(built: Shop) -> None:
    environment = os.environ | {"RAG_INDEX": str(built.index), "RAG_SOURCES": str(built.sources)}
    done = subprocess.run(
        [sys.executable, "-c", COLD], capture_output=True, text=True, env=environment, check=True, timeout=60
    )
    assert "four hundred homes" in done.stdout
    assert done.stderr == "loaded: []\n"


def test_a_process_of_its_own_prints_json_and_nothing_else(built: Shop) -> None:
    done = built.process("ask", "--json", "What did Marta Oduya say?")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["status"] == "answered"
    done = built.process("show", "harbour wall.txt")
    assert done.stdout.decode("utf-8") == HARBOUR
    done = built.process("--index", "/nowhere", "ask", "x")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (3, b"", 1)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_on_a_terminal_the_answer_is_wrapped_and_streamed(built: Shop) -> None:
    import pty

    main, terminal = pty.openpty()
    environment = os.environ | {
        "RAG_INDEX": str(built.index),
        "RAG_SOURCES": str(built.sources),
        "COLUMNS": "60",
        "LINES": "24",
    }
    command = [sys.executable, "-m", "rag.cli", "ask", "What did Marta Oduya say?"]
    with subprocess.Popen(command, stdout=terminal, stderr=terminal, env=environment, close_fds=True) as process:
        os.close(terminal)
        printed = b""
        while True:
            try:
                part = os.read(main, 4096)
            except OSError:  # Linux's way of saying that the other end is closed
                break
            if not part:
                break
            printed += part
        assert process.wait(60) == 0
    os.close(main)
    lines = printed.decode("utf-8").replace("\x1b[2m", "").replace("\x1b[0m", "").splitlines()
    assert max(len(line) for line in lines if "rag show" not in line) <= 60
    text = " ".join(" ".join(lines).split())
    assert text.count("four hundred homes") == 1
    assert "[1] Council Approves New Harbour Wall" in text
