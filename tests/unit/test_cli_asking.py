"""`rag ask` on a small folder of documents, with the real embedding model and a real index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shop import PASSAGE_KEYS, QUESTIONS, Shop

ANSWER_KEYS = {
    *("id", "question", "standalone_question", "status", "text", "statements", "citations", "passages", "nearest"),
    *("llm", "index", "timings_ms"),
}


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


def test_the_terminal_says_how_a_follow_up_was_understood_and_what_is_not_clear(built: Shop) -> None:
    printed = built.ok("ask", "--history", "What did Tomas Brandt say?", "And Marta Oduya?")
    assert printed.startswith("Understood as: What did Marta Oduya say?\n\n")
    assert "Understood as" not in built.ok("ask", "What did Marta Oduya say?")
    unclear = built.ok("ask", "--history", "Did Tom Reyes and Paul Lund agree?", "When did he say it?")
    assert "Note: “He” may be Tom Reyes or Paul Lund, so the question was taken as it was asked." in unclear


def test_an_earlier_question_may_come_with_its_answer(built: Shop, tmp_path: Path) -> None:
    earlier = {"question": "Who criticised the wall?", "statements": [{"text": "Marta Oduya criticised it."}]}
    put_right = {"question": "And Reyes?", "standalone_question": "What did Tomas Brandt say about the harbour?"}
    rows = [
        {"question": "What did she say?", "history": [earlier]},
        {"question": "And Marta Oduya?", "history": ["Who is Reyes?", put_right]},
    ]
    file = tmp_path / "asked.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    printed = built.ok("ask", "--json", "--questions", str(file))
    assert [json.loads(line)["standalone_question"] for line in printed.splitlines()] == [
        "What did Marta Oduya say?",
        "What did Marta Oduya say about the harbour?",
    ]


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
