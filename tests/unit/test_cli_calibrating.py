"""`rag eval --calibrate`: how sure an answer must be, fitted to a person's own questions and used from then on."""

from __future__ import annotations

import json
from pathlib import Path

from rag.calibration import FILE
from tests.shop import Shop

SURE, UNSURE = "When did the library open a garden?", "How many moons has planet {}?"


def questions(folder: Path, answerable: int, unanswerable: int) -> Path:
    """Write questions about the shop's documents, as many of each sort as are asked for."""
    asked = [
        *({"question": SURE, "answerable": True} for _ in range(answerable)),
        *({"question": UNSURE.format(number), "answerable": False} for number in range(unanswerable)),
    ]
    file = folder / "mine.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in asked), encoding="utf-8")
    return file


def test_it_prints_the_curve_and_is_used_from_then_on(own: Shop, tmp_path: Path) -> None:
    run = own.run("eval", str(questions(tmp_path, 12, 10)), "--calibrate")
    assert run.exit_code == 0, run.stderr
    assert "Fitted on 12 answerable and 10 unanswerable questions" in run.stdout
    (marked,) = [line for line in run.stdout.splitlines() if line.startswith("*")]
    file = own.index / FILE
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert [float(each) for each in marked.lstrip("* ").split()[:3]] == [kept["confidence"], 1.0, 1.0]

    file.write_text(json.dumps({**kept, "confidence": 1.0}), encoding="utf-8")
    answer = json.loads(own.run("ask", "--json", SURE).stdout)
    assert answer["status"] == "refused", "nothing is as sure as that"
    assert kept["confidence"] < answer["confidence"] < 1


def test_too_few_questions_leave_all_as_it_was(own: Shop, tmp_path: Path) -> None:
    (own.index / FILE).unlink(missing_ok=True)
    run = own.run("eval", str(questions(tmp_path, 12, 3)), "--calibrate")
    assert run.exit_code == 2
    assert "12 answerable and 3 unanswerable" in run.stderr
    assert not (own.index / FILE).exists()


def test_it_cannot_be_fitted_without_answers(own: Shop, tmp_path: Path) -> None:
    run = own.run("eval", str(questions(tmp_path, 1, 1)), "--calibrate", "--retrieval-only")
    assert run.exit_code == 2
    assert "leave out --retrieval-only" in run.stderr
