"""Evidence for questions about whether people agree: what each of them says of the matter, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.evidence.choice import Choice, in_reading_order
from rag.evidence.scoring import UnitScorer
from rag.evidence.speech import choose_said, find_speaker, said_evidence, scored_on_topic, stretches
from rag.evidence.units import Unit
from rag.text.questions import Question, QuestionKind
from rag.text.words import terms
from rag.types import Document, Evidence, Quotation

_PER_SPEAKER = 2
_MOST_SPEAKERS = 4
_NEARLY = 0.85
_NEAR_TOPIC = 0.4
"""Least similarity to the topic, or share of its words in the statement and what it stands under, to be heard."""


def choose_dispute(
    question: Question,
    quotations: Sequence[Quotation],
    documents: dict[str, Document],
    units: Callable[[str], list[Unit]],
    scorer: UnitScorer,
    *,
    mentioned: Callable[[str], bool],
) -> Choice:
    """Return what each of the persons named in `question.sides` says of the topic, at most two passages each.

    A person who is not quoted on it is named in the reason; with nobody quoted there is no evidence.
    """
    evidence: list[Evidence] = []
    reasons = []
    for side in question.sides:
        asked = replace(question, kind=QuestionKind.SAID, speaker=side, opinion=True, sides=())
        choice = choose_said(asked, quotations, documents, units, scorer, mentioned)
        if not choice.evidence:
            about = [each for each in quotations if _is_about(documents[each.source], question)]
            choice = choose_said(replace(asked, topic=""), about, documents, units, scorer, mentioned)
        evidence += _foremost(choice.evidence)
        reasons += [choice.reason] if choice.reason and not choice.evidence else []
    return Choice(tuple(evidence), " ".join(reasons) or None)


def _foremost(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the best piece, and a second that is nearly as good, as they stand in the text."""
    ranked = sorted(evidence, key=lambda piece: -piece.score)[:_PER_SPEAKER]
    return sorted((piece for piece in ranked if piece.score >= _NEARLY * ranked[0].score), key=_place)


def _place(piece: Evidence) -> tuple[str, str, int]:
    return piece.date or "9999", piece.source, piece.start


def choose_views(
    question: Question,
    quotations: Sequence[Quotation],
    documents: dict[str, Document],
    units: Callable[[str], list[Unit]],
    scorer: UnitScorer,
) -> Choice:
    """Return what the members of a group ('the analysts') say of the topic, one passage each, at least two of them.

    Members are those whom the sources call so; where fewer than two are, whoever is quoted by name in `documents`.
    """
    named = [quotation for quotation in quotations if quotation.speaker and quotation.source in documents]
    called = [q for word in question.sides for q in find_speaker(word, named, lambda source: documents[source].text)[1]]
    members = _beside(called, named, documents) if called else named
    members = members if len({quotation.speaker for quotation in members}) > 1 else named
    said = stretches(members, documents, units)
    scored = scored_on_topic(question, said, scorer, documents) if said else []
    best: dict[str | None, Evidence] = {}
    for each, score in sorted(zip(said, scored, strict=True), key=lambda pair: -pair[1].score):
        near = max(score["similarity"], score["coverage_with_context"]) >= _NEAR_TOPIC
        if near or _is_about(documents[each.unit.source], question):
            best.setdefault(each.speaker, said_evidence(each, None, documents, score.score))
    if len(best) < _FEWEST_SPEAKERS:
        return Choice(reason="The sources do not quote two of them on this.")
    return Choice(in_reading_order(list(best.values())[:_MOST_SPEAKERS]))


def _beside(called: Sequence[Quotation], named: Sequence[Quotation], documents: dict[str, Document]) -> list[Quotation]:
    """Return what those say whom the text calls members of a group, and those who are quoted right behind them.

    Only the first of several is introduced: 'said Hale, an analyst at …', and then 'Abara of Tollgate disagreed'.
    """
    members = {quotation.speaker for quotation in called}
    if len(members) > 1:
        return list(called)
    near = [
        other.speaker
        for quotation in called
        for other in named
        if other.source == quotation.source
        and other.sentence_start - quotation.sentence_end >= 0
        and documents[other.source].text.count("\n\n", quotation.sentence_end, other.sentence_start) <= 1
    ]
    return [quotation for quotation in named if quotation.speaker in {*members, *near}]


def _is_about(document: Document, question: Question) -> bool:
    """Say whether the title of a document holds the whole topic or its names, so that it is what is spoken of there."""
    wanted, title = set(question.terms), set(terms(document.title))
    names = {term for name in question.names for term in terms(name)}
    return bool(wanted) and (wanted <= title or (bool(names) and names <= title))


_FEWEST_SPEAKERS = 2
