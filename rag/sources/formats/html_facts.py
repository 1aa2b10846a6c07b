"""What a web page says of itself in its head: title, author, outlet, date, language, address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement
from trafilatura.metadata import extract_metadata

_LATEST_DATE = "2099-12-31"
"""Fixed, so that the same page has the same date in any year that it is read in."""
_LANGUAGE = re.compile(r"([a-zA-Z]{2})(?:[-_][a-zA-Z]{2,4}.*)?$")
_COPYRIGHT = re.compile(r"©|\(c\)|\bcopyright\b", re.I)
_LONGEST_AUTHOR = 120


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of itself; `date` is ISO 8601, `language` ISO 639-1."""

    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    date: str | None = None
    language: str | None = None
    url: str | None = None


def page_facts(tree: HtmlElement) -> PageFacts:
    """Return the facts. The date is one that the page's markup or address states, never one guessed from its text."""
    settings = {"original_date": True, "extensive_search": False, "max_date": _LATEST_DATE}
    found = extract_metadata(tree, date_config=settings, extensive=False)
    url = found.url if found.url and found.url.startswith(("http://", "https://")) else None
    outlet = _COPYRIGHT.split(found.sitename or "", maxsplit=1)[0].strip(" -|,") or None
    return PageFacts(found.title, _people(found.author), outlet, found.date, _language(tree), url)


def _people(author: str | None) -> str | None:
    """Return the names of the authors, None where what is given is no name: an address, a sentence."""
    if not author or len(author) > _LONGEST_AUTHOR or "://" in author or not any(map(str.isalpha, author)):
        return None
    return " and ".join(name.strip() for name in author.split(";") if name.strip())


def _language(tree: HtmlElement) -> str | None:
    """Return the language that the page is marked with."""
    stated = [tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang"), tree.get("xml:lang")]
    for meta in tree.iter("meta"):
        name = (meta.get("http-equiv") or meta.get("property") or meta.get("name") or "").lower()
        if name in {"content-language", "og:locale", "language", "dc.language"}:
            stated.append(meta.get("content"))
    matches = (_LANGUAGE.match(value.strip()) for value in stated if value)
    return next((match.group(1).lower() for match in matches if match), None)
