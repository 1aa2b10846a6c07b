"""The units of a document, and the ones that answer a question of fact, or why none does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.evidence import Unit, UnitScorer, named_documents, units_of
from rag.evidence.choice import between, distinct, in_reading_order, says_the_same, speaker_of
from rag.evidence.facts import choose_facts, unknown_name
from rag.evidence.scoring import ScoredUnit
from rag.evidence.selecting import selected
from rag.evidence_model import EvidenceModel
from rag.sources import parse_document
from rag.text.questions import parse_question
from rag.text.words import terms
from rag.types import Evidence
from tests.documents import make_document
from tests.doubles import HashingEmbedder
from tests.shelf import CRITIC, FERRY, SHELF

LEVY = "The levy pays for:\n- two new ferries\n- a lighthouse on the rock\n- the school in Vik"


# ---------------------------------------------------------------- units


def unit_of(text: str, source: str = "ferry.txt") -> Unit:
    [unit] = [unit for unit in SHELF.units(source) if unit.text == text]
    return unit


def test_units_are_sentences_and_items_without_headings_furniture_and_facts() -> None:
    document = make_document("@ 5 March\n# Night\nOne. Two.\n- an item\n| a | row |\n~ Buy this. Now.")

    assert [unit.text for unit in units_of(document)] == ["One.", "Two.", "an item", "a | row |"]


def test_a_quotation_is_not_cut_in_two() -> None:
    document = make_document("She left. “It fails. Nobody knows why,” Keller said. He stayed.")

    assert [unit.text for unit in units_of(document)] == [
        "She left.",
        "“It fails. Nobody knows why,” Keller said.",
        "He stayed.",
    ]


def test_a_unit_knows_what_stands_around_it() -> None:
    unit = unit_of("The ferries replaced a bridge that burned in 1998.")
    fire = unit_of("The bridge burned because a ship full of oil hit it.")

    assert (unit.title, unit.date, unit.heading) == ("The island of Vik", "2024-03-05", "")
    assert unit.before == "The council bought two ferries for 40 million crowns in 2019."
    assert (fire.heading, fire.before, fire.item, fire.list_span) == ("The fire", "", False, None)
    assert fire.embedding_text == f"The fire\n{fire.text}"


def test_items_know_their_list_and_the_line_that_introduces_it() -> None:
    items = [unit for unit in SHELF.units("ferry.txt") if unit.item]
    intro = unit_of("The levy pays for:")

    assert [item.text for item in items] == ["two new ferries", "a lighthouse on the rock", "the school in Vik"]
    assert {item.before for item in items} == {"The levy pays for:"}
    assert {FERRY.text[slice(*unit.list_span)] for unit in [intro, *items] if unit.list_span} == {LEVY}
    assert (intro.introduces_list, items[0].introduces_list) == (True, False)
    assert items[1].embedding_text == "What the levy pays for\nThe levy pays for:\na lighthouse on the rock"


def test_a_paragraph_in_front_of_a_list_introduces_it_only_with_a_colon() -> None:
    with_colon, without = make_document("It rained. They sell:\n- pies"), make_document("They sell.\n- pies")

    assert [unit.list_span for unit in units_of(with_colon)] == [(0, 28), (11, 28), (11, 28)]
    assert [unit.list_span for unit in units_of(without)] == [None, (13, 17)]


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from("Ann said so. |“A. B.” |- x\n|\n|# H\n|By:\n".split("|"))).map("".join)
)
@settings(deadline=None)
def test_every_unit_stands_in_its_text_in_order(text: str) -> None:
    for document in (make_document(text), parse_document("a.md", text, markdown=True)):
        units = units_of(document)
        assert [text[unit.start : unit.end] for unit in units] == [unit.text for unit in units]
        assert all(unit.text for unit in units)
        assert [unit.start for unit in units] == sorted(unit.start for unit in units)
        assert all(unit.list_span[0] <= unit.start < unit.end <= unit.list_span[1] for unit in units if unit.list_span)


# ---------------------------------------------------------------- questions of fact


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("When did the bridge burn?", ["The ferries replaced a bridge that burned in 1998."]),
        ("What replaced the bridge?", ["The ferries replaced a bridge that burned in 1998."]),
        ("Why did the bridge burn?", ["The bridge burned because a ship full of oil hit it."]),
        ("Who opened the harbour?", ["The mayor, Olga Brandt, opened the harbour on Monday."]),
        ("How many crowns were the ferries?", ["The council bought two ferries for 40 million crowns in 2019."]),
        ("Is the harbour safe?", ["“The harbour is safe,” Brandt said."]),
        ("What does the levy pay for?", [LEVY]),
        ("List the things that the levy pays for.", [LEVY]),
    ],
)
def test_the_sentence_that_answers_is_chosen_and_a_list_whole(question: str, answers: list[str]) -> None:
    choice = SHELF.facts(question)

    assert [piece.text for piece in selected(parse_question(question), choice.evidence)] == answers
    assert choice.reason is None


TOO_LITTLE = "No passage says enough of what the question asks for."


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("When did Etna erupt?", "The sources do not mention Etna."),
        ("Did Zola buy the ferries in 2018?", "The sources do not mention Zola."),
        ("Were the ferries bought in 2018?", "The sources do not mention 2018."),
        ("What is a submarine?", TOO_LITTLE),
        ("Which penguins live there?", "The sources do not say which penguins live there."),
        ("How long did the fire last?", TOO_LITTLE),
        ("Did the mayor open a hospital on the rock?", TOO_LITTLE),
        ("Did Brandt close the harbour on Monday?", "The sources do not say that Brandt closed the harbour on Monday."),
        ("?", TOO_LITTLE),
    ],
)
def test_what_the_sources_do_not_answer_is_refused_with_the_reason(question: str, reason: str) -> None:
    choice = SHELF.facts(question)

    assert (choice.evidence, choice.reason) == ((), reason)


@pytest.mark.parametrize(
    ("question", "texts", "unknown"),
    [
        ("When did Al-Qaeda attack?", ["The attack by al-Qaeda failed."], None),
        ("When did Al-Qaeda attack?", ["Al Qaeda denied it."], None),
        ("When did Al-Qaeda attack?", ["Al Gore denied it."], "Al-Qaeda"),
        ("When did the EU meet?", ["The European Union met in May."], None),
        ("When did the U.N. meet?", ["The United Nations met in May."], None),
        ("When did the BA meet?", ["The Bank of Albania met in May."], None),
        ("When did the EU meet?", ["The European Space Agency met in May."], "EU"),
        ("When did Zola meet?", ["Zara met in May."], "Zola"),
        ("What was sold in 2018?", ["Much was sold in 2019."], "2018"),
    ],
)
def test_a_name_is_known_by_its_parts_and_initials_by_what_they_stand_for(
    question: str, texts: list[str], unknown: str | None
) -> None:
    have = {term for text in texts for term in terms(text)}

    assert unknown_name(parse_question(question), have.__contains__, texts) == unknown


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When must the crust be baked first?", "The crust must be baked first once the filling is not baked itself."),
        ("When must the mould be greased?", None),
    ],
)
def test_when_is_answered_without_a_date_too(question: str, answer: str | None) -> None:
    document = make_document(answer or "The mould must be greased with butter.")
    judged = SHELF.scorer.judge(parse_question(question), units_of(document))

    choice = choose_facts(parse_question(question), judged, (), lambda _: document.text, lambda _: 1.0)

    assert [piece.text for piece in choice.evidence] == ([answer] if answer else [])


def test_evidence_tells_who_speaks_and_where_it_stands() -> None:
    [piece] = SHELF.facts("Is the harbour safe?").evidence

    assert (piece.source, piece.speaker, piece.title, piece.date) == (
        "ferry.txt",
        "Olga Brandt",
        "The island of Vik",
        "2024-03-05",
    )


def test_nothing_is_chosen_from_nothing() -> None:
    question = parse_question("When did the bridge burn?")

    assert SHELF.scorer.score(question, []) == []


# ---------------------------------------------------------------- scores


def test_scores_fall_and_a_shared_word_counts() -> None:
    scored = SHELF.scorer.score(parse_question("When did the bridge burn?"), SHELF.all)

    assert [each.score for each in scored] == sorted((each.score for each in scored), reverse=True)
    assert scored[0].unit.text == "The ferries replaced a bridge that burned in 1998."
    assert (scored[0]["coverage"], scored[0]["answer_type"], scored[0]["no_answer_type"]) == (1.0, 1.0, 0.0)
    assert scored[-1]["coverage"] == 0.0


def test_vectors_of_units_are_made_once() -> None:
    embedder = HashingEmbedder()
    scorer = UnitScorer(embedder.embed_passages, embedder.embed_queries, SHELF.weight, EvidenceModel())
    for _ in range(3):
        scorer.vectors(SHELF.all)

    assert sorted(embedder.passages) == sorted({unit.embedding_text for unit in SHELF.all})


def test_a_stem_is_known_where_it_weighs_less_than_an_unseen_one() -> None:
    assert SHELF.scorer.known("ferri")
    assert not SHELF.scorer.known("penguin")


# ---------------------------------------------------------------- what choices are made of


def evidence(source: str, start: int, score: float) -> Evidence:
    return Evidence(source, start, start + 1, "x", score)


def test_evidence_is_read_source_by_source_the_best_one_first() -> None:
    pieces = [evidence("a", 9, 0.1), evidence("b", 5, 0.9), evidence("a", 1, 0.5), evidence("b", 2, 0.2)]

    assert [(piece.source, piece.start) for piece in in_reading_order(pieces)] == [
        ("b", 2),
        ("b", 5),
        ("a", 1),
        ("a", 9),
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The ferries were late.", "Late ferries were the rule, and the ferry is late.", True),
        ("The ferries were late.", "The bridge burned.", False),
        ("It is what it is.", "It is what it is.", False),
    ],
)
def test_two_texts_say_the_same_when_they_share_nearly_all_words(one: str, other: str, same: bool) -> None:
    assert says_the_same(one, other) is same


def test_what_repeats_a_better_unit_is_left_out() -> None:
    scored = SHELF.scorer.score(parse_question("ferries late"), SHELF.all)
    again = [ScoredUnit(each.unit, 0.0, each.row) for each in scored]

    assert distinct([*scored, *again]) == distinct(scored)


@pytest.mark.parametrize(
    ("text", "taken", "found"),
    [
        ("One sank. Two burned. Three sailed.", (0, 2), ["Two burned."]),
        ("One sank. Two burned. Three sailed.", (0, 1), []),
        ("One sank. Two burned. Three sailed. Four sang.", (0, 3), []),
        ("One sank. Two burned.\nThree sailed.", (0, 2), []),
        ("One sank. Two burned. Three sailed. Four sang. Five slept.", (0, 2, 4), ["Two burned.", "Four sang."]),
    ],
)
def test_a_sentence_between_two_of_its_paragraph_is_quoted_with_them(
    text: str, taken: tuple[int, ...], found: list[str]
) -> None:
    document = make_document(text)
    judged = [ScoredUnit(unit, 0.0, np.zeros(0)) for unit in units_of(document)]

    filling = between([judged[number] for number in taken], judged[::-1], lambda _: document.text)

    assert [each.unit.text for each in filling] == found


def test_a_unit_is_said_by_whoever_is_quoted_in_it_alone() -> None:
    speakers = {unit.text: speaker_of(unit, SHELF.quotations) for unit in SHELF.units("critic.txt")}

    assert speakers == {
        "Tom Reyes, a fisherman, criticised the ferries.": None,
        "He said that the ferries were late every day.": None,
        "According to Reyes, the harbour is too small for two ferries.": "Tom Reyes",
        "Anna Li of the Gazette called the ferries “floating coffins” in a column.": None,
        "“The lighthouse is a waste of crowns,” Tom Reyes told the Gazette.": "Tom Reyes",
    }


@pytest.mark.parametrize(
    ("question", "sources"),
    [
        ("Summarise “Voices about the ferries”.", ["critic.txt"]),
        ("What is the document on the island of Vik about?", ["ferry.txt"]),
        ("Summarise the articles.", []),
    ],
)
def test_documents_are_named_by_their_title(question: str, sources: list[str]) -> None:
    found = named_documents(parse_question(question), [FERRY, CRITIC])

    assert [document.source for document in found] == sources


def test_documents_are_named_by_a_number_in_their_file_name() -> None:
    numbered = make_document("A story.", "007_night.txt", "Night")

    assert named_documents(parse_question("Summarise 007."), [FERRY, numbered]) == [numbered]
