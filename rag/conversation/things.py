"""'It', 'they' and 'that': the thing and the group meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.conversation.lexicon import (
    ADJECTIVES,
    COLLECTIVES,
    PREPOSITIONS,
    acts,
    is_base_form,
    is_participle,
    is_verb_form,
)
from rag.conversation.memory import Memory, Remembered, is_date, items_of, named_items
from rag.conversation.persons import Resolved
from rag.conversation.phrases import Frame, Phrase, without_possessive
from rag.conversation.referents import (
    has_own,
    has_owner,
    is_personal,
    lower_article,
    persons_of,
    phrases_of,
    things_in_answer,
    topic_of,
    with_topic,
)
from rag.text.words import FUNCTION_WORDS, words

_IT = re.compile(r"\bit\b(?!['’])", re.I)
_ITS = re.compile(r"\bits\b(?=\s+\w)", re.I)
_ACTING_IT = re.compile(
    r"\b(?:did|does|do|has|have|had|will|would|can|could|should|may|must)\s+it\s+(?:\w+ly\s+)?(?P<verb>\w+)", re.I
)
_THEY = re.compile(r"\b(?:they|them)\b(?!['’])", re.I)
_THEIR = re.compile(r"\btheir\b(?=\s+\w)", re.I)
_NOTHING_IT = re.compile(
    r"\b(?:is|was|would|will|be|might|may|can|could|should|must|['’]s)\s+it\s+(?:be\s+)?(?:\w+ly\s+)?\w+\s+"
    r"(?:that|whether|if|for\s+\w+.*\bto|to)\b|\bit\s+(?:is|was)\s+(?:\w+ly\s+)?\w+\s+(?:that|to)\b|"
    r"\bit\s+(?:gets?|got|becomes?|became|is|was)\s+(?:dark|light|cold|hot|warm|late)\b|"
    r"\bit\s+(?:take|takes|took|cost|costs|mean|means)\s+(?:\w+\s+){0,3}?to\b|"
    r"\bwhat (?:time|day|year) (?:is|was) it\b|\bit\s+(?:rain|snow|rained|snowed)\b",
    re.I,
)
_BARE_THAT = re.compile(
    r"\b(?P<lead>about|of|for|on|with|by|to|from|after|before|do|undo|mean|called|say|said|is|was|did|does|will|if|when|know)\s+"
    r"(?P<that>this|that)\b(?=[\s?.!]*$|\s+(?P<behind>\w+)(?:\s+\w+){0,2}[\s?.!]*$)|"
    r"\b(?:said|says|say|thinks?|why|do|did) (?P<so>so)\b(?=[\s?.!]*$)",
    re.I,
)
_FEW = 3
"""Words of content that a question has at most in which 'it takes to' says nothing by itself."""
_RECENT = 3
"""Questions back to which a group is still the one that acts."""


def resolve_things(question: str, memory: Memory) -> Resolved:
    """Put the thing in the place of 'it', the group in the place of 'they'."""
    return _it(_they(question, memory), memory)


def resolve_that(question: str, memory: Memory) -> Resolved:
    """Say what 'that' was."""
    return Resolved(_that(question, memory))


def _it(question: str, memory: Memory) -> Resolved:
    found = _IT.search(question) or _ITS.search(question)
    if not found or has_own(question, found.start()):
        return Resolved(question)
    if found.re is _ITS and has_owner(question, found.start(), several=False):
        return Resolved(question)
    if _NOTHING_IT.search(question):
        content = [word for word in words(question) if word not in FUNCTION_WORDS]
        return Resolved(with_topic(question, memory) if 0 < len(content) < _FEW else question)
    acting = _ACTING_IT.search(question)
    does = bool(acting and is_base_form(acting["verb"].lower()) and acts(acting["verb"].lower()))
    thing = next(_things(memory, question, acting=does), "")
    if not thing:
        return Resolved(with_topic(question, memory))
    rivals = next((items for items in memory.lists()[:1] if thing in items and thing in memory.last.question), ())
    if rivals:
        return Resolved(question, f"“{found.group().capitalize()}” may be {' or '.join(rivals)}")
    thing = re.sub(r"^an?\s", "the ", thing, flags=re.I)
    named = _IT.sub(lambda _: thing, question)
    return Resolved(_ITS.sub(lambda _: f"{without_possessive(thing)}’s", named))


def _things(memory: Memory, question: str, *, acting: bool) -> Iterator[str]:
    """Yield what `it` can be, the likeliest first."""
    own = set(words(question)) - FUNCTION_WORDS
    if acting:
        for turn in memory.turns[: -_RECENT - 1 : -1]:
            yield from (phrase.text for phrase in phrases_of(turn) if phrase.head in COLLECTIVES)
    for turn in reversed(memory.turns):
        persons = persons_of(turn, memory)
        answered = things_in_answer(turn, persons)
        asked = [phrase for phrase in turn.frame.phrases if phrase.asked and not phrase.is_plural]
        if asked and len(answered) == 1:
            yield lower_article(answered[0])
        found = [
            phrase
            for phrase in phrases_of(turn)
            if not is_personal(phrase, persons) and not phrase.is_plural and not _is_beside(phrase)
        ]
        groups = [phrase for phrase in found if phrase.head in COLLECTIVES]
        rest = [phrase for phrase in found if phrase not in groups]
        asks_deed = bool(re.match(r"what (?:did|has|does)\b", turn.question, re.I))
        ranked = [*rest, *([] if asks_deed and not acting else groups)]
        yield from (phrase.text for phrase in ranked if not set(words(phrase.text)) <= own)
        yield from (f"the {_most(turn)}{phrase.bare}" for phrase in asked if not _is_amount(phrase, turn.frame))


def _is_beside(phrase: Phrase) -> bool:
    """Say whether a phrase tells where something is, or is no more than a superlative."""
    where = phrase.is_name and phrase.preposition in {"in", "at"} and not phrase.determiner
    return where or (bool(phrase.determiner) and " " not in phrase.bare and phrase.head.endswith("est"))


def _most(turn: Remembered) -> str:
    """Return the superlative that tells which one was asked for: 'largest ' in 'Which planet is the largest?'."""
    found = re.search(r"\b(?:is|was) the (\w+est)\b(?=[\s?.!]*$)", turn.question)
    return f"{found[1]} " if found else ""


def _is_amount(phrase: Phrase, frame: Frame) -> bool:
    """Say whether a phrase stands behind 'how much': what is measured, not a thing spoken of."""
    return frame.question[: phrase.start].lower().rstrip().endswith(("much", "many"))


def _they(question: str, memory: Memory) -> str:
    found = _THEY.search(question) or _THEIR.search(question)
    if not found or has_own(question, found.start()):
        return question
    if found.re is _THEIR and has_owner(question, found.start(), several=True):
        return question
    group = next(_groups(memory), "")
    if not group:
        return with_topic(question, memory)
    named = re.sub(r"\b(?:the two|both|all three) of them\b", lambda _: group, question, flags=re.I)
    named = _THEY.sub(lambda _: group, named)
    end = "’" if group.endswith("s") else "’s"
    return _THEIR.sub(lambda _: f"{group}{end}", named)


def _groups(memory: Memory) -> Iterator[str]:
    """Yield what `they` can be: those named side by side, a plural, and what acts as several do."""
    for turn in reversed(memory.turns):
        side_by_side = items_of(turn.question, turn.frame)
        if side_by_side:
            yield _joined(side_by_side)
        elif turn.asks_person and named_items(turn):
            yield _joined(named_items(turn))
        for phrase in sorted(turn.frame.phrases, key=lambda one: not one.asked):
            if phrase.is_plural and not is_date(phrase.text):
                yield f"the {phrase.bare}" if phrase.asked else turn.frame.whole(phrase).text
        for phrase in turn.frame.phrases:
            if phrase.head in COLLECTIVES:
                yield turn.frame.whole(phrase).text


def _joined(items: tuple[str, ...]) -> str:
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _that(question: str, memory: Memory) -> str:
    """Say what 'that' was: behind 'about' in its place, else behind the question."""
    about = re.search(r"\b(?P<word>about|on|regarding) (?:it|that|this)(?=[\s?!.]*$)", question, re.I)
    topic = topic_of(memory.last)
    if about and memory.last.parsed.topic:
        return f"{question[: about.start()]}{about['word']} {memory.last.parsed.topic}{question[about.end() :]}"
    found = _BARE_THAT.search(question)
    if not found or not topic:
        return question
    behind, lead = (found["behind"] or "").lower(), (found["lead"] or "").lower()
    described = behind in ADJECTIVES or is_participle(behind) or behind in PREPOSITIONS
    happened = is_verb_form(behind) and lead in {"did", "does", "do", "will", "if", "when"}
    if behind and not (described or happened):
        return question
    thing = ""
    if lead in {"is", "was"} and memory.last.frame.subject and not question.lower().startswith("why"):
        thing = next(_things(Memory([memory.last], memory.people), question, acting=False), "")
    if not thing:
        return with_topic(question, memory)
    return f"{question[: found.start('that')]}{thing}{question[found.end('that') :]}"
