"""Names that have changed places, and those that may."""

from __future__ import annotations

import pytest

from rag.verification.order import changed_places


@pytest.mark.parametrize(
    ("text", "sentence", "objection"),
    [
        ("The train runs from Paris to Berlin.", "The train runs from Berlin to Paris.", "Paris and Berlin"),
        ("Reyes gave the mill to Keller.", "Keller gave the mill to Reyes.", "Reyes and Keller"),
        ("Rovers: Ames; Holt, Lomax; Petrie.", "Rovers: Holt; Ames, Lomax; Petrie.", "Ames and Holt"),
        ("The war of Norway against Sweden began.", "The war of Sweden against Norway began.", "Norway and Sweden"),
        ("Keller praised Reyes in Oslo.", "In Oslo, Keller praised Reyes.", None),
        ("Reyes was praised by Keller in Oslo.", "Keller praised Reyes in Oslo.", None),
        ("Keller and Reyes met in Oslo.", "Reyes and Keller met in Oslo.", None),
        ("Keller met Reyes in Oslo.", "Reyes met Keller in Oslo.", None),
        ("The bill of Keller and Reyes passed.", "The bill of Reyes and Keller passed.", None),
        ("Reyes will leave Oslo, Keller said.", "Keller said that Reyes will leave Oslo.", None),
        ("Keller left Oslo.", "Keller left Oslo in March, and Reyes stayed.", None),
    ],
)
def test_two_names_the_other_way_round(text: str, sentence: str, objection: str | None) -> None:
    assert changed_places(text, sentence) == (objection and f"{objection} have changed places")


def test_where_other_words_have_moved_too_the_names_may() -> None:
    said = "Berlin was the goal of the night train that left Paris late."
    stands = "From Paris the train left late in the night, its goal Berlin."

    assert changed_places(said, stands) is None
