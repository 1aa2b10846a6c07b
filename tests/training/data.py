"""What the evidence model is trained on and what of it is held out: questions beside texts, which sentences answer.

SelQA (Emory University, Apache-2.0), half of the development set of SQuAD 2.0 (CC BY-SA 4.0) and of CLAP NQ
(Apache-2.0). A tenth of SelQA's articles, four of SQuAD's sixteen and 30% of CLAP NQ's passages are held out, by a
hash of their names.

Questions without an answer are also made: the text without the sentences that answer, another text on the same matter,
and the question with one of its names or years changed for another.
"""

from __future__ import annotations

import json
import math
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.evidence import Unit, units_of
from rag.evidence_model.arranging import Stretch
from rag.text.names import find_mentions
from rag.text.words import terms
from rag.types import Block, BlockKind, Document

SELQA = ("selqa/selqa_dev.json", "selqa/selqa_test.json")
HELD_PERCENT = {"selqa": 10, "squad2_dev_half": 13, "clapnq_dev": 30}
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_SHIFTS = (-7, -3, -2, 4, 5, 11)
_NEAREST_LOOKED_AT = 3
_MOST_COMMON_SHARE = 8
"""A stem that more than one in so many texts has says nothing of what a text is about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question beside a text: the sentences that answer, and where known the words, as offsets in the first of them.

    `group` is what is held out together: an article, or a passage.
    """

    set_name: str
    group: str
    question: str
    stretch: Stretch
    gold: tuple[int, ...]
    answer: tuple[int, int] | None = None

    @property
    def answer_text(self) -> str:
        """Return the words that answer, where they are known."""
        return self.stretch.sentences[self.gold[0]][slice(*self.answer)] if self.answer else ""


def read_all(evaluation: Path, training: Path) -> list[Asked]:
    """Return all questions of the three sets."""
    sets = (_selqa(training), _open_set(evaluation / "squad2_dev_half"), _open_set(evaluation / "clapnq_dev"))
    return [asked for each in sets for asked in each]


def held_out(set_name: str, group: str) -> bool:
    """Say whether an article, or a passage, is kept out of training."""
    return zlib.crc32(f"{set_name}:{group}".encode()) % 100 < HELD_PERCENT[set_name]


def is_held_out(asked: Asked) -> bool:
    """Say whether a question is kept out of training."""
    return held_out(asked.set_name, asked.group)


def _selqa(folder: Path) -> Iterator[Asked]:
    for name in SELQA:
        for row in json.loads((folder / name).read_text(encoding="utf-8")):
            sentences = tuple(candidate.strip() for candidate in row["candidates"])
            stretch = Stretch(row["article"], row["section"], sentences)
            yield Asked("selqa", row["article"], row["question"], stretch, tuple(sorted(row["answers"])))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _open_set(folder: Path) -> Iterator[Asked]:
    documents = {row["doc_id"]: row for row in _rows(folder / "docs.jsonl")}
    units = {name: _units(row) for name, row in documents.items()}
    for row in _rows(folder / "questions.jsonl"):
        if row["answerable"]:
            name = row["gold"][0]["doc_id"]
            spans = [span for gold in row["gold"] if (span := _span(gold, name, documents[name]["text"]))]
            if not spans:
                continue
            gold, answer = _gold(units[name], spans)
        else:
            name, gold, answer = row["meta"]["near_miss_passage"], (), None
        title = documents[name]["title"]
        stretch = Stretch(title, "", tuple(unit.text for unit in units[name]))
        short = folder.name.startswith("squad")
        yield Asked(folder.name, title if short else name, row["question"], stretch, gold, answer if short else None)


def _units(row: dict[str, Any]) -> list[Unit]:
    block = Block(BlockKind.PARAGRAPH, 0, len(row["text"]))
    return units_of(Document(row["doc_id"], row["text"], row["title"], blocks=(block,)))


def _span(gold: dict[str, Any], name: str, text: str) -> tuple[int, int] | None:
    if gold["doc_id"] != name:
        return None
    if gold.get("start") is not None:
        return gold["start"], gold["end"]
    quote = gold.get("quote")
    start = text.find(quote) if quote else -1
    return (start, start + len(str(quote))) if start >= 0 else None


def _gold(units: Sequence[Unit], spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, int] | None]:
    """Return the units that the spans lie in, or that lie in them by half, and the first span within its unit."""
    touched = [n for n, unit in enumerate(units) if any(unit.start < end and start < unit.end for start, end in spans)]
    mostly = [n for n in touched if any(_half(units[n], start, end) for start, end in spans)]
    gold = tuple(mostly or touched)
    (start, end), unit = spans[0], units[gold[0]]
    return gold, (start - unit.start, end - unit.start) if unit.start <= start and end <= unit.end else None


def _half(unit: Unit, start: int, end: int) -> bool:
    return 2 * (min(unit.end, end) - max(unit.start, start)) > unit.end - unit.start


def without_answer(asked: Asked) -> Asked | None:
    """Return a question beside its text without the sentences that answer; None where too little would be left."""
    left = tuple(each for number, each in enumerate(asked.stretch.sentences) if number not in asked.gold)
    told = asked.answer_text.lower()
    if not asked.gold or len(left) < 2 or (told and told in " ".join(left).lower()):
        return None
    return replace(asked, stretch=asked.stretch._replace(sentences=left), gold=(), answer=None)


def beside_another(asked: Sequence[Asked]) -> list[Asked]:
    """Return the questions beside another text of their set, one of those with most of their rare words."""
    made: list[Asked] = []
    for name in dict.fromkeys(each.set_name for each in asked):
        own = [each for each in asked if each.set_name == name]
        nearest = _Nearest(list(dict.fromkeys(each.stretch for each in own)))
        for each in own:
            other = next((text for text in nearest.to(each.question) if _is_other(each, text)), None)
            if other is not None:
                made.append(replace(each, stretch=other, gold=(), answer=None))
    return made


def _is_other(asked: Asked, other: Stretch) -> bool:
    """Say whether a text is another one, and holds nothing that is known to answer."""
    own = asked.stretch
    same = (own.title, own.heading) == (other.title, other.heading) and bool(own.heading)
    answering = {own.sentences[number] for number in asked.gold}
    told = asked.answer_text.lower()
    return not (
        same
        or own.sentences == other.sentences
        or answering & set(other.sentences)
        or (told and told in " ".join(other.sentences).lower())
    )


class _Nearest:
    """Texts by the rare stems that they have."""

    def __init__(self, texts: list[Stretch]) -> None:
        self._texts = texts
        self._holding: dict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(texts):
            for term in set(terms(" ".join((text.title, *text.sentences)))):
                self._holding[term].append(number)

    def to(self, question: str) -> list[Stretch]:
        scores: dict[int, float] = defaultdict(float)
        for term in set(terms(question)):
            holding = self._holding.get(term, [])
            if holding and len(holding) * _MOST_COMMON_SHARE < len(self._texts):
                weight = math.log(1 + len(self._texts) / (1 + len(holding))) ** 2
                for number in holding:
                    scores[number] += weight
        best = sorted(scores, key=lambda number: -scores[number])[:_NEAREST_LOOKED_AT]
        return [self._texts[number] for number in best]


def with_another_name(asked: Asked, others: Sequence[Stretch], rng: random.Random) -> Asked | None:
    """Return a question with one of its names changed for one of `others`, or a year for another; None without any."""
    named = [mention.name for mention in find_mentions(asked.question) if len(mention.name) > 2]
    answering = " ".join(asked.stretch.sentences[number] for number in asked.gold)
    if named:
        old = rng.choice(named)
        found = [mention.name for text in others for sentence in text.sentences for mention in find_mentions(sentence)]
        new = [each for each in found if each not in asked.question and old not in each and each not in answering]
        changed = asked.question.replace(old, rng.choice(new)) if new else None
    else:
        years = _YEAR.findall(asked.question)
        year = rng.choice(years) if years else ""
        changed = asked.question.replace(year, str(int(year) + rng.choice(_SHIFTS))) if years else None
    return None if changed is None else replace(asked, question=changed, gold=(), answer=None)
