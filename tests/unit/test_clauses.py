"""Questions put as clauses."""

from __future__ import annotations

import pytest

from rag.text.clauses import indirect, premise
from rag.text.verbs import past_of


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("Why did Russia accept the cease-fire?", "why Russia accepted the cease-fire"),
        ("Did the Netherlands deny entry to Wilders?", "that the Netherlands denied entry to Wilders"),
        ("Who won the 2030 election?", "who won the 2030 election"),
        ("How many tanks did Ukraine lose?", "how many tanks Ukraine lost"),
        ("what year did Spain join the EU", "what year Spain joined the EU"),
        ("Where does Anna Muster live?", "where Anna Muster lives"),
        ("Has she resigned?", "that she has resigned"),
        ("Which country paid for it?", "which country paid for it"),
        ("Who was Keller’s adviser?", "who Keller’s adviser was"),
        ("Why is Keller’s bill late?", None),
        ("what about the economy", None),
        ("When was the treaty signed?", None),
        ("When did the Normans and Saxons sign the treaty?", None),
        ("Tell me about Berlin", None),
        ("", None),
    ],
)
def test_a_question_becomes_a_clause_where_the_rules_are_sure(question: str, clause: str | None) -> None:
    assert indirect(question) == clause


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("Why did Russia accept the cease-fire?", "Russia accepted the cease-fire"),
        ("When did Lissner resign?", "Lissner resigned"),
        ("Is Trump in love?", "Trump is in love"),
        ("What did Bolton eat?", None),
        ("Who resigned?", None),
    ],
)
def test_what_a_question_takes_as_given(question: str, given: str | None) -> None:
    assert premise(question) == given


@pytest.mark.parametrize(
    ("base", "past"),
    [
        ("accept", "accepted"),
        ("deny", "denied"),
        ("agree", "agreed"),
        ("stop", "stopped"),
        ("play", "played"),
        ("commit", "committed"),
        ("withdraw", "withdrew"),
        ("visit", "visited"),
        ("eat", "ate"),
    ],
)
def test_past_tenses(base: str, past: str) -> None:
    assert past_of(base) == past
