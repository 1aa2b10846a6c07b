"""What several sources say alike is said once, and how central a sentence is to its document."""

from __future__ import annotations

import pytest

from rag.evidence import units_of
from rag.evidence.agreement import joined, same_elsewhere, says_alike
from rag.evidence.centrality import Centrality, leans
from rag.evidence.selecting import gives_reason, selected
from rag.text.questions import parse_question
from rag.types import Evidence
from tests.documents import make_document

CLOSED = "The Vik copper mine was closed in 1987 after a flood."


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("After a flood in 1987, the Vik copper mine closed.", True),
        ("The Vik copper mine was closed in 1988 after a flood.", False),
        ("The Vik copper mine was not closed in 1987 after a flood.", False),
        ("The Roros copper mine was closed in 1987 after a flood.", False),
        ("The mine closed.", False),
        ("It rained.", False),
    ],
)
def test_two_sources_say_alike_with_the_same_names_numbers_and_denials(other: str, same: bool) -> None:
    assert says_alike(CLOSED, other) is same
    assert says_alike(other, CLOSED) is same


def piece(source: str, text: str, score: float = 1.0, speaker: str | None = None, focus: bool = False) -> Evidence:
    return Evidence(source, 0, len(text), text, score, speaker=speaker, focus=((0, 1),) if focus else ())


def test_what_another_source_says_too_is_cited_with_it_and_not_repeated() -> None:
    first, again = piece("a.txt", CLOSED), piece("b.txt", "After a flood in 1987, the Vik copper mine closed.")
    [both] = joined([first, again])

    assert (both.text, both.also) == (CLOSED, (again,))
    assert joined([first, piece("a.txt", CLOSED)]) == [first, piece("a.txt", CLOSED)]
    assert len(joined([piece("a.txt", CLOSED, speaker="Ann Roe"), again])) == 2


def test_of_what_was_found_the_first_sentence_of_another_source_that_says_the_same_is_cited() -> None:
    others = units_of(make_document(f"It rained. {CLOSED} {CLOSED}", "b.txt"))
    found = same_elsewhere(piece("a.txt", CLOSED), [*units_of(make_document(CLOSED, "a.txt")), *others], [])

    assert [(each.source, each.text) for each in found.also] == [("b.txt", CLOSED)]
    assert same_elsewhere(piece("a.txt", CLOSED), others, [piece("b.txt", "Else.")]).also == ()


# ---------------------------------------------------------------- what a shape has room for


def test_a_fact_is_the_best_sentence_of_each_source_with_what_is_asked_for() -> None:
    good, worse, none, other = (
        piece("a.txt", "The mine closed in 1987.", 1.0, focus=True),
        piece("a.txt", "The mill closed in 1990.", 1.1, focus=True),
        piece("a.txt", "The mine closed.", 2.0),
        piece("b.txt", "It closed in 1987.", 0.5, focus=True),
    )

    assert selected(parse_question("When did the mine close?"), [good, worse, none, other]) == [good, other]
    assert selected(parse_question("Did the mine close?"), [good, none]) == [good, none]
    assert selected(parse_question("What happened to the mine?"), [good, none]) == [good, none]


def test_why_gets_what_gives_a_reason_where_something_does() -> None:
    reason, plain = piece("a.txt", "It closed because of a flood."), piece("a.txt", "It closed.")
    why = parse_question("Why did the mine close?")

    assert (gives_reason(reason.text), gives_reason(plain.text)) == (True, False)
    assert selected(why, [plain, reason]) == [reason]
    assert selected(why, [plain]) == [plain]


def test_a_comparison_of_sources_has_a_line_each_and_one_of_persons_is_left_as_it_is() -> None:
    pieces = [piece("a.txt", "One.", 0.5), piece("a.txt", "Two.", 0.9), piece("b.txt", "Three.", 0.1)]

    assert selected(parse_question("Do the articles agree about the mine?"), pieces) == pieces[1:]
    assert selected(parse_question("Do Roe and Lind agree about the mine?"), pieces) == pieces


# ---------------------------------------------------------------- centrality


def test_the_central_sentence_is_the_one_whose_words_come_again_and_that_stands_by_itself() -> None:
    text = (
        "The mine at Vik fed the town. A dog barked. The town lost its mine in a flood. This mine fed the town of Vik."
    )
    units = units_of(make_document(text, title="The mine at Vik"))
    scores = Centrality([units]).scores(units)

    assert max(range(4), key=scores.__getitem__) == 0
    assert min(range(4), key=scores.__getitem__) == 1
    assert [leans(unit.text) for unit in units] == [False, False, False, True]
    assert Centrality([]).scores([]) == []
