"""Evidence for what somebody said, whose words something is, who somebody is, and what several sources say."""

from __future__ import annotations

import pytest

from rag.evidence import find_speaker
from rag.evidence.speech import MOST_SHOWN
from tests.documents import make_document
from tests.shelf import SHELF, Shelf, texts

BRANDT = "“The harbour is safe,” Brandt said. “Nobody will drown here.”"
SCHOOL = "She believes that the island needs a school."
REYES = [
    "Tom Reyes, a fisherman, criticised the ferries.",
    "He said that the ferries were late every day.",
    "According to Reyes, the harbour is too small for two ferries.",
    "“The lighthouse is a waste of crowns,” Tom Reyes told the Gazette.",
]
LI = "Anna Li of the Gazette called the ferries “floating coffins” in a column."


@pytest.mark.parametrize(
    ("question", "said", "speaker"),
    [
        ("What did Brandt say?", [BRANDT, SCHOOL], "Olga Brandt"),
        ("what did olga brandt say", [BRANDT, SCHOOL], "Olga Brandt"),
        ("What did Mayor Brandt say?", [BRANDT, SCHOOL], "Olga Brandt"),
        ("What did Brant say?", [BRANDT, SCHOOL], "Olga Brandt"),
        ("What did Reyes say?", REYES, "Tom Reyes"),
        ("What did the fisherman say?", REYES, "Tom Reyes"),
        ("What did Reyes say about the ferries?", REYES[:3], "Tom Reyes"),
        ("What did Reyes say about the lighthouse?", REYES[3:], "Tom Reyes"),
        ("What does Brandt think about the school?", [SCHOOL], "Olga Brandt"),
        ("What did Anna Li say about the ferries?", [LI], "Anna Li"),
        ("According to Reyes, is the harbour too small?", [REYES[2]], "Tom Reyes"),
    ],
)
def test_all_that_somebody_said_or_what_concerns_the_topic(question: str, said: list[str], speaker: str) -> None:
    choice = SHELF.said(question)

    assert texts(choice) == said
    assert {piece.speaker for piece in choice.evidence} == {speaker}
    assert choice.reason is None


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What did Zola say?", "The sources do not mention Zola."),
        ("What did Brandt say about NATO?", "The sources quote Olga Brandt, but not on this: NATO."),
        ("What did Brandt say about the ferries?", "The sources quote Olga Brandt, but not on this: the ferries."),
        ("What did Brandt say about the school?", "The sources quote Olga Brandt, but not on this: the school."),
        ("What did Reyes say in 2015?", "The sources quote Tom Reyes, but not on this: in 2015."),
        ("What did Anna Li say about Brandt?", "The sources quote Anna Li, but not on this: Brandt."),
        ("What did the council say?", "The sources mention the council, but quote nothing they said."),
    ],
)
def test_what_nobody_is_quoted_on_is_refused_with_the_reason(question: str, reason: str) -> None:
    choice = SHELF.said(question)

    assert (choice.evidence, choice.reason) == ((), reason)


def test_a_list_that_somebody_gives_is_one_piece() -> None:
    text = "According to Maria Keller, three things fail:\n- enzymes at night\n- mice by day\n- money all year"
    shelf = Shelf(make_document(text, "lab.txt"))

    assert [piece.text for piece in shelf.said("What did Keller say?").evidence] == [text]


def test_of_very_much_the_most_direct_is_shown_and_it_is_said_how_much_there_is() -> None:
    reports = [f"Maria Keller said that trial number {number} had failed." for number in range(MOST_SHOWN)]
    quotes = [f"“Trial {number} is a disaster,” Maria Keller said on day {number}." for number in (77, 88)]
    shelf = Shelf(make_document("\n\n".join([*reports, *quotes]), "lab.txt"))
    choice = shelf.said("What did Keller say?")

    assert [piece.text for piece in choice.evidence] == [*reports[: MOST_SHOWN - 2], *quotes]
    assert choice.reason == f"The {MOST_SHOWN} most direct of {MOST_SHOWN + 2} passages are shown."


def test_an_exact_question_gets_one_answer() -> None:
    shelf = Shelf(
        make_document(
            "Maria Keller said that the trial began in 2019. Maria Keller said that the trial was a waste of mice.",
            "lab.txt",
        )
    )

    assert [piece.text for piece in shelf.said("When did Keller say that the trial began?").evidence] == [
        "Maria Keller said that the trial began in 2019."
    ]


@pytest.mark.parametrize(
    ("phrase", "speaker", "count"),
    [
        ("Brandt", "Olga Brandt", 3),
        ("mayor Olga Brandt", "Olga Brandt", 3),
        ("the fisherman", "Tom Reyes", 4),
        ("Tom", "Tom Reyes", 4),
        ("reyes", "Tom Reyes", 4),
        ("Brandts", "Olga Brandt", 3),
        ("Zola", None, 0),
        ("the sailor", None, 0),
        ("the Gazette", None, 0),
    ],
)
def test_whom_a_phrase_means(phrase: str, speaker: str | None, count: int) -> None:
    found, quotations = find_speaker(phrase, SHELF.quotations, SHELF.text)

    assert (found, len(quotations)) == (speaker, count)
    assert {quotation.speaker for quotation in quotations} <= {speaker}


def test_speakers_without_a_name_are_found_by_what_they_are_called() -> None:
    shelf = Shelf(make_document("Critics of the plan say that it is dear. Analysts say that it is cheap.", "plan.txt"))
    speaker, quotations = find_speaker("the critics of the plan", shelf.quotations, shelf.text)

    assert speaker is None
    assert [quotation.quote for quotation in quotations] == ["Critics of the plan say that it is dear."]


@pytest.mark.parametrize(
    ("question", "said", "speakers"),
    [
        ("Who said that the harbour is safe?", [BRANDT], ["Olga Brandt"]),
        ("Who called the ferries “floating coffins”?", [LI], ["Anna Li"]),
        ("Whose words are “a waste of crowns”?", [REYES[3]], ["Tom Reyes"]),
    ],
)
def test_whose_words_something_is(question: str, said: list[str], speakers: list[str]) -> None:
    choice = SHELF.who_said(question)

    assert texts(choice) == said
    assert [piece.speaker for piece in choice.evidence] == speakers


def test_words_of_nobody() -> None:
    choice = SHELF.who_said("Who said that the moon is made of cheese?")

    assert (choice.evidence, choice.reason) == ((), "The sources give these words to nobody.")
    assert Shelf(make_document("It rained.")).who_said("Who said that it rained?").evidence == ()


@pytest.mark.parametrize(
    ("name", "introduced"),
    [
        ("Olga Brandt", ["The mayor, Olga Brandt, opened the harbour on Monday."]),
        ("Tom Reyes", ["Tom Reyes, a fisherman, criticised the ferries."]),
        ("Anna Li", [LI]),
    ],
)
def test_a_person_is_introduced_by_the_sentence_that_says_what_they_are(name: str, introduced: list[str]) -> None:
    assert texts(SHELF.person(name)) == introduced


def test_an_unknown_person_is_nobody() -> None:
    choice = SHELF.person("Emile Zola")

    assert (choice.evidence, choice.reason) == ((), "The sources do not say who Emile Zola is.")


def test_each_source_has_its_say_in_a_comparison() -> None:
    choice = SHELF.comparison("Do the articles agree about the lighthouse?")

    assert texts(choice) == [REYES[3], "a lighthouse on the rock"]
    assert [piece.source for piece in choice.evidence] == ["critic.txt", "ferry.txt"]
    assert choice.reason is None


def test_a_comparison_says_when_there_is_one_source_only_and_refuses_when_there_is_none() -> None:
    alone = SHELF.comparison("Do the articles agree about the bridge?")
    nothing = SHELF.comparison("Do the articles agree about volcanoes?")

    assert {piece.source for piece in alone.evidence} == {"ferry.txt"}
    assert alone.reason == "Only one of the sources speaks of this."
    assert (nothing.evidence, nothing.reason) == ((), "No passage says enough of what the question asks for.")


def test_an_overview_has_prose_of_each_source_in_order() -> None:
    choice = SHELF.overview()

    assert [piece.source for piece in choice.evidence] == ["ferry.txt", "ferry.txt", "critic.txt", "critic.txt"]
    assert texts(choice) == sorted(texts(choice), key=lambda text: text not in SHELF.text("ferry.txt"))
    assert not any(piece.item for piece in choice.evidence)
    assert choice.reason == (
        "2 sources read; up to 2 sentences of each are shown, those nearest to what it says as a whole."
    )


def test_an_overview_of_no_prose_is_refused() -> None:
    choice = Shelf(make_document("- one\n- two")).overview()

    assert (choice.evidence, choice.reason) == ((), "There is no prose in the sources to sum up.")


def test_a_pronoun_that_means_nobody_known_is_said_to_be_unclear() -> None:
    choice = SHELF.said("What did he say?")
    assert (choice.evidence, choice.reason) == ((), "Whom “he” means is not clear: name them.")
