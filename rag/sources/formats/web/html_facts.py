"""What a web page says of itself in its head: title, author, outlet, date, language, address."""

from __future__ import annotations

import re

from lxml.html import HtmlElement
from trafilatura.metadata import extract_metadata

from rag.sources.bylines import Facts, language_code

_LATEST_DATE = "2099-12-31"
"""Fixed, so that the same page has the same date in any year that it is read in."""
_COPYRIGHT = re.compile(r"©|\(c\)|\bcopyright\b", re.I)
_BY = re.compile(r"^(?:By|BY|Par|Por|Von|Door|Av|Di)\s+(?=[^\W\d_a-z])")
_NOBODY = frozenset({"no author", "unknown author", "unknown", "anonymous", "author", "admin", "none"})
_LONGEST_AUTHOR, _LONGEST_OUTLET = 120, 80


def page_facts(tree: HtmlElement) -> Facts:
    """Return the facts. The date is one that the page's markup or address states, never one guessed from its text."""
    settings = {"original_date": True, "extensive_search": False, "max_date": _LATEST_DATE}
    found = extract_metadata(tree, date_config=settings, extensive=False)
    url = found.url if found.url and found.url.startswith(("http://", "https://")) else None
    outlet = _outlet(found.sitename, found.title) or found.hostname
    return Facts(found.title, _people(found.author, outlet), outlet, found.date, _language(tree), url)


def _outlet(name: str | None, title: str | None) -> str | None:
    """Return the name of the site, None where what is given is an address, a date or the title of the page."""
    bare = _COPYRIGHT.split(name or "", maxsplit=1)[0].strip(" -|,")
    if not any(map(str.isalpha, bare)) or "://" in bare or len(bare) > _LONGEST_OUTLET or bare == title:
        return None
    return bare


def _people(author: str | None, outlet: str | None) -> str | None:
    """Return the names of the authors, None where what is given is no name: an address, a sentence, the outlet."""
    if not author or len(author) > _LONGEST_AUTHOR or "://" in author or author.lower() in _NOBODY:
        return None
    if not any(map(str.isalpha, author)) or _letters(author) == _letters(outlet or ""):
        return None
    return " and ".join(filter(None, (_BY.sub("", name.strip()) for name in author.split(";")))) or None


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _language(tree: HtmlElement) -> str | None:
    """Return the language that the page is marked with."""
    stated = [tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang"), tree.get("xml:lang")]
    for meta in tree.iter("meta"):
        name = (meta.get("http-equiv") or meta.get("property") or meta.get("name") or "").lower()
        if name in {"content-language", "og:locale", "language", "dc.language"}:
            stated.append(meta.get("content"))
    return next(filter(None, map(language_code, stated)), None)
