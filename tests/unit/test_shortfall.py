"""What the nearest passages of a refusal lack."""

from __future__ import annotations

import pytest

from rag.evidence.shortfall import shortfall
from rag.text.questions import parse_question
from tests.shelf import SHELF


@pytest.mark.parametrize(
    ("question", "lacks"),
    [
        ("What does Brandt think of NATO?", "does not mention NATO"),
        ("How many ferries were bought in 2031?", "does not mention 2031"),
        ("Which penguins live on the island?", "does not mention “live” or “penguins”"),
        ("When did the harbour take place?", "is about the same matter, but does not say this"),
        ("Who replaced the ferries?", "names nobody else"),
    ],
)
def test_a_name_a_number_or_a_word_that_is_missing_is_named(question: str, lacks: str) -> None:
    asked = parse_question(question)
    assert shortfall(asked, SHELF.scorer.score(asked, SHELF.all), SHELF.weight) == lacks


def test_the_kind_of_thing_that_is_missing_is_named() -> None:
    asked = parse_question("When did the bridge burn?")
    units = [unit for unit in SHELF.all if unit.text.startswith("The bridge burned because")]
    assert shortfall(asked, SHELF.scorer.score(asked, units), SHELF.weight) == "gives no date or time"
