"""What a question asks for, over fields that the bundled articles have nothing to do with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.questions import AnswerType, Question, QuestionKind, as_fact, parse_question

SAID, WHO_SAID, WHO_IS = QuestionKind.SAID, QuestionKind.WHO_SAID, QuestionKind.WHO_IS
LIST, COMPARE, OVERVIEW, FACT = QuestionKind.LIST, QuestionKind.COMPARE, QuestionKind.OVERVIEW, QuestionKind.FACT
ANY, REASON = AnswerType.ANY, AnswerType.REASON


@pytest.mark.parametrize(
    ("text", "speaker", "topic", "opinion"),
    [
        ("What did Keller say?", "Keller", "", False),
        ("what did keller say", "keller", "", False),
        ("What did Maria Keller say about the enzyme?", "Maria Keller", "the enzyme", False),
        ("What has Reyes said on the transfer fee?", "Reyes", "the transfer fee", False),
        ("Has Anna Li commented on her injury?", "Anna Li", "her injury", False),
        ("What have researchers argued about the enzyme?", "researchers", "the enzyme", False),
        ("Did Reyes ever say that the roof leaks?", "Reyes", "the roof leaks", False),
        ("How did Judge Brandt describe the contract?", "Judge Brandt", "the contract", False),
        ("What did Brandt call the contract?", "Brandt", "the contract", False),
        ("What did the critics say about the merger?", "the critics", "the merger", False),
        ("What did the company announce in March?", "the company", "in March", False),
        ("What did she say about him?", "she", "him", False),
        ("How did Reyes respond to the ruling?", "Reyes", "the ruling", False),
        ("What did Li tell reporters after the match?", "Li", "reporters after the match", False),
        ("What did Reyes criticise?", "Reyes", "", False),
        ("Why did Reyes criticise the referee?", "Reyes", "criticise the referee", False),
        ("What does the coach think of the new rule?", "the coach", "the new rule", True),
        ("Does Keller believe that the enzyme fails?", "Keller", "the enzyme fails", True),
        ("What does Reyes see as the biggest problem?", "Reyes", "the biggest problem", True),
        ("How does Reyes see the referee?", "Reyes", "the referee", True),
        ("What is Keller’s view of the trial?", "Keller", "the trial", True),
        ("What are Keller's own views on vaccines?", "Keller", "vaccines", True),
        ("Quote Keller.", "Keller", "", False),
        ("Quote Keller on vaccines.", "Keller", "vaccines", False),
        ("Please give me all quotes by Anna Li about the stadium.", "Anna Li", "the stadium", False),
        ("Show me the statements of Tom Reyes.", "Tom Reyes", "", False),
        ("Everything Keller said about mice", "Keller", "mice", False),
        ("According to Keller, why does the enzyme fail?", "Keller", "enzyme fail", True),
        ("Why does the enzyme fail, according to Keller?", "Keller", "enzyme fail", True),
    ],
)
def test_questions_after_words(text: str, speaker: str, topic: str, opinion: bool) -> None:
    question = parse_question(text)

    assert (question.kind, question.speaker, question.topic, question.opinion) == (SAID, speaker, topic, opinion)
    assert question.according is ("ccording to" in text)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Who said the roof leaks?", "the roof leaks"),
        ("And who else said that the roof leaks?", "the roof leaks"),
        ("Who called the contract “void”?", "the contract “void”"),
        ("Which judge described the trial as a waste?", "the trial as a waste"),
        ("Whose words are “a waste of good mice”?", "“a waste of good mice”"),
        ("Who criticised the referee?", "the referee"),
    ],
)
def test_questions_after_whose_words_something_is(text: str, topic: str) -> None:
    question = parse_question(text)

    assert (question.kind, question.topic, question.answer_type) == (WHO_SAID, topic, AnswerType.PERSON)
    assert question.speaker == ""


@pytest.mark.parametrize(
    ("text", "kind", "answer_type", "terms"),
    [
        ("Who is Maria Keller?", WHO_IS, AnswerType.PERSON, "maria keller"),
        ("who's anna li", WHO_IS, AnswerType.PERSON, "anna li"),
        ("Who was Olga Brandt?", WHO_IS, AnswerType.PERSON, "olga brandt"),
        ("Who is O’Neill?", WHO_IS, AnswerType.PERSON, "o'neil"),
        ("Who was Olga’s brother?", FACT, AnswerType.PERSON, "olga brother"),
        ("Why did the ministers agree to a cut?", FACT, AnswerType.REASON, "minist agre cut"),
        ("Who is the owner of the club?", FACT, AnswerType.PERSON, "owner club"),
        ("Who owns the club?", FACT, AnswerType.PERSON, "own club"),
        ("According to the articles, who owns the club?", FACT, AnswerType.PERSON, "own club"),
        ("When did the club move?", FACT, AnswerType.TIME, "club move"),
        ("Since when does the club play in Oslo?", FACT, AnswerType.TIME, "club play oslo"),
        ("What year was the mine closed?", FACT, AnswerType.TIME, "year mine close"),
        ("When, according to the report, was the mine closed?", FACT, AnswerType.TIME, "mine close"),
        ("When the mine was closed, who paid?", FACT, AnswerType.PERSON, "mine close paid"),
        ("When, and why, was the mine closed?", FACT, AnswerType.TIME, "mine close"),
        ("Where was the contract signed?", FACT, AnswerType.PLACE, "contract sign"),
        ("In which city was the contract signed?", FACT, AnswerType.PLACE, "citi contract sign"),
        ("How many goals did Li score?", FACT, AnswerType.NUMBER, "goal li score"),
        ("How much did the club pay for the roof?", FACT, AnswerType.NUMBER, "club pay roof"),
        ("How old is the stadium?", FACT, AnswerType.NUMBER, "old stadium"),
        ("What percentage of the mice died?", FACT, AnswerType.NUMBER, "percentag mice die"),
        ("How long did the trial last?", FACT, AnswerType.DURATION, "trial last"),
        ("Why did the merger fail?", FACT, REASON, "merger fail"),
        ("What was the reason for the delay?", FACT, REASON, "delay"),
        ("What is photosynthesis?", FACT, ANY, "photosynthesi"),
        ("How does the enzyme work?", FACT, ANY, "enzym work"),
        ("What happened in Oslo?", FACT, ANY, "oslo"),
        ("What did Reyes see in Oslo?", FACT, ANY, "rey see oslo"),
        ("What do the articles say about the merger?", FACT, ANY, "merger"),
        ("What does the report say about costs?", FACT, ANY, "cost"),
        ("Tell me about Maria Keller.", FACT, ANY, "maria keller"),
        ("keller?", FACT, ANY, "keller"),
        ("List the sponsors of the club.", LIST, ANY, "sponsor club"),
        ("What are the symptoms of the disease?", LIST, ANY, "symptom diseas"),
        ("Which players did the club sell?", LIST, ANY, "player club sell"),
        ("What steps did the board take?", LIST, ANY, "step board take"),
        ("In what ways did the merger harm suppliers?", LIST, ANY, "way merger harm supplier"),
        ("Do the articles agree about the merger?", COMPARE, ANY, "merger"),
        ("How do the sources differ on the cost of the roof?", COMPARE, ANY, "cost roof"),
        ("Compare what the articles say about the merger.", COMPARE, ANY, "merger"),
        ("What are the documents about?", OVERVIEW, ANY, ""),
        ("Please summarise the articles.", OVERVIEW, ANY, ""),
        ("What do the sources cover?", OVERVIEW, ANY, ""),
    ],
)
def test_other_questions(text: str, kind: QuestionKind, answer_type: AnswerType, terms: str) -> None:
    question = parse_question(text)

    assert (question.kind, question.answer_type, " ".join(question.terms)) == (kind, answer_type, terms)
    assert (question.speaker, question.opinion, question.according) == ("", False, False)


@pytest.mark.parametrize(
    ("text", "names", "numbers"),
    [
        ("Did Acme pay 3,500 euros in 2019?", ("Acme",), ("3,500", "2019")),
        ("What did Keller say about Acme in 2019?", ("Acme",), ("2019",)),
        ("According to Keller, when did Acme move to Oslo?", ("Acme", "Oslo"), ()),
        ("Who said that Acme moved to Oslo?", ("Acme", "Oslo"), ()),
        ("Why does the enzyme fail?", (), ()),
    ],
)
def test_names_and_numbers_that_an_answer_has_to_do_with(
    text: str, names: tuple[str, ...], numbers: tuple[str, ...]
) -> None:
    question = parse_question(text)

    assert (question.names, question.numbers) == (names, numbers)


@pytest.mark.parametrize(
    ("text", "yes_no"),
    [
        ("Is the roof safe?", True),
        ("And did the club move in 2019?", True),
        ("According to the articles, was the merger approved?", True),
        ("Did Reyes say that the roof leaks?", True),
        ("Why is the roof safe?", False),
        ("Who is Li?", False),
    ],
)
def test_questions_to_be_answered_by_yes_or_no(text: str, yes_no: bool) -> None:
    assert parse_question(text).yes_no is yes_no


def test_words_of_somebody_as_a_question_of_fact() -> None:
    question = parse_question("What did the report’s authors say about the mine in 2019?")

    assert question.kind is SAID
    assert as_fact(question) == Question(
        "What did the report’s authors say about the mine in 2019?",
        FACT,
        ANY,
        topic="report’s authors say mine 2019",
    )


@given(st.text(max_size=200))
def test_any_text_is_some_question_and_the_words_stay_as_they_were(text: str) -> None:
    question = parse_question(text)

    assert question.text == " ".join(text.split())
    assert question.kind in QuestionKind
    assert len(set(question.terms)) == len(question.terms)


@given(st.text("what did keller say about the?, roof who according to in \n", max_size=300))
def test_reading_a_long_question_takes_no_long_time(text: str) -> None:
    assert parse_question(text * 10).answer_type in AnswerType
