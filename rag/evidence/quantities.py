"""Dates, numbers with their units and stretches of time, as they stand in English sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rag.text.dates import DATE, MONTHS

Span = tuple[int, int]

_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in MONTHS)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_YEAR = r"(?:1[0-9]|20)\d\d"
_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:-(?:one|two|three|four|five|six|seven|eight|nine))?)"
)
_MAGNITUDE = r"(?:hundred|thousand|million|billion|trillion|dozen)s?"
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_UNIT_OF_TIME = (
    r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|fortnights?|months?|seasons?|years?|decades?|centur(?:y|ies)|"
    r"generations?|terms?)"
)
_COUNT = rf"(?:{_DIGITS}|{_NUMBER_WORD})(?:(?:\s+(?:and\s+)?|-)(?:{_NUMBER_WORD}|{_MAGNITUDE}))*"

_TIMES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b(?:{_WEEKDAY},?\s+)?(?:the\s+)?(?:{DATE}|{_DAY}\s+(?:of\s+)?(?:{_MONTH})\b|(?:{_MONTH})\.?\s+{_DAY}\b)"
        rf"(?:\s*[–—-]\s*(?:{_YEAR}|\d\d)(?!\d))?",
        r"\b(?:the\s+)?(?:(?:early|mid|late)[ -]+)?(?:(?:in|of)\s+the\s+)?(?:\d{1,2}(?:st|nd|rd|th)[ -]|[a-z]+(?:th|"
        r"first|second|third) )"
        r"century(?:\s+(?:BC|BCE|AD|CE)\b)?",
        r"\b(?:the\s+)?(?:(?:early|mid|late)[ -]+)?1[0-9]\d0s\b|\b(?:the\s+)?(?:(?:early|mid|late)[ -]+)?20\d0s\b",
        r"\b\d{2,4}\s+(?:BC|BCE|AD|CE)\b|\bAD\s+\d{2,4}\b",
        rf"\b(?:(?:last|next|this|early|late)\s+(?:on\s+)?)?{_WEEKDAY}s?(?:\s+(?:morning|afternoon|evening|night))?\b",
        r"\b\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?m\b\.?|\b\d{1,2}:\d\d\b|\b(?:noon|midnight|midday|dawn|dusk|sunrise|"
        r"sunset)\b",
        rf"\b(?:early|mid|late)?[ -]?(?:{'|'.join(MONTHS)})\b(?!\s+\d)",
        r"\b(?:the\s+)?(?:spring|summer|autumn|winter)(?:\s+of)?(?:\s+(?:1[0-9]|20)\d\d)?\b",
        r"\b(?:yesterday|today|tonight|tomorrow)\b|\b(?:last|next|this)\s+(?:week|weekend|month|year|century|decade)\b",
        rf"\b(?:{_COUNT}|an?|a few|several|some)\s+{_UNIT_OF_TIME}\s+(?:ago|later|earlier|before|after)\b",
    )
)
_DURATIONS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b(?:(?:at least|at most|up to|more than|less than|about|around|nearly|almost|over|under)\s+)?"
        rf"(?:(?:{_COUNT}|half|a quarter|a third)(?:\s+(?:to|or|and a half|and)\s+(?:{_COUNT}))?|an?|a few|a couple of|"
        rf"several|many|half an?|one and a half)(?:\s+(?:more|long|full|whole|consecutive|calendar|working|business|"
        rf"to\s+{_COUNT}))?"
        rf"(?:[\s-]){_UNIT_OF_TIME}(?:\s+and\s+(?:a half|{_COUNT}\s+{_UNIT_OF_TIME}))?\b(?!\s+(?:ago|old|later|"
        rf"earlier))",
        rf"\b(?:for|over|during)\s+(?P<span>(?:decades|centuries|generations|years|months|weeks|days|hours)(?:\s+and\s+"
        rf"{_UNIT_OF_TIME})?)\b",
        rf"\bfrom\s+(?P<span>[^.;,]{{3,30}}?\b(?:{_YEAR}|{_MONTH}|{_WEEKDAY})\b\s+(?:to|until|till)\s+[^.;,]{{0,20}}?"
        rf"\b(?:{_YEAR}|{_MONTH}|{_WEEKDAY})\b)",
        rf"\b(?P<span>(?:until|till)\s+(?:the end of\s+)?(?:{DATE}|{_MONTH}|{_WEEKDAY}))\b|\b(?:overnight|"
        rf"indefinitely|permanently)\b",
    )
)
_CURRENCY = r"(?:[A-Z]{0,3}[$£€¥]|(?:USD|EUR|GBP|CHF)\s?)"
_NUMBERS = re.compile(
    rf"(?<![\w.,])(?P<money>{_CURRENCY})?(?P<number>{_DIGITS})(?!\d)"
    rf"(?:\s?(?P<percent>%|per ?cent\b|percentage points?\b)|(?P<magnitude>[\s-]{_MAGNITUDE}\b|\s?(?:bn|tn|m|k)\b))?"
    rf"|\b(?P<spelt>(?:an?\s+)?(?:{_NUMBER_WORD}(?:(?:\s+(?:and\s+)?|-)(?:{_NUMBER_WORD}|{_MAGNITUDE}))*"
    rf"|several\s+{_MAGNITUDE}|{_MAGNITUDE}|half|(?:one|two|three)[ -](?:thirds?|quarters?|fifths?)|twice|none|"
    rf"majority|"
    rf"quarter|third|couple))\b(?:\s+per ?cent\b)?",
    re.I,
)
_UNIT = re.compile(
    r"(?:\s+|-)(?P<unit>(?:square |cubic )?(?!(?:and|or|but|in|on|at|of|to|for|by|from|with|as|than|that|which|who|is|"
    r"are|was|were|has|"
    r"have|had|will|would|the|a|an|after|before|during|since|when|while|because|if|not|more|people who)\b)[a-z][a-z-]*)"
)
_YEAR_ONLY = re.compile(rf"{_YEAR}(?!\d)")
_TIME_BEFORE = re.compile(rf"\b(?:in|since|by|until|from|of|after|before|{_MONTH}|\d{{1,2}},?)\s*$", re.I)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text with its currency, magnitude and the noun behind it, which is most often its unit."""

    start: int
    end: int
    year: bool
    """Whether it can be a year: four digits, behind a word that goes before years or without a noun."""
    small: bool
    """Whether it is 'one', 'none' and the like, which are numbers only at times."""


def find_times(text: str) -> list[Span]:
    """Return the dates, years, weekdays, hours and seasons in `text`, in order; those that touch are one."""
    spans = sorted(match.span() for pattern in _TIMES for match in pattern.finditer(text) if match.group().strip())
    return _joined(text, (_bare(text, span) for span in spans))


def find_durations(text: str) -> list[Span]:
    """Return the stretches of time in `text`, in order: '30-day', 'nearly two weeks', 'from May to June'."""
    found = [match for pattern in _DURATIONS for match in pattern.finditer(text)]
    spans = (match.span("span") if match.groupdict().get("span") else match.span() for match in found)
    return _joined(text, (_bare(text, span) for span in sorted(spans)))


def find_numbers(text: str) -> list[Number]:
    """Return the numbers in `text`, in order, each with what belongs to it."""
    numbers = []
    for match in _NUMBERS.finditer(text):
        unit = _UNIT.match(text, match.end())
        end = unit.end("unit") if unit and not match["money"] and not match["percent"] else match.end()
        digits = match["number"] or ""
        year = bool(_YEAR_ONLY.fullmatch(digits)) and (
            unit is None or bool(_TIME_BEFORE.search(text[max(0, match.start() - 12) : match.start()]))
        )
        spelt = (match["spelt"] or "").lower()
        numbers.append(Number(match.start(), match.end() if year else end, year, spelt in {"one", "half", "none"}))
    return numbers


def _bare(text: str, span: Span) -> Span:
    """Return a span without white space and dashes at its front."""
    start, end = span
    while start < end and (text[start].isspace() or text[start] == "-"):
        start += 1
    return start, end


def _joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """Join spans that overlap or that nothing but a comma or 'of' stands between."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and _TOUCHES.fullmatch(text, joined[-1][1], max(joined[-1][1], start)):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


_TOUCHES = re.compile(r"\s*(?:,\s*|\bof\s+|\bin\s+|\bon\s+)?")
