"""What an office file says of itself in its properties: believed only where its text says nothing, and sensible."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.errors import SourceError
from rag.sources.dates import parse_date
from rag.sources.formats.archives import GuardedZip
from rag.sources.formats.composing import clean
from rag.sources.formats.office.office import local_name
from rag.sources.formats.safe_xml import parse_xml
from rag.types import BlockKind, Document

_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel) - .*|(?:powerpoint|power point) presentation|(?:word )?document ?\d*|"
    r"(?:präsentation|presentation|présentation|slide|folie) ?\d*|untitled.*|no title|title|template|.*\.\w{3,4})",
    re.IGNORECASE,
)
"""What programs put there by themselves."""
_NO_AUTHOR = re.compile(
    r"(?:windows|microsoft)(?: office)? user|(?:default )?user\d*|owner|admin(?:istrator)?|author|unknown|anonymous|"
    r"win|pc|hp|dell|home|office|localadmin|root|[\w.]+@[\w.]+|.*\b(?:python|java|php|ruby|npoi|openpyxl|apache|aspose|"
    r"pandoc|libreoffice|openoffice|docx|pptx|xlsx)\b.*",
    re.IGNORECASE,
)
"""Names of accounts as they are delivered, and of the programs that made a file."""
_ACCOUNT = re.compile(r"[a-z0-9._-]+")
_TEMPLATES = frozenset({"2013-12-23", "2013-01-27"})
"""When the templates were made from which common programs make their documents and presentations."""
_SHORTEST_TITLE = 4
_ZONE = 16
"""Blocks from the top."""
_TITLES = frozenset({BlockKind.HEADING, BlockKind.META})


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of an office file, as they stand there."""

    title: str = ""
    author: str = ""
    created: str = ""
    modified: str = ""


def core_properties(archive: GuardedZip) -> Properties:
    """Return the properties of a DOCX, PPTX or XLSX file, or of an ODF one; empty ones where they are missing."""
    name = next((name for name in ("docProps/core.xml", "meta.xml") if name in archive), None)
    if name is None:
        return Properties()
    try:
        root = parse_xml(archive.read(name))
    except SourceError:
        return Properties()
    words = {local_name(node): node.text or "" for node in root.iter() if node.text and node.text.strip()}
    return Properties(
        title=words.get("title", ""),
        author=words.get("creator", "") or words.get("initial-creator", ""),
        created=words.get("created", "") or words.get("creation-date", ""),
        modified=words.get("modified", "") or words.get("date", ""),
    )


def with_properties(document: Document, properties: Properties) -> Document:
    """Return a document with what its text does not say taken from its properties, where they are sensible.

    The date is that of the last change, else that of making.
    """
    author = " ".join(clean(properties.author).split())
    dates = [parse_date(each) for each in (properties.modified, properties.created)]
    title = " ".join(clean(properties.title).split())
    better = len(title) >= _SHORTEST_TITLE and not _NO_TITLE.fullmatch(title) and not _states_title(document)
    return replace(
        document,
        title=title if better else document.title,
        titled=better or document.titled,
        author=document.author or (author if author and not _is_account(author) else None),
        date=document.date or next((date for date in dates if date and date not in _TEMPLATES), None),
    )


def _is_account(author: str) -> bool:
    """Say whether the author is an account or a program rather than a person: `ibays`, `Windows User`."""
    return bool(_NO_AUTHOR.fullmatch(author) or _ACCOUNT.fullmatch(author))


def _states_title(document: Document) -> bool:
    """Say whether the title of a document stands in its text as a line of its own."""
    lines = (document.text[block.start : block.end] for block in document.blocks[:_ZONE] if block.kind in _TITLES)
    return any(" ".join(line.split()) == document.title for line in lines)
