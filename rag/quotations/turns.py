"""Whose turns they are in an interview: labels resolved to the names that the document gives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rag.quotations.speakers import Speaker
from rag.text.names import NameTable, find_mentions, name_tokens
from rag.text.transcripts import Turn, find_turns
from rag.types import BlockKind, Document

_WITH = re.compile(
    r"\b(?:interview(?:s|ed)?|conversation|talk(?:s|ed|ing)?|sp(?:eaks?|oke)|Q ?& ?A)\b[^.\n]{0,20}?\b(?:with|to)\b",
    re.I,
)
_BY = re.compile(r"\bby\s+$", re.I)
_NEAR = 90


def spoken_turns(document: Document, names: NameTable) -> Iterator[tuple[Turn, Speaker]]:
    """Yield the turns of a transcript with their speakers; nothing where the document is none."""
    paragraphs = [(block.start, block.end) for block in document.blocks if block.kind is BlockKind.PARAGRAPH]
    turns = find_turns(document.text, paragraphs)
    guest = _guest(document, turns) if any(turn.answers for turn in turns) else None
    for turn in turns:
        name = guest if turn.answers else None if turn.asks else _named(turn.label, names)
        yield turn, Speaker(turn.label_start, turn.label_end, name)


def _named(label: str, names: NameTable) -> str | None:
    """Return the fullest name for a label: a name, or the initials of one."""
    if label.isupper() and len(label) <= _MOST_INITIALS:
        full = {name for bearers in names.bearers.values() for name in bearers}
        fitting = [
            name for name in full if "".join(word[:1] for word in name.split()).upper() == label.replace(".", "")
        ]
        return fitting[0] if len(fitting) == 1 else None
    found = find_mentions(f"of {label}")
    return names.candidates(found[0].name)[0] if found else None


_MOST_INITIALS = 6


def _guest(document: Document, turns: list[Turn]) -> str | None:
    """Return who is interviewed: the name behind 'interview with', else the person named most outside the turns."""
    front = document.text[: turns[0].start]
    outside = front + document.text[turns[-1].end :]
    names = NameTable.of(outside)
    for said in _WITH.finditer(front):
        near = [m for m in names.mentions if said.end() <= m.start <= said.end() + _NEAR]
        if near:
            return names.candidates(near[0].name)[0]
    author = set(name_tokens(document.author or ""))
    counts = Counter(
        names.candidates(mention.name)[0]
        for mention in names.mentions
        if not _BY.search(outside, max(0, mention.lead - 10), mention.lead) and not set(mention.tokens) <= author
    )
    people = [(count, name) for name, count in counts.items() if names.is_person(name) and " " in name]
    return max(people, key=lambda each: each[0])[1] if people else None
