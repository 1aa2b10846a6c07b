"""What was chosen, given its shape, and put together into an answer: focus, conditions, agreement, resolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from rag.answering.composing import Composer, Place
from rag.answering.holdings import Holdings
from rag.answering.shaping import Shaper
from rag.evidence import Choice, Unit, units_of
from rag.quotations import extract_quotations
from rag.text.questions import parse_question
from rag.types import Document, Evidence, Quotation, Verdict
from tests.documents import make_document

MINE = make_document(
    """Olga Brandt ran the copper mine of Vik for ten years. She closed it in 1987 after a flood. \
The owners said that it was safe. That was false.

# If the siren sounds

Leave the shaft. Do not use the lift.

Keep at hand:
- a lamp
- a rope""",
    "mine.md",
    "The mine of Vik",
    "2024-03-05",
)
PAPER = make_document("It rained. She closed it in 1987 after a flood, the copper mine of Vik. It rained.", "paper.txt")


@dataclass
class Held:
    """Documents held without an index."""

    documents: Sequence[Document]
    found: list[Quotation] = field(default_factory=list)

    def document(self, source: str) -> Document:
        return next(each for each in self.documents if each.source == source)

    def units(self, source: str) -> list[Unit]:
        return units_of(self.document(source))

    def quotations(self) -> tuple[Quotation, ...]:
        return tuple(each for document in self.documents for each in extract_quotations(document))


HELD = Held([MINE, PAPER])


def chosen(*words: str) -> Choice:
    """Return the sentences of the mine that hold these words as a choice."""
    units = [next(unit for unit in HELD.units("mine.md") if each in unit.text) for each in words]
    return Choice(tuple(Evidence("mine.md", unit.start, unit.end, unit.text, 1.0) for unit in units))


def shaped(question: str, choice: Choice, found: Sequence[Unit] = ()) -> tuple[Evidence, ...]:
    shaper = Shaper(cast("Holdings", HELD))
    pieces = shaper.shaped(parse_question(question), choice, lambda: found).evidence
    for piece in pieces:
        text = HELD.document(piece.source).text
        assert text[piece.start : piece.end] == piece.text
        assert all(0 <= start < end <= len(piece.text) for start, end in piece.focus)
    return pieces


def test_a_fact_has_its_words_in_focus_and_tells_whom_it_means() -> None:
    [piece] = shaped("When was the mine closed?", chosen("1987"))

    assert [piece.text[start:end] for start, end in piece.focus] == ["1987"]
    assert piece.refers_to == "Olga Brandt"


def test_what_another_source_says_too_is_cited_with_it() -> None:
    [piece] = shaped("When was the mine closed?", chosen("1987"), HELD.units("paper.txt"))

    assert [each.source for each in piece.also] == []  # it does not name the mine itself, so nothing is sure
    [lamp] = shaped("Who ran the mine?", chosen("ran the copper mine"), units_of(replaced("paper.txt")))
    assert [each.source for each in lamp.also] == ["paper.txt"]


def replaced(source: str) -> Document:
    return make_document("For ten years Olga Brandt ran the copper mine of Vik.", source)


def test_a_denial_behind_it_and_the_condition_above_it_come_along() -> None:
    [safe] = shaped("Is the mine safe?", chosen("it was safe"))
    [lift] = shaped("May I use the lift?", chosen("Do not use"))

    assert safe.text == "The owners said that it was safe. That was false."
    assert (lift.text, lift.under) == ("Do not use the lift.", "If the siren sounds")


def test_pieces_that_come_to_overlap_are_one_and_a_list_has_its_first_mark() -> None:
    [both] = shaped("Was the mine safe, or was that false?", chosen("it was safe", "That was false"))
    start = MINE.text.index("a lamp")
    whole = Evidence("mine.md", start, len(MINE.text), MINE.text[start:], 1.0)

    assert both.text == "The owners said that it was safe. That was false."
    assert [piece.text for piece in shaped("What should I keep?", Choice((whole,)))] == ["- a lamp\n- a rope"]


def test_nothing_is_made_of_nothing() -> None:
    nothing = Choice(reason="The sources do not mention Oslo.")

    assert Shaper(cast("Holdings", HELD)).shaped(parse_question("Where is Oslo?"), nothing, list) is nothing


# ---------------------------------------------------------------- in the text of an answer


def test_the_answer_says_whom_and_under_what_and_cites_all_who_say_it() -> None:
    [piece] = shaped("When was the mine closed?", chosen("1987"))
    composer = Composer()
    other = Evidence("paper.txt", 0, 10, "It rained.", 1.0)
    event = composer.quote(Place(piece, piece.start, piece.end), MINE, [(Place(other, 0, 10), PAPER)])
    [lift] = shaped("May I use the lift?", chosen("Do not use"))
    composer.quote(Place(lift, lift.start, lift.end), MINE)

    assert composer.text == (
        "The mine of Vik (5 March 2024):\n\n[Olga Brandt] She closed it in 1987 after a flood. [1][2]\n\n"
        "The mine of Vik (5 March 2024), under “If the siren sounds”:\n\nDo not use the lift. [3]"
    )
    for statement in composer.statements:
        assert composer.text[statement.start : statement.end] == statement.text
    assert [event.statement.text[slice(*span)] for span in event.statement.focus] == ["1987"]
    assert (event.statement.refers_to, event.statement.resolution) == ("Olga Brandt", "[Olga Brandt] ")


@pytest.mark.parametrize(
    ("speaker", "shown"), [("Olga Brandt", None), ("Tom Reyes", "Olga Brandt"), (None, "Olga Brandt")]
)
def test_whom_it_means_is_not_said_twice(speaker: str | None, shown: str | None) -> None:
    piece = Evidence("mine.md", 0, 11, MINE.text[:11], 1.0, speaker=speaker, refers_to="Olga Brandt")

    assert Composer().quote(Place(piece, 0, 11), MINE).statement.refers_to == shown
    assert Composer().quote(Place(piece, 5, 11), MINE).statement.refers_to is None


def test_where_anything_answers_the_best_piece_alone_has_words_in_focus() -> None:
    pieces = tuple(
        Evidence("mine.md", at, at + len(words), words, score, focus=((0, 11),))
        for words, score in (("Leave the shaft.", 0.5), ("Do not use the lift.", 0.9))
        for at in (MINE.text.index(words),)
    )

    assert [bool(piece.focus) for piece in shaped("What about the siren?", Choice(pieces))] == [False, True]


def test_prose_has_the_words_in_focus_where_they_stand_once() -> None:
    [piece] = shaped("When was the mine closed?", chosen("1987"))
    place = Place(piece, piece.start, piece.end)
    once = Composer().say("The mine was closed in 1987.", Verdict.SUPPORTED, [(place, MINE)], paragraph=False)
    twice = Composer().say("In 1987, yes 1987, it shut.", Verdict.SUPPORTED, [(place, MINE)], paragraph=False)

    assert [once.statement.text[slice(*span)] for span in once.statement.focus] == ["1987"]
    assert twice.statement.focus == ()
