"""The shape of an answer: what was chosen, in the form that the question asks for.

A fact is one sentence with the words that matter marked, a reason the sentences that give it, a comparison a line for
each source. What turns a sentence is taken along, what several sources say is said once, and whom a sentence means by
the pronoun that it opens with is told where that is sure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

from rag.answering.holdings import Holdings
from rag.evidence import Choice, Unit
from rag.evidence.agreement import joined, same_elsewhere
from rag.evidence.choice import united
from rag.evidence.focus import focus_of
from rag.evidence.selecting import selected
from rag.evidence.turning import with_what_turns
from rag.quotations.referents import Referents, opens_with_speaker
from rag.text.questions import AnswerType, Question, QuestionKind
from rag.text.spans import overlap
from rag.types import Evidence, Quotation

_MOST_KEPT = 64


class Shaper:
    """Gives evidence from one index its shape."""

    def __init__(self, holdings: Holdings) -> None:
        """Take what the sources hold."""
        self._holdings = holdings
        self._referents = lru_cache(maxsize=_MOST_KEPT)(self._read_referents)

    def shaped(self, question: Question, choice: Choice, units: Callable[[], Sequence[Unit]]) -> Choice:
        """Return a choice with its evidence in shape; `units` gives what else was found, for who says the same."""
        if not choice.evidence:
            return choice
        pieces = [self._focused(question, piece) for piece in choice.evidence]
        pieces = _one_in_focus(pieces) if question.answer_type is AnswerType.ANY else pieces
        pieces = [self._turned(piece) for piece in selected(question, pieces)]
        pieces = joined(_without_overlaps(pieces, self._text_of))
        if question.kind in _ONE_SENTENCE and not question.yes_no:
            found = units()
            pieces = [same_elsewhere(piece, found, pieces, question.terms) for piece in pieces]
        return replace(choice, evidence=tuple(self._resolved(piece) for piece in pieces))

    def _focused(self, question: Question, piece: Evidence) -> Evidence:
        """Return a piece with the words in focus that the question asks for; a model may have proposed some."""
        proposed = piece.focus[0] if piece.focus else None
        return replace(piece, focus=focus_of(question, piece.text, proposed, speaker=piece.speaker))

    def _turned(self, piece: Evidence) -> Evidence:
        document = self._holdings.document(piece.source)
        piece = with_what_turns(piece, document, self._holdings.units(piece.source))
        return _with_first_mark(piece, document.text)

    def _resolved(self, piece: Evidence) -> Evidence:
        """Return a piece with whom it opens by meaning: as the quotation in it is given, else as the text tells."""
        text = self._text_of(piece.source)
        for quotation in self._quotations_in(piece):
            if quotation.speaker and opens_with_speaker(text, piece.start, quotation.speaker_start):
                return replace(piece, refers_to=quotation.speaker)
        meant = self._referents(piece.source).meant(piece.start, piece.end)
        return replace(piece, refers_to=meant)

    def _text_of(self, source: str) -> str:
        return self._holdings.document(source).text

    def _quotations_in(self, piece: Evidence) -> Iterable[Quotation]:
        return (each for each in self._said[piece.source] if piece.start <= each.sentence_start < piece.end)

    @cached_property
    def _said(self) -> Mapping[str, Sequence[Quotation]]:
        """Return the quotations of each source."""
        said: dict[str, list[Quotation]] = defaultdict(list)
        for quotation in self._holdings.quotations():
            said[quotation.source].append(quotation)
        return said

    def _read_referents(self, source: str) -> Referents:
        return Referents(self._holdings.document(source))


_ONE_SENTENCE = frozenset({QuestionKind.FACT, QuestionKind.WHO_IS})


def _with_first_mark(piece: Evidence, text: str) -> Evidence:
    """Return a list with the mark of its first item, which the others have too."""
    mark = _MARK.search(text, max(0, piece.start - _LONGEST_MARK), piece.start)
    if mark is None or "\n" not in piece.text:
        return piece
    shift = piece.start - mark.start("mark")
    focus = tuple((start + shift, end + shift) for start, end in piece.focus)
    return replace(piece, start=mark.start("mark"), text=text[mark.start("mark") : piece.end], focus=focus)


_LONGEST_MARK = 12
_MARK = re.compile(r"(?:^|\n)[ \t]*(?P<mark>(?:[-*•–]|\(?\w{1,3}[.)])[ \t]+)$")


def _one_in_focus(pieces: Sequence[Evidence]) -> list[Evidence]:
    """Return the pieces, words in focus in the best alone: where any kind of thing answers, others are guesses."""
    best = max(pieces, key=lambda piece: piece.score)
    return [piece if piece is best else replace(piece, focus=()) for piece in pieces]


def _without_overlaps(pieces: Iterable[Evidence], text_of: Callable[[str], str]) -> list[Evidence]:
    """Return the pieces, those put together that what turns them made overlap; the first of two stays in its place."""
    kept: list[Evidence] = []
    for piece in pieces:
        at = next((number for number, other in enumerate(kept) if overlap(piece, other)), None)
        if at is None:
            kept.append(piece)
        else:
            kept[at] = united(kept[at], piece, text_of(piece.source))
    return kept
