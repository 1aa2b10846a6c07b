"""Evidence for questions about whether people agree: what each of them says of the matter, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.evidence.called import find_speaker
from rag.evidence.choice import Choice
from rag.evidence.scoring import UnitScorer
from rag.evidence.speech import Said, choose_said, said_evidence, scored_on_topic, stretches
from rag.evidence.units import Unit
from rag.text.names import name_tokens, same_person
from rag.text.questions import Question, QuestionKind
from rag.text.spans import overlap
from rag.text.words import terms
from rag.types import Document, Evidence, Quotation

_MOST_SPEAKERS = 5
_FEWEST_SPEAKERS = 2
_SOURCES_EACH = 2
"""Sources from which one person has a line."""
_LONGEST_TURN = 600
_NEAR_TOPIC = 0.4
"""Least similarity to the topic to be heard without a word of it nearby."""
_NEARBY = 400
"""Characters in front of somebody's words in which the topic may stand that they are about."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one person says at one place, as evidence, and how near it is to the topic."""

    piece: Evidence
    score: float
    similarity: float
    covers: bool


def choose_dispute(
    question: Question,
    quotations: Sequence[Quotation],
    documents: dict[str, Document],
    units: Callable[[str], list[Unit]],
    scorer: UnitScorer,
    *,
    mentioned: Callable[[str], bool],
) -> Choice:
    """Return what each of the persons named in `question.sides` says of the topic, in that order, a line a source.

    A person who is not quoted on it is named in the reason; with nobody quoted there is no evidence.
    """
    lines: dict[str, list[Evidence]] = {}
    apart: dict[str, list[_Turn]] = {}
    reasons: dict[str, str | None] = {}
    for side in question.sides:
        asked = replace(question, kind=QuestionKind.SAID, speaker=side, opinion=True, sides=())
        choice = choose_said(asked, quotations, documents, units, scorer, mentioned)
        theirs = find_speaker(side, quotations, lambda source: documents[source].text)[1]
        turns = _turns(question, theirs, documents, units, scorer)
        lines[side] = _lines([turn for turn in turns if _is_on_topic(question, turn, choice.evidence, documents)])
        apart[side], reasons[side] = turns, choice.reason
    found = [piece for pieces in lines.values() for piece in pieces]
    for side in [side for side in lines if not lines[side]]:
        lines[side] = _lines([turn for turn in apart[side] if any(_is_beside(turn.piece, one) for one in found)])
    missing = [reasons[side] or "" for side in question.sides if not lines[side]]
    return Choice(tuple(piece for pieces in lines.values() for piece in pieces), " ".join(missing).strip() or None)


def choose_views(
    question: Question,
    quotations: Sequence[Quotation],
    documents: dict[str, Document],
    units: Callable[[str], list[Unit]],
    scorer: UnitScorer,
) -> Choice:
    """Return what the members of a group ('the analysts') say of the topic, a line each, at least two of them.

    Members are those whom the sources call so; where fewer than two are, whoever `documents` quote by a full name.
    """
    named = [
        quotation
        for quotation in quotations
        if quotation.source in documents and quotation.speaker and not _is_spoken_of(quotation.speaker, question)
    ]
    called = [q for word in question.sides for q in find_speaker(word, named, lambda source: documents[source].text)[1]]
    members = _beside(called, named, documents) if called else named
    sure = len({quotation.speaker for quotation in members}) > 1 and bool(called)
    heard = members if sure else [quotation for quotation in named if len(name_tokens(quotation.speaker or "")) > 1]
    best: dict[str | None, _Turn] = {}
    for turn in _turns(question, heard, documents, units, scorer):
        if _speaks_of(question, turn, documents[turn.piece.source], sure=sure):
            other = best.get(turn.piece.speaker)
            best[turn.piece.speaker] = turn if other is None or turn.score > other.score else other
    if len(best) < _FEWEST_SPEAKERS:
        return Choice(reason="The sources do not quote two of them on this.")
    ranked = sorted(best.values(), key=lambda turn: -turn.score)[:_MOST_SPEAKERS]
    return Choice(tuple(sorted((turn.piece for turn in ranked), key=_place)))


def _is_beside(piece: Evidence, other: Evidence) -> bool:
    """Say whether somebody speaks right behind another, whose matter is then theirs too ('Tate disagreed')."""
    return piece.source == other.source and 0 <= piece.start - other.end <= _NEARBY


def _turns(
    question: Question,
    quotations: Sequence[Quotation],
    documents: dict[str, Document],
    units: Callable[[str], list[Unit]],
    scorer: UnitScorer,
) -> list[_Turn]:
    """Return what is said, sentences that a person says one after the other in a paragraph as one turn."""
    said = stretches(quotations, documents, units)
    scored = scored_on_topic(question, said, scorer, documents) if said else []
    turns: list[_Turn] = []
    for each, score in zip(said, scored, strict=True):
        piece = said_evidence(each, None, documents, score.score)
        turn = _Turn(piece, score.score, score["similarity"], score["coverage"] > 0)
        if turns and _goes_on(turns[-1].piece, each, documents[piece.source].text):
            turns[-1] = _joined(turns[-1], turn, documents[piece.source].text)
        else:
            turns.append(turn)
    return turns


def _is_on_topic(question: Question, turn: _Turn, evidence: Sequence[Evidence], documents: dict[str, Document]) -> bool:
    """Say whether a turn holds what was found on the topic, or stands in a document that is all about it."""
    held = any(overlap(turn.piece, piece) for piece in evidence)
    return held or _is_about(documents[turn.piece.source], question)


def _goes_on(piece: Evidence, said: Said, text: str) -> bool:
    """Say whether somebody goes on speaking right behind a piece, in the same paragraph."""
    unit = said.unit
    if piece.source != unit.source or piece.speaker != said.speaker or unit.end - piece.start > _LONGEST_TURN:
        return False
    between = text[piece.end : unit.start]
    return not between.strip() and "\n\n" not in between


def _joined(one: _Turn, other: _Turn, text: str) -> _Turn:
    end, score = max(one.piece.end, other.piece.end), max(one.score, other.score)
    piece = replace(one.piece, end=end, text=text[one.piece.start : end], score=score)
    return _Turn(piece, score, max(one.similarity, other.similarity), one.covers or other.covers)


def _lines(turns: Sequence[_Turn]) -> list[Evidence]:
    """Return the best turn of each source, of the best sources, in order."""
    best: dict[str, _Turn] = {}
    for turn in sorted(turns, key=lambda turn: -turn.score):
        best.setdefault(turn.piece.source, turn)
    return sorted((turn.piece for turn in list(best.values())[:_SOURCES_EACH]), key=_place)


def _place(piece: Evidence) -> tuple[str, str, int]:
    return piece.date or "9999", piece.source, piece.start


def _speaks_of(question: Question, turn: _Turn, document: Document, *, sure: bool) -> bool:
    """Say whether a turn is about the topic: by its own words, by what stands right before it, or by the whole text.

    The whole text counts for members of the group that was asked for only, if they are known (`sure`).
    """
    if turn.covers or turn.similarity >= _NEAR_TOPIC or (sure and _is_about(document, question)):
        return True
    leading = document.text[max(0, turn.piece.start - _NEARBY) : turn.piece.start]
    return bool(set(question.terms) & set(terms(leading)))


def _is_spoken_of(speaker: str, question: Question) -> bool:
    """Say whether the question names a speaker, so that others are asked for what they say of them."""
    return any(same_person(name_tokens(speaker), name_tokens(name)) for name in question.names)


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
        and other.sentence_start >= quotation.sentence_end
        and documents[other.source].text.count("\n\n", quotation.sentence_end, other.sentence_start) <= 1
    ]
    return [quotation for quotation in named if quotation.speaker in {*members, *near}]


def _is_about(document: Document, question: Question) -> bool:
    """Say whether the title of a document holds the whole topic or its names, so that it is what is spoken of there."""
    wanted, title = set(question.terms), set(terms(document.title))
    names = {term for name in question.names for term in terms(name)}
    return bool(wanted) and (wanted <= title or (bool(names) and names <= title))
