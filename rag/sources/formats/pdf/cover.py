"""The cover page of a report to the Securities and Exchange Commission: what it is, whose, and for which time.

Forms 10-K, 10-Q, 8-K, 20-F and their kin carry these facts in words that the Commission prescribes (17 CFR 249), and
their largest letters name the Commission, so that without this each report would bear the same title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHARTER = re.compile(
    r"(?i)\(?\s*exact name of (?:the )?(?:registrant|issuer)s? as specified in (?:its|their) charters?"
)
_FORM = re.compile(r"(?i)\bform\s+((?:10|8|6|11|20|40|s|f|n|sd|def)-?[a-z0-9]{1,3}(?:/a)?)\b")
_PERIOD = re.compile(
    r"(?i)\bfor the ((?:fiscal year|year|quarterly period|quarter|transition period|period)\s+(?:ended|from)):?\s+"
    r"([A-Z][a-z]+\s+\d{1,2},?\s+\d{4}|\d{1,2}\s+[A-Z][a-z]+\s+\d{4})"
)
_DAY = re.compile(r"(?i)date of (?:earliest event )?report[^:]{0,60}:\s*([A-Z][a-z]+\s+\d{1,2},?\s+\d{4})")
_FAR = 4
"""Lines above the words `exact name of registrant` among which the name is looked for."""


def cover_title(lines: Sequence[str]) -> str | None:
    """Return `NAME, Form 10-K for the fiscal year ended DATE` of the lines of a first page, None of no such cover."""
    name = _registrant(lines)
    whole = " ".join(" ".join(lines).split())
    form = _FORM.search(whole)
    if name is None or form is None:
        return None
    title = f"{name}, Form {form[1].upper()}"
    if period := _PERIOD.search(whole):
        return f"{title} for the {' '.join(period[1].lower().split())} {period[2]}"
    day = _DAY.search(whole)
    return f"{title} of {day[1]}" if day else title


def _registrant(lines: Sequence[str]) -> str | None:
    """Return the line above the words that say that it is the registrant's name."""
    at = next((at for at, line in enumerate(lines) if _CHARTER.search(line)), 0)
    before = _CHARTER.split(lines[at], maxsplit=1)[0].strip(" (") if at else ""
    above = [line.strip() for line in reversed(lines[max(0, at - _FAR) : at])]
    found = (line for line in (before, *above) if any(map(str.isalpha, line)) and not line.startswith("("))
    return next(found, None) if at else None
