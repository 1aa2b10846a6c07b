"""The commands on a small folder of documents, with the real embedding model and a real index."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rag.cli import commands

HARBOUR = """Council Approves New Harbour Wall

By Jane Fielding

March 3, 2025

The town council of Eastmere voted on Monday to build a new harbour wall after two winters of floods.

“The wall will protect four hundred homes,” said Marta Oduya, the town’s engineer. “We could not wait longer.”

Fishermen were less pleased. Tomas Brandt, who leads them, said that the wall would close the north slip until 2027.
"""
GARDEN = """# A Garden on the Roof

The library of Eastmere opened a garden on its roof in May 2024.

- tomatoes and beans
- a row of bee hives
- benches for readers

Ruth Adeyemi, the head librarian, said that the hives had survived their first winter.
"""
ANSWER_KEYS = {
    *("id", "question", "standalone_question", "status", "text", "statements", "citations", "passages", "nearest"),
    *("llm", "index", "timings_ms"),
}
PASSAGE_KEYS = {"rank", "source", "start", "end", "text", "scores", "used"}
QUOTE_KEYS = {
    *("source", "start", "end", "quote", "speaker", "speaker_start", "speaker_end", "kind", "verb", "date"),
    "copies",
}


class Shop:
    """A folder with documents and an index, and the command line set to them."""

    def __init__(self, folder: Path) -> None:
        self.sources = folder / "documents"
        self.index = folder / "index"

    def run(self, *arguments: str, **options: Any) -> Result:
        """Run `rag` with these folders; a traceback fails the test."""
        result = CliRunner().invoke(
            commands, ["--index", str(self.index), "--sources", str(self.sources), *arguments], **options
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def ok(self, *arguments: str, **options: Any) -> str:
        """Run `rag`, expect status 0, and return what it printed."""
        result = self.run(*arguments, **options)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def process(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run `rag` as a process of its own."""
        command = [sys.executable, "-m", "rag.cli", *arguments]
        environment = os.environ | {"RAG_INDEX": str(self.index), "RAG_SOURCES": str(self.sources)}
        return subprocess.run(command, capture_output=True, env=environment, check=False, timeout=120)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Shop:
    """Two documents, indexed. Tests must leave them as they are."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shutil.copytree(encoders, shop.index / "encoders")
    (shop.sources / "town").mkdir(parents=True)
    (shop.sources / "harbour wall.txt").write_text(HARBOUR, encoding="utf-8")
    (shop.sources / "town" / "garden.md").write_text(GARDEN, encoding="utf-8")
    report = json.loads(shop.ok("index", "--json"))
    assert report | {"generation": "", "seconds": 0, "notes": []} == {
        "generation": "",
        "documents": 2,
        "chunks": report["embedded"],
        "embedded": report["chunks"],
        "added": 2,
        "changed": 0,
        "removed": 0,
        "unchanged": 0,
        "skipped": [],
        "seconds": 0,
        "notes": [],
    }
    return shop


@pytest.fixture
def own(built: Shop, tmp_path: Path) -> Shop:
    """A copy of the same, for tests that change something."""
    shutil.copytree(built.sources, tmp_path / "documents")
    shutil.copytree(built.index, tmp_path / "index")
    shop = Shop(tmp_path)
    shop.ok("index")
    return shop


# ---------------------------------------------------------------- index


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


# ---------------------------------------------------------------- ask


def test_an_answer_object_is_one_line_with_every_key_and_exact_citations(built: Shop) -> None:
    printed = built.ok("ask", "--json", "What did Marta Oduya say?")
    assert printed.count("\n") == 1
    answer = json.loads(printed)
    assert answer.keys() >= ANSWER_KEYS
    assert answer["status"] == "answered"
    assert answer["id"] is None
    assert "four hundred homes" in answer["text"]
    for statement in answer["statements"]:
        assert answer["text"][statement["start"] : statement["end"]] == statement["text"]
        assert statement["citations"]
    assert answer["citations"]
    for citation in answer["citations"]:
        text = (built.sources / citation["source"]).read_text(encoding="utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert built.ok("show", citation["source"], str(citation["start"]), str(citation["end"])) == citation["quote"]
    for passage in answer["passages"]:
        assert passage.keys() >= PASSAGE_KEYS
        assert passage["scores"].keys() == {"dense", "lexical", "fused", "rerank"}


def test_an_answer_on_the_terminal_has_its_citations_under_it(built: Shop) -> None:
    printed = built.ok("ask", "What did Marta Oduya say?", "--passages", "--dropped")
    assert "four hundred homes" in printed
    assert "\n[1] Council Approves New Harbour Wall, " in printed
    assert "show 'harbour wall.txt' " in printed
    assert "Retrieved passages (* used), answered by extractive:" in printed
    assert "Left out, because the check refused it (0):" in printed


def test_a_question_that_the_sources_do_not_answer(built: Shop) -> None:
    answer = json.loads(built.ok("ask", "--json", "What is the boiling point of tungsten?"))
    assert (answer["status"], answer["statements"], answer["citations"]) == ("refused", [], [])
    assert answer["nearest"]
    assert "The nearest passages:" in built.ok("ask", "What is the boiling point of tungsten?")


def test_a_follow_up_on_the_command_line(built: Shop) -> None:
    answer = json.loads(built.ok("ask", "--json", "--history", "What did Tomas Brandt say?", "Who does he lead?"))
    assert answer["question"] == "Who does he lead?"
    assert "Brandt" in answer["standalone_question"]


QUESTIONS = [
    {"id": "b", "question": "What did Tomas Brandt say?"},
    {"question": "What did he say about the slip?", "history": ["What did Tomas Brandt say?"]},
    {"id": "a", "question": "What did Ruth Adeyemi say?"},
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """A file of three questions."""
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in QUESTIONS) + "\n", encoding="utf-8")
    return file


def test_a_file_of_questions_is_answered_in_order(built: Shop, questions: Path) -> None:
    printed = built.ok("ask", "--json", "--questions", str(questions))
    answers = [json.loads(line) for line in printed.splitlines()]
    assert [answer["id"] for answer in answers] == ["b", None, "a"]
    assert [answer["question"] for answer in answers] == [row["question"] for row in QUESTIONS]
    assert built.ok("ask", "--json", "--questions", "-", input=questions.read_text()).count("\n") == 3
    assert "What did Ruth Adeyemi say?" in built.ok("ask", "--questions", str(questions))


def test_a_question_of_a_file_that_cannot_be_asked_is_named(built: Shop, questions: Path) -> None:
    questions.write_text('{"question": "What did Tomas Brandt say?"}\n\n{"question": " "}\n', encoding="utf-8")
    result = built.run("ask", "--json", "--questions", str(questions))
    assert result.exit_code == 2
    assert result.stdout.count("\n") == 1
    assert result.stderr.startswith(f"rag: {questions} line 3: ")


@pytest.mark.parametrize("question", ["", "   \n\t", "why " * 12_500, "?" * 500, "\x00\x1b\x07"])
def test_a_question_that_is_none_is_wrong_usage(built: Shop, question: str) -> None:
    result = built.run("ask", "--json", question)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("rag: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "question",
    [
        "<script>alert('x')</script> What did **Marta Oduya** say?",
        "What did \x1b[31mMarta\x1b[0m Oduya\x07 say?\r\n\x00",
        "What did \udcff Marta \u202eOduya say?\u2028",
        "why? " * 500,
        "' OR 1=1; -- \" $(rm) `x` {{7*7}} %s %n",
        "日本語の質問ですか？",
    ],
)
def test_strange_questions_are_answered_or_refused_and_shown_harmless(built: Shop, question: str) -> None:
    printed = built.ok("ask", "--json", question)
    assert len(printed.splitlines()) == 1
    assert json.loads(printed)["status"] in {"answered", "partial", "refused"}
    shown = built.ok("ask", question)
    assert not set(shown) & {"\x1b", "\x07", "\x00", "\r", "\u202e"}


# ---------------------------------------------------------------- search, show, quotes


def test_search_ranks_passages_with_their_scores(built: Shop) -> None:
    found = json.loads(built.ok("search", "--json", "-k", "2", "bee hives on the library"))
    assert found["question"] == "bee hives on the library"
    assert [passage["rank"] for passage in found["passages"]] == [1, 2]
    assert found["passages"][0]["source"] == "town/garden.md"
    assert all(passage.keys() >= PASSAGE_KEYS for passage in found["passages"])
    assert "dense 0." in built.ok("search", "bee hives on the library")


def test_show_prints_exactly_the_text(built: Shop) -> None:
    assert built.ok("show", "town/garden.md") == GARDEN
    assert built.ok("show", "harbour wall.txt", "0", "7") == "Council"
    assert built.ok("show", "harbour wall.txt", "7", "7") == ""
    listing = built.ok("show").splitlines()
    assert [line.split("  ")[0] for line in listing] == ["harbour wall.txt", "town/garden.md"]
    assert listing[0] == "harbour wall.txt  2025-03-03  Council Approves New Harbour Wall  Jane Fielding  en"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["harbour.txt"], "harbour wall.txt"),
        (["../secret.txt"], "rag: "),
        (["town/garden.md", "5"], "rag: There is a START but no END."),
        (
            ["town/garden.md", "5", "4"],
            f"rag: 5 to 4 is no span of town/garden.md, which has {len(GARDEN)} characters.",
        ),
        (["town/garden.md", "0", "9999"], "rag: 0 to 9999 is no span of town/garden.md"),
    ],
)
def test_show_names_what_is_wrong(built: Shop, arguments: list[str], message: str) -> None:
    result = built.run("show", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr


def test_quotes_are_objects_of_the_contract(built: Shop) -> None:
    rows = [json.loads(line) for line in built.ok("quotes", "--json").splitlines()]
    assert rows
    for row in rows:
        assert row.keys() == QUOTE_KEYS
        text = (built.sources / row["source"]).read_text(encoding="utf-8")
        assert text[row["start"] : row["end"]] == row["quote"]
    oduya = [json.loads(line) for line in built.ok("quotes", "--json", "--speaker", "Oduya").splitlines()]
    assert {(row["speaker"], row["kind"]) for row in oduya} == {("Marta Oduya", "direct")}
    assert "Tomas Brandt (indirect" in built.ok("quotes", "--about", "north slip")


# ---------------------------------------------------------------- verify, eval, doctor


def test_saved_answers_hold_until_something_is_changed(own: Shop, questions: Path, tmp_path: Path) -> None:
    saved = tmp_path / "answers.jsonl"
    saved.write_text(own.ok("ask", "--json", "--questions", str(questions)), encoding="utf-8")
    assert own.ok("verify", str(saved)) == "3 answers checked: everything holds.\n"
    answers = [json.loads(line) for line in saved.read_text().splitlines()]
    answers[2]["citations"][0]["quote"] += " forever"
    saved.write_text("".join(json.dumps(answer) + "\n" for answer in answers), encoding="utf-8")
    result = own.run("verify", str(saved), "--json")
    assert result.exit_code == 1
    assert {(fault["line"], fault["id"]) for fault in json.loads(result.stdout)["faults"]} == {(3, "a")}
    shutil.rmtree(own.sources)
    result = own.run("verify", str(saved))
    assert result.exit_code in {1, 2}


def test_verify_refuses_what_is_no_answer(built: Shop, tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text("nonsense\n")
    result = built.run("verify", str(tmp_path / "answers.jsonl"))
    assert result.exit_code == 2
    assert "line 1: not JSON" in result.stderr
    for strange in ({}, {"citations": 3}, {"citations": [{"source": 1, "start": "x"}], "text": None}):
        (tmp_path / "answers.jsonl").write_text(json.dumps(strange) + "\n")
        assert built.run("verify", str(tmp_path / "answers.jsonl")).exit_code in {1, 2}


def test_eval_prints_the_figures_and_saves_the_answers(built: Shop, tmp_path: Path) -> None:
    quote = "The wall will protect four hundred homes"
    rows = [
        {
            "id": "1",
            "question": "What did Marta Oduya say?",
            "answerable": True,
            "gold": [{"source": "harbour wall.txt", "quote": quote}],
        },
        {"id": "2", "question": "What is the boiling point of tungsten?", "answerable": False, "gold": []},
    ]
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    figures = json.loads(built.ok("eval", str(folder), "--json", "--results", str(tmp_path / "results.jsonl")))
    assert figures["n"] == 2
    assert figures["retrieval"]["recall@5"] == 1.0
    assert figures["abstention"] == {"auroc": 1.0, "precision": 1.0, "recall": 1.0}
    assert figures["citation"]["recall"] == 1.0
    assert figures["latency_ms"]["p95"] >= figures["latency_ms"]["p50"] > 0
    assert figures["index"]["documents"] == 2
    saved = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert [answer["id"] for answer in saved] == ["1", "2"]
    assert "citation recall         1.0" in built.ok("eval", str(folder / "questions.jsonl"))


def test_eval_names_a_gold_quotation_that_is_not_there(built: Shop, tmp_path: Path) -> None:
    row = {"question": "Who?", "gold": [{"source": "harbour wall.txt", "quote": "not there"}]}
    (tmp_path / "questions.jsonl").write_text(json.dumps(row))
    result = built.run("eval", str(tmp_path))
    assert result.exit_code == 2
    assert "Line 1: the gold quotation 'not there' does not stand in harbour wall.txt." in result.stderr


def test_doctor_finds_nothing_and_then_something(own: Shop) -> None:
    assert own.ok("doctor").endswith("No fault found.\n")
    assert json.loads(own.ok("doctor", "--json"))["faults"] == []
    shutil.rmtree(own.index / "generations")
    result = own.run("doctor", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["faults"]
    assert own.run("doctor").stdout.count("rag index") >= 1


# ---------------------------------------------------------------- statuses and settings


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
