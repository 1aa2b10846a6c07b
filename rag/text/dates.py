"""Dates as people read them."""

from __future__ import annotations

import re

MONTHS = "January February March April May June July August September October November December".split()


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
