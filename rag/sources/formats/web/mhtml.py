"""Web pages saved with their pictures in one file (MHTML, RFC 2557): the page is the first part that is HTML."""

from __future__ import annotations

from email import policy
from email.message import Message
from email.parser import BytesParser

from rag.errors import SourceError
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.web.html import page_document
from rag.sources.formats.web.html_tree import decode_page, parse_page

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_ADDRESSES = ("Snapshot-Content-Location", "Content-Location")
_NO_PAGE = "it has no web page in it: save the page again, as HTML or as one file"


def read_mhtml(raw: RawFile) -> Reading:
    """Read a saved page."""
    message = BytesParser(policy=policy.compat32).parsebytes(raw.data)
    page = next((part for part in message.walk() if part.get_content_type() in _PAGES), None)
    data = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(data, bytes) or not data.strip():
        raise SourceError(_NO_PAGE)
    tree = parse_page(decode_page(data, page.get_content_charset()))
    return Reading((page_document(raw, tree, _address(message, page)),))


def _address(*parts: Message) -> str | None:
    """Return where the page was saved from."""
    found = (str(part.get(name, "")).strip() for part in parts for name in _ADDRESSES)
    return next((address for address in found if address.startswith(("http://", "https://"))), None)
