"""Interviews and minutes that name who speaks in front of each turn: `Q: … A: …`, `Ms Roe: …`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_LABEL = re.compile(
    r"[*_]{0,2}(?P<label>[A-ZÀ-Þ][\w.’'-]*(?: [A-ZÀ-Þ][\w.’'-]*){0,3})[*_]{0,2}"
    r"(?::[*_]{0,2}|(?<=Q)\.|(?<=A)\.)\s+(?=\S)"
)
_ASKS = frozenset("q question interviewer host moderator presenter".split())
_ANSWERS = frozenset("a answer".split())
_FEWEST_TURNS = 4
_FEWEST_OF_ONE = 2


@dataclass(frozen=True, slots=True)
class Turn:
    """What one party says without a break: paragraph(s) `start:end`, spoken words from `speech_start` on."""

    start: int
    end: int
    label: str
    label_start: int
    label_end: int
    speech_start: int
    question: str = ""
    """The turn before it, without its label, where that ends in a question."""

    @property
    def asks(self) -> bool:
        """Say whether the label is one of those that ask ('Q')."""
        return self.label.lower() in _ASKS

    @property
    def answers(self) -> bool:
        """Say whether the label is one that answers, and names nobody ('A')."""
        return self.label.lower() in _ANSWERS


def find_turns(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[Turn]:
    """Return the turns of a transcript, one a paragraph, in order; none where the text is no transcript.

    It is one where at least two labels stand in front of two paragraphs or more each. Paragraphs without a label
    between two turns go on with the one before; those behind the last turn do not.
    """
    found = [(span, _LABEL.match(text, *span)) for span in paragraphs]
    counts = Counter(match.group("label") for _, match in found if match)
    spoken = {label for label, count in counts.items() if count >= _FEWEST_OF_ONE}
    labelled = [number for number, (_, match) in enumerate(found) if match and match.group("label") in counts]
    if len(spoken) < 2 or len(labelled) < _FEWEST_TURNS:
        return []
    turns: list[Turn] = []
    question = ""
    for (start, end), match in found[labelled[0] : labelled[-1] + 1]:
        if match:
            before = text[turns[-1].speech_start : turns[-1].end].strip() if turns else ""
            question = before if before.endswith("?") else ""
            speech = match.end()
            turns.append(Turn(start, end, match.group("label"), *match.span("label"), speech, question))
        else:
            last = turns[-1]
            turns.append(Turn(start, end, last.label, last.label_start, last.label_end, start, question))
    return turns
