"""What is said where the sources do not answer."""

from __future__ import annotations

import pytest

from rag.evidence.refusing import UNCLEAR, false_premise, refusal
from rag.text.questions import parse_question

NEAR = [
    "Russia rejected the offer.",
    "Talks on a cease-fire ended in Istanbul.",
    "Kyiv accepted the terms on Monday, to Russia’s surprise.",
]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Why did Russia accept the cease-fire?", "The sources do not say that Russia accepted the cease-fire."),
        ("Did Russia accept the cease-fire?", "The sources do not say that Russia accepted the cease-fire."),
        ("Why did Kyiv accept the terms?", "The sources do not say why Kyiv accepted the terms."),
        ("Who won the war?", "The sources do not say who won the war."),
        ("When was the bridge opened?", UNCLEAR),
        ("Did Kyiv accept the terms?", UNCLEAR),
    ],
)
def test_a_false_premise_is_named_and_an_open_question_too(question: str, said: str) -> None:
    assert refusal(parse_question(question), NEAR) == said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Why did Russia accept the terms?", "The sources do not say that Russia accepted the terms."),
        ("Why did Kyiv accept the terms?", None),
        ("Why did Russia leave the table?", None),
        ("When did Russia accept?", None),
        ("Did Russia accept the terms?", None),
        ("Why were the terms accepted?", None),
    ],
)
def test_a_premise_that_the_sources_have_of_somebody_else_is_false(question: str, said: str | None) -> None:
    assert false_premise(parse_question(question), NEAR) == said
