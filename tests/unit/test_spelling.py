"""Typing mistakes in questions are undone where no source has the word, and nowhere else."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.spelling import respelled
from rag.text.words import terms

FREQUENCIES = Counter(
    {
        terms(word)[0]: count
        for word, count in {"minister": 9, "harbour": 4, "storm": 2, "stork": 7, "Bolton": 3}.items()
    }
)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("What did the ministr say?", "What did the minister say?"),
        ("What did the minnister say?", "What did the minister say?"),
        ("What did the minixter say?", "What did the minister say?"),
        ("What did the minitser say?", "What did the minister say?"),
        ("What did Boltn say?", "What did Bolton say?"),
        ("“Harbuor”, they say", "“Harbour”, they say"),
        ("the stor", "the stor"),  # too short to tell
        ("the storx and the minister", "the stork and the minister"),  # the more frequent of two
        ("harbours", "harbours"),  # known by its stem
        ("the linister", "the linister"),  # the first letter is taken as meant
        ("the mnistr", "the mnistr"),  # two slips
        ("minister2", "minister2"),
        ("zebras", "zebras"),
        ("", ""),
    ],
)
def test_one_slip_is_undone(question: str, meant: str) -> None:
    assert respelled(question, FREQUENCIES.__getitem__) == meant


@given(st.text(max_size=60))
def test_nothing_is_changed_where_nothing_is_known(question: str) -> None:
    assert respelled(question, lambda _: 0) == question


@given(st.text(max_size=60))
def test_nothing_is_changed_where_everything_is_known(question: str) -> None:
    assert respelled(question, lambda _: 1) == question
