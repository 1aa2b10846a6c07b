"""A turn as data for the browser, places in the address, example questions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rag.errors import ModelUnreachableError, UsageError
from rag.types import Block, BlockKind, Document, DocumentFacts, IndexReport, Quotation, QuoteKind, Status
from rag.ui.article import Mark
from rag.ui.build_panel import describe_report
from rag.ui.chat import offers
from rag.ui.conversations import Conversation, Draft, TurnState
from rag.ui.examples import candidate_questions, choose_examples, speakers
from rag.ui.reading import marks
from rag.ui.shelf import shelve
from rag.ui.sidebar import listed_names
from rag.ui.turn_view import citation_at, view_turn
from rag.ui.visit import Place
from tests.engine_double import BOLTON, ScriptedEngine, read_seeds


@pytest.fixture
def engine(seeds: Path) -> ScriptedEngine:
    return ScriptedEngine(read_seeds(seeds))


def drafted(engine: ScriptedEngine, question: str, llm: str = "extractive") -> Draft:
    draft = Draft(question, llm)
    for event in engine.stream(question, (), llm):
        draft = draft.after(event)
    return draft


# ---------------------------------------------------------------- turns


def test_a_citation_beside_the_source_that_is_quoted_says_the_same_in_its_own_words(engine: ScriptedEngine) -> None:
    draft = drafted(engine, "What did Bolton say?")
    assert draft.answer is not None
    [first, *_] = draft.answer.statements
    [cited, *_] = draft.answer.citations
    beside = replace(cited, id=99)
    both = replace(first, citations=(cited.id, beside.id))
    answer = replace(draft.answer, statements=(both,), citations=(cited, beside))
    citations = view_turn(replace(draft, answer=answer))["citations"]

    assert (citations[str(cited.id)]["verdict"], citations["99"]["verdict"]) == (
        "Word for word",
        "Says the same in its own words",
    )


def test_an_answered_turn(engine: ScriptedEngine) -> None:
    draft = drafted(engine, "What did Bolton say?")
    view = view_turn(draft, opened=draft.citations[1])
    text = engine.document("004_f8a082d0fecacf2d.txt").text
    start = text.index(BOLTON[1])
    assert (view["status"], view["label"], view["busy"]) == ("answered", "Answered from the sources", False)
    assert view["summary"] == "3 citations from 1 source · extractive · 28 ms"
    assert view["opened"] == 2
    assert view["understood"] == ""
    assert view["citations"]["2"] == {
        "id": 2,
        "quote": BOLTON[1],
        "title": "Saturday, May 31, 2025",
        "meta": "The Daily · 31 May 2025",
        "language": "",
        "site": "",
        "copies": [],
        "speaker": "John Bolton",
        "verdict": "Word for word",
        "place": {
            "source": "004_f8a082d0fecacf2d.txt",
            "start": start,
            "end": start + len(BOLTON[1]),
            "citation": 2,
        },
    }
    assert [passage["used"] for passage in view["passages"]] == [True, True, False]
    assert view["passages"][0]["scores"] == [
        ["dense", "0.61"],
        ["lexical", "9.2"],
        ["fused", "0.033"],
        ["rerank", "–"],
    ]
    assert json.loads(view["json"])["citations"][1]["quote"] == BOLTON[1]
    assert view["copy"].startswith("What did Bolton say?\n\nJohn Bolton, Trump’s former nationwide safety adviser:")


def test_a_refused_turn_lists_the_nearest_passages(engine: ScriptedEngine) -> None:
    view = view_turn(drafted(engine, "What did the Pope say?"))
    assert (view["status"], view["label"]) == ("refused", "Not in the sources")
    assert view["lines"] == [{"kind": "lead", "parts": [{"text": "The sources do not answer this question."}]}]
    assert [passage["rank"] for passage in view["nearest"]] == [1, 2]
    assert view["summary"] == "2 passages searched · extractive · 9 ms"


def test_a_partial_answer_says_so(engine: ScriptedEngine) -> None:
    draft = drafted(engine, "What did Bolton say?")
    assert draft.answer is not None
    answer = replace(draft.answer, status=Status.PARTIAL, timings_ms={"total": 2345.0})
    view = view_turn(replace(draft, answer=answer))
    assert (view["label"], view["summary"]) == (
        "Answered in part",
        "3 citations from 1 source · extractive · 2.3 s",
    )


def test_what_a_model_wrote_and_the_check_refused_is_counted_and_kept(engine: ScriptedEngine) -> None:
    view = view_turn(drafted(engine, "What did Bolton say?", "local:smollm2"))
    assert view["dropped"] == [{"text": "He is very pleased.", "reason": "the cited words do not say it"}]
    assert view["notes"] == ["One statement of the model was dropped."]


def test_a_follow_up_shows_how_it_was_understood() -> None:
    draft = Draft("And what about Hill?", "extractive", TurnState.WRITING, "What did Fiona Hill say?")
    assert view_turn(draft)["understood"] == "What did Fiona Hill say?"
    assert view_turn(draft)["corrected"] is False
    assert view_turn(replace(draft, standalone_question="and  what about hill?"))["understood"] == ""
    assert view_turn(replace(draft, corrected=True))["corrected"] is True
    assert view_turn(Draft("And what about Hill?", "extractive"))["standalone"] == "And what about Hill?"


@pytest.mark.parametrize(
    ("state", "label", "busy"),
    [
        (TurnState.WAITING, "Waiting for the answer before this one", True),
        (TurnState.SEARCHING, "Searching the sources, and readying the model", True),
        (TurnState.WRITING, "Writing and checking the answer", True),
        (TurnState.STOPPED, "Stopped before it was whole", False),
        (TurnState.FAILED, "No answer", False),
    ],
)
def test_states(state: TurnState, label: str, busy: bool) -> None:
    view = view_turn(Draft("Q?", "extractive", state))
    assert (view["label"], view["busy"], view["state"], view["status"]) == (label, busy, state.value, None)


def test_a_question_of_50000_characters_is_shown_cut_with_its_length() -> None:
    shown = view_turn(Draft("word " * 10_000, "extractive"))["question"]
    assert len(shown) < 330
    assert shown.endswith("word… (50,000 characters)")


def test_markup_in_a_question_stays_as_it_is() -> None:
    question = "<script>alert(1)</script> **bold** `code`\x07"
    assert view_turn(Draft(question, "extractive"))["question"] == "<script>alert(1)</script> **bold** `code`�"


@pytest.mark.parametrize(
    ("draft", "labels"),
    [
        (Draft("Q?", "ollama:x").failed("No.", ModelUnreachableError("No.")), [None, "extractive"]),
        (Draft("Q?", "extractive").failed("Too long.", UsageError("Too long.")), []),
        (Draft("Q?", "nonsense").failed("No such model.", UsageError("No such model.")), [None, "extractive"]),
        (Draft("Q?", "extractive").failed("A bug."), [None]),
        (Draft("Q?", "extractive", TurnState.STOPPED), [None]),
        (Draft("Q?", "extractive", TurnState.FINISHED), []),
    ],
)
def test_what_is_offered_when_there_is_no_answer(draft: Draft, labels: list[str | None]) -> None:
    assert [offer["llm"] for offer in offers(draft)] == labels


# ---------------------------------------------------------------- places


@given(
    some.builds(
        Place,
        some.text(min_size=1),
        some.integers(0, 10**6),
        some.integers(0, 10**6),
        some.none() | some.integers(1, 999),
    )
)
def test_a_place_survives_the_address(place: Place) -> None:
    read = Place.from_parameters(place.to_parameters())
    assert read == (place if place.end > place.start else replace(place, start=0, end=0))


@pytest.mark.parametrize("span", ["", "x", "5", "9-", "-1-5", "1-2-3", "9" * 13 + "-1", "<script>"])
def test_an_address_that_anybody_wrote_is_read_with_care(span: str) -> None:
    assert Place.from_parameters({"source": "a.txt", "span": span, "turn": "-1"}) == Place("a.txt")
    assert Place.from_parameters({"span": span}) is None


def test_all_citations_of_the_turn_are_marked_and_the_clicked_one_strongly(engine: ScriptedEngine) -> None:
    conversation = Conversation("c")
    turn = conversation.add("What did Bolton say?", "extractive")
    for event in engine.stream("What did Bolton say?"):
        turn.record(event)
    cited = turn.draft.citations
    place = Place(cited[0].source, cited[1].start, cited[1].end, 1)
    assert marks(place, conversation) == [
        *(Mark(one.start, one.end) for one in cited),
        Mark(cited[1].start, cited[1].end, strong=True),
    ]
    assert marks(Place("other.txt"), conversation) == []
    assert citation_at(cited, place.source, place.start, place.end) is cited[1]
    assert citation_at(cited, place.source, 0, 5) is None


# ---------------------------------------------------------------- examples and lists


def said(name: str | None, quote: str, kind: QuoteKind = QuoteKind.DIRECT) -> Quotation:
    return Quotation("a.txt", 0, len(quote), quote, name, None, None, kind, "said", None, 0, len(quote))


QUOTATIONS = (
    said("Ann Smith", "We trust Paris, and Paris alone."),
    said("Ann Smith", "Never."),
    said("Bo Lee", "I saw Ann Smith in Geneva."),
    said("spokesman", "No comment."),
    said(None, "Nobody knows."),
    said("Cy Young", "He said that it was late.", QuoteKind.INDIRECT),
)


def test_who_is_quoted_by_full_name_most_often_first() -> None:
    assert speakers(QUOTATIONS) == [("Ann Smith", 2), ("Bo Lee", 1)]


def test_questions_come_from_those_quoted_and_from_headings_that_ask() -> None:
    text = "Is it late?\nBody."
    document = Document("a.txt", text, "Who won?", blocks=(Block(BlockKind.HEADING, 0, 11, 1),))
    candidates = candidate_questions([document], QUOTATIONS)
    assert candidates == ["What did Ann Smith say?", "Who won?", "What did Bo Lee say about Smith?", "Is it late?"]
    assert choose_examples(candidates, lambda question: "Lee" not in question) == (
        "What did Ann Smith say?",
        "Who won?",
        "Is it late?",
    )


def test_without_quotations_or_questions_there_are_no_examples() -> None:
    assert candidate_questions([Document("a.txt", "Body.", "A title")], []) == []


def test_the_list_of_sources(seeds: Path) -> None:
    shelf = shelve("g1", ScriptedEngine(read_seeds(seeds)).facts())
    assert shelf.items[1] == {
        "id": "001_b22abe017f09f5cc.txt",
        "title": "Trump’s Affinity for Putin Grows More Consequential Than Ever",
        "meta": "The Daily · 31 May 2025",
        "hint": "001_b22abe017f09f5cc.txt",
    }
    assert shelf.titles["001_b22abe017f09f5cc.txt"] == shelf.items[1]["title"]
    copy = DocumentFacts("b.txt", "B", "Ann", "The Daily", copy_of="a.txt")
    copies = shelve("g1", [DocumentFacts("a.txt", "", None, "A paper"), copy])
    assert [item["meta"] for item in copies.items] == ["A paper", "The Daily · Ann · copy of a.txt"]
    assert copies.titles == {"a.txt": "a.txt", "b.txt": "B"}
    assert copies.outlets == ("A paper", "Ann", "The Daily")
    assert listed_names(("a", "b")) == "a, b"
    assert listed_names(("a", "b", "c", "d", "e")) == "a, b, c and 2 more"


def test_what_a_build_did() -> None:
    report = IndexReport("g2", 5, 63, 63, 0, 0, 0, 5, (), 2.14)
    assert describe_report(report) == "Built in 2.1 s: 5 documents, 63 passages, 63 passages embedded."
