"""`rag index --gate`: the index before stays where the new one answers worse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.shop import HARBOUR, Shop

QUOTE = "The wall will protect four hundred homes"
ASKED: list[dict[str, Any]] = [
    {
        "id": "wall",
        "question": "What did Marta Oduya say?",
        "answerable": True,
        "gold": [{"source": "harbour wall.txt", "quote": QUOTE}],
    },
    {"id": "metal", "question": "What is the boiling point of tungsten?", "answerable": False},
    {"question": "What else?"},
]
METAL = "Tungsten\n\nThe boiling point of tungsten is 5,930 degrees, the highest of all metals.\n"


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    file = tmp_path / "gate.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ASKED), encoding="utf-8")
    return file


def test_an_index_that_answers_worse_is_not_taken(own: Shop, gate: Path) -> None:
    before = json.loads(own.ok("index", "--json", "--gate", str(gate)))
    assert before["gate"]["note"] == "Nothing has changed, so nothing was compared."
    (own.sources / "metal.txt").write_text(METAL, encoding="utf-8")
    run = own.run("index", "--json", "--gate", str(gate))
    assert run.exit_code == 1
    report = json.loads(run.stdout)
    assert (report["generation"], report["added"]) == (before["generation"], 1)
    found = report["gate"]
    assert (found["passed"], found["before"], found["compared"]) == (False, before["generation"], 2)
    assert [(each["id"], each["before"], each["now"]) for each in found["worse"]] == [
        ("metal", "refused", "answered from metal.txt")
    ]
    told = own.run("index", "--gate", str(gate)).stdout
    assert told.startswith(
        "Gate: the new index was not taken, because it answers worse: of 2 questions 1 worse, 0 better"
    )
    assert "  worse: metal: What is the boiling point of tungsten?\n      before: refused\n" in told
    assert "metal.txt" not in own.ok("show"), "the old index goes on answering"
    passed = own.ok("index", "--gate", str(gate), "--gate-tolerance", "1")
    assert "Gate: passed, of 2 questions 1 worse, 0 better." in passed
    assert "metal.txt" in own.ok("show")


def test_what_rests_on_changed_documents_is_not_compared(own: Shop, gate: Path) -> None:
    changed = HARBOUR.replace("four hundred", "five hundred")
    (own.sources / "harbour wall.txt").write_text(changed, encoding="utf-8")
    report = json.loads(own.ok("index", "--json", "--gate", str(gate)))
    assert report["gate"]["passed"]
    assert report["gate"]["compared"] == 1
    assert {each["id"] for each in report["gate"]["not_compared"]} == {"wall", None}


def test_where_nothing_was_indexed_the_gate_passes_and_says_so(own: Shop, gate: Path) -> None:
    (own.index / "current.json").unlink()
    for folder in (own.index / "generations").iterdir():
        folder.rename(own.index / folder.name)
    report = json.loads(own.ok("index", "--json", "--gate", str(gate)))
    assert (report["gate"]["passed"], report["gate"]["before"], report["gate"]["compared"]) == (True, None, 0)
    assert report["gate"]["note"].startswith("There was nothing to compare with. There is no index in ")


def test_other_chunks_are_compared_from_a_rebuilt_index(own: Shop, gate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_CHUNK_TOKENS", "40")
    monkeypatch.setenv("RAG_CHUNK_OVERLAP_TOKENS", "0")
    report = json.loads(own.ok("index", "--json", "--rebuild", "--gate", str(gate)))
    assert (report["gate"]["passed"], report["gate"]["compared"]) == (True, 2)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--gate", "nowhere.jsonl"], "rag: nowhere.jsonl cannot be read"),
        (["--rollback", "--gate", "x.jsonl"], "rag: --rollback goes back"),
        (["--gate-tolerance", "-1"], "rag: Invalid value for '--gate-tolerance'"),
    ],
)
def test_wrong_usage_of_a_gate_is_told(own: Shop, arguments: list[str], line: str) -> None:
    run = own.run("index", *arguments)
    assert run.exit_code == 2
    assert run.stderr.startswith(line)


def test_a_set_with_its_own_documents_is_no_gate(own: Shop, gate: Path) -> None:
    folder = gate.parent / "set"
    folder.mkdir()
    (folder / "questions.jsonl").write_text(gate.read_text())
    (folder / "docs.jsonl").write_text('{"doc_id": "1", "text": "One."}\n')
    run = own.run("index", "--gate", str(folder))
    assert run.exit_code == 2
    assert "brings documents of its own" in run.stderr
