"""Lies made by rule from the sentences of real articles, of every kind that a language model tells.

Each lie is nearly true: a sentence of the source, or a report of it, with one thing wrong. What is put in its place is
taken from word lists of this module's own, so that nothing of the product decides what is tried on it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from rag.text.names import find_mentions, name_tokens
from rag.text.sentences import quotation_spans
from rag.types import Document, Evidence, QuoteKind
from tests.telling import Told, tell

STRANGERS = ("Ingrid Solheim", "Marcus Oyelowo", "Bergstrom", "Patel", "Northgate Holdings", "Ruritania")
INVENTED = (
    "we never had a plan for the winter",
    "the numbers speak for themselves",
    "nobody asked us before they signed",
    "this will cost a great deal more than they think",
)
DETAILS = (
    "in secret",
    "because of the weather",
    "with the help of the army",
    "and was dismissed for it",
    "after months of pressure from critics",
    "to the surprise of investors",
    "at the expense of taxpayers",
    "despite warnings from experts",
    "and apologised",
    "under a deal with creditors",
    "in front of reporters",
    "out of fear",
)
_OPPOSITES = {
    "rose": "fell", "fell": "rose", "more": "less", "less": "more", "fewer": "more",
    "before": "after", "after": "before",
    "above": "below", "below": "above", "won": "lost", "lost": "won", "accepted": "rejected", "rejected": "accepted",
    "first": "last", "last": "first", "largest": "smallest", "best": "worst", "worse": "better", "better": "worse",
    "faster": "slower", "late": "early", "weakened": "strengthened", "praised": "criticised", "criticised": "praised",
    "began": "ended", "open": "closed", "close": "open", "convicted": "acquitted", "acquitted": "convicted",
    "raised": "cut", "increased": "reduced", "weak": "strong", "high": "low", "north": "south", "southern": "northern",
    "winter": "summer", "longer": "shorter", "larger": "smaller", "allowed": "forbidden", "safe": "dangerous",
}  # fmt: skip
_UNITS = {
    "million": "billion", "billion": "million", "percent": "people", "per cent": "people", "euros": "dollars",
    "dollars": "euros", "metres": "miles", "months": "years", "years": "months", "days": "weeks", "weeks": "days",
    "minutes": "hours", "hours": "minutes", "litres": "gallons", "kilograms": "tonnes", "tonnes": "kilograms",
    "cents": "dollars", "votes": "seats", "£": "$", "$": "€", "%": " people",
}  # fmt: skip
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_SAID = re.compile(r"\b(?:said|says|told|wrote|added|noted|argued|claimed|believes|warned|thinks|stated)\b")
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,.]*\d|(?<![\w.,-])\d(?!\w)")
_WORD_NUMBER = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty)\b", re.I
)
_NUMBERS_IN_WORDS = (
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty".split()
)
_AUXILIARY = re.compile(r"\b(is|are|was|were|has|have|had|will|would|can|could|may|might|should|did)\b(?! not|n’t|n't)")
_NEGATION = re.compile(r"\b(?:not|never) |n['’]t\b|\bno (?=[a-z])")
_HEDGE = re.compile(
    r"\b(?:about|around|roughly|nearly|almost|at least|at most|up to|more than|less than|fewer than|some|most|"
    r"reportedly|allegedly|probably|perhaps|likely|partly|partially|sometimes|often|largely) (?=\w)"
)
_MODAL = re.compile(r"\b(?:may|might|could|would|can) (?=[a-z])")


@dataclass(frozen=True, slots=True)
class Lie:
    """A false statement, and the places of the evidence that it cites (from 0, in `told` of its document)."""

    kind: str
    text: str
    cited: tuple[Evidence, ...]
    true_of: Evidence | None = None
    """The piece that it would be true of, were it cited."""


def lies(documents: Sequence[Document], seed: int = 7) -> Iterator[Lie]:
    """Yield the lies that can be made of the sentences of `documents`, the same for the same seed."""
    told = {document.source: tell(document) for document in documents}
    for source, sentences in told.items():
        others = [each for name, many in told.items() if name != source for each in many]
        for number, each in enumerate(sentences):
            random = Random(f"{seed} {source} {number}")
            yield from _from_one(each, random)
            yield from _from_two(each, sentences, others, random)


def _from_one(told: Told, random: Random) -> Iterator[Lie]:
    for kind, make in _MAKERS.items():
        for text in make(told, random):
            if text != told.piece.text:
                yield Lie(kind, text, (told.piece,))


def _replaced(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def wrong_number(told: Told, random: Random) -> Iterator[str]:
    """Another number in the place of each."""
    text = told.piece.text
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + random.randint(1, 8)) % 10), match.group())
        yield _replaced(text, match, digits)
    for match in _WORD_NUMBER.finditer(text):
        place = _NUMBERS_IN_WORDS.index(match.group().lower())
        new = _NUMBERS_IN_WORDS[(place + random.randint(1, 5)) % len(_NUMBERS_IN_WORDS)]
        yield _replaced(text, match, new.title() if match.group()[0].isupper() else new)


def exchanged_numbers(told: Told, random: Random) -> Iterator[str]:
    """Two numbers in each other's place."""
    text = told.piece.text
    found = list(_NUMBER.finditer(text))
    for one, other in itertools.pairwise(found):
        if one.group() != other.group():
            yield _exchanged(text, one.span(), other.span())


def _exchanged(text: str, one: tuple[int, int], other: tuple[int, int]) -> str:
    first, second = text[slice(*one)], text[slice(*other)]
    return text[: one[0]] + second + text[one[1] : other[0]] + first + text[other[1] :]


def wrong_unit(told: Told, random: Random) -> Iterator[str]:
    """Another unit next to a number."""
    text = told.piece.text
    for unit, other in _UNITS.items():
        pattern = rf"(?<=\d ){unit}\b" if unit.isalpha() or " " in unit else re.escape(unit)
        for match in re.finditer(pattern, text):
            yield _replaced(text, match, other)


def wrong_date(told: Told, random: Random) -> Iterator[str]:
    """Another month, weekday or year."""
    text = told.piece.text
    for names in (_MONTHS, _DAYS):
        for match in re.finditer(rf"\b(?:{'|'.join(names)})\b(?! [a-z]+ (?:the|a) )", text):
            yield _replaced(text, match, names[(names.index(match.group()) + random.randint(1, 5)) % len(names)])
    for match in re.finditer(r"\b(?:19|20)\d\d\b", text):
        yield _replaced(text, match, str(int(match.group()) + random.choice((-2, -1, 1, 2, 10))))


def invented_name(told: Told, random: Random) -> Iterator[str]:
    """A name that stands nowhere, in the place of each."""
    text = told.piece.text
    for mention in find_mentions(text):
        yield text[: mention.start] + random.choice(STRANGERS) + text[mention.end :]


def exchanged_names(told: Told, random: Random) -> Iterator[str]:
    """Two names in each other's place: who does what to whom."""
    text = told.piece.text
    mentions = [m for m in find_mentions(text) if not any(s <= m.start < e for s, e in quotation_spans(text))]
    for one, other in itertools.pairwise(mentions):
        joined = re.fullmatch(r"\s*(?:,|and|or|, and|–|-)\s*", text[one.end : other.start])
        if not set(one.tokens) & set(other.tokens) and not joined:
            yield _exchanged(text, (one.start, one.end), (other.start, other.end))


def other_person(told: Told, random: Random) -> Iterator[str]:
    """Another person of the same article in the place of each person."""
    text = told.piece.text
    for mention in find_mentions(text):
        others = [name for name in told.people if not set(name_tokens(name)) & set(mention.tokens)]
        if others and any(set(mention.tokens) <= set(name_tokens(name)) for name in told.people):
            yield text[: mention.start] + random.choice(others) + text[mention.end :]


def _speakers(told: Told) -> list[str]:
    return list(dict.fromkeys(q.speaker for q in told.quotations if q.speaker))


def other_speaker(told: Told, random: Random) -> Iterator[str]:
    """What one person says, reported of another."""
    for speaker in _speakers(told):
        others = [name for name in told.people if not set(name_tokens(name)) & set(name_tokens(speaker))]
        rest = _without_attribution(told)
        if others and rest:
            yield f"{random.choice(others)} said that {rest}."


def _without_attribution(told: Told) -> str | None:
    """Return what is reported, without who says it, where that can be cut off cleanly."""
    text = told.piece.text
    if quotation_spans(text):
        return None
    behind = re.search(r"^[^.]{0,80}?\b(?:said|says|noted|warned|argued|believes|claimed|thinks) that (.+?)\.?$", text)
    front = re.search(r"^(.+?), [^,]{2,40} (?:said|says|wrote|noted)\.?$", text)
    found = behind or front
    return found.group(1)[0].lower() + found.group(1)[1:] if found and len(found.group(1).split()) > 3 else None


def report_as_fact(told: Told, random: Random) -> Iterator[str]:
    """What somebody says, told as if it were so (with a word changed in front, so that it is no quotation)."""
    rest = _without_attribution(told)
    if rest:
        yield f"In fact, {rest}."


def stronger_verb(told: Told, random: Random) -> Iterator[str]:
    """'Said' becomes 'admitted' or 'confirmed'."""
    text = told.piece.text
    for match in re.finditer(r"\b(?:said|believes|thought|argued)\b", text):
        inside = any(start <= match.start() < end for start, end in quotation_spans(text))
        if not inside:
            yield _replaced(text, match, random.choice(("admitted", "confirmed", "boasted")))


def invented_quotation(told: Told, random: Random) -> Iterator[str]:
    """Words that nobody said, between quotation marks."""
    for speaker in _speakers(told) or []:
        yield f"{speaker} said: “{random.choice(INVENTED).capitalize()}.”"
        yield f"{speaker} called it “{random.choice(INVENTED)}”."


def altered_quotation(told: Told, random: Random) -> Iterator[str]:
    """A quotation with a word left out, put in or changed."""
    for speaker in _speakers(told):
        for quoted in told.quoted:
            spoken = quoted.split()
            if len(spoken) >= 4:
                at = random.randrange(1, len(spoken) - 1)
                yield f"{speaker} said: “{' '.join([*spoken[:at], *spoken[at + 1 :]])}”"
                yield f"{speaker} said: “{' '.join([*spoken[:at], 'really', *spoken[at:]])}”"
                yield f"{speaker} said: “{' '.join([*spoken[:at], 'certainly', *spoken[at + 1 :]])}”"


def quotation_of_another(told: Told, random: Random) -> Iterator[str]:
    """A true quotation, given to another person of the article."""
    direct = {q.speaker for q in told.quotations if q.speaker and q.kind is not QuoteKind.INDIRECT}
    if len(direct) == 1:
        (speaker,) = direct
        others = [name for name in told.people if not set(name_tokens(name)) & set(name_tokens(speaker))]
        for quoted in told.quoted:
            if others and len(quoted.split()) > 2:
                yield f"{random.choice(others)} said: “{quoted.rstrip(',.')}.”"


def dropped_negation(told: Told, random: Random) -> Iterator[str]:
    """Every 'not' left out."""
    text = told.piece.text
    for match in _NEGATION.finditer(text):
        if not _in_quotation(text, match.start()):
            yield _replaced(text, match, "")


def added_negation(told: Told, random: Random) -> Iterator[str]:
    """A 'not' put in."""
    text = told.piece.text
    for match in _AUXILIARY.finditer(text):
        if not _in_quotation(text, match.start()):
            yield _replaced(text, match, f"{match.group()} not")


def _in_quotation(text: str, at: int) -> bool:
    return any(start <= at < end for start, end in quotation_spans(text))


def added_quantifier(told: Told, random: Random) -> Iterator[str]:
    """'All', 'always', 'only' put in."""
    text = told.piece.text
    for match in re.finditer(r"\b(?:Some|Many|Most|some|many|most|several)\b", text):
        yield _replaced(text, match, "All" if match.group()[0].isupper() else "all")
    auxiliary = _AUXILIARY.search(text)
    if auxiliary and not _in_quotation(text, auxiliary.start()):
        yield _replaced(text, auxiliary, f"{auxiliary.group()} always")
        yield _replaced(text, auxiliary, f"{auxiliary.group()} only")
    if re.match(r"[A-Z][a-z]+s [a-z]+ ", text):
        yield f"All {text[0].lower()}{text[1:]}"


def dropped_hedge(told: Told, random: Random) -> Iterator[str]:
    """'About', 'at least', 'might' left out."""
    text = told.piece.text
    for match in _HEDGE.finditer(text):
        if not _in_quotation(text, match.start()) and (
            match.group().strip() not in {"about", "around", "some"} or text[match.end()].isdigit()
        ):
            yield _replaced(text, match, "")
    for match in _MODAL.finditer(text):
        if not _in_quotation(text, match.start()):
            yield _replaced(text, match, "did ")


def turned_round(told: Told, random: Random) -> Iterator[str]:
    """A word for its opposite."""
    text = told.piece.text
    for match in re.finditer(r"\b[a-z]+\b", text):
        if match.group() in _OPPOSITES and not _in_quotation(text, match.start()):
            yield _replaced(text, match, _OPPOSITES[match.group()])


def added_detail(told: Told, random: Random) -> Iterator[str]:
    """Something put in at the end that the source does not say."""
    text = told.piece.text.rstrip('.!?”"')
    if not quotation_spans(told.piece.text):
        for detail in random.sample(DETAILS, 3):
            yield f"{text} {detail}."


_MAKERS: dict[str, Callable[[Told, Random], Iterator[str]]] = {
    "wrong number": wrong_number,
    "numbers exchanged": exchanged_numbers,
    "wrong unit": wrong_unit,
    "wrong date": wrong_date,
    "invented name": invented_name,
    "names exchanged (roles)": exchanged_names,
    "another person": other_person,
    "another speaker": other_speaker,
    "report told as fact": report_as_fact,
    "stronger verb of saying": stronger_verb,
    "invented quotation": invented_quotation,
    "altered quotation": altered_quotation,
    "quotation given to another": quotation_of_another,
    "negation dropped": dropped_negation,
    "negation added": added_negation,
    "quantifier added": added_quantifier,
    "hedge dropped": dropped_hedge,
    "opposite": turned_round,
    "detail added": added_detail,
}


def _from_two(told: Told, near: Sequence[Told], far: Sequence[Told], random: Random) -> Iterator[Lie]:
    piece, others = told.piece, [each for each in near if each is not told]
    quoting = [each for each in others if any(len(quoted.split()) >= 4 for quoted in each.quoted)]
    foreign = [each for each in far if any(len(quoted.split()) >= 4 for quoted in each.quoted)]
    mine = [quoted for quoted in told.quoted if len(quoted.split()) >= 4]
    speaker = next(iter(_speakers(told)), None)
    if mine and quoting and speaker:
        other = random.choice(quoting)
        end = next(quoted for quoted in other.quoted if len(quoted.split()) >= 4)
        stitched = f"{_half(mine[0], front=True)} {_half(end, front=False)}"
        yield Lie("stitched quotation", f"{speaker} said: “{stitched.rstrip(',.')}.”", (piece, other.piece))
    if foreign and speaker:
        other = random.choice(foreign)
        quoted = next(quoted for quoted in other.quoted if len(quoted.split()) >= 4)
        yield Lie("quotation from another source", f"{speaker} said: “{quoted.rstrip(',.')}.”", (piece,))
    yield from _merged(told, others, random)
    if others:
        other = random.choice(others)
        yield Lie("wrong citation", f"The article says: {other.piece.text}", (piece,), other.piece)


def _half(quoted: str, *, front: bool) -> str:
    spoken = quoted.split()
    middle = len(spoken) // 2
    return " ".join(spoken[:middle] if front else spoken[middle:])


def _merged(told: Told, others: Sequence[Told], random: Random) -> Iterator[Lie]:
    """The subject of one sentence with what another says of somebody else, both cited."""
    text = told.piece.text
    mentions = find_mentions(text)
    starts = [each for each in others if find_mentions(each.piece.text) and not quotation_spans(each.piece.text)]
    if mentions and starts:
        other = random.choice(starts)
        subject = find_mentions(other.piece.text)[0]
        if not set(subject.tokens) & set(mentions[0].tokens) and subject.start < 12:
            merged = f"{mentions[0].name}{other.piece.text[subject.end :]}"
            yield Lie("sources merged", merged, (told.piece, other.piece))
