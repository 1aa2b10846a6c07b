"""The figures, against values worked out by hand and against slower definitions."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UsageError
from rag.evaluation.figures import Judged, Outcome, documents_of, figures, judge, locate
from rag.evaluation.measures import auroc, covered, ndcg, percentile, recall, reciprocal_rank
from rag.evaluation.questions import Gold, Question, read_objects, read_questions
from rag.types import Answer, Citation, Passage, Scores, Status

SCORES = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=12)


def test_ndcg_of_a_worked_example() -> None:
    grades = {"a": 3.0, "b": 2.0, "c": 1.0}
    gained = 2 / math.log2(2) + 0 + 3 / math.log2(4)
    ideal = 3 / math.log2(2) + 2 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(["b", "x", "a"], grades, 10) == pytest.approx(gained / ideal)
    assert ndcg(["a", "b", "c"], grades, 10) == 1.0
    assert ndcg(["a"], grades, 1) == 1.0
    assert ndcg([], grades, 10) == 0.0
    assert ndcg(["a"], {}, 10) == 0.0


def test_recall_and_reciprocal_rank() -> None:
    assert recall(["x", "a", "b"], {"a", "b", "c", "d"}, 2) == 0.25
    assert recall(["x"], {"a"}, 5) == 0.0
    assert reciprocal_rank(["x", "a"], {"a"}, 10) == 0.5
    assert reciprocal_rank(["x", "a"], {"a"}, 1) == 0.0


@given(SCORES, SCORES)
def test_auroc_is_the_share_of_pairs_in_order(positives: list[float], negatives: list[float]) -> None:
    pairs = list(itertools.product(positives, negatives))
    wins = sum((one > other) + (one == other) / 2 for one, other in pairs)
    assert auroc(positives, negatives) == pytest.approx(wins / len(pairs))


def test_auroc_needs_both_kinds() -> None:
    assert auroc([], [1.0]) is None
    assert auroc([1.0], []) is None


def test_percentiles_are_values_of_the_list() -> None:
    assert [percentile([40.0, 10.0, 30.0, 20.0], percent) for percent in (0, 50, 75, 95, 100)] == [10, 20, 30, 40, 40]
    assert percentile([], 50) is None


@given(st.tuples(st.integers(0, 20), st.integers(0, 20)), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))))
def test_covered_counts_characters_once(span: tuple[int, int], others: list[tuple[int, int]]) -> None:
    places = {place for start, end in others for place in range(start, end)}
    assert covered(span, others) == len(places & set(range(*span)))


def passage(rank: int, source: str, dense: float | None = None) -> Passage:
    return Passage(rank=rank, source=source, start=0, end=4, text="text", scores=Scores(dense=dense))


def answer(status: Status, *passages: Passage, cites: tuple[tuple[str, int, int], ...] = (), ms: float = 1.0) -> Answer:
    citations = tuple(
        Citation(number, source, "", None, None, None, start, end, "x" * (end - start))
        for number, (source, start, end) in enumerate(cites, 1)
    )
    return Answer("q", "q", status, "", (), citations, passages, (), "extractive", "g", {"total": ms})


def test_a_document_is_found_at_the_rank_of_its_best_passage() -> None:
    assert documents_of([passage(3, "b"), passage(1, "a"), passage(2, "a"), passage(4, "c")]) == ["a", "b", "c"]


def test_all_figures_of_a_small_run() -> None:
    texts = {"a": "0123456789", "b": "abcdefghij"}
    found = Question("q1", answerable=True, gold=(Gold("a", "0123"), Gold("b", "abcdefgh")))
    missed = Question("q2", answerable=True, gold=(Gold("b", "cd"),))
    nowhere = Question("q3", answerable=False)
    cited = (("a", 0, 2), ("b", 0, 3))
    judged = [
        judge(
            found,
            answer(Status.ANSWERED, passage(1, "a", 0.9), passage(2, "b", 0.8), cites=cited, ms=10),
            texts.__getitem__,
        ),
        judge(missed, answer(Status.REFUSED, passage(1, "a", 0.3), ms=30), texts.__getitem__),
        judge(nowhere, answer(Status.REFUSED, passage(1, "a", 0.5), ms=20), texts.__getitem__),
    ]
    expected = {
        "n": 3,
        "failed": 0,
        "retrieval": {"ndcg@10": 0.5, "recall@5": 0.5, "recall@10": 0.5, "mrr@10": 0.5, "hit@1": 0.5},
        "abstention": {"auroc": 0.5, "precision": 0.5, "recall": 1.0},
        "citation": {"precision": 1.0, "recall": round(1 / 3, 4)},
        "latency_ms": {"p50": 20, "p95": 30},
        "index": {"documents": 2, "chunks": 5, "seconds": None},
    }
    assert figures(judged, documents=2, chunks=5) == expected
    judged.append(Judged(found, Outcome(error="The model went away.")))
    with_error = figures(judged, documents=2, chunks=5)
    assert (with_error["n"], with_error["failed"]) == (4, 1)
    assert with_error["retrieval"]["hit@1"] == round(1 / 3, 4), "what could not be asked found nothing"
    assert with_error["latency_ms"] == expected["latency_ms"]


def test_without_answers_nothing_is_said_of_answers() -> None:
    known = Question("q1", answerable=True, gold=(Gold("a", "0123"),))
    nowhere = Question("q2", answerable=False)
    judged = [
        Judged(known, Outcome("q1", (passage(1, "a", 0.9),), ("a",), None, 3.0), (("a", (0, 4)),)),
        Judged(nowhere, Outcome("q2", (passage(1, "a", 0.2),), ("a",), None, 4.0)),
    ]
    computed = figures(judged, documents=1, chunks=1)
    assert computed["abstention"] == {"auroc": 1.0, "precision": None, "recall": None}
    assert computed["citation"] == {"precision": None, "recall": None}
    assert computed["retrieval"]["ndcg@10"] == 1.0
    assert computed["latency_ms"] == {"p50": 3.0, "p95": 4.0}


def test_figures_are_none_where_the_set_cannot_tell() -> None:
    given = answer(Status.ANSWERED, passage(1, "a", 0.5))
    computed = figures([judge(Question("q"), given, str)], documents=1, chunks=1)
    assert set(computed["retrieval"].values()) == {None}
    assert set(computed["abstention"].values()) == {None}
    assert set(computed["citation"].values()) == {None}
    assert computed["latency_ms"] == {"p50": 1.0, "p95": 1.0}


GRADED = st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(-1, 4).map(float), min_size=1, max_size=14)


@given(GRADED, st.permutations("abcdefghijklmnopqrstu").map(lambda names: names[:15]))
def test_retrieval_is_what_the_definitions_say(grades: dict[str, float], ranked: list[str]) -> None:
    gold = tuple(Gold(name, grade=grade) for name, grade in grades.items())
    pair = Judged(Question("q", gold=(*gold, gold[0])), Outcome(ranked=tuple(ranked)))
    computed = figures([pair], documents=1, chunks=1)["retrieval"]
    right = {name for name, grade in grades.items() if grade > 0}
    if not right:
        assert set(computed.values()) == {None}
        return
    gains = [max(grades.get(name, 0.0), 0.0) for name in ranked[:10]]
    ideal = sorted((max(grade, 0.0) for grade in grades.values()), reverse=True)[:10]
    discounted = [sum(gain / math.log2(at + 2) for at, gain in enumerate(row)) for row in (gains, ideal)]
    first = next((at for at, name in enumerate(ranked[:10], 1) if name in right), None)
    assert computed == {
        "ndcg@10": round(discounted[0] / discounted[1], 4),
        "recall@5": round(len(right & set(ranked[:5])) / len(right), 4),
        "recall@10": round(len(right & set(ranked[:10])) / len(right), 4),
        "mrr@10": round(1 / first, 4) if first else 0.0,
        "hit@1": float(ranked[0] in right),
    }


def test_a_gold_quotation_that_stands_nowhere_is_an_error() -> None:
    question = Question("q", gold=(Gold("a", "not there"),), line=7)
    with pytest.raises(UsageError, match=r"Line 7: the gold quotation 'not there' does not stand in a\."):
        locate(question, question.gold[0], {"a": "text"}.__getitem__)


def test_questions_of_both_shapes_are_read(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(
        b"\xef\xbb\xbf"
        + json.dumps({"question": "Who?", "id": "p01", "history": ["What?"], "answerable": True}).encode()
        + b'\r\n\n{"q_id": 7, "question": "a\xe2\x80\xa8b", "gold": [{"doc_id": "d", "grade": 2}]}\n'
    )
    assert list(read_questions(file)) == [
        Question("Who?", id="p01", history=("What?",), answerable=True, line=1),
        Question("a\u2028b", id="7", gold=(Gold("d", grade=2.0),), line=3),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("[" * 100_000, "not JSON"),
        ('{"text": "x"}', "there is no `question`"),
        ('{"question": 3}', "`question` is no text"),
        ('{"question": "x", "history": "y"}', "`history` is no list"),
        ('{"question": "x", "history": [1]}', "`history` is no text"),
        ('{"question": "x", "history": [{"text": "y"}]}', "there is no `question`"),
        ('{"question": "x", "answerable": "yes"}', "`answerable` is neither true nor false"),
        ('{"question": "x", "gold": {}}', "`gold` is no list"),
        ('{"question": "x", "gold": [1]}', "an entry of `gold` is no object"),
        ('{"question": "x", "gold": [{}]}', "an entry of `gold` has no `source`"),
        ('{"question": "x", "gold": [{"source": "a", "start": "1"}]}', "whole numbers"),
        ('{"question": "x", "gold": [{"source": "a", "grade": "high"}]}', "could not convert"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, problem: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "fine"}\n\n' + line + "\n")
    with pytest.raises(UsageError) as caught:
        list(read_questions(file))
    assert str(caught.value).startswith(f"{file} line 3: ")
    assert problem in str(caught.value)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        list(read_objects(tmp_path / "nowhere.jsonl"))
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        list(read_objects(tmp_path))
    (tmp_path / "latin.jsonl").write_bytes(b'{"question": "caf\xe9"}')
    with pytest.raises(UsageError, match=r"is not UTF-8 text \(byte 17\)"):
        list(read_questions(tmp_path / "latin.jsonl"))
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(UsageError, match="holds no question"):
        list(read_questions(tmp_path / "empty.jsonl"))
