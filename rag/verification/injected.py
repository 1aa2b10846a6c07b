"""What a model may not bring into prose, whoever told it to: addresses, mark-up, and words of what it does not cite.

What stands in a source may tell a model to write a link, a picture or a control sequence, or to slip the words of one
passage into a sentence about another. Such a sentence is dropped; as a quotation, the source's own words are shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.quotations import SPEECH_VERBS
from rag.text.words import stem, terms
from rag.types import Evidence
from rag.verification.grounds import known_text
from rag.verification.speakers import outside_quotations

_MARK_UP = re.compile(
    r"\w+://|\bwww\.|\b(?:javascript|data|mailto|file|vbscript):\S"  # addresses
    r"|\]\(|!\[|\]\[|\]:\s"  # links and pictures of Markdown
    r"|<[/!?]?[a-zA-Z]|<\||\|>|\[/?(?:INST|SYS)\]|```|\{\{|\$\{"  # tags, delimiters of chats, fences, templates
    "|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]",  # controls, directions, tags
    re.IGNORECASE,
)

_OF_SAYING = frozenset(stem(form) for form in SPEECH_VERBS)
_LONG = 6
"""Letters of a word that is looked for within others too: marks around it must not keep it from being found."""


def mark_up(text: str) -> str | None:
    """Object to an address, a piece of mark-up or a control character outside quotations."""
    found = _MARK_UP.search(outside_quotations(text))
    return f"it has mark-up or an address in it ({found.group()!r})" if found else None


def borrowed(text: str, cited: Sequence[Evidence], evidence: Sequence[Evidence], question: str) -> str | None:
    """Object to content words that what is cited does not have, nor the question, but another piece of evidence."""
    titles = "\n".join(piece.title for piece in cited)
    foreign = set(terms(outside_quotations(text))) - set(terms(f"{known_text(cited)}\n{titles}\n{question}"))
    others = "\n".join(piece.text for piece in evidence if piece not in cited).lower()
    foreign = {word for word in foreign - _OF_SAYING if not word[0].isdigit()}  # numbers and speakers have their checks
    taken = foreign & set(terms(others)) if foreign else set()
    hidden = any(len(word) >= _LONG and word in others for word in foreign)
    return "it has words of a passage that it does not cite" if taken or hidden else None
