"""Questions changed so that nothing answers them: what is exchanged, and what is left alone."""

from __future__ import annotations

import random

from rag.evidence_model.arranging import Stretch
from tests.training.changing import Followers, with_another_name, with_another_word, with_opposite
from tests.training.data import Asked

SENTENCES = (
    "Marta Lindqvist founded the largest museum of Oslo in 1897.",
    "Later the smallest theatre of Bergen moved into the garden.",
)
STRETCH = Stretch("Museums", "", SENTENCES)


def asked(question: str, gold: tuple[int, ...] = (0,)) -> Asked:
    return Asked("squad2_dev_half", "Museums", question, STRETCH, gold, None)


def test_a_name_is_exchanged_for_one_that_does_not_answer() -> None:
    made = with_another_name(asked("What did Marta Lindqvist found?"), [STRETCH], random.Random(1))
    assert made is not None
    assert made.question in {"What did Bergen found?", "What did Later found?"}
    assert made.gold == ()


def test_a_year_is_moved_where_there_is_no_name() -> None:
    made = with_another_name(asked("What was founded in 1897?"), [], random.Random(1))
    assert made is not None
    assert made.question in {f"What was founded in {1897 + shift}?" for shift in (-7, -3, -2, 4, 5, 11)}
    assert with_another_name(asked("What was founded?"), [STRETCH], random.Random(1)) is None


def test_a_word_is_exchanged_for_an_opposite_formed_alike() -> None:
    made = with_opposite(asked("Who founded the largest museum?"), random.Random(1))
    assert made is not None
    opposites = "less fewer lower below under least smallest lowest fewest minimum".split()
    assert made.question in {f"Who founded the {word} museum?" for word in opposites}
    assert with_opposite(asked("Who built it?"), random.Random(1)) is None


def test_a_word_is_exchanged_for_one_that_follows_the_same_word_and_is_in_no_answer() -> None:
    followers = Followers([STRETCH])
    assert followers.of("the") == ["garden", "largest", "smallest"]
    made = with_another_word(asked("Who founded the largest museum?"), followers, random.Random(1))
    assert made is not None
    assert made.question in {"Who founded the garden museum?", "Who founded the smallest museum?"}
    assert made.answer is None


def test_a_word_that_the_text_does_not_have_is_left() -> None:
    assert with_another_word(asked("Who opened the gallery?"), Followers([STRETCH]), random.Random(1)) is None
