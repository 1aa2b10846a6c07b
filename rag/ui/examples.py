"""Questions to begin with, made from the documents at hand, and kept only where the sources answer them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from rag.types import BlockKind, Document, Quotation, QuoteKind
from rag.ui.wording import shortened

EXAMPLE_COUNT = 4
CANDIDATE_COUNT = 10
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
_FULL_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}")


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Questions that the documents of one generation of the index suggest."""

    generation: str = ""
    examples: tuple[str, ...] = ()


def speakers(quotations: Iterable[Quotation]) -> list[tuple[str, int]]:
    """Return who is quoted by a full name and how often in direct speech, most often first."""
    direct = (one for one in quotations if one.speaker and one.kind is not QuoteKind.INDIRECT)
    counts = Counter(one.speaker for one in direct if one.speaker and _FULL_NAME.fullmatch(one.speaker))
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def candidate_questions(documents: Iterable[Document], quotations: Iterable[Quotation]) -> list[str]:
    """Return questions that the documents suggest: of those quoted most, of what they speak of, and their headings."""
    said = tuple(quotations)
    names = [name for name, _ in speakers(said)]
    of_people = (_question_about(number, name, said) for number, name in enumerate(names))
    mixed = chain.from_iterable(zip_longest(of_people, _asked_in_headings(documents)))
    return list(dict.fromkeys(question for question in mixed if question))[:CANDIDATE_COUNT]


def _question_about(number: int, name: str, quotations: Iterable[Quotation]) -> str:
    """Ask for all that a person said, or in every second question for what they said about somebody."""
    topic = _topic(name, quotations) if number % 2 else None
    return f"What did {name} say about {topic}?" if topic else f"What did {name} say?"


def _topic(name: str, quotations: Iterable[Quotation]) -> str | None:
    """Return the name that this person speaks of most."""
    words = chain.from_iterable(_NAME.findall(one.quote) for one in quotations if one.speaker == name)
    counts = Counter(word for word in words if word not in name)
    return max(counts, key=lambda word: (counts[word], word)) if counts else None


def _asked_in_headings(documents: Iterable[Document]) -> Iterator[str]:
    for document in documents:
        headings = (block for block in document.blocks if block.kind is BlockKind.HEADING)
        texts = (document.title, *(document.text[block.start : block.end] for block in headings))
        yield from (text for text in map(str.strip, texts) if text.endswith("?") and len(text) <= 90)


def choose_examples(candidates: Iterable[str], is_answered: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the first few of the candidates that the sources answer."""
    return tuple(islice((shortened(text, 120) for text in candidates if is_answered(text)), EXAMPLE_COUNT))
