"""`rag search --trace`, `--replay`, `--why`, `rag ask --trace` and `rag trace`, with the real embedding model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.shop import GARDEN, HARBOUR, Shop

HIVES = "bee hives on the library"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


@pytest.fixture
def saved(built: Shop, tmp_path: Path) -> Path:
    built.ok("search", HIVES, "-k", "1", "--trace", str(tmp_path / "trace.json"))
    return tmp_path / "trace.json"


def test_a_saved_trace_holds_what_the_search_printed_and_the_rest(built: Shop, saved: Path) -> None:
    found = json.loads(built.ok("search", "--json", "-k", "1", HIVES))["passages"]
    (trace,) = lines(saved)
    assert (trace["format"], trace["version"], trace["question"], trace["id"]) == ("rag trace", 1, HIVES, None)
    assert trace["generation"] in built.ok("trace", str(saved))
    assert trace["settings"] | {"fingerprint": ""} == {
        "embedding_model": "sentence-transformers/all-MiniLM-L6-v2",
        "fingerprint": "",
        "chunk_tokens": 160,
        "overlap_tokens": 32,
        "candidate_count": 50,
        "reranker": None,
        "store": "faiss",
        "vector_index": "auto",
        "embedding_precision": "auto",
    }
    (search,) = trace["traces"]
    assert (search["question"], search["count"], search["candidate_count"]) == (HIVES, 1, 50)
    shown = [passage for passage in search["passages"] if passage["fate"] == "shown"]
    assert [(passage["place"]["source"], passage["place"]["start"]) for passage in shown] == [
        (passage["source"], passage["start"]) for passage in found
    ]
    assert shown[0]["fused"]["score"] == pytest.approx(found[0]["scores"]["fused"])
    others = [passage for passage in search["passages"] if passage["fate"] != "shown"]
    assert others
    assert all(passage["reason"] for passage in others)


def test_a_trace_is_shown_in_words_and_as_it_was_saved(built: Shop, saved: Path) -> None:
    shown = built.ok("trace", str(saved))
    assert HIVES in shown
    assert "Shown at rank 1: found by meaning and words." in shown
    assert "Cut: rank 2" not in shown
    assert "Cut: rank 2, and 1 is shown." in built.ok("trace", "--all", str(saved))
    assert [json.loads(line) for line in built.ok("trace", "--json", str(saved)).splitlines()] == lines(saved)


def test_a_search_run_again_on_the_same_index_is_the_same(built: Shop, saved: Path) -> None:
    assert "the same 1 passage in the same order" in built.ok("search", "--replay", str(saved))
    (compared,) = map(json.loads, built.ok("search", "--json", "--replay", str(saved)).splitlines())
    assert (compared["same"], compared["settings"]) == (True, [])


def test_a_search_run_again_tells_what_came_and_what_went_and_why(own: Shop, tmp_path: Path) -> None:
    trace, later = tmp_path / "trace.json", tmp_path / "later.json"
    own.ok("search", HIVES, "-k", "1", "--trace", str(trace))
    (own.sources / "town" / "garden.md").unlink()
    (own.sources / "hives.md").write_text("# Hives\n\nThe bee hives of the library moved to the old school.\n")
    own.ok("index")
    (compared,) = map(json.loads, own.ok("search", "--json", "--replay", str(trace)).splitlines())
    assert not compared["same"]
    came, went = compared["passages"]
    assert (came["change"], came["place"]["source"], came["stage"]) == ("came", "hives.md", "candidates")
    assert (went["change"], went["place"]["source"], went["stage"]) == ("went", "town/garden.md", "candidates")
    assert went["reason"] == "It is no longer in the index."
    told = own.ok("search", "--replay", str(trace))
    assert "  - → 1   came: hives.md 9 " in told
    assert "  1 → -   went: town/garden.md 24 241" in told
    own.ok("search", HIVES, "-k", "1", "--trace", str(later))
    assert own.ok("trace", str(trace), str(later)).count("went: town/garden.md") == 1


def test_many_questions_are_traced_replayed_and_compared(built: Shop, questions: Path, tmp_path: Path) -> None:
    by_search, by_answer = tmp_path / "search.jsonl", tmp_path / "answer.jsonl"
    printed = built.ok("search", "--json", "--questions", str(questions), "--trace", str(by_search))
    assert [json.loads(line)["id"] for line in printed.splitlines()] == ["b", None, "a"]
    answered = built.ok("ask", "--json", "--questions", str(questions), "--trace", str(by_answer))
    assert [trace["id"] for trace in lines(by_search)] == ["b", None, "a"]
    alone = [json.loads(line)["standalone_question"] for line in answered.splitlines()]
    assert [trace["question"] for trace in lines(by_answer)] == alone == [t["question"] for t in lines(by_search)]
    assert alone[1] == "What did Tomas Brandt say about the slip?"
    compared = built.ok("trace", str(by_search), str(by_answer))
    assert compared.endswith("3 questions: 3 the same, 0 not.\n")
    assert built.ok("search", "--replay", str(by_answer)).endswith("3 questions: 3 the same, 0 not.\n")
    assert "What did Tomas Brandt say?" in built.ok("search", "--questions", str(questions), "-k", "1")


def test_the_searches_for_the_parts_of_a_question_are_traced_with_the_answer(built: Shop, tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    question = "What did Tomas Brandt say and what did Ruth Adeyemi say?"
    built.ok("ask", question, "--trace", str(trace))
    searched = [each["question"] for each in lines(trace)[0]["traces"]]
    assert searched[0] == question
    assert len(searched) == 3
    assert "the same" in built.ok("search", "--replay", str(trace))


def test_why_tells_what_became_of_the_passages_at_a_place(built: Shop) -> None:
    at = HARBOUR.index("Fishermen")
    place = ["harbour wall.txt", str(at), str(at + 9)]
    (passage,) = json.loads(built.ok("search", HIVES, "-k", "1", "--why", *place, "--json"))["passages"]
    assert (passage["fate"], passage["place"]["source"]) == ("cut", "harbour wall.txt")
    told = built.ok("search", HIVES, "-k", "1", "--why", *place)
    assert f"Cut: rank {passage['rank']}, and 1 is shown." in told
    assert f"  dense    number {passage['dense']['rank']} of " in told
    first = json.loads(built.ok("search", HIVES, "--why", "town/garden.md", "0", str(len(GARDEN)), "--json"))
    assert first["place"] == {"source": "town/garden.md", "start": 0, "end": len(GARDEN)}
    assert {passage["fate"] for passage in first["passages"]} == {"shown"}


def test_why_names_the_filter_that_leaves_a_source_out(built: Shop) -> None:
    place = ["--why", "harbour wall.txt", "0", "400"]
    told = built.ok("search", "harbour wall", *place, "--source", "*.md")
    assert "Left out by the filter, which admits only: *.md." in told
    assert "  dense    would be number 1 of " in told
    assert "Left out by the filter" in built.ok("search", "What did Brandt say since May 2025?", *place)
    assert "Shown at rank 1" in built.ok("search", "What did Brandt say since May 2025?", *place, "--literal")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", "x", "--replay", "F"], "Give one of a question, a file of questions and a saved trace"),
        (["search", "--why", "a", "1", "2", "--replay", "F"], "--why goes with a single question"),
        (["search", "x", "--why", "a", "1", "2", "--trace", "F"], "--trace saves a search; leave it out with --why"),
        (["search", "--replay", "F", "--source", "*.md"], "--outlet go with a single question"),
        (["search", "x", "--why", "garden", "0", "5"], "There is no source 'garden' in the index. Perhaps: "),
        (["search", "x", "--why", "town/garden.md", "5", "1"], "5 to 1 is no span of town/garden.md"),
        (["search", "x", "--why", "town/garden.md", "0", "99999"], "0 to 99999 is no span of town/garden.md"),
        (["search", "x", "--why", "town/garden.md", "0"], "Option '--why' requires 3 arguments."),
        (["search", "x", "--trace", "/nowhere/trace.json"], "/nowhere/trace.json: No such file or directory."),
        (["search", "--replay", "/nowhere/trace.json"], "/nowhere/trace.json cannot be read: No such file"),
        (["trace", "/nowhere/trace.json"], "/nowhere/trace.json cannot be read: No such file"),
    ],
)
def test_what_cannot_be_done_is_said_on_one_line(built: Shop, arguments: list[str], message: str) -> None:
    result = built.run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr


def without(value: dict[str, Any], *path: str) -> dict[str, Any]:
    """Return a copy of an object in which the value at a path is gone."""
    copy: dict[str, Any] = json.loads(json.dumps(value))
    inner = copy
    for name in path[:-1]:
        inner = inner[name][0] if isinstance(inner[name], list) else inner[name]
    del inner[path[-1]]
    return copy


def test_a_file_that_is_no_trace_is_refused_with_its_line(built: Shop, saved: Path, tmp_path: Path) -> None:
    (trace,) = lines(saved)
    damaged = {
        "not JSON": "{",
        "this is no trace of a search": json.dumps({"question": HIVES}),
        "a trace of version 2, and this program reads version 1": json.dumps(trace | {"version": 2}),
        "a damaged trace: traces: Field required": json.dumps(without(trace, "traces")),
        "a damaged trace: traces.0.passages.0.fate: Field required": json.dumps(
            without(trace, "traces", "passages", "fate")
        ),
        "a damaged trace: it holds no search": json.dumps(trace | {"traces": []}),
        "a damaged trace: count is not between 1 and 10,000": json.dumps(
            trace | {"traces": [trace["traces"][0] | {"count": -1}]}
        ),
        "Out of range float values": json.dumps(trace).replace('"score": 0.', '"score": NaN, "was": 0.', 1),
    }
    file = tmp_path / "damaged.jsonl"
    for message, text in damaged.items():
        file.write_text(f"{json.dumps(trace)}\n{text}\n")
        for arguments in (["trace", str(file)], ["search", "--replay", str(file)]):
            result = built.run(*arguments)
            assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
            assert f"{file} line 2: {message}" in result.stderr
    file.write_text("\n")
    assert "holds no trace" in built.run("trace", str(file)).stderr


def test_traces_of_other_questions_cannot_be_compared(built: Shop, saved: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    built.ok("search", "harbour wall", "--trace", str(other))
    result = built.run("trace", str(saved), str(other))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "have no question in common" in result.stderr
    both = tmp_path / "both.jsonl"
    both.write_text(saved.read_text() + other.read_text())
    result = built.run("trace", str(both), str(other))
    assert (result.exit_code, result.stderr) == (0, "1 question in one of the files only.\n")
