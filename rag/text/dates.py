"""Dates as people read and write them."""

from __future__ import annotations

import calendar
import datetime
import re

MONTHS = "January February March April May June July August September October November December".split()

_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in MONTHS).replace("Sep(", "Sept?(")
_YEAR = r"(?:1[5-9]|20|21)\d\d"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = (
    rf"(?:{_YEAR}-\d\d-\d\d|{_YEAR}-\d\d|(?:the\s+)?{_DAY}\s+(?:of\s+)?(?:{_MONTH})\.?,?\s+{_YEAR}|"
    rf"(?:{_MONTH})\.?\s+{_DAY},?\s+{_YEAR}|(?:{_MONTH})\.?,?\s+{_YEAR}|{_YEAR})(?![\w-]|[.,]\d)"
)
"""Pattern of a day, a month or a year with its year in full, for a search that ignores case."""
_ISO = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?:[T ].*)?")


def date_in_words(value: str | None) -> str:
    """Return an ISO 8601 date (or month, or year) as `31 May 2025`; anything else as it stands."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?", value or "")
    if not match:
        return value or ""
    year, month, day = match.groups()
    if month is None or not 1 <= int(month) <= len(MONTHS):
        return year
    name = f"{MONTHS[int(month) - 1]} {year}"
    return f"{int(day)} {name}" if day else name


def days_of(value: str) -> tuple[str, str] | None:
    """Return the first and the last day (ISO 8601) of a day, month or year, None for what is none of these.

    Takes ISO 8601 (`2025`, `2025-05`, `2025-05-31`, with a time behind it too) and English (`31 May 2025`).
    """
    match = _ISO.fullmatch(value.strip())
    if match:
        year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
        return _days(year or 0, month, day)
    if not re.fullmatch(DATE, value.strip(), re.IGNORECASE):
        return None
    named = re.search(rf"\b(?:{_MONTH})\b", value, re.IGNORECASE)
    numbers = [int(number) for number in re.findall(r"\d+", value)]
    month = next((n for n, name in enumerate(MONTHS, 1) if named and name[:3].lower() == named[0][:3].lower()), None)
    return _days(numbers[-1], month, numbers[0] if len(numbers) > 1 else None)


def day_after(day: str) -> str:
    """Return the day after an ISO 8601 one."""
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()


def day_before(day: str) -> str:
    """Return the day before an ISO 8601 one."""
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat()


def _days(year: int, month: int | None, day: int | None) -> tuple[str, str] | None:
    if year < 1 or not 1 <= (month or 1) <= len(MONTHS):
        return None
    last = calendar.monthrange(year, month or len(MONTHS))[1]
    if not 1 <= (day or 1) <= last:
        return None
    start, end = f"{year:04}-{month or 1:02}", f"{year:04}-{month or len(MONTHS):02}"
    return f"{start}-{day or 1:02}", f"{end}-{day or last:02}"
