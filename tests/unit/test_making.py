"""Questions made from documents by rules: they read as questions, leave out what they ask for, and have one answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.making import Made, Material, questions_of
from rag.evaluation.making.choosing import choose
from rag.evaluation.making.clauses import Clause, clause_of
from rag.evaluation.making.figures import asked as asked_of_figures
from rag.evaluation.making.headings import asked as asked_of_heading
from rag.evaluation.making.phrases import decapitalised, stands_alone, topics_of
from rag.evaluation.making.verbs import gerund_base, past_base
from rag.quotations import extract_quotations
from tests.documents import make_document
from tests.shop import GARDEN, HARBOUR

WORDS = frozenset("the a fire company museum wall town council of".split())


@pytest.mark.parametrize(
    ("past", "base"),
    [
        ("opened", "open"), ("closed", "close"), ("voted", "vote"), ("destroyed", "destroy"), ("carried", "carry"),
        ("planned", "plan"), ("killed", "kill"), ("controlled", "control"), ("developed", "develop"),
        ("created", "create"), ("defeated", "defeat"), ("required", "require"), ("repaired", "repair"),
        ("agreed", "agree"), ("changed", "change"), ("returned", "return"), ("valued", "value"), ("held", "hold"),
        ("met", "meet"), ("visited", "visit"), ("explained", None), ("united", None), ("said", None), ("bed", None),
        ("harbour", None), ("argued", None),
    ],
)  # fmt: skip
def test_a_past_tense_has_a_base(past: str, base: str | None) -> None:
    assert past_base(past) == base


def test_words_that_are_known_decide_a_base() -> None:
    assert past_base("cited") == "cit"
    assert past_base("cited", {"cite"}) == "cite"
    assert [gerund_base(word) for word in ("Creating", "running", "installing", "king", "string")] == [
        "create",
        "run",
        "install",
        None,
        None,
    ]


def test_a_plain_sentence_is_taken_apart() -> None:
    sentence = "The fire destroyed forty homes in the Vik valley, and nobody was hurt."
    assert clause_of(sentence, WORDS) == Clause("the fire", "", "destroy", "forty homes in the Vik valley")
    assert clause_of("Ane Holm was born in Vik in 1871.", WORDS) == Clause("Ane Holm", "was", "", "born in Vik in 1871")
    for unclear in (
        "The bill passed by Congress was signed in 2017.",
        "He opened the museum in 1980.",
        "Ferries, which are old, carried cars.",
        "Although it rained the fire destroyed forty homes.",
        "Bread and salt.",
    ):
        assert clause_of(unclear, WORDS) is None


@pytest.mark.parametrize(
    ("sentence", "question", "figure"),
    [
        (
            "The Vik museum was opened by Ane Holm in May 1980.",
            "When was the Vik museum opened by Ane Holm?",
            "May 1980",
        ),
        (
            "In 1980, the town council of Vik sold the museum.",
            "When did the town council of Vik sell the museum?",
            "1980",
        ),
        (
            "Ane Holm founded the company on March 3, 1971 in Vik.",
            "When did Ane Holm found the company?",
            "March 3, 1971",
        ),
        (
            "The fire destroyed more than 40 homes in the Vik valley.",
            "How many homes did the fire destroy in the Vik valley?",
            "more than 40",
        ),
        ("The wall will protect four hundred homes.", "How many homes will the wall protect?", "four hundred"),
        ("The museum has 12 floors.", "How many floors does the museum have?", "12"),
        ("The company paid $5 million for the museum.", "How much did the company pay for the museum?", "$5 million"),
        ("The museum was sold for $5 million to Vik.", "For how much was the museum sold to Vik?", "$5 million"),
        ("40 percent of homes in Vik were sold.", "What percentage of homes in Vik were sold?", "40 percent"),
        ("Two old ferries were sold, and one was kept.", "How many old ferries were sold?", "Two"),
    ],
)
def test_a_figure_is_asked_for(sentence: str, question: str, figure: str) -> None:
    assert (question, figure) in list(asked_of_figures(sentence, WORDS))


@pytest.mark.parametrize(
    "sentence",
    [
        "The siege of Vik lasted for 40 years.",
        "The company sold the museum to 40 buyers.",
        "The company took a further eight seats.",
        "The wall was built.",
        "It opened in 1980.",
    ],
)
def test_what_cannot_be_asked_well_is_left(sentence: str) -> None:
    assert list(asked_of_figures(sentence, WORDS)) == []


def test_topics_are_names_and_whole_noun_phrases() -> None:
    said = "We gave the harbour wall to the White House, and the wall rests on Russian sand near Vik."
    assert topics_of(said) == ["the White House", "Vik", "the harbour wall"]
    assert topics_of("Let me see. The NATO members came, and the Nobel Peace Prize was theirs: CRAZY!") == [
        "the Nobel Peace Prize"
    ]


def test_a_question_stands_alone_by_names_or_rare_words() -> None:
    frequencies = {"turbin": 1, "blade": 1, "nozzl": 1, "company": 90}
    assert stands_alone("When did Ane Holm open the museum?", frequencies, 100)
    assert stands_alone("How many nozzles does the turbine blade have?", frequencies, 100)
    assert not stands_alone("When did the company move?", {**frequencies, "compani": 90, "move": 50}, 100)
    assert not stands_alone("When did they meet Ane Holm?", frequencies, 100)
    assert not stands_alone("How many British soldiers were killed?", {"british": 9, "soldier": 9, "kill": 9}, 100)


def test_a_sentence_begins_small_within_another() -> None:
    assert decapitalised("A rudimentary engine", WORDS) == "a rudimentary engine"
    assert decapitalised("Museum visitors", WORDS) == "museum visitors"
    assert decapitalised("Vik has a museum", WORDS) == "Vik has a museum"


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("2.1 Creating Test Cases", "How do you create test cases?"),
        ("How to mend a net", "How do you mend a net?"),
        ("Who may fish in the harbour?", "Who may fish in the harbour?"),
        ("The Repair of Old Nets", "What is said about the repair of old nets?"),
        ("The Harbour of Vik", "What is said about The Harbour of Vik?"),
        ("IV. Old nets", "What is said about old nets?"),
        ("I mended old nets", None),
        ("Introduction", None),
        ("Related Links", None),
        ("Why it failed", None),
        ("Nets: a history", None),
        ("Does this end?", None),
        ("The nets were mended", None),
    ],
)
def test_a_heading_is_asked(heading: str, question: str | None) -> None:
    material = Material([make_document("We create test cases. The repair of old nets is slow.")], [])
    assert asked_of_heading(heading, material) == question


def made_of(*texts: tuple[str, str]) -> list[Made]:
    documents = [replace(make_document(text, source), titled=False) for source, text in texts]
    return questions_of(Material(documents, [each for one in documents for each in extract_quotations(one)]))


def test_every_question_rests_on_words_of_its_source_that_it_does_not_repeat() -> None:
    texts = {"harbour.txt": HARBOUR, "garden.md": GARDEN}
    made = made_of(*texts.items())
    assert {each.question for each in made} >= {
        "What did Marta Oduya say?",
        "What did Tomas Brandt say about the north slip?",
        "When did the library of Eastmere open a garden on its roof?",
    }
    for each in made:
        assert each.question.endswith("?")
        for quote in each.quotes:
            assert quote in texts[each.source]
            assert quote.rstrip(".") not in each.question
        assert not any(fact in each.question for fact in each.facts)


def test_a_sentence_that_stands_twice_is_not_asked_about() -> None:
    sentence = "The Vik museum was opened by Ane Holm in May 1980, and it never closed."
    (once,) = made_of(("a.txt", f"{sentence}\n\nNobody remembers."))
    assert once.facts == ("May 1980",)
    assert made_of(("a.txt", sentence), ("b.txt", f"They said more.\n\n{sentence}")) == []


def named(*rows: tuple[str, str, str]) -> list[Made]:
    return [Made(question, kind, source, ("quote",)) for question, kind, source in rows]


def test_documents_and_kinds_take_turns_and_nothing_comes_twice() -> None:
    rows = [
        (f"What is {kind} {number} of {source}?", kind, source)
        for source in "ab"
        for kind in ("figure", "heading")
        for number in range(9)
    ]
    chosen = choose(named(*rows, *rows), 8)
    assert len({each.question for each in chosen}) == 8
    assert sorted((each.source, each.kind) for each in chosen) == [
        (source, kind) for source in "ab" for kind in ("figure", "figure", "heading", "heading")
    ]


@given(
    st.lists(st.tuples(st.text("abc", min_size=1), st.sampled_from(["figure", "heading"]), st.sampled_from("xyz"))),
    st.integers(1, 9),
)
def test_the_choice_does_not_hang_on_the_order(rows: Sequence[tuple[str, str, str]], count: int) -> None:
    forwards, backwards = choose(named(*rows), count), choose(named(*reversed(rows)), count)
    assert json.dumps([each.question for each in forwards]) == json.dumps([each.question for each in backwards])
    assert len(forwards) <= count
