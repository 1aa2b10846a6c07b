"""From a question that stands alone to the evidence for its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from rag.answering.holdings import Holdings
from rag.answering.shaping import Shaper
from rag.evidence import (
    Choice,
    Shelf,
    Unit,
    choose_broad,
    choose_comparison,
    choose_dispute,
    choose_facts,
    choose_person,
    choose_said,
    choose_views,
    choose_who_said,
    find_speaker,
    holds_name,
)
from rag.evidence.confidence import ANSWER_CONFIDENCE
from rag.evidence.scoring import ScoredUnit
from rag.evidence.shortfall import shortfall
from rag.text.names import find_mentions, is_organisation
from rag.text.questions import Question, QuestionKind, as_fact, parse_question
from rag.text.spans import overlap
from rag.text.words import words
from rag.types import Document, Evidence, Hit

Search = Callable[[str, int], list[Hit]]
"""From a question and a number to that many passages, best first."""

_FOREMOST = 5
"""Passages whose documents tell what the members of a group say."""
_WIDE = 30
"""Passages looked at where every source is to have its say, or every sentence with a name."""
_PART = re.compile(
    r"(?:\?\s+|,?\s+and\s+(?:also\s+)?)(?=(?:what|who|when|where|why|how|which|did|does|do|is|are|was|were)\b(?!\s+and\b))",
    re.I,
)


_DENIES = re.compile(r"\b(?:not|never|no longer)\b|n[’']t\b", re.I)
_INSTEAD = re.compile(r"(?:It|They|He|She|This|That) (?:is|are|was|were)\b(?! not)|(?:Instead|Rather)\b")


def split_parts(question: str) -> list[str]:
    """Return the questions that are asked in one: 'What did A and B say and why did C leave?' holds three."""
    parts = [part.strip(" ,") for part in _PART.split(question) if part.strip(" ,?")]
    whole = [part for part in parts if len(words(part)) > 2]
    if len(whole) != len(parts) or len(parts) <= 1:
        return _by_speaker(question)
    return [each for part in parts for each in _by_speaker(part if part.endswith("?") else f"{part}?")]


def _by_speaker(question: str) -> list[str]:
    """Return a question after the words of several persons ('What did A and B say?') once for each of them."""
    speakers = parse_question(question).speaker
    names = re.split(r",\s*(?:and\s+)?|\s+and\s+", speakers)
    are_names = all(len(find_mentions(f"of {name}")) == 1 and not is_organisation(name) for name in names)
    if len(set(names)) < len(names) or len(names) == 1 or not are_names:
        return [question]
    return [question.replace(speakers, name, 1) for name in names]


class Chooser:
    """Chooses evidence from one index."""

    def __init__(self, holdings: Holdings, search: Search, least_confidence: float = ANSWER_CONFIDENCE) -> None:
        """Take what the sources hold, how it is searched, and how sure evidence for a fact must be."""
        self._holdings = holdings
        self._least = least_confidence
        self._search = search
        self._shaper = Shaper(holdings)

    def choose(self, text: str, hits: Sequence[Hit]) -> Choice:
        """Return the evidence for the question `text`, for which retrieval found `hits`, in the shape it asks for."""
        question = parse_question(text)
        return self._shaper.shaped(question, self._choose(question, hits), lambda: self._units_in(hits))

    def _choose(self, question: Question, hits: Sequence[Hit]) -> Choice:
        if question.kind is QuestionKind.SAID:
            return self._said(question, hits)
        if question.kind is QuestionKind.WHO_SAID:
            quotations = self._holdings.quotations()
            choice = choose_who_said(
                question, quotations, self._documents(), self._holdings.units, self._holdings.scorer
            )
            return choice if choice.evidence else self._facts(as_fact(question), hits, choice.reason)
        if question.kind is QuestionKind.OVERVIEW:
            held = self._holdings
            wide = partial(self._search, question.topic, _WIDE)
            return choose_broad(
                question, Shelf(held.documents(), held.units, held.scorer, lambda: self._units_in(wide()))
            )
        return self._by_passages(question, hits)

    def _documents(self) -> dict[str, Document]:
        return {
            quotation.source: self._holdings.document(quotation.source) for quotation in self._holdings.quotations()
        }

    def _said(self, question: Question, hits: Sequence[Hit]) -> Choice:
        quotations = self._holdings.quotations()
        documents = self._documents()
        _, theirs = find_speaker(question.speaker, quotations, lambda source: documents[source].text)
        if not theirs:
            published = self._published_by(question.speaker)
            if published:
                return self._facts(as_fact(question), [hit for hit in hits if hit.chunk.source in published])
            if (question.terms or question.names) and not find_mentions(f"of {question.speaker}"):
                return self._facts(as_fact(question), hits)
        return choose_said(
            question, quotations, documents, self._holdings.units, self._holdings.scorer, self._holdings.mentions
        )

    def _published_by(self, phrase: str) -> set[str]:
        """Return the sources whose outlet, author or title the phrase names."""
        wanted = set(words(phrase)) - {"the"}
        return {
            document.source
            for document in self._holdings.documents()
            if wanted
            and any(wanted <= set(words(name or "")) for name in (document.outlet, document.author, document.title))
        }

    def _by_passages(self, question: Question, hits: Sequence[Hit]) -> Choice:
        quotations = self._holdings.quotations()
        if question.kind is QuestionKind.WHO_IS:
            name = question.topic
            wide = [unit for unit in self._units_in(self._search(question.text, _WIDE)) if holds_name(name, unit.text)]
            return choose_person(name, self._holdings.scorer.score(question, wide), quotations, self._text)
        if question.sides:
            return self._dispute(question, hits)
        if question.kind is QuestionKind.COMPARE:
            wide = self._units_in(self._search(question.text, _WIDE))
            scored = self._holdings.scorer.score(question, wide, question.topic)
            return choose_comparison(scored, quotations, self._text)
        return self._facts(question, hits)

    def _dispute(self, question: Question, hits: Sequence[Hit]) -> Choice:
        """Return what the persons compared say; for a group, what those say whom the documents found first quote."""
        held = self._holdings
        if all(find_mentions(f"of {side}") for side in question.sides):
            return choose_dispute(
                question, held.quotations(), self._documents(), held.units, held.scorer, mentioned=held.mentions
            )
        first = {hit.chunk.source: held.document(hit.chunk.source) for hit in hits[:_FOREMOST]}
        return choose_views(question, held.quotations(), first, held.units, held.scorer)

    def _facts(self, question: Question, hits: Sequence[Hit], reason: str | None = None) -> Choice:
        held = self._holdings
        judged = held.scorer.judge(question, self._units_in(hits))
        choice = choose_facts(question, judged, held.quotations(), self._text, held.weight, least=self._least)
        if not choice.evidence and reason:
            return replace(choice, reason=reason)
        return replace(choice, evidence=tuple(self._completed(piece) for piece in choice.evidence))

    def _completed(self, piece: Evidence) -> Evidence:
        """Return a piece that denies something together with the sentence that says what is so instead."""
        if not _DENIES.search(piece.text):
            return piece
        following = next((unit for unit in self._holdings.units(piece.source) if unit.start >= piece.end), None)
        if following is None or following.heading != piece.heading or not _INSTEAD.match(following.text):
            return piece
        text = self._text(piece.source)
        if text[piece.end : following.start].strip():
            return piece  # what stands between is no part of the story, and would be quoted with it
        return replace(piece, end=following.end, text=text[piece.start : following.end])

    def shortfalls(self, text: str, hits: Sequence[Hit]) -> list[str]:
        """Return for each passage that came near the question `text` why it does not answer."""
        question, held = parse_question(text), self._holdings
        scored = held.scorer.score(question, self._units_in(hits))
        return [self._shortfall(question, [each for each in scored if overlap(each.unit, hit.chunk)]) for hit in hits]

    def _shortfall(self, question: Question, scored: Sequence[ScoredUnit]) -> str:
        """Return why the units of one passage do not answer: what the best has otherwise, or what they lack."""
        best = max(scored, key=lambda each: each.score, default=None)
        against = self._holdings.premise_objections(question, best.unit) if best else {}
        return against.get("opposite") or shortfall(question, scored, self._holdings.weight)

    def _text(self, source: str) -> str:
        return self._holdings.document(source).text

    def _units_in(self, hits: Sequence[Hit]) -> list[Unit]:
        """Return the units that lie in the passages found, each once."""
        found: dict[tuple[str, int], Unit] = {}
        for hit in hits:
            for unit in self._holdings.units(hit.chunk.source):
                if overlap(unit, hit.chunk):
                    found.setdefault((unit.source, unit.start), unit)
        return list(found.values())
