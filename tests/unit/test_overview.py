"""Questions after everything: how they are read, which documents they name, and what is shown of these."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.evidence import Choice, Shelf, Unit, UnitScorer, choose_broad, units_of
from rag.evidence.overview import MOST_SOURCES
from rag.evidence_model import EvidenceModel
from rag.text.broad_questions import Broad, read_broad
from rag.text.questions import QuestionKind, parse_question
from rag.types import Document
from tests.documents import make_document
from tests.doubles import HashingEmbedder


@pytest.mark.parametrize(
    ("text", "topic", "new"),
    [
        ("What are these articles about?", "", False),
        ("Summarise the articles.", "", False),
        ("Please give me a short summary", "", False),
        ("Give me the key points", "", False),
        ("What topics are covered?", "", False),
        ("tl;dr", "", False),
        ("summarise 002", "002", False),
        ("Summarise the contract", "contract", False),
        ("Can you sum up the contract for me?", "contract", False),
        ("What is the contract about?", "contract", False),
        ("What's in the minutes?", "minutes", False),
        ("What does the manual say?", "manual", False),
        ("Tell me about the manual.", "manual", False),
        ("What is the article on the island of Vik about?", "island of Vik", False),
        ("Summarise what the articles say about sanctions", "sanctions", False),
        ("What are the main points of the minutes?", "minutes", False),
        ("What is new in Larch 4.2?", "Larch 4.2", True),
        ("What's new?", "", True),
        ("What has changed in the contract?", "contract", True),
        ("Any news on the ferry?", "ferry", True),
    ],
)
def test_questions_after_everything(text: str, topic: str, new: bool) -> None:
    assert read_broad(text) == Broad(topic, new)
    question = parse_question(text)
    assert (question.kind, question.topic, question.new) == (QuestionKind.OVERVIEW, topic, new)


@pytest.mark.parametrize(
    "text",
    [
        "What is photosynthesis?",
        "What is special about the ferry?",
        "What is the dispute about?",
        "What did Brandt say?",
        "Summarise what Brandt said about the harbour.",
        "What are the symptoms of a cold?",
        "When was the new school opened?",
    ],
)
def test_other_questions_are_not_after_everything(text: str) -> None:
    assert parse_question(text).kind is not QuestionKind.OVERVIEW


def test_a_summary_of_what_somebody_said_is_what_they_said() -> None:
    question = parse_question("Summarise what Brandt said about the harbour.")

    assert (question.kind, question.speaker, question.topic) == (QuestionKind.SAID, "Brandt", "the harbour")


LEASE = make_document(
    """# Rent

The rent of the flat is nine hundred crowns a month. It rises every year in May.

# If the tenant leaves early

The deposit of the flat is kept by the landlord of the house.

# Repairs

The landlord of the flat repairs the roof and the boiler. The tenant of the flat replaces the bulbs.""",
    "flat_contract.md",
    "Lease for 14 Harrow Lane",
    "2023-05-03",
)
NOTES = make_document(
    "# New\n\nLarch opens encrypted archives now. Larch finds words in pictures.\n\n# Known problems\n\n"
    "Larch fails on old machines with little memory.",
    "larch.md",
    "Larch 4.2",
    "2025-11-18",
)
FIRE = make_document("The flat burned for an hour. The roof of the flat fell in.", "fire.md", "A fire", "2024-01-01")


def asked(text: str, documents: Sequence[Document]) -> Choice:
    """Return what is chosen for a broad question from documents that are all found."""
    units = {document.source: units_of(document) for document in documents}
    every: list[Unit] = [unit for of_one in units.values() for unit in of_one]
    embedder = HashingEmbedder(256)
    scorer = UnitScorer(embedder.embed_passages, embedder.embed_queries, lambda _: 1.0, EvidenceModel())
    return choose_broad(parse_question(text), Shelf(documents, units.__getitem__, scorer, lambda: every))


def test_a_document_is_named_by_a_word_of_its_file_and_shown_in_its_order_without_what_only_may_hold() -> None:
    choice = asked("Summarise the contract.", [LEASE, NOTES, FIRE])

    assert [piece.start for piece in choice.evidence] == sorted(piece.start for piece in choice.evidence)
    assert {piece.source for piece in choice.evidence} == {"flat_contract.md"}
    assert not any("deposit" in piece.text for piece in choice.evidence)
    assert (
        choice.reason == "1 source read; up to 5 sentences of it are shown, those nearest to what it says as a whole."
    )


def test_what_is_new_comes_from_the_sections_that_say_so() -> None:
    choice = asked("What is new in Larch 4.2?", [LEASE, NOTES])

    assert [piece.text for piece in choice.evidence] == [
        "Larch opens encrypted archives now.",
        "Larch finds words in pictures.",
    ]


def test_a_matter_is_summed_up_from_the_sources_that_speak_of_it_the_latest_first_where_news_is_asked_for() -> None:
    matter = asked("Summarise what the articles say about the roof.", [LEASE, NOTES, FIRE])
    news = asked("Any news about the roof?", [LEASE, NOTES, FIRE])

    assert list(dict.fromkeys(piece.source for piece in matter.evidence)) == ["flat_contract.md", "fire.md"]
    assert list(dict.fromkeys(piece.source for piece in news.evidence)) == ["fire.md", "flat_contract.md"]
    assert matter.reason == "2 of 3 sources speak of this, as far as a search finds."
    assert asked("Summarise what the articles say about whales.", [LEASE, NOTES]).reason == (
        "The sources say nothing of this: whales."
    )


def test_of_very_many_sources_those_that_lie_apart_are_shown() -> None:
    late = "The ferry number {} to the island of Vik is late today."
    alike = [make_document(late.format(number), f"{number:02}.md", "Ferry") for number in range(20)]
    other = make_document("A whale swam into the harbour of Oslo and slept there.", "99.md", "Whale")
    choice = asked("What are these articles about?", [*alike, other])

    sources = {piece.source for piece in choice.evidence}
    assert "99.md" in sources
    assert len(sources) <= MOST_SOURCES
    assert choice.reason is not None
    assert choice.reason.startswith("21 sources read; up to 2 sentences of each of ")


def test_what_two_sources_say_alike_is_shown_once() -> None:
    text = "The Vik copper mine was closed in 1987 after a flood."
    choice = asked("Summarise the articles.", [make_document(text, "a.md", "A"), make_document(text, "b.md", "B")])

    assert [piece.source for piece in choice.evidence] == ["a.md"]
