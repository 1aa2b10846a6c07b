"""Names in text: where they stand, what their full form is, and what is no name."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.names import (
    NameTable,
    find_mentions,
    is_organisation,
    name_tokens,
    same_person,
    strip_title,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Maria Keller met Reyes in Oslo.", ["Maria Keller", "Reyes", "Oslo"]),
        ("However, Keller left Lund in March.", ["Keller", "Lund"]),
        ("Running late, Anna Li scored.", ["Anna Li"]),
        ("Keller spoke. Then Keller left.", ["Keller", "Keller"]),
        ("Scientists agree.", []),
        ("Scientists agree. Many Scientists protested.", ["Scientists", "Scientists"]),
        ("NASA said so.", ["NASA"]),
        ("A storm came. I slept.", []),
        ("The minister said no.", []),
        ("What did NATO say to Keller?", ["NATO", "Keller"]),
        ("He met Vincent van Gogh and Omar bin Laith.", ["Vincent van Gogh", "Omar bin Laith"]),
        ("It was J. K. Rowling and Jean-Luc Petit.", ["J. K. Rowling", "Jean-Luc Petit"]),
        ("She asked Seán O’Neill and Mia D'Angelo.", ["Seán O’Neill", "Mia D'Angelo"]),
        ("We read Élodie Ångström’s book.", ["Élodie Ångström"]),
        ("He wrote to @Keller and #Reyes.", []),
        ("She works for AT&T.", ["AT&T"]),
        ("It was Olga Brandt KC who asked.", ["Olga Brandt"]),
        ("", []),
    ],
)
def test_names_in_a_sentence(text: str, names: list[str]) -> None:
    assert [mention.name for mention in find_mentions(text)] == names


@pytest.mark.parametrize(
    ("text", "lead", "name"),
    [
        ("We met President Tom Reyes.", "President ", "Tom Reyes"),
        ("We met Dr. Maria Keller.", "Dr. ", "Maria Keller"),
        ("We met Republican Sen. Tom Reyes.", "Republican Sen. ", "Tom Reyes"),
        ("It was late. Mr. Reyes left.", "Mr. ", "Reyes"),
        ("We met Secretary of State Lena Voss.", "Secretary of State ", "Lena Voss"),
        ("We met Justice Brandt.", "Justice ", "Brandt"),
        ("We met Brandt.", "", "Brandt"),
    ],
)
def test_titles_stand_in_front_of_the_name(text: str, lead: str, name: str) -> None:
    [mention] = find_mentions(text)

    assert (text[mention.lead : mention.start], text[mention.start : mention.end]) == (lead, name)
    assert (mention.name, mention.titled) == (name, bool(lead))


PIECES = st.sampled_from(
    [
        "Maria ",
        "Keller",
        " said ",
        ". ",
        "The ",
        "Dr. ",
        "President ",
        "van ",
        "NATO",
        "’s",
        "\n",
        ", ",
        "Lund",
        "É",
        "U.S. ",
    ]
)


@given(st.text(max_size=80) | st.lists(PIECES, max_size=16).map("".join))
@settings(deadline=None)
def test_mentions_are_spans_of_the_text_in_order(text: str) -> None:
    mentions = find_mentions(text)

    assert [text[mention.start : mention.end] for mention in mentions] == [mention.name for mention in mentions]
    assert all(0 <= mention.lead <= mention.start < mention.end for mention in mentions)
    assert all(one.end <= other.start for one, other in itertools.pairwise(mentions))


def test_short_forms_stand_for_the_full_ones_of_the_text() -> None:
    table = NameTable.of(
        "Maria Keller met Tom Reyes at the Oslo City Council. Keller spoke, Reyes did not. Judge Brandt ruled in Oslo."
    )

    assert table.candidates("Keller") == ("Maria Keller",)
    assert table.candidates("Tom") == ("Tom Reyes",)
    assert table.candidates("Maria Keller") == ("Maria Keller",)
    assert table.candidates("Brandt") == ("Brandt",)
    assert table.candidates("Zola") == ("Zola",)
    assert [
        name for name in ("Keller", "Tom Reyes", "Brandt", "Oslo", "Oslo City Council") if table.is_person(name)
    ] == [
        "Keller",
        "Tom Reyes",
        "Brandt",
    ]


def test_two_bearers_of_a_name_are_told_the_most_frequent_first() -> None:
    table = NameTable.of("We met John Smith and Clare Smith. Later Clare Smith left.")

    assert table.candidates("Smith") == ("Clare Smith", "John Smith")


def test_a_firm_is_no_person_and_its_founder_is() -> None:
    table = NameTable.of("They bought Acme Corporation. The founder, Jim Acme, 84, said he was sad. Acme Bank closed.")

    assert table.candidates("Acme") == ("Jim Acme",)
    assert not table.is_person("Acme Corporation")


def test_mentions_within_a_stretch() -> None:
    text = "Maria Keller met Tom Reyes in Oslo."
    table = NameTable.of(text)

    assert [mention.name for mention in table.within(5, text.index("Oslo"))] == ["Tom Reyes"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Keller", "Maria Keller", True),
        ("Dr. Maria Keller", "Keller", True),
        ("Maria Keller", "Maria A. Keller", True),
        ("MARIA KELLER", "Maria Keller", True),
        ("Élodie Ångström", "Angstrom", True),
        ("John Smith", "Clare Smith", False),
        ("", "Keller", False),
        ("President", "President", False),
    ],
)
def test_the_same_person_under_two_names(one: str, other: str, same: bool) -> None:
    assert same_person(name_tokens(one), name_tokens(other)) is same
    assert same_person(name_tokens(other), name_tokens(one)) is same


@pytest.mark.parametrize(
    ("run", "cut", "rest"),
    [
        ("President Tom Reyes", 10, "Tom Reyes"),
        ("Vice President Keller", 15, "Keller"),
        ("Mr. Reyes", 4, "Reyes"),
        ("Minister", 8, ""),
        ("Tom Reyes", 0, "Tom Reyes"),
        ("the coach", 0, "the coach"),
    ],
)
def test_titles_are_taken_off(run: str, cut: int, rest: str) -> None:
    assert strip_title(run) == (cut, rest)


def test_organisations_have_a_word_that_persons_have_not() -> None:
    names = ("Lund University", "the Gazette", "Bank of Oslo", "Maria Keller", "Reyes")

    assert [is_organisation(name) for name in names] == [True, True, True, False, False]
