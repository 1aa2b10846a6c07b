"""Dates as publications write them, in English and in digits."""

from __future__ import annotations

import datetime
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DIGITS = r"(?P<month>\d{1,2})"
_YEAR = r"(?P<year>(?:1[5-9]|20|21)\d\d)"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_OFFSET = r"(?:\s?\(?(?:[A-Z]{1,4}|[+-]\d\d:?\d\d)\b\)?)?"
_AT = r",?\s*(?:(?:at|[-–—|@])\s*)?"
_CLOCK = (
    rf"(?:{_AT}\d{{1,2}}(?:[:.]\d\d){{1,2}}\s?(?:[ap]\.?m\b\.?)?{_OFFSET}|{_AT}\d{{1,2}}\s?[ap]\.?m\b\.?{_OFFSET})?"
)
_ISO_CLOCK = r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|[+-]\d\d:?\d\d)?)?"
_PATTERNS = tuple(
    re.compile(rf"(?<![\w/.-]){_WEEKDAY}{pattern}(?!\w|[-/.]\d)", re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d){_ISO_CLOCK}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}{_CLOCK}",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}{_CLOCK}",
        rf"{_YEAR}[/.]{_DIGITS}[/.](?P<day>\d{{1,2}}){_CLOCK}",
        rf"(?P<day>\d{{1,2}})\.\s?{_DIGITS}\.\s?{_YEAR}{_CLOCK}",
        rf"(?P<first>\d{{1,2}})(?P<slash>[/-])(?P<second>\d{{1,2}})(?P=slash){_YEAR}{_CLOCK}",
    )
)
_LONGEST = 200


def find_dates(line: str) -> list[tuple[int, int, str | None]]:
    """Return the dates in a line in order, as span and ISO 8601 date.

    The date is None where it cannot be told: `05/06/2025` is another day on either side of the Atlantic.
    """
    found: list[tuple[int, int, str | None]] = []
    if len(line) > _LONGEST:
        return found
    for pattern in _PATTERNS:
        for match in pattern.finditer(line):
            if not any(match.start() < end and start < match.end() for start, end, _ in found):
                found.append((*match.span(), _iso(match.groupdict())))
    return sorted(found, key=lambda each: each[:2])


def is_date_line(line: str) -> bool:
    """Say whether a line is a date and nothing else."""
    bare = line.strip(" *_-–—:")
    dates = find_dates(bare)
    return len(dates) == 1 and dates[0][:2] == (0, len(bare))


def parse_date(value: object) -> str | None:
    """Return the ISO 8601 date that a value of front matter stands for, None where it stands for none."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return next((date for _, _, date in find_dates(value) if date), None) if isinstance(value, str) else None


def _iso(parts: dict[str, str | None]) -> str | None:
    year = int(parts["year"] or 0)
    if parts.get("first"):
        return _by_order(year, int(parts["first"] or 0), int(parts["second"] or 0))
    month = parts["month"] or ""
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    return _checked(year, number, int(parts["day"] or 0))


def _by_order(year: int, first: int, second: int) -> str | None:
    """Return the date of `first/second/year` where only one order makes sense."""
    dates = {date for date in (_checked(year, first, second), _checked(year, second, first)) if date}
    return dates.pop() if len(dates) == 1 else None


def _checked(year: int, month: int, day: int) -> str | None:
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None
