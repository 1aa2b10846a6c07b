"""'There' and 'then': the place and the time meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.conversation.memory import ANSWER_READ, Memory, is_date
from rag.conversation.persons import Resolved
from rag.conversation.referents import is_personal, persons_of, things_in_answer, with_topic
from rag.text.dates import DATE, days_of
from rag.text.questions import AnswerType

_THERE = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )(?<!\bbeen )\b"
    r"(?:(?P<to>get|go|travel|come|fly|drive|sail|move)\s+)?there\b(?=\s*(?:[?.!]*$|,|(?:in|on|at|when|during|now|today|then|and|before|since|by|with)\b))",
    re.I,
)
_THEN = re.compile(r"\b(?:then|at (?:the|that) time|(?:in )?that (?:year|day|month))(?=[\s?.!]*$)", re.I)
_RECENT = 2
"""Questions back to which 'then' points."""


def resolve_places(question: str, memory: Memory) -> Resolved:
    """Put the place in the place of 'there', the date in the place of 'then'."""
    return Resolved(_then(_there(question, memory), memory))


def _there(question: str, memory: Memory) -> str:
    found = _THERE.search(question)
    if not found:
        return question
    place = next(_places(memory), "")
    if not place:
        return with_topic(question, memory)
    if found["to"]:
        named = place.split(" ", 1)[1]
        return question[: found.start()] + f"{found['to']} to {named}" + question[found.end() :]
    return question[: found.start()] + place + question[found.end() :]


def _places(memory: Memory) -> Iterator[str]:
    """Yield where 'there' can be, with its preposition."""
    for turn in reversed(memory.turns):
        persons = persons_of(turn, memory)
        asks_name = turn.parsed.answer_type is AnswerType.PLACE or re.match(r"(?:what|which)\b", turn.question, re.I)
        answered = things_in_answer(turn, persons)
        if asks_name and len(answered) == 1:
            yield f"in {answered[0]}"
        phrases = [phrase for phrase in turn.frame.phrases if not is_date(phrase.text) and not phrase.asked]
        for phrase in phrases:
            if phrase.preposition in {"in", "at", "on", "to", "from", "near"} and (phrase.is_name or phrase.determiner):
                kept = phrase.preposition if phrase.preposition in {"at", "on", "near"} else "in"
                yield f"{kept} {turn.frame.whole(phrase).text}"
        for phrase in phrases:
            if phrase.is_name and not is_personal(phrase, persons) and not phrase.determiner:
                yield f"in {phrase.text}"


def _then(question: str, memory: Memory) -> str:
    found = _THEN.search(question)
    if not found:
        return question
    for turn in memory.turns[: -_RECENT - 1 : -1]:
        for text in (turn.question, turn.answer[:ANSWER_READ]):
            dates = {match.group() for match in re.finditer(DATE, text, re.I) if days_of(match.group())}
            if len(dates) == 1:
                date = dates.pop()
                first, last = days_of(date) or ("", "")
                return f"{question[: found.start()]}{'on' if first == last else 'in'} {date}{question[found.end() :]}"
    return with_topic(question, memory)
