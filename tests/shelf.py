"""A shelf of invented documents with everything that choosing evidence needs, on the embedder that hashes words."""

from __future__ import annotations

from math import log

from rag.evidence import (
    Choice,
    Unit,
    UnitScorer,
    choose_comparison,
    choose_facts,
    choose_overview,
    choose_person,
    choose_said,
    choose_who_said,
    holds_name,
    units_of,
)
from rag.evidence_model import EvidenceModel
from rag.quotations import extract_quotations
from rag.text.questions import parse_question
from rag.text.words import terms
from rag.types import Document
from tests.documents import make_document
from tests.doubles import HashingEmbedder

FERRY = make_document(
    """The council bought two ferries for 40 million crowns in 2019. The ferries replaced a bridge that burned in 1998.

The mayor, Olga Brandt, opened the harbour on Monday. “The harbour is safe,” Brandt said. “Nobody will drown here.” \
She believes that the island needs a school.

# What the levy pays for

The levy pays for:
- two new ferries
- a lighthouse on the rock
- the school in Vik

# The fire

The bridge burned because a ship full of oil hit it.

~ Buy our newspaper and win a submarine.""",
    "ferry.txt",
    "The island of Vik",
    "2024-03-05",
)
CRITIC = make_document(
    """Tom Reyes, a fisherman, criticised the ferries. He said that the ferries were late every day. According to \
Reyes, the harbour is too small for two ferries.

Anna Li of the Gazette called the ferries “floating coffins” in a column.

“The lighthouse is a waste of crowns,” Tom Reyes told the Gazette.""",
    "critic.txt",
    "Voices about the ferries",
)


class Shelf:
    """Documents, their units and quotations, and each way of choosing from all of them."""

    def __init__(self, *documents: Document) -> None:
        self.documents = {document.source: document for document in documents}
        self._units = {document.source: units_of(document) for document in documents}
        self.all = [unit for units in self._units.values() for unit in units]
        self.quotations = [quotation for document in documents for quotation in extract_quotations(document)]
        self._terms = [set(terms(f"{unit.title} {unit.heading} {unit.text}")) for unit in self.all]
        embedder = HashingEmbedder(1024)
        self.scorer = UnitScorer(embedder.embed_passages, embedder.embed_queries, self.weight, EvidenceModel())

    def weight(self, stem: str) -> float:
        count = sum(stem in each for each in self._terms)
        return log(1 + (len(self._terms) - count + 0.5) / (count + 0.5))

    def units(self, source: str) -> list[Unit]:
        return self._units[source]

    def text(self, source: str) -> str:
        return self.documents[source].text

    def facts(self, text: str) -> Choice:
        question = parse_question(text)
        judged = self.scorer.judge(question, self.all)
        return choose_facts(question, judged, self.quotations, self.text, self.weight)

    def said(self, text: str) -> Choice:
        def mentioned(stem: str) -> bool:
            return any(stem in each for each in self._terms)

        question = parse_question(text)
        return choose_said(question, self.quotations, self.documents, self.units, self.scorer, mentioned)

    def who_said(self, text: str) -> Choice:
        return choose_who_said(parse_question(text), self.quotations, self.documents, self.units, self.scorer)

    def comparison(self, text: str) -> Choice:
        return choose_comparison(self.scorer.score(parse_question(text), self.all), self.quotations, self.text)

    def person(self, name: str) -> Choice:
        holding = [unit for unit in self.all if holds_name(name, unit.text)]
        scored = self.scorer.score(parse_question(f"Who is {name}?"), holding)
        return choose_person(name, scored, self.quotations, self.text)

    def overview(self) -> Choice:
        return choose_overview(list(self.documents.values()), self.units)


SHELF = Shelf(FERRY, CRITIC)


def texts(choice: Choice) -> list[str]:
    """Return the texts of the evidence, after checking that each stands in its source at its offsets."""
    for piece in choice.evidence:
        assert SHELF.text(piece.source)[piece.start : piece.end] == piece.text
    return [piece.text for piece in choice.evidence]
