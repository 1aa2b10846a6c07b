"""Follow-up questions are understood from those before them, and nothing else is changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversation import mentioned_people, standalone, understand
from rag.types.exchanges import Exchange
from tests.benchmarks.conversation import by_kind, run

PEOPLE = ("Anna Li", "Maria Keller", "Olga Brandt", "Tom Reyes")
ROOF = "What did Keller say about the roof?"


@pytest.mark.parametrize(
    ("question", "history", "alone"),
    [
        # pronouns for the person whom the latest question is about
        ("When did she say it?", ["What did Maria Keller say?"], "When did Maria Keller say it?"),
        ("And what did she say about him?", ["Who is Maria Keller?"], "And what did Maria Keller say about him?"),
        ("What did she say about Reyes?", ["Who is Maria Keller?"], "What did Maria Keller say about Reyes?"),
        ("What did he tell her?", ["What did Tom Reyes say about Anna Li?"], "What did Tom Reyes tell Anna Li?"),
        ("Did the judge answer him?", ["What did Tom Reyes say?"], "Did the judge answer Tom Reyes?"),
        ("Who praised her?", ["What did Anna Li say?"], "Who praised Anna Li?"),
        ("What is his view of the fee?", ["Who is Tom Reyes?"], "What is Tom Reyes’s view of the fee?"),
        ("Where is her laboratory?", ["Who is Maria Keller?"], "Where is Maria Keller’s laboratory?"),
        ("What’s she known for?", ["What did Anna Li say?"], "What’s Anna Li known for?"),
        ("What else did she say?", ["what did keller say?"], "What else did keller say?"),
        ("What did he want?", ["What did Reyes say?", "When was the roof built?"], "What did Reyes want?"),
        ("When did he leave?", ["Who is Anna Li?", "What did Tom Reyes say?"], "When did Tom Reyes leave?"),
        # a new name, a new topic, another question word
        ("And Reyes?", [ROOF], "What did Reyes say about the roof?"),
        ("and reyes?", [ROOF], "What did reyes say about the roof?"),
        ("What about Anna Li?", [ROOF], "What did Anna Li say about the roof?"),
        ("What about the fee?", [ROOF], "What did Keller say about the fee?"),
        ("And on the fee?", [ROOF], "What did Keller say about the fee?"),
        ("And about NATO?", [ROOF], "What did Keller say about NATO?"),
        ("How about Reyes?", ["Where does Keller work?"], "Where does Reyes work?"),
        ("And the fee?", ["How much did Acme pay?"], "How much did Acme pay: the fee?"),
        ("Why?", ["Did the club move?"], "Why did the club move?"),
        ("And when?", ["Where did the trial end?"], "When did the trial end?"),
        ("Why?", ["What did Keller say?"], "Why: What did Keller say?"),
        # things
        ("What did she say about that?", [ROOF], ROOF),
        ("What did Brandt say about it?", [ROOF], "What did Brandt say about the roof?"),
        ("When was it built?", ["How much does the stadium cost?"], "When was the stadium built?"),
        # the questions before are themselves follow-ups
        ("And Li?", [ROOF, "And Reyes?"], "What did Li say about the roof?"),
        ("What did he say about the fee?", [ROOF, "And Reyes?"], "What did Reyes say about the fee?"),
        ("Where does she live?", ["Who is Anna Li?", "Why did she win?"], "Where does Anna Li live?"),
    ],
)
def test_follow_ups_are_made_to_stand_alone(question: str, history: list[str], alone: str) -> None:
    assert standalone(question, history, PEOPLE) == alone


@pytest.mark.parametrize(
    "question",
    [
        "How much does the stadium cost?",
        "What did Brandt rule?",
        "And what did Brandt say?",
        "Who said that the enzyme fails at night?",
        "Why did the merger of Acme fail?",
        "What did Tom Reyes say about his club?",
        "What did reyes say about his laboratory?",
    ],
)
def test_a_change_of_topic_stands_alone_as_it_is(question: str) -> None:
    assert standalone(question, [ROOF], PEOPLE) == question


@pytest.mark.parametrize(
    ("previous", "question", "alone"),
    [
        ("What did Keller say about Brandt?", "No, the other way round.", "What did Brandt say about Keller?"),
        ("What did Keller say about Brandt?", "Not Keller, Brandt.", "What did Brandt say about Keller?"),
        ("How many people were hurt in Vik?", "How many were killed?", "How many people were killed in Vik?"),
        ("How many people were hurt in Vik?", "When did this happen?", "When did this happen (people hurt in Vik)?"),
        ("What did the first witness say?", "And the second?", "What did the second witness say?"),
        ("Which planet is the largest?", "How far is it from us?", "How far is the largest planet from us?"),
        ("Is there a parking fee?", "How much is it?", "How much is the parking fee?"),
        ("How do I reset the device?", "It does not start", "The device does not start"),
        ("How do I reset the device?", "What if that fails?", "What if that fails (reset the device)?"),
        ("Which drugs interact with Lumafen?", "And alcohol?", "Which drugs interact with alcohol?"),
        ("What was paid in 2021?", "And the year before?", "What was paid in 2020?"),
        ("Is smoking allowed in the flat?", "On the balcony?", "Is smoking allowed in the flat on the balcony?"),
        ("What did the Board decide on 3 May?", "Who opposed it?", "Who opposed it (the Board decide on 3 May)?"),
        ("How is tea made?", "How about coffee?", "How is coffee made?"),
    ],
)
def test_more_ways_of_going_on(previous: str, question: str, alone: str) -> None:
    assert standalone(question, [previous]) == alone


@pytest.mark.parametrize(
    ("question", "history", "problem"),
    [
        ("What did he want?", ["Did Tom Reyes and Paul Lund agree?"], "“He” may be Tom Reyes or Paul Lund"),
        ("What did she want?", ["How much does the stadium cost?"], "It is not clear whom “she” means"),
        ("Where is it?", ["Compare the router and the modem."], "“It” may be the router or the modem"),
        ("When did he write it?", ["Who wrote Hamlet?"], "It is not clear whom “he” means"),
        ("No, the other one.", ["How long is the Esk?"], "It is not clear what is to be put right"),
        ("What did the latter say?", ["Who is Anna Li?"], "It is not clear what “the latter” means"),
        ("And back?", ["How long does the train take?"], "It is not clear what is asked"),
    ],
)
def test_what_is_not_clear_is_left_as_it_is_and_said(question: str, history: list[str], problem: str) -> None:
    found = understand(question, history)
    assert found.question == question
    assert found.problem == f"{problem}, so the question was taken as it was asked."


def test_names_of_answers_and_what_a_person_put_right_are_known() -> None:
    asked = Exchange("Who is the analyst?", answer="Priya Nair, an analyst at Fenwick, set the target.")
    assert understand("What did she say?", [asked]).question == "What did Priya Nair say?"
    assert understand("What did the analyst say?", [asked]).question == "What did Priya Nair say?"
    treaty = Exchange("Which treaty ended the war?", answer="The Treaty of Rell ended the war in 1648.")
    assert understand("Where was that treaty signed?", [treaty]).question == "Where was the Treaty of Rell signed?"
    assert understand("Who was king then?", [treaty]).question == "Who was king in 1648?"
    put_right = Exchange("And Reyes?", understood="What did Anna Li say about the bridge?")
    assert understand("And about the fee?", [put_right]).question == "What did Anna Li say about the fee?"


@pytest.mark.parametrize("half", ["first", "second"])
def test_the_measured_conversations_are_understood(half: str) -> None:
    figures = by_kind(run([half], understand))["all"]
    assert figures["accepted"] >= 0.9
    assert figures["dragged"] == 0


def test_a_pronoun_for_nobody_stays() -> None:
    assert standalone("What did she say?", ["How much does the stadium cost?"], PEOPLE) == "What did she say?"


def test_a_long_conversation_takes_no_long_time() -> None:
    history = [f"And what about topic {number}?" for number in range(200)]

    assert standalone("What else did she say?", [ROOF, *history], PEOPLE) == "What else did Keller say?"


@given(st.text(max_size=120))
def test_without_history_a_question_is_left_as_it_is(question: str) -> None:
    assert standalone(question, [], PEOPLE) == " ".join(question.split())


QUESTIONS = st.lists(
    st.sampled_from(
        "what did she he Keller reyes say about it that the roof and why him her’s ? , Anna Li no not other former "
        "second I meant in 2019 they there then one which How many of is was a \\1 ( [ more general built".split()
    )
).map(" ".join)


@given(QUESTIONS, st.lists(QUESTIONS | st.text(max_size=40), max_size=4))
def test_any_conversation_gives_one_line(question: str, history: list[str]) -> None:
    alone = standalone(question, history, PEOPLE)

    assert "\n" not in alone
    assert bool(alone.strip()) or not question.strip()


@pytest.mark.parametrize(
    ("question", "people"),
    [
        ("What did President Tom Reyes say about Anna Li?", ["Tom Reyes", "Anna Li"]),
        ("What did keller say about the roof?", ["keller", "Maria Keller"]),
        ("Did the Oslo City Council meet Olga Brandt?", ["Olga Brandt"]),
        ("What did he say about the Guardian?", []),
        ("Why is the roof leaking?", []),
    ],
)
def test_people_of_a_question_the_speaker_first(question: str, people: list[str]) -> None:
    assert mentioned_people(question, PEOPLE) == people


@pytest.mark.parametrize(
    ("previous", "question", "alone"),
    [
        ("What did Bolton say about Putin?", "And since May 2025?", "What did Bolton say about Putin since May 2025?"),
        ("What did Bolton say since 2020?", "And before 2020?", "What did Bolton say before 2020?"),
        ("What happened in Vik?", "And in 2019?", "What happened in Vik in 2019?"),
        ("Who won?", "And according to the Gazette?", "Who won according to the Gazette?"),
        ("Who won, according to the Post?", "And according to the Gazette?", "Who won, according to the Gazette?"),
    ],
)
def test_a_condition_alone_is_put_to_the_question_before(previous: str, question: str, alone: str) -> None:
    assert standalone(question, [previous]) == alone
