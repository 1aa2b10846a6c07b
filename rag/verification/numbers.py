"""Numbers of a statement: each must stand in the cited text, and count or measure there what it does here."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.text.words import stem
from rag.verification.tokens import Token, content_before, content_behind, tokens_of

_DIGITS = re.compile(r"\d[\d,.]*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SEVERAL = re.compile(r"\d+(?:-\d+){2,}")
_SHORT_MAGNITUDE = re.compile(r"(\d[\d,.]*)(k|m|mn|bn|tn)")
_MAGNITUDE_OF = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion", "tn": "trillion"}
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_ONES = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: value for value, word in enumerate(_ONES, start=2)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
NUMBER_WORDS = frozenset(_WORDS)
"""The words for 2 to 19 and for the tens."""
_ORDINALS = frozenset("second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split())
_MAGNITUDES = frozenset(
    "dozen hundred thousand million billion trillion half quarter twice thrice double triple".split()
)
_MULTIPLIERS = frozenset("dozen hundred thousand million billion trillion".split())
_SIGNS = {"$": "dollar", "£": "pound", "€": "euro", "¥": "yen", "%": "percent", "°": "degre"}
_UNIT_WORDS = {"per cent": "percent", "percent": "percent", "percentage": "percent", "pc": "percent"}
_UNITS = frozenset([*_SIGNS.values(), *map(stem, "dollars pounds euros yen roubles rubles yuan francs cents".split())])
_UNIT_STEMS = frozenset({"per", "cent", "percent", "percentag"})
_REACH = 4
_NEXT = 2


@dataclass(frozen=True, slots=True)
class Amount:
    """A number where it stands: what it counts or measures."""

    value: str
    unit: str | None
    """A currency or per cent."""
    behind: tuple[str, ...]
    """Stems of the content words behind it in its clause, the nearest first."""
    before: tuple[str, ...]
    counted: str | None = None
    """Stem of the word right behind it, where that is what it counts."""
    front: str = ""
    """The word in front of it."""

    @property
    def is_year(self) -> bool:
        """Whether it is likely a year."""
        return self.unit is None and bool(_YEAR.fullmatch(self.value))


def foreign_number(text: str, sentence: str, known: str) -> str | None:
    """Object to a number that the cited text (`known`) lacks, or that counts something else there.

    `sentence` is what the statement rests on: the number must stand there, if it stands there at all, in its role.
    """
    ours, here, everywhere = amounts(text), amounts(sentence), amounts(known)
    for amount in ours:
        same = [each for each in everywhere if each.value == amount.value]
        if not same:
            return f"the number {amount.value} does not stand in the cited text"
        there = [each for each in here if each.value == amount.value] or same
        if not any(_same_role(amount, each) for each in there):
            return f"the number {amount.value} belongs to something else in the cited text"
    return _repeated(ours, everywhere) or _exchanged(ours, here)


def missing_amount(text: str, known: str) -> str | None:
    """Return the first number of a text, years apart, that another one lacks."""
    ours = [amount.value for amount in amounts(text) if not amount.is_year]
    have = {amount.value for amount in amounts(known)} if ours else set()
    return next((value for value in ours if value not in have), None)


def amounts(text: str) -> list[Amount]:
    """Return the numbers of `text`: digits without commas for thousands, words as digits, '4 million' as one."""
    tokens = tokens_of(text)
    found: list[Amount] = []
    at = 0
    while at < len(tokens):
        values = _values(tokens[at].word)
        taken = 1
        if len(values) == 1 and at + 1 < len(tokens) and tokens[at + 1].word.removesuffix("s") in _MULTIPLIERS:
            values = [f"{values[0]} {tokens[at + 1].word.removesuffix('s')}"]
            taken = 2
        found += [_amount(text, tokens, at, at + taken - 1, value) for value in values]
        at += taken
    return found


def _values(word: str) -> list[str]:
    """Return the numbers in one word: `15-year-old` has 15, `twenty-five` 25, `1.3m` 1.3 million."""
    if _SEVERAL.fullmatch(word):
        return [word]
    short = _SHORT_MAGNITUDE.fullmatch(word)
    if short:
        return [f"{_plain(short[1])} {_MAGNITUDE_OF[short[2]]}"]
    if any(character.isdigit() for character in word):
        return [number.strip(",.") for number in _DIGITS.findall(_plain(word))]
    parts = [_WORDS[part] for part in word.split("-") if part in _WORDS]
    if parts:
        return [str(sum(parts))]
    singular = word.removesuffix("s")
    return [singular] if singular in _MAGNITUDES or singular in _ORDINALS else []


def _plain(number: str) -> str:
    return _THOUSANDS.sub("", number)


def _amount(text: str, tokens: Sequence[Token], first: int, last: int, value: str) -> Amount:
    sign = _SIGNS.get(text[max(0, tokens[first].start - 2) : tokens[first].start].strip()[-1:])
    sign = sign or _SIGNS.get(text[tokens[last].end : tokens[last].end + 2].strip()[:1])
    unit = sign or _unit_word(tokens, last)
    behind = [token.stem for token in content_behind(tokens, last, 6) if not _values(token.word)]
    behind = [each for each in behind if each not in {unit, *_UNIT_STEMS}][:_REACH]
    before = [token.stem for token in content_before(tokens, first, 6) if not _values(token.word)][:_REACH]
    if not behind and not before:
        before = _content(tokens[max(0, first - 6) : first])[::-1]
        behind = _content(tokens[last + 1 : last + 7])
    hyphened = [stem(part) for part in tokens[first].word.split("-")[1:] if part.isalpha() and part not in _WORDS]
    following = tokens[last + 1] if last + 1 < len(tokens) else None
    adjacent = (
        not hyphened and following and following.has_content and following.clause == tokens[last].clause and not unit
    )
    counted = following.stem if following and adjacent and not _values(following.word) else None
    return Amount(value, unit, (*hyphened, *behind), tuple(before), counted, tokens[first - 1].word if first else "")


def _content(tokens: Sequence[Token]) -> list[str]:
    return [token.stem for token in tokens if token.has_content and not _values(token.word)]


def _unit_word(tokens: Sequence[Token], last: int) -> str | None:
    following = [token.word for token in tokens[last + 1 : last + 3]]
    spelled = _UNIT_WORDS.get(" ".join(following)) or (_UNIT_WORDS.get(following[0]) if following else None)
    stems = [stem(word) for word in following[:1]]
    return spelled or (stems[0] if stems and stems[0] in _UNITS else None)


def _same_role(ours: Amount, theirs: Amount) -> bool:
    """Say whether a number counts the same in both places, as far as the words next to it tell."""
    if ours.is_year and theirs.is_year:
        return True
    around = {*theirs.behind, *theirs.before}
    if ours.unit != theirs.unit:
        return False
    if ours.counted and theirs.behind and ours.counted not in around:
        return False
    beside = {*ours.behind[:_NEXT], *ours.before[:_NEXT]} - {ours.unit}
    return not beside or not around or bool(beside & around)


def _repeated(ours: Sequence[Amount], theirs: Sequence[Amount]) -> str | None:
    """Object to a number that stands more often in the statement than in the cited text."""
    have = Counter(amount.value for amount in theirs)
    surplus = [
        value for value, count in Counter(amount.value for amount in ours).items() if count > max(1, have[value])
    ]
    return f"the number {surplus[0]} stands for something else in the cited text" if surplus else None


def _exchanged(ours: Sequence[Amount], theirs: Sequence[Amount]) -> str | None:
    """Object when two numbers next to each other stand the other way round in the sentence ('from 30 to 40').

    Where each has a word of its own in front of it, the same in both places, they have moved with what they belong to.
    """
    there = {(one.value, other.value): (one, other) for one, other in itertools.pairwise(theirs)}
    for one, other in itertools.pairwise(ours):
        turned = there.get((other.value, one.value))
        if turned is None or (one.value, other.value) in there:
            continue
        moved = [not mine.front or mine.front == its.front for mine, its in ((one, turned[1]), (other, turned[0]))]
        of_a_year = one.is_year != other.is_year and any(moved)
        if not of_a_year and (not all(moved) or one.front == other.front):
            return f"the numbers {one.value} and {other.value} are exchanged"
    return None
