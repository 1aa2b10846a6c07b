"""Who is no speaker: adjectives of peoples, things with numbers in their names, whoever is only near a description."""

from __future__ import annotations

import pytest

from rag.quotations import extract_quotations
from rag.quotations.referents import Referents
from tests.documents import make_document


def speakers(text: str) -> list[str | None]:
    """Return the speakers of the quotations of a text, in order."""
    return [quotation.speaker for quotation in extract_quotations(make_document(text))]


@pytest.mark.parametrize(
    "text",
    [
        "Radical Islamist organisations like the Northern Front reject democracy, declaring that it is sin.",
        "Speakers are chosen to represent the balance of beliefs according to the Scottish census.",
        "American energy policies have been criticised, promoting expensive fixes that nobody wants.",
    ],
)
def test_an_adjective_of_a_people_or_creed_in_front_of_a_noun_says_nothing(text: str) -> None:
    assert not {"Radical Islamist", "Scottish", "American"} & set(speakers(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The new Falcon 9X promises that every journey will be short.", [None]),
        ("Clause 14 states that the deposit is held by the agent.", []),
        ("Christian Vogel promises that every journey will be short.", ["Christian Vogel"]),
        ("Christian promises that every journey will be short, Maria Keller said.", ["Maria Keller"]),
    ],
)
def test_a_thing_with_a_number_in_its_name_is_nobody(text: str, found: list[str]) -> None:
    assert speakers(text) == found


def test_a_pronoun_means_no_place_and_nobody_with_another_first_name() -> None:
    county = "Anna Berg lives in Marlow County. Marlow County is dry. “It never rains,” she said."
    names = "Anna Berg met Thomas Lind at the well. “It never rains,” she said."

    assert (speakers(county), speakers(names)) == (["Anna Berg"], ["Anna Berg"])


# ---------------------------------------------------------------- whom a sentence opens by meaning


def meant(text: str, sentence: str) -> str | None:
    """Return whom the sentence of a text opens by meaning."""
    at = text.index(sentence)
    return Referents(make_document(text)).meant(at, at + len(sentence))


@pytest.mark.parametrize(
    ("before", "sentence", "name"),
    [
        ("Olga Brandt opened the harbour.", "She believes that the island needs a school.", "Olga Brandt"),
        ("Olga Brandt opened the harbour.", "But she believes that the island needs a school.", "Olga Brandt"),
        ("Olga Brandt opened the harbour.", "In 2019 she left the island.", "Olga Brandt"),
        ("Olga Brandt met Tom Reyes at the harbour.", "She thought that he was late.", "Olga Brandt"),
        ("Mr Arne Vik met Mr Leo Sand.", "He thought that it was late.", None),
        ("Arne Vik met Leo Sand.", "He thought that it was late.", None),
        ("It rained in Marlow County.", "He thought that it was late.", None),
        ("Olga Brandt opened the harbour.", "Brandt believes that the island needs a school.", None),
        ("Olga Brandt opened the harbour.", "The island needs a school.", None),
        ("Judge Amrita Pell spoke last.", "The judge added that she was tired.", "Amrita Pell"),
        ("General Ivo Stanek resigned.", "The general blamed the weather.", "Ivo Stanek"),
        ("Opening the debate, Ivo Stanek rose.", "The debate was short.", None),
    ],
)
def test_a_pronoun_or_an_office_is_resolved_where_one_person_alone_can_be_meant(
    before: str, sentence: str, name: str | None
) -> None:
    assert meant(f"{before} {sentence}", sentence) == name


def test_what_stands_a_paragraph_up_is_read_where_the_paragraph_itself_names_nobody() -> None:
    text = "Olga Brandt opened the harbour. It rained.\n\nShe left early."

    assert meant(text, "She left early.") == "Olga Brandt"
    assert meant("Olga Brandt left.\n\nIt rained.\n\nShe left early.", "She left early.") is None
