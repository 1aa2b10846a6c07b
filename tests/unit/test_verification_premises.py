"""What a question takes as given and a sentence has otherwise."""

from __future__ import annotations

import pytest

from rag.verification import premise_objections
from rag.verification.opposites import opposed_words, turned_round

OIL = "The discovery of oil in the North Sea in 1969 raised support for the party by 12 percent."


@pytest.mark.parametrize(
    ("question", "sentence", "rules"),
    [
        ("What was discovered in the North Sea?", OIL, []),
        ("What was discovered in the South Sea?", OIL, ["opposite"]),
        ("What lowered support for the party?", OIL, ["opposite"]),
        ("What raised support by 12 percent?", OIL, []),
        ("What raised support by 30 percent?", OIL, ["number"]),
        ("What raised support in 1988?", OIL, []),
        ("What didn’t raise support?", OIL, ["denial"]),
        ("What was lost on 3 May?", "The ring was lost on 3 May.", []),
        ("What was lost on 4 May?", "The ring was lost on 3 May.", ["date"]),
        ("What are the three causes?", "Wind, rain and neglect are the causes.", []),
        ("Name two of the causes.", "Wind, rain and neglect are the causes.", []),
        ("How did the three sisters die?", "The sisters died of cold.", ["number"]),
        ("Who bought the house?", "Ada Lund sold the house to Per Holm.", []),
        ("Who was Emma’s brother?", "Emma was the sister of Duke Richard.", []),
        ("What happened before the fire?", "The roof fell in after the fire.", []),
    ],
)
def test_a_sentence_that_has_it_otherwise_is_told(question: str, sentence: str, rules: list[str]) -> None:
    assert [name for name, _ in premise_objections(question, sentence, sentence)] == rules


def test_numbers_and_dates_may_stand_around_the_sentence() -> None:
    known = "In the third quarter, on 4 May, 300 workers struck. They won."

    assert list(premise_objections("What did the 300 workers win in the third quarter?", "They won.", known)) == []
    assert list(premise_objections("What did the 400 workers win?", "They won.", known)) == [
        ("number", "does not have the number 400")
    ]


def test_what_is_otherwise_is_told_in_words() -> None:
    assert dict(premise_objections("What was discovered in the South Sea?", OIL, OIL)) == {
        "opposite": "says “north” where the question says “south”"
    }


def test_the_same_told_from_its_other_end_is_opposite_in_a_statement_only() -> None:
    said, stands = "Ada Lund bought the house.", "Ada Lund sold the house."

    assert opposed_words(said, stands) == ("bought", "sold")
    assert opposed_words(said, stands, converses=False) is None
    assert turned_round(said, stands) == "it says bought where the cited text says sold"
