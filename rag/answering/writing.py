"""Having an answer written, and letting through what passes the checks.

What a model writes is cut where its citations stand. A stretch in front of a citation that is the source's own words
becomes one quotation; any other stretch is cut into sentences, and each is checked against what the stretch cites.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from langchain_core.language_models import BaseChatModel

from rag.answering.composing import Composer, Place
from rag.models.streaming import stream_text
from rag.prompts import CITATION, NO_ANSWER, answer_messages
from rag.text.sentences import sentence_spans
from rag.types import AnswerEvent, Document, Evidence, Statement, Verdict
from rag.verification import Check, check_statement

_STRETCH = re.compile(r"(?P<body>.*?)(?P<marks>(?:\s*\[\d{1,3}\])+)(?P<stop>[.!?]?)(?=\s|$)", re.S)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")


class Writer:
    """One pass of one model over one set of evidence."""

    def __init__(self, document: Callable[[str], Document], evidence: Sequence[Evidence], composer: Composer) -> None:
        """Take where documents are read, the evidence (numbered from 1), and the answer to add to."""
        self._document = document
        self._evidence = list(evidence)
        self._composer = composer
        self.model_text = ""
        self.dropped: list[Statement] = []

    def write(self, question: str, model: BaseChatModel) -> Iterator[AnswerEvent]:
        """Yield each statement that passes, as soon as it is whole.

        Raises LanguageModelError and its kinds when the model cannot be used.
        """
        at = 0
        for piece in stream_text(model, answer_messages(question, self._evidence)):
            self.model_text += piece
            for stretch in _STRETCH.finditer(self.model_text, at):
                if stretch.end() == len(self.model_text):
                    break  # more of the citation may be to come
                yield from self._stretch(stretch)
                at = stretch.end()
        for stretch in _STRETCH.finditer(self.model_text, at):
            yield from self._stretch(stretch)
            at = stretch.end()
        if NO_ANSWER not in self.model_text[at:]:
            yield from self._sentences(at, len(self.model_text), [], "", paragraph=False)

    def _stretch(self, stretch: re.Match[str]) -> Iterator[AnswerEvent]:
        numbers = [int(number) for number in CITATION.findall(stretch.group("marks"))]
        cited = [self._evidence[number - 1] for number in numbers if 1 <= number <= len(self._evidence)]
        body = _BULLET.sub("", stretch.group("body").strip())
        paragraph = "\n" in stretch.group("body")[: len(stretch.group("body")) - len(stretch.group("body").lstrip())]
        whole = check_statement(body, cited)
        if whole.verdict is Verdict.VERBATIM:
            yield self._quote(whole, cited)
            return
        yield from self._sentences(
            stretch.start("body"), stretch.end("body"), cited, stretch.group("stop"), paragraph=paragraph
        )

    def _sentences(
        self, start: int, end: int, cited: list[Evidence], stop: str, *, paragraph: bool
    ) -> Iterator[AnswerEvent]:
        """Check what was written in `start:end` sentence by sentence; `stop` is a full stop behind the citation."""
        for sentence_start, sentence_end in sentence_spans(self.model_text, start, end):
            sentence = _BULLET.sub("", self.model_text[sentence_start:sentence_end])
            if sentence_end == end and stop and sentence[-1:] not in ".!?":
                sentence += stop
            check, rests_on = self._check(sentence, cited)
            if check.verdict is Verdict.UNSUPPORTED:
                self._drop(sentence_start, sentence_end, check)
            elif check.verdict is Verdict.VERBATIM:
                yield self._quote(check, rests_on)
            else:
                places = [(Place(piece, piece.start, piece.end), self._document(piece.source)) for piece in rests_on]
                yield self._composer.say(sentence, check.verdict, places, paragraph)
            paragraph = False

    def _check(self, sentence: str, cited: list[Evidence]) -> tuple[Check, list[Evidence]]:
        """Check a sentence against what it cites; where that is nothing or fails, against each piece by itself.

        What a model says of its own sources is not relied on: a sentence that another piece supports is shown with
        that piece as its citation.
        """
        check = check_statement(sentence, cited)
        if check.verdict is not Verdict.UNSUPPORTED:
            return check, cited
        for piece in self._evidence:
            other = check_statement(sentence, [piece])
            if other.verdict is not Verdict.UNSUPPORTED:
                return other, [piece]
        return check, cited

    def _quote(self, check: Check, cited: list[Evidence]) -> AnswerEvent:
        piece = cited[check.evidence]
        place = Place(piece, piece.start + check.start, piece.start + check.end)
        return self._composer.quote(place, self._document(piece.source))

    def _drop(self, start: int, end: int, check: Check) -> None:
        text = self.model_text[start:end]
        self.dropped.append(Statement(text, start, end, Verdict.UNSUPPORTED, (), check.reason))
