"""Having an answer written, and letting through what passes the checks.

What a model writes is cut where its citations stand at the end of a sentence. A stretch in front of a citation that is
the source's own words becomes one quotation; any other stretch is cut into sentences, and each is checked against what
it cites. A quotation is shown with the whole sentences that it was taken from, so that what a model left out of a
sentence ('it is not true that …') cannot turn its sense.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from rag.answering.composing import Composer, Place
from rag.models.streaming import stream_text
from rag.prompts import CITATION, NO_ANSWER, answer_messages, cited_numbers
from rag.text.sentences import quotation_units
from rag.types import AnswerEvent, Document, Evidence, Statement, Verdict
from rag.verification import Check, Verifier, borrowed

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_MARKS = re.compile(
    rf"(?P<marks>(?<!\s)\s*{CITATION.pattern}(?:[ \t]*{CITATION.pattern})*)"
    r"(?:(?P<stop>[.!?])(?=\s|$)|(?=\n|\s+(?![a-z])|\s*$))"
)
"""Citations that end a sentence, with the full stop behind them."""
_UNFINISHED = re.compile(r"[^\S\n]*(?:\[[\d\s,;]*)?")
"""What may stand behind a citation and still go on to be another one."""
_INSIDE = re.compile(rf"(?<!\s)\s*{CITATION.pattern}")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
_LINE = re.compile(r"(?<=:)\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)")
"""Where a line ends a sentence: behind a colon, and in front of an item of a list."""


class Writer:
    """One pass of one model over one set of evidence."""

    def __init__(
        self,
        document: Callable[[str], Document],
        evidence: Sequence[Evidence],
        composer: Composer,
        verifier: Verifier | None = None,
    ) -> None:
        """Take where documents are read, the evidence (numbered from 1), the answer to add to, and what checks it."""
        self._document = document
        self._evidence = list(evidence)
        self._composer = composer
        self._verifier = verifier or Verifier()
        self._question = ""
        self.model_text = ""
        self.dropped: list[Statement] = []

    def write(self, question: str, model: BaseChatModel) -> Iterator[AnswerEvent]:
        """Yield each statement that passes, as soon as it is whole.

        Raises LanguageModelError and its kinds when the model cannot be used.
        """
        at, self._question = 0, question
        for piece in stream_text(model, answer_messages(question, self._evidence)):
            self.model_text += piece
            at = yield from self._stretches(at, last=False)
        at = yield from self._stretches(at, last=True)
        if NO_ANSWER not in self.model_text[at:]:
            yield from self._sentences(at, len(self.model_text), [], "", paragraph=False)

    def _stretches(self, at: int, *, last: bool) -> Generator[AnswerEvent, None, int]:
        """Check what was written from `at` on, as far as citations end it; return where that is."""
        for marks in _MARKS.finditer(self.model_text, at):
            if not last and _UNFINISHED.fullmatch(self.model_text, marks.end()):
                break  # more of the citation, or of the sentence, may be to come
            yield from self._stretch(at, marks)
            at = marks.end()
        return at

    def _stretch(self, start: int, marks: re.Match[str]) -> Iterator[AnswerEvent]:
        cited = self._cited(marks.group("marks"))
        body = self.model_text[start : marks.start()]
        paragraph = "\n" in body[: len(body) - len(body.lstrip())]
        whole = self._verifier.find(_BULLET.sub("", body.strip()), cited)
        if whole is not None:
            yield from self._quote(whole, cited)
            return
        yield from self._sentences(start, marks.start(), cited, marks.group("stop") or "", paragraph=paragraph)

    def _cited(self, marks: str) -> list[Evidence]:
        numbers = dict.fromkeys(cited_numbers(marks))
        return [self._evidence[number - 1] for number in numbers if 1 <= number <= len(self._evidence)]

    def _sentences(
        self, start: int, end: int, cited: list[Evidence], stop: str, *, paragraph: bool
    ) -> Iterator[AnswerEvent]:
        """Check what was written in `start:end` sentence by sentence, no quotation cut; `stop` is a stop behind it."""
        for sentence_start, sentence_end in _by_line(quotation_units, self.model_text, start, end):
            written = self.model_text[sentence_start:sentence_end]
            sentence = _BULLET.sub("", _INSIDE.sub("", written))
            if sentence_end == end and stop and sentence[-1:] not in ".!?":
                sentence += stop
            check, rests_on = self._check(sentence, list(dict.fromkeys([*self._cited(written), *cited])))
            if check.verdict is Verdict.UNSUPPORTED:
                self._drop(sentence_start, sentence_end, check)
            elif check.verdict is Verdict.VERBATIM:
                yield from self._quote(check, rests_on)
            else:
                places = [(Place(piece, piece.start, piece.end), self._document(piece.source)) for piece in rests_on]
                yield self._composer.say(sentence, check.verdict, places, paragraph)
            paragraph = False

    def _check(self, sentence: str, cited: list[Evidence]) -> tuple[Check, list[Evidence]]:
        """Check a sentence against what it cites; where that is nothing or fails, against each piece by itself.

        What a model says of its own sources is not relied on: a sentence that another piece supports is shown with
        that piece as its citation.
        """
        check = self._checked(sentence, cited, self._texts)
        if check.verdict is not Verdict.UNSUPPORTED:
            return check, cited
        for piece in self._evidence:
            other = self._checked(sentence, [piece])
            if other.verdict is not Verdict.UNSUPPORTED:
                return other, [piece]
        return check, cited

    def _checked(self, sentence: str, cited: list[Evidence], texts: Mapping[str, str] | None = None) -> Check:
        """Check a sentence; a paraphrase may not borrow from evidence that it does not rest on."""
        check = self._verifier.check(sentence, cited, texts)
        reason = borrowed(sentence, cited, self._evidence, self._question)
        if check.verdict is not Verdict.SUPPORTED or reason is None:
            return check
        return replace(check, verdict=Verdict.UNSUPPORTED, reason=reason)

    @cached_property
    def _texts(self) -> dict[str, str]:
        """The sources that the evidence is from, in which a quotation is looked for that the evidence lacks."""
        return {piece.source: self._document(piece.source).text for piece in self._evidence}

    def _quote(self, check: Check, cited: list[Evidence]) -> Iterator[AnswerEvent]:
        """Show the sentences that the words stand in, once."""
        piece = cited[check.evidence]
        start, end = _whole_sentences(piece.text, check.start, check.end)
        place = Place(piece, piece.start + start, piece.start + end)
        if not self._composer.holds(place):
            also = [
                (Place(other, other.start, other.end), self._document(other.source))
                for other in piece.also
                if place.whole
            ]
            yield self._composer.quote(place, self._document(piece.source), also)

    def _drop(self, start: int, end: int, check: Check) -> None:
        text = self.model_text[start:end]
        self.dropped.append(
            Statement(text, start, end, Verdict.UNSUPPORTED, (), check.reason, quotations=check.quotations)
        )


def _by_line(
    split: Callable[[str, int, int], list[tuple[int, int]]], text: str, start: int, end: int
) -> Iterator[tuple[int, int]]:
    """Yield the spans into which `split` cuts `text[start:end]`, items of a list apart."""
    at = start
    for line in _LINE.finditer(text, start, end):
        yield from split(text, at, line.start())
        at = line.end()
    yield from split(text, at, end)


def _whole_sentences(text: str, start: int, end: int) -> tuple[int, int]:
    """Return `start:end` widened to whole sentences, items of a list apart."""
    spans = _by_line(quotation_units, text, 0, len(text))
    touched = [span for span in spans if span[0] < end and start < span[1]]
    return min([start, *(span[0] for span in touched)]), max([end, *(span[1] for span in touched)])
