"""What turns a sentence is taken along: denials behind it, conditions above it, in invented documents of many kinds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evidence import units_of
from rag.evidence.turning import is_turned_by, with_what_turns
from rag.types import Evidence
from tests.documents import make_document


def shown(text: str, words: str) -> tuple[str, str]:
    """Return what is shown of `text` where `words` were chosen, and under which line."""
    document = make_document(text)
    units = units_of(document)
    unit = next(unit for unit in units if words in unit.text)
    piece = Evidence("a.txt", unit.start, unit.end, unit.text, 1.0)
    wider = with_what_turns(piece, document, units)
    assert document.text[wider.start : wider.end] == wider.text
    return wider.text, wider.under


@pytest.mark.parametrize(
    ("claim", "turn"),
    [
        ("Friday Free claims that output rose by 40 percent.", "It did not."),
        ("The plant is safe, the owner said.", "But that is false."),
        ("The plant is safe, the owner said.", "He later withdrew the statement."),
        ("Roe took the money, the witness said.", "Roe denied it."),
        ("Roe took the money, the witness said.", "A spokesman for Roe denied the allegation on Monday."),
        ("Vaccines cause fever in all children.", "This claim has been debunked many times."),
        ("The drug halves the risk.", "The finding was retracted in 2021."),
        ("The drug halves the risk.", "However, later trials found no evidence of that."),
        ("The tenant may keep pets.", "This does not apply to dogs."),
        ("The tenant may keep pets.", "Except where the landlord has agreed in writing, no dogs are allowed."),
        ("Cold weather causes colds.", "Wrong: viruses do."),
        ("“It works,” said Roe.", "It does not."),
        ("Members get a refund.", "The only exception is the winter fair."),
    ],
)
def test_the_sentence_behind_that_denies_or_limits_comes_along(claim: str, turn: str) -> None:
    assert is_turned_by(turn)
    assert shown(f"{claim} {turn} It rained.", claim)[0] == f"{claim} {turn}"


def test_what_became_of_a_proposal_comes_along_from_further_down_the_paragraph() -> None:
    text = "Pike proposed a fee. Tate disagreed. The proposal was rejected by three votes. It rained."
    other = "Pike praised the fee. Tate disagreed. The proposal was rejected by three votes."
    apart = "Pike proposed a fee.\n\nThe proposal was rejected by three votes."

    assert shown(text, "Pike")[0] == text.removesuffix(" It rained.")
    assert shown(other, "Pike")[0] == "Pike praised the fee."
    assert shown(apart, "Pike")[0] == "Pike proposed a fee."


@pytest.mark.parametrize(
    "behind",
    [
        "It rained.",
        "He denied the minister a visa.",
        "That is true.",
        "The council rejected the plan of the mayor to build a second harbour.",
        "She said it was not her first visit to the town.",
    ],
)
def test_what_turns_nothing_stays_behind(behind: str) -> None:
    assert shown(f"The mine closed in 1987. {behind}", "1987")[0] == "The mine closed in 1987."


@pytest.mark.parametrize(
    ("before", "leaning"),
    [
        ("Roe took the money, the witness said.", "Roe denied that."),
        ("The plant is safe, the owner said.", "That is not true."),
        ("The tenant may leave early.", "In that case the deposit is lost."),
        ("The alarm may ring.", "If so, leave the building."),
        ("Suppose the bank fails.", "The depositors get nothing."),
        ("It is a common myth that goes like this:", "Cold weather causes colds."),
    ],
)
def test_a_sentence_that_hangs_on_the_one_before_brings_it(before: str, leaning: str) -> None:
    assert shown(f"It rained. {before} {leaning}", leaning)[0] == f"{before} {leaning}"


def test_an_item_brings_the_line_that_forbids_it_or_names_it_where_that_is_far() -> None:
    near = "Before use, do not:\n- open the lid\n- touch the blade\n\nIt rained."
    far = f"Do not:\n- {'wash the filter with soap, ' * 15}\n- touch the blade"
    plain = "The kit has:\n- a lid\n- a blade"

    assert shown(near, "touch the blade") == (near[: near.index("\n\nIt")], "")
    assert shown(far, "touch the blade") == ("touch the blade", "Do not:")
    assert shown(plain, "a blade") == ("a blade", "")


@pytest.mark.parametrize(
    ("heading", "named"),
    [
        ("If the alarm sounds", True),
        ("When the light is red", True),
        ("Common myths", True),
        ("What is not covered", True),
        ("Rejected proposals", True),
        ("Opening hours", False),
        ("When to call a doctor", False),
        ("What happens if I cancel?", False),
        ("This is not a mystery: it is a clash of views", False),
    ],
)
def test_a_heading_on_which_all_depends_is_named(heading: str, named: bool) -> None:
    text = f"# {heading}\n\nTake the stairs. Leave the lift.\n\n# Other\n\nIt rained."

    assert shown(text, "Leave the lift.") == ("Leave the lift.", heading if named else "")
    assert shown(text, "It rained.") == ("It rained.", "")


@given(
    st.lists(st.sampled_from(["It did not.", "It rained.", "Do not:", "- x", "# If so", "That is false."]), max_size=9)
)
def test_every_widened_piece_holds_what_was_chosen_and_stands_in_its_source(lines: list[str]) -> None:
    document = make_document("\n\n".join(lines))
    units = units_of(document)
    for unit in units:
        wider = with_what_turns(Evidence("a.txt", unit.start, unit.end, unit.text, 1.0), document, units)
        assert wider.start <= unit.start < unit.end <= wider.end
        assert document.text[wider.start : wider.end] == wider.text
