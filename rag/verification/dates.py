"""Dates of a statement: day, month and weekday must be those of the cited text, and each year that of its event."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.dates import MONTHS
from rag.text.words import words
from rag.verification.tokens import WEEKDAYS, Token, tokens_of

_NUMBERED = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_MONTH = "|".join([*MONTHS, *(f"{name[:3]}\\." for name in MONTHS), "Sept\\."])
_YEAR = r"(?:1[5-9]|20|21)\d\d"
_DAY_FIRST = re.compile(
    rf"(?:\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b(?P<month>{_MONTH})(?:,?\s+(?P<year>{_YEAR}))?"
)
_MONTH_FIRST = re.compile(rf"\b(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>{_YEAR}))?")
_ISO = re.compile(rf"\b(?P<year>{_YEAR})-(?P<month>\d\d)(?:-(?P<day>\d\d))?")
_RELATIVE = frozenset("yesterday today tomorrow tonight morning evening afternoon midnight noon".split())
_BARE_YEAR = re.compile(_YEAR)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A month, with the day and the year where they are given."""

    month: int
    day: int | None = None
    year: int | None = None

    def within(self, other: PartialDate) -> bool:
        """Say whether this can be what `other` says: nothing in it differs."""
        same_day = self.day is None or other.day is None or self.day == other.day
        same_year = self.year is None or other.year is None or self.year == other.year
        return self.month == other.month and same_day and same_year


def foreign_date(text: str, sentence: str, known: str) -> str | None:
    """Object to a date that the cited text (`known`) lacks, or a year that belongs to another event of `sentence`."""
    missing = missing_date(text, known)
    if missing:
        return f"the date {missing} does not stand in the cited text"
    spoken = set(words(known))
    for word in words(text):
        if word in WEEKDAYS | _RELATIVE and word not in spoken:
            return f"the date {word.title() if word in WEEKDAYS else word} does not stand in the cited text"
    return _exchanged_year(text, sentence)


def missing_date(text: str, known: str) -> str | None:
    """Return the first date of a text that names a month and that another one lacks."""
    ours = _dates(text)
    have = partial_dates(known) if ours else []
    return next((written for date, written in ours if not any(date.within(each) for each in have)), None)


def partial_dates(text: str) -> list[PartialDate]:
    """Return the dates of `text` that name a month."""
    return [date for date, _ in _dates(text)]


def _dates(text: str) -> list[tuple[PartialDate, str]]:
    found = []
    for pattern in (_MONTH_FIRST, _DAY_FIRST, _ISO):
        for match in pattern.finditer(text):
            given = match.groupdict()
            month = given["month"]
            if month == "May" and not given["day"] and not given["year"] and _opens(text, match.start("month")):
                continue
            number = int(month) if month.isdigit() else _month_number(month)
            day, year = (int(given[name]) if given[name] else None for name in ("day", "year"))
            found.append((PartialDate(number, day, year), " ".join(match.group().split())))
    days = [date for date, _ in found if date.day]
    return [(date, written) for date, written in found if date.day or not any(date.month == d.month for d in days)]


def _opens(text: str, at: int) -> bool:
    """Say whether what stands at `at` opens the text, where 'May' need be no month."""
    return not text[:at].strip()


def _month_number(name: str) -> int:
    folded = name.lower().rstrip(".")
    return next(number for month, number in _NUMBERED.items() if month.startswith(folded[:3]))


def _exchanged_year(text: str, sentence: str) -> str | None:
    """Object when a year stands by words that, in the sentence, stand by another year only."""
    ours, theirs = tokens_of(text), tokens_of(sentence)
    years = [place for place, token in enumerate(theirs) if _BARE_YEAR.fullmatch(token.word)]
    for place, token in enumerate(ours):
        here = [other for other in years if theirs[other].word == token.word]
        if not _BARE_YEAR.fullmatch(token.word) or len(years) == len(here):
            continue
        beside = _beside(ours, place, 1)
        elsewhere = [_beside(theirs, other, 2) for other in years if other not in here]
        if not any(beside & _beside(theirs, other, 4) for other in here) and any(beside & near for near in elsewhere):
            return f"the year {token.word} belongs to something else in the cited text"
    return None


def _beside(tokens: tuple[Token, ...], place: int, most: int) -> set[str]:
    """Return the stems of the content words nearest to a year on either side."""
    front = [token.stem for token in reversed(tokens[:place]) if token.has_content and not token.word[0].isdigit()]
    behind = [token.stem for token in tokens[place + 1 :] if token.has_content and not token.word[0].isdigit()]
    return {*front[:most], *behind[:most]}
