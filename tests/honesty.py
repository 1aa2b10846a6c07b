"""Honest paraphrases: written by hand, and made by rule from the sentences of real articles. All of them are true."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.quotations import extract_quotations
from rag.text.sentences import quotation_spans
from rag.types import Document, Evidence, QuoteKind
from tests.telling import Told, tell

BY_HAND = Path(__file__).parent / "data" / "paraphrases" / "honest.jsonl"
_OPENER = re.compile(r"^(?:However|Meanwhile|But|And|Still|Then|Instead|Yet|For example|For instance),? ")
_ASIDE = re.compile(r", (?:an?|the|who|which) [^,“”\"]{5,60}, ")
_BRACKETS = re.compile(r" \([^()]{3,60}\)")
_NEVER_ASIDE = re.compile(r"\b(?:not|no|never|if|may|might|could)\b")
_CONTRACTED = {" did not ": " didn't ", " is not ": " isn't ", " was not ": " wasn't ", " does not ": " doesn't ",
               " has not ": " hasn't ", " have not ": " haven't ", " will not ": " won't "}  # fmt: skip
_SPELLED = dict(zip("two three four five six seven eight nine ten eleven twelve".split(), range(2, 13), strict=True))
_FRONTED = re.compile(r"^(?P<rest>[A-Z][^,;:“”\"]{20,}?) (?P<when>(?:in|by|until|since) (?:19|20)\d\d)\.$")


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """A true statement and the piece of evidence that it cites."""

    kind: str
    text: str
    cited: Evidence


def honest_by_hand(documents: Sequence[Document]) -> Iterator[Paraphrase]:
    """Yield the paraphrases written by hand for those of `documents` that have some."""
    told = {document.source: tell(document, shortest=3) for document in documents}
    for line in BY_HAND.read_text(encoding="utf-8").splitlines():
        row: Mapping[str, str] = json.loads(line)
        if row["source"] in told:
            piece = next(each.piece for each in told[row["source"]] if row["sentence"] in each.piece.text)
            yield Paraphrase("by hand", row["text"], piece)


def honest_by_rule(documents: Sequence[Document]) -> Iterator[Paraphrase]:
    """Yield the paraphrases that rules make of every sentence of `documents`."""
    for document in documents:
        for told in tell(document):
            seen = {told.piece.text}
            for kind, text in _made(told, document):
                if text not in seen:
                    seen.add(text)
                    yield Paraphrase(kind, text, told.piece)


def _made(told: Told, document: Document) -> Iterator[tuple[str, str]]:
    text = told.piece.text
    quoted = bool(quotation_spans(text))
    if not quoted:
        yield from _reworded(text)
    for quotation in extract_quotations(document):
        inside = told.piece.start <= quotation.start and quotation.end <= told.piece.end
        if inside and quotation.kind is QuoteKind.DIRECT and quotation.speaker and len(quotation.quote.split()) > 3:
            words = quotation.quote.rstrip(",.!?")
            yield "quotation, speaker in front", f"{quotation.speaker} said: “{words}.”"
            yield "quotation, 'according to'", f"According to {quotation.speaker}, “{words}.”"


def _reworded(text: str) -> Iterator[tuple[str, str]]:
    opener = _OPENER.match(text)
    if opener:
        rest = text[opener.end() :]
        yield "opener left out", rest[0].upper() + rest[1:]
    aside = _ASIDE.search(text)
    if aside and not _NEVER_ASIDE.search(aside.group()):
        yield "aside left out", f"{text[: aside.start()]} {text[aside.end() :]}"
    if _BRACKETS.search(text):
        yield "brackets left out", _BRACKETS.sub("", text)
    for long, short in _CONTRACTED.items():
        if long in text:
            yield "contracted", text.replace(long, short)
    for word, value in _SPELLED.items():
        if re.search(rf"\b{word}\b", text):
            yield "number in digits", re.sub(rf"\b{word}\b", str(value), text)
    if re.search(r"\d per ?cent\b", text):
        yield "per cent as a sign", re.sub(r"(?<=\d) per ?cent\b", "%", text)
    fronted = _FRONTED.match(text)
    if fronted:
        when, rest = fronted["when"], fronted["rest"]
        yield "year in front", f"{when[0].upper()}{when[1:]}, {rest}."
