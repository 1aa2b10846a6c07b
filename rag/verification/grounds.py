"""The sentence of the cited text that a statement rests on, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.text.dates import date_in_words
from rag.text.normalise import normalise
from rag.text.sentences import quotation_spans, quotation_units, sentence_spans
from rag.text.words import terms
from rag.types import Evidence

LEANS = re.compile(r"\W*(?:\w+\W+){0,2}?(?:he|she|it|they|this|that|these|those|his|her|its|their)\b", re.I)
"""A sentence whose subject stands in the one before it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A sentence (or a list, whole) of a cited piece, which a statement may rest on: `piece.text[start:end]`."""

    piece: Evidence
    start: int
    end: int
    before: str = ""
    """The sentence in front of it in the piece."""

    @property
    def sentence(self) -> str:
        """The sentence itself."""
        return self.piece.text[self.start : self.end]

    @property
    def front(self) -> str:
        """Who says it, whom its pronoun means, and what stands over it."""
        piece = self.piece
        return " ".join(part for part in (piece.speaker, piece.refers_to, piece.heading, piece.under) if part)

    @property
    def text(self) -> str:
        """The sentence with what stands over it."""
        return f"{self.front}\n{self.sentence}"

    @property
    def wide(self) -> str:
        """The same, with the sentence before it where it leans on that."""
        return f"{self.text}\n{self.before}" if self.before and LEANS.match(self.sentence) else self.text


def best_ground(text: str, cited: Sequence[Evidence]) -> Ground:
    """Return the sentence that holds most of the content words of `text`, the first of several.

    Where `text` quotes, that is one in which most of its quotations stand whole.
    """
    quoted = [normalise(text[start + 1 : end - 1]).strip(" .,;:!?") for start, end in quotation_spans(text)]
    grounds = [ground for piece in cited for ground in _grounds(piece, quotes=bool(quoted))]
    return max(grounds, key=lambda ground: (_held(quoted, ground.sentence), share(text, ground.text)))


def _held(quoted: Sequence[str], sentence: str) -> int:
    plain = normalise(sentence) if quoted else ""
    return sum(words in plain for words in quoted)


def _grounds(piece: Evidence, *, quotes: bool) -> list[Ground]:
    """Return the sentences of a piece, a list as one.

    For a statement with quotations (`quotes`), whose words are checked apart, sentences that share quotation marks
    are one as well.
    """
    spans = (sentence_spans(piece.text) if "\n" not in piece.text else []) or [(0, len(piece.text))]
    if quotes and "\n" not in piece.text:
        spans = list(dict.fromkeys([*spans, *quotation_units(piece.text)]))
    return [Ground(piece, start, end, _sentence_before(piece.text, start)) for start, end in spans]


def _sentence_before(text: str, start: int) -> str:
    spans = sentence_spans(text, 0, start)
    return text[slice(*spans[-1])] if spans else ""


def share(text: str, source: str) -> float:
    """Return the share of the content stems of `text` that stand in `source`; 1 where it has none."""
    wanted = set(terms(text))
    return len(wanted & set(terms(source))) / len(wanted) if wanted else 1.0


def known_text(cited: Sequence[Evidence]) -> str:
    """Return the cited pieces with speaker, heading and date: all that a name or a number may come from."""
    fronts = (
        f"{piece.speaker or ''}\n{piece.refers_to or ''}\n{piece.heading}\n{piece.under}\n"
        f"{piece.date or ''} {date_in_words(piece.date)}"
        for piece in cited
    )
    return "\n".join([*(piece.text for piece in cited), *fronts])
