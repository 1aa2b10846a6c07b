"""A scripted model that lies in every way: none of its lies about quotations, numbers or names is shown."""

from __future__ import annotations

import pytest

from rag.verification import Verifier
from tests.benchmarks.lies import FOLDERS, Outcome, play

NEVER = (
    "wrong number", "numbers exchanged", "wrong unit", "wrong date", "invented name", "another person",
    "another speaker", "invented quotation", "altered quotation", "stitched quotation",
    "quotation from another source", "quotation given to another", "wrong citation",
)  # fmt: skip
"""Kinds of lies none of which may be shown."""
SELDOM = {
    "names exchanged (roles)": 0.15, "sources merged": 0.05, "negation dropped": 0.05, "negation added": 0.05,
    "quantifier added": 0.05, "hedge dropped": 0.05, "opposite": 0.05, "report told as fact": 0.05,
    "stronger verb of saying": 0.05,
}  # fmt: skip
"""The others, by the rules alone: the share that may be shown, above what was reached by what a lie or two make."""
FEWEST_HONEST = 0.9
MOST = 12


@pytest.fixture(scope="module")
def played() -> tuple[list[Outcome], list[Outcome]]:
    """What becomes of some lies of each kind, and of the honest paraphrases, by the rules alone."""
    return play(FOLDERS, Verifier(), seed=7, kind=None, most=MOST)


@pytest.mark.parametrize("kind", NEVER)
def test_no_lie_about_a_quotation_a_number_or_a_name_is_shown(
    played: tuple[list[Outcome], list[Outcome]], kind: str
) -> None:
    told = [each for each in played[0] if each.kind == kind]
    assert len(told) >= 5
    assert [each.text for each in told if each.shown] == []


@pytest.mark.parametrize("kind", SELDOM)
def test_other_lies_are_seldom_shown(played: tuple[list[Outcome], list[Outcome]], kind: str) -> None:
    told = [each for each in played[0] if each.kind == kind]
    assert sum(each.shown for each in told) <= SELDOM[kind] * len(told) + 1


def test_most_honest_paraphrases_are_shown(played: tuple[list[Outcome], list[Outcome]]) -> None:
    honest = played[1]
    assert len(honest) > 300
    assert sum(each.shown for each in honest) >= FEWEST_HONEST * len(honest)


def test_what_is_dropped_says_why(played: tuple[list[Outcome], list[Outcome]]) -> None:
    assert all(each.reason for each in (*played[0], *played[1]) if not each.kept)
