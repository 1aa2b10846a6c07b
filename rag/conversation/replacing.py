"""Something new put in the place of what it is an alternative to in the question before."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.conversation.counterpart import counterpart, is_person, put
from rag.conversation.lexicon import PREPOSITIONS, is_person_noun
from rag.conversation.lists import item_at, ordinal
from rag.conversation.memory import Memory, Remembered, is_date
from rag.text.dates import DATE
from rag.text.words import FUNCTION_WORDS, words

_DATED = rf"(?:since|after|before|until|up to|in|between)\s+{DATE}(?:\s+and\s+{DATE})?"
_CONDITION = re.compile(rf"{_DATED}|according to\s+.+", re.I)
_CONDITION_BEHIND = re.compile(rf",?\s+(?:{_DATED}|according to\s+[^,?]+)$", re.I)
_ACCORDING_FRONT = re.compile(r"^according to\s+[^,?]+", re.I)
_CLAUSE = re.compile(
    r"(?:if|when|while|unless|because|without|instead of|after|before)\s+\w+.*"
    r"\b(?:is|are|was|were|has|have|\w+s|\w+ed)\b",
    re.I,
)
_OTHER_YEAR = re.compile(
    r"(?:in\s+)?(?:(?:(?:a|one) year |the year )(?P<side>later|after|before|earlier)|"
    r"the (?P<rank>previous|next|following) year)",
    re.I,
)
_YEAR = re.compile(r"(?<![\w.,-])(?:1[5-9]|20|21)\d\d(?![\w-]|[.,]\d)")
_OWNED = re.compile(r"(?P<whose>his|her|its|their|[A-Z][\w.-]*(?:\s[A-Z][\w.-]*)*['’]s)\s+(?P<what>.+)$")
_ONE = re.compile(r"(?:the\s+)?(?P<which>[\w-]+)\s+ones?$", re.I)
_ORDINAL_WORDS = frozenset("first second third fourth fifth last next other previous".split())


def replace_focus(what: str, memory: Memory, *, topical: bool = False) -> str:
    """Return the question before with `what` in it in place of its counterpart, '' where there is none.

    `topical` is for 'what about …', which of an unknown name asks for the words about it rather than for its words.
    """
    turn, what = memory.last, what.strip().rstrip("?!. ")
    if split_preposition(what)[0]:
        what = f"{what[:1].lower()}{what[1:]}"
    which = ordinal(what)
    if which and (item := item_at(which, memory.lists())):
        return _in_place_of_others(item, memory)
    rules: tuple[Callable[[], str], ...] = (
        lambda: _condition(what, turn),
        lambda: _other_year(what, turn),
        lambda: _clause(what, turn),
        lambda: _counted(what, turn),
        lambda: _owned(what, turn),
        lambda: _of_the_same_form(what, turn),
        lambda: _spoken(what, memory, topical=topical),
        lambda: _governed(what, turn),
        lambda: _one(what, turn),
        lambda: counterpart(what, memory),
    )
    return next((found for rule in rules if (found := rule())), "")


def _in_place_of_others(item: str, memory: Memory) -> str:
    """Put one of a list in the place of another one of it."""
    others = next(items for items in memory.lists() if item in items)
    question = memory.last.question
    for other in others:
        if other != item and other in question:
            return question.replace(other, item)
    return counterpart(item, memory)


def _condition(what: str, turn: Remembered) -> str:
    if is_date(what):
        dates = [phrase for phrase in turn.frame.phrases if is_date(phrase.text)]
        if dates:
            return put(turn, dates[-1], what)
        years = _YEAR.findall(turn.question)
        return turn.question.replace(years[-1], what) if years else f"{_open(turn)} in {what}?"
    if not _CONDITION.fullmatch(what):
        return ""
    if what.lower().startswith("according") and _ACCORDING_FRONT.match(turn.question):
        return _ACCORDING_FRONT.sub(lambda _: what[:1].upper() + what[1:], turn.question)
    behind = _CONDITION_BEHIND.search(_open(turn))
    comma = "," if behind and behind.group().startswith(",") else ""
    return f"{_CONDITION_BEHIND.sub('', _open(turn))}{comma} {what}?"


def _open(turn: Remembered) -> str:
    return turn.question.rstrip("?!. ")


def _other_year(what: str, turn: Remembered) -> str:
    match, years = _OTHER_YEAR.fullmatch(what), _YEAR.findall(turn.question)
    if not match or len(years) != 1:
        return ""
    later = (match["side"] or match["rank"]).lower() in {"later", "after", "next", "following"}
    return turn.question.replace(years[0], str(int(years[0]) + (1 if later else -1)))


def _clause(what: str, turn: Remembered) -> str:
    return f"{_open(turn)} {what}?" if _CLAUSE.match(what) else ""


def _owned(what: str, turn: Remembered) -> str:
    """Put 'his teachers' in the place of 'his childhood', 'its surface' in the place of 'the core' of something."""
    match = _OWNED.match(what)
    if not match:
        return ""
    named = match["whose"].lower() not in {"his", "her", "its", "their"}
    for phrase in turn.frame.phrases:
        owned = _OWNED.match(phrase.text)
        if owned and (not named or owned["whose"][:1].isupper()):
            whose = match["whose"] if named else owned["whose"]
            return put(turn, phrase, f"{whose} {_completed(match['what'], owned['what'])}")
    for phrase in turn.frame.phrases:
        if not named and turn.frame.of(phrase):
            return put(turn, phrase, f"the {match['what']}")
    return ""


def _completed(what: str, old: str) -> str:
    """Return 'second' with the noun that it counts."""
    return f"{what} {old.rsplit(maxsplit=1)[-1]}" if what.lower() in _ORDINAL_WORDS else what


def _counted(what: str, turn: Remembered) -> str:
    """Put 'the second' in the place of 'the first' where that counts a noun: 'What did the first witness say?'."""
    which = re.fullmatch(r"the (\w+)(?: one)?", what, re.I)
    if not which or which[1].lower() not in _ORDINAL_WORDS:
        return ""
    old = re.search(rf"\bthe (?P<old>{'|'.join(_ORDINAL_WORDS)})(?=\s+[a-z])", turn.question, re.I)
    return f"{turn.question[: old.start('old')]}{which[1]}{turn.question[old.end() :]}" if old else ""


def _shape(word: str) -> str:
    return re.sub(r"[A-Za-z]+", "a", re.sub(r"\d+", "0", word))


def _of_the_same_form(what: str, turn: Remembered) -> str:
    """Put 'E15' in the place of 'E14', '--quiet' in the place of '--strict', '3.4' in the place of '3.3'."""
    word = re.sub(r"^(?:the|an?)\s+", "", split_preposition(what)[1], flags=re.I)
    if " " in word or not (any(map(str.isdigit, word)) or word.startswith("--")):
        return ""
    shape = "--" if word.startswith("--") else _shape(word)
    for match in reversed(list(re.finditer(r"[^\s?!,;:]+", turn.question))):
        old = match.group().rstrip(".")
        if (old.startswith("--") if shape == "--" else _shape(old) == shape) and not is_date(old):
            return f"{turn.question[: match.start()]}{word}{turn.question[match.start() + len(old) :]}"
    return ""


def split_preposition(what: str) -> tuple[str, str]:
    """Return the preposition that a phrase begins with ('' for none) and the rest."""
    first, _, rest = what.partition(" ")
    return (first.lower(), rest) if rest and first.lower() in PREPOSITIONS else ("", what)


def _spoken(what: str, memory: Memory, *, topical: bool) -> str:
    """Put a new speaker in the place of the one whose words were asked for, a new topic behind the old speaker."""
    turn = memory.last
    speaker = turn.parsed.speaker
    about = re.match(r"(?:about|on|regarding)\s+(?P<topic>.+)$", what, re.I)
    if not speaker or (split_preposition(what)[0] and not about) or turn.parsed.according:
        return ""
    topic = about["topic"] if about else what
    if not about:
        named = _looks_named(what) and not topical and not what.isupper()
        if is_person(what, memory) or named or _replaces_role(what, speaker):
            return turn.question.replace(speaker, what)
    phrase = next((one for one in turn.frame.phrases if one.preposition in {"about", "on", "regarding", "of"}), None)
    if phrase and phrase.start > turn.question.find(speaker):
        return put(turn, turn.frame.whole(phrase), topic)
    return f"What did {speaker} say about {topic}?"


def _replaces_role(what: str, speaker: str) -> bool:
    """Say whether one role can take the place of another: 'the landlord' for 'the tenant'."""
    return all(is_person_noun(phrase.split()[-1].lower()) for phrase in (what, speaker))


def _looks_named(what: str) -> bool:
    return all(word[:1].isupper() for word in what.split()) and words(what)[0] not in FUNCTION_WORDS


def _governed(what: str, turn: Remembered) -> str:
    """Put 'in Berlin' in the place of 'in Warsaw', or behind the question."""
    preposition, bare = split_preposition(what)
    if not preposition:
        return ""
    dated = is_date(bare)
    for phrase in reversed(turn.frame.phrases):
        if phrase.preposition == preposition and not phrase.asked and is_date(phrase.text) == dated:
            whole = turn.frame.whole(phrase) if preposition != "of" else phrase
            return put(turn, whole, bare)
    if preposition == "of" or any(phrase.text.lower() == bare.lower() for phrase in turn.frame.phrases):
        return ""
    return f"{_open(turn)} {what}?" if turn.parsed.according is False else ""


def _one(what: str, turn: Remembered) -> str:
    """Put 'the red one' in the place of 'the amber light', with its noun."""
    match = _ONE.match(what)
    if not match:
        return ""
    for phrase in turn.frame.phrases:
        if len(phrase.bare.split()) > 1:
            return put(turn, phrase, f"the {match['which']} {phrase.head}")
    return ""
