"""Who does what to whom: subject and object of a statement may not have changed places.

Without a parser, by the order of words: the names around a verb, active and passive told apart, and whether two words
stand the other way round about a third that is between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.quotations.speech import OPINION, REPORTING
from rag.text.names import name_tokens, same_person
from rag.text.words import stem
from rag.verification.names import named_in
from rag.verification.tokens import Token, tokens_of

_BE = frozenset("is are was were be been being gets got".split())
_PRONOUNS = frozenset("he she they it who which".split())
PREPOSITIONS = frozenset(
    "about against among at before between beyond by concerning despite during for from in inside into like near of "
    "off on onto outside over regarding since than through throughout to toward towards under unlike until upon via "
    "with within without after behind".split()
)
_BETWEEN_PREPOSITION_AND_NAME = frozenset("the a an former late then his her their its both".split())
MUTUAL = frozenset(
    stem(verb)
    for verb in "meet met talk agree disagree merge marry married discuss negotiate equal match differ resemble ally "
    "trade call speak spoke share between together".split()
)
"""Words about which the two sides may change places."""
_JOINING = frozenset("and or".split())
SPEECH = frozenset(stem(form) for form in (*REPORTING, *OPINION))
_REACH = 7
Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A name or pronoun where it stands among the words of a sentence."""

    first: int
    last: int
    name: Name | None
    """None for a pronoun, and for a name in the possessive, whose owner does nothing."""
    governed: bool
    """Whether a preposition stands in front."""


@dataclass(frozen=True, slots=True)
class _Roles:
    """Who does, and to whom, what one word says."""

    doer: Name | None
    done_to: Name | None


def exchanged_roles(text: str, sentence: str) -> str | None:
    """Object when names or nouns of the statement have each other's place in the sentence."""
    ours, theirs = _reading(text), _reading(sentence)
    return _exchanged_names(ours, theirs) or _exchanged_words(ours, theirs)


def subjects_of(text: str) -> list[Name]:
    """Return the names of a text that can be subjects: no preposition governs them, and they own nothing."""
    return [part.name for part in _reading(text).parts if part.name and not part.governed]


@dataclass(frozen=True, slots=True)
class _Reading:
    tokens: tuple[Token, ...]
    parts: tuple[_Part, ...]

    def places(self, wanted: str) -> list[int]:
        return [place for place, token in enumerate(self.tokens) if token.stem == wanted]


@lru_cache(maxsize=1_024)
def _reading(text: str) -> _Reading:
    tokens = tokens_of(text)
    return _Reading(tokens, tuple(sorted(_parts(text, tokens), key=lambda part: part.first)))


def _parts(text: str, tokens: Sequence[Token]) -> Iterator[_Part]:
    for mention in named_in(text):
        inside = [place for place, token in enumerate(tokens) if mention.start <= token.start < mention.end]
        if inside and mention.tokens:
            owner = text[mention.end : mention.end + 1] in ("'", "’") or text[mention.end - 2 : mention.end] in (
                "'s",
                "’s",
            )
            lead = next(place for place, token in enumerate(tokens) if token.start >= mention.lead)
            yield _Part(inside[0], inside[-1], None if owner else name_tokens(mention.name), _governed(tokens, lead))
    yield from (_Part(at, at, None, False) for at, token in enumerate(tokens) if token.word in _PRONOUNS)


def _governed(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a preposition governs what stands at `at`."""
    place = at - 1
    while place >= 0 and tokens[place].word in _BETWEEN_PREPOSITION_AND_NAME:
        place -= 1
    return place >= 0 and tokens[place].word in PREPOSITIONS and tokens[place].clause == tokens[at].clause


def _roles(reading: _Reading, at: int) -> _Roles:
    """Return the names around a word: in front of it who does it, behind it to whom, in the passive turned."""
    before = [part for part in reading.parts if part.last < at and not part.governed]
    behind = [part for part in reading.parts if at < part.first <= at + _REACH and part.name]
    subject = _subject(reading, before, at)
    agent = next((part.name for part in behind if _by(reading.tokens, part.first, at)), None)
    if agent or _passive(reading.tokens, at):
        return _Roles(agent, subject)
    clause = reading.tokens[at].clause
    objects = [part for part in behind if reading.tokens[part.first].clause == clause]
    return _Roles(subject, objects[0].name if objects else None)


def _subject(reading: _Reading, before: Sequence[_Part], at: int) -> Name | None:
    """Return the name that does what the word at `at` says: the nearest before it in its clause."""
    clause = reading.tokens[at].clause
    near = [part for part in before if reading.tokens[part.first].clause == clause]
    return near[-1].name if near else None


def _by(tokens: Sequence[Token], at: int, verb: int) -> bool:
    """Say whether the name at `at` is an agent ('by Keller') behind the verb."""
    place = at - 1
    while place > 0 and (tokens[place].word in _BETWEEN_PREPOSITION_AND_NAME or tokens[place].has_content):
        if at - place > 3:
            return False
        place -= 1
    return place > verb and tokens[place].word == "by"


def _passive(tokens: Sequence[Token], at: int) -> bool:
    """Say whether the word at `at` is a participle behind a form of 'to be'."""
    word, clause = tokens[at].word, tokens[at].clause
    front = [token.word for token in tokens[max(0, at - 3) : at] if token.clause == clause]
    return bool(_BE & set(front)) and word.endswith(
        ("ed", "en", "wn", "ught", "ld", "un", "ung", "id", "ft", "st", "t")
    )


def _exchanged_names(ours: _Reading, theirs: _Reading) -> str | None:
    in_names = {token.stem for part in ours.parts if part.name for token in ours.tokens[part.first : part.last + 1]}
    for at, token in enumerate(ours.tokens):
        if not token.has_content or token.word[0].isdigit() or token.stem in in_names | SPEECH | MUTUAL:
            continue
        mine = _roles(ours, at)
        there = [_roles(theirs, place) for place in theirs.places(token.stem)]
        if there and all(_crossed(mine, other) or _other_doer(ours, at, mine, other, theirs) for other in there):
            return f"who does what to whom differs from the cited text at “{token.word}”"
    return None


def _crossed(mine: _Roles, other: _Roles) -> bool:
    """Say whether who does it in one place has it done to in the other."""
    doer_is_target = _same(mine.doer, other.done_to) and not _same(mine.doer, other.doer)
    target_is_doer = _same(mine.done_to, other.doer) and not _same(mine.done_to, other.done_to)
    return doer_is_target or target_is_doer


def _other_doer(ours: _Reading, at: int, mine: _Roles, other: _Roles, theirs: _Reading) -> bool:
    """Say whether the word next behind a name has another name in front of it in the cited sentence."""
    if mine.doer is None or other.doer is None or _same(mine.doer, other.doer):
        return False
    near = [part for part in ours.parts if part.last < at and not part.governed and part.name]
    between = [token for token in ours.tokens[near[-1].last + 1 : at] if token.has_content] if near else []
    return len(between) < 1 and any(_same(mine.doer, part.name) for part in theirs.parts)


def _same(one: Name | None, other: Name | None) -> bool:
    return bool(one and other and same_person(one, other))


def _exchanged_words(ours: _Reading, theirs: _Reading) -> str | None:
    """Object when a word has two others on its sides that stand the other way round about it in the sentence."""
    single = [
        (at, theirs.places(token.stem)[0])
        for at, token in enumerate(ours.tokens)
        if _turns(token) and len(theirs.places(token.stem)) == 1 and len(ours.places(token.stem)) == 1
    ]
    for at, place in single:
        left, right = _sides(ours.tokens, at)
        left_there, right_there = _sides(theirs.tokens, place)
        if _by_agent(ours.tokens, at) != _by_agent(theirs.tokens, place):
            left_there, right_there = right_there, left_there
        if left & right_there - left_there and right & left_there - right_there:
            return f"what stands around “{ours.tokens[at].word}” has changed places"
    return None


def _turns(token: Token) -> bool:
    return (
        not token.word[0].isdigit()
        and (token.has_content or token.word in {"than", "before", "after"})
        and token.stem not in SPEECH | MUTUAL
    )


def _by_agent(tokens: Sequence[Token], at: int) -> bool:
    behind = [token.word for token in tokens[at + 1 : at + 4] if token.clause == tokens[at].clause]
    return "by" in behind and _passive(tokens, at)


def _sides(tokens: Sequence[Token], at: int) -> tuple[set[str], set[str]]:
    """Return the stems of the content words in front of and behind a place in its clause, up to an 'and'."""
    sides: list[set[str]] = []
    for step in (-1, 1):
        found: set[str] = set()
        place = at + step
        while 0 <= place < len(tokens) and tokens[place].clause == tokens[at].clause:
            if tokens[place].word in _JOINING:
                break
            if tokens[place].has_content and tokens[place].stem not in SPEECH:
                found.add(tokens[place].stem)
            place += step
        sides.append(found)
    return sides[0], sides[1]
