"""What a question takes as given, held against a sentence that may answer it, by rules that statements are held to.

`What was found in the South Sea?` takes the South Sea as given; a sentence about the North Sea does not answer it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.verification.dates import missing_date
from rag.verification.negations import denies_more
from rag.verification.numbers import missing_amount
from rag.verification.opposites import opposed_words
from rag.verification.tokens import spelled_out

_COUNTED = re.compile(
    r"\b(?:what|which|who|name|list|give|state|identify|describe)(?: (?:are|were|is|was|me|at least))?"
    r"(?: (?:the|some|of the|any|his|her|their|its))?(?: (?:first|last|top|main))? "
    r"(?P<count>\d+|two|three|four|five|six|seven|eight|nine|ten|twelve)\b",
    re.I,
)
"""How many are asked for ('what are the three stages'), which a sentence that answers need not say."""


def premise_objections(question: str, sentence: str, known: str) -> Iterator[tuple[str, str]]:
    """Yield what a sentence has otherwise than a question: the name of the rule, and a clause for people about it.

    `known` is all that a number or a date may come from: the sentence with what stands around it and over it. The
    rules are `number`, `date`, `opposite` (words that tell the same from its other end, as bought and sold, are none)
    and `denial`. Not for questions answered by yes or no: there, that a sentence has it otherwise is the answer.
    """
    asked, plain = spelled_out(_COUNTED.sub(_without_count, question)), spelled_out(sentence)
    date = missing_date(asked, known)
    if date:
        yield "date", f"does not have the date {date}"
    number = missing_amount(asked, known)
    if number and number not in (date or ""):
        yield "number", f"does not have the number {number}"
    opposed = opposed_words(asked, plain, converses=False)
    if opposed:
        yield "opposite", f"says “{opposed[1]}” where the question says “{opposed[0]}”"
    if denies_more(asked, plain):
        yield "denial", "does not deny it"


def _without_count(match: re.Match[str]) -> str:
    return match.group()[: match.start("count") - match.start()]
