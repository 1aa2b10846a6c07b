"""The words of a sentence that a question asks for, in invented contracts, manuals, minutes, science and news."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evidence.focus import focus_of
from rag.text.questions import parse_question


def focused(question: str, text: str, proposed: str | None = None, speaker: str | None = None) -> list[str]:
    """Return the words in focus; `proposed` are those that a model took for the answer."""
    span = (text.index(proposed), text.index(proposed) + len(proposed)) if proposed else None
    return [text[start:end] for start, end in focus_of(parse_question(question), text, span, speaker=speaker)]


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("When does the lease end?", "The lease ends on 31 March 2027, unless renewed.", "31 March 2027"),
        ("When does the bus start?", "It runs from 11 pm to 5 am, starting on December 1.", "December 1"),
        ("What time does the pool open?", "From May the pool opens at 6:30 am every day.", "6:30 am"),
        ("What year was the mine closed?", "The mine, dug in 1902, was closed in 1987 after a flood.", "1987"),
        ("When did the council meet?", "The council met on Tuesday evening in the old school.", "Tuesday evening"),
        ("When was the abbey built?", "Monks built the abbey in the late 12th century.", "the late 12th century"),
        ("When did the strike begin?", "The strike began two weeks before the vote.", "two weeks before"),
    ],
)
def test_dates_and_hours(question: str, text: str, words: str) -> None:
    assert focused(question, text) == [words]


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("How many senators back the bill?", "It has a group of more than 80 senators behind it.", "80 senators"),
        ("How many nurses left?", "In 2021 some 31 tired nurses left the ward.", "31 tired nurses"),
        ("How much does the plant cost?", "In 2023 the firm spent $90 million on the plant.", "$90 million"),
        (
            "How much did the ferries cost?",
            "They bought two ferries for 40 million crowns in 2019.",
            "40 million crowns",
        ),
        ("By how much did sick leave fall?", "Sick leave fell by 23 percent.", "23 percent"),
        ("What percentage of the mice died?", "Of 40 mice, 12 per cent died in 2020.", "12 per cent"),
        ("How old is the pilot?", "The pilot, 54, flew twice.", "54"),
        ("How far is the well?", "The well lies 300 metres behind 2 barns.", "300 metres"),
        ("How many people use it?", "A dozen people use it.", "A dozen people"),
    ],
)
def test_numbers_with_their_units(question: str, text: str, words: str) -> None:
    assert focused(question, text) == [words]


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("How long is the cease-fire?", "She agreed to a 30-day cease-fire in March.", "30-day"),
        ("How long is the notice period?", "The notice period is at least three months.", "at least three months"),
        ("How long did the trial last?", "The trial lasted for decades.", "decades"),
        ("How long must the glue dry?", "Let the glue dry for 24 hours before sanding.", "24 hours"),
    ],
)
def test_stretches_of_time(question: str, text: str, words: str) -> None:
    assert focused(question, text) == [words]


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("Who paid for the study?", "The study was paid for by the Carp Council.", "Carp Council"),
        ("Who scored for Harriers?", "Bola Adeyemi scored as Kestrel Harriers won.", "Bola Adeyemi"),
        ("Who chairs the board?", "In Lund the board is chaired by Maria Keller.", "Maria Keller"),
        ("Where was the treaty signed?", "Tom Reyes signed the treaty in Hamburg, Germany.", "Hamburg, Germany"),
        ("Where does the spruce come from?", "The spruce is from one valley in the Jura.", "Jura"),
        ("Where is the meter?", "The meter hangs under the stairs.", "the stairs"),
        ("Who is Olga Brandt?", "Olga Brandt, the mayor of Vik, came late.", "the mayor of Vik"),
        ("Who is Olga Brandt?", "The mayor of Vik, Olga Brandt, came late.", "The mayor of Vik"),
        ("Who is Olga Brandt?", "Brandt is a former judge.", "a former judge"),
        (
            "Why did the merger fail?",
            "The merger failed because the bank withdrew, she said.",
            "because the bank withdrew",
        ),
        ("Why is the road shut?", "The road is shut due to a landslide.", "due to a landslide"),
        ("Which company built the weir?", "The weir was built by the company Orbeck in Lund.", "Orbeck"),
    ],
)
def test_names_places_descriptions_and_reasons(question: str, text: str, words: str) -> None:
    assert focused(question, text) == [words]


def test_where_and_when_has_both() -> None:
    assert focused("Where and when did they first meet?", "They first met in July 2017 in Oslo, Norway.") == [
        "July 2017",
        "Oslo, Norway",
    ]


def test_whose_words_something_is_shows_the_speaker() -> None:
    assert focused("Who called it void?", "“It is void,” said Ann Roe.", speaker="Ann Roe") == ["Ann Roe"]
    assert focused("Who called it void?", "“It is void,” she said.", speaker="Ann Roe") == []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Did the mine close in 1987?", "The mine closed in 1987."),
        ("Summarise the articles.", "The mine closed in 1987."),
        ("Do the articles agree about the mine?", "The mine closed in 1987."),
        ("What are the risks of the mine?", "Floods and 3 fires."),
        ("When did the mine close in 1987?", "The mine closed in 1987."),
        ("What is photosynthesis?", "It is how plants feed."),
        ("What did Keller say?", "“It rained in 1987,” Keller said."),
        ("Who closed the mine?", "The mine was closed."),
    ],
)
def test_where_nothing_is_sure_nothing_is_in_focus(question: str, text: str) -> None:
    assert focused(question, text) == []


def test_what_a_model_proposes_goes_before_the_rules_unless_it_is_of_another_kind() -> None:
    text = "The mine, dug in 1902, was sold in 1950 and closed in 1987 by order of the king."

    assert focused("When was the mine closed?", text) == ["1987"]
    assert focused("When was the mine closed?", text, "1950") == ["1950"]
    assert focused("When was the mine closed?", text, "the king") == ["1987"]
    assert focused("What was the mine shut by?", text, "by order of the king") == ["by order of the king"]
    assert focused("What was the mine shut by?", text, "mine") == []


QUESTIONS = ("When did it end?", "How many were there?", "Who was it?", "Where was it?", "How long was it?", "Why?")


@given(st.sampled_from(QUESTIONS), st.text("aZ 19.,“”-$%\nof May in two", max_size=80), st.integers(), st.integers())
def test_the_focus_always_lies_in_the_text_in_order(question: str, text: str, start: int, end: int) -> None:
    spans = focus_of(parse_question(question), text, (start, end))

    assert list(spans) == sorted(spans)
    assert all(0 <= one < other <= len(text) for one, other in spans)


def test_a_proposal_for_a_question_that_anything_answers_is_widened_to_names_and_says_enough() -> None:
    text = "Congress passed the Clean Rivers Act, which ended the dumping of waste."

    assert focused("What is the CRA?", text, "Rivers") == ["Clean Rivers Act"]
    assert focused("Which law ended it?", text, "dumping") == []
    assert focused("What was its effect?", text, "ended the dump") == ["ended the dumping"]
    assert focused("What happened in 1972?", text, "ended the dumping") == []
    assert focused("What was its effect?", f"{text} {text}", f"{text} Congress") == []
    assert focused("Who is Ann Hill?", "Ann Hill—a former U.S. judge and poet, spoke.") == [
        "a former U.S. judge and poet"
    ]
