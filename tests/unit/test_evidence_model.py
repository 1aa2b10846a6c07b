"""The evidence model as it is shipped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.errors import EvidenceModelError
from rag.evidence_model import WEIGHTS, EvidenceModel, Reading
from rag.types import Precision

MODEL = EvidenceModel(precision=Precision.FLOAT32)
LIGHTHOUSE = (
    "The lighthouse of Varna Point",
    "",
    (
        "The tower stands on a cliff north of the harbour.",
        "It was built in 1871 by the engineer Ada Holm after two ships had sunk.",
        "Its lamp can be seen for thirty kilometres.",
        "Visitors may climb the stairs in summer.",
    ),
)
MOST_BYTES = 25_000_000


def best(readings: tuple[Reading, ...]) -> int:
    return max(range(len(readings)), key=lambda place: readings[place].score)


@pytest.mark.parametrize(
    ("question", "place", "words"),
    [
        ("When was the lighthouse built?", 1, "1871"),
        ("Who built the tower?", 1, "Ada Holm"),
        ("How far can the lamp be seen?", 2, "thirty kilometres"),
    ],
)
def test_it_finds_the_sentence_and_the_words_that_answer(question: str, place: int, words: str) -> None:
    (readings,) = MODEL.read(question, [LIGHTHOUSE])
    assert best(readings) == place
    answer = readings[place].answer
    start = LIGHTHOUSE[2][place].index(words)
    assert answer is not None
    assert answer[0] < start + len(words), "its span need not be the whole name"
    assert start < answer[1]


def test_what_no_sentence_answers_scores_less() -> None:
    def top(question: str) -> float:
        return max(reading.score for reading in MODEL.read(question, [LIGHTHOUSE])[0])

    assert top("When was the lighthouse built?") > top("When was the lighthouse painted red?")
    assert top("When was the lighthouse built?") > top("Who won the football match?") + 2


def test_every_sentence_of_every_text_is_read_in_order() -> None:
    long = ("Long", "", tuple(f"Sentence number {number} says that {number} birds flew." for number in range(80)))
    found = MODEL.read("How many birds flew?", [LIGHTHOUSE, long, ("", "", ())])
    assert [len(readings) for readings in found] == [4, 80, 0]
    alone = MODEL.read("How many birds flew?", [LIGHTHOUSE])[0]
    assert [each.score for each in alone] == pytest.approx([each.score for each in found[0]], abs=1e-3)


def test_threads_get_what_one_alone_gets() -> None:
    alone = MODEL.read("Who built the tower?", [LIGHTHOUSE])
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _: MODEL.read("Who built the tower?", [LIGHTHOUSE]), range(8)))
    assert all(each == alone for each in together)


def test_it_is_as_small_as_promised() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) <= MOST_BYTES


def test_weights_that_are_gone_are_an_error_for_people(tmp_path: Path) -> None:
    with pytest.raises(EvidenceModelError, match="install that again"):
        EvidenceModel(tmp_path).load()
