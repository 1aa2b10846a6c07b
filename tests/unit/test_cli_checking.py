"""`rag verify`, `rag eval` and `rag doctor` on a small folder of documents."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.shop import Shop


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
