"""Messages: what e-mails of every format have in common, composed, with their attachments as documents of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.utils import parseaddr
from pathlib import PurePosixPath

from lxml import etree

from rag.errors import SourceError
from rag.sources.blocks import layout
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer, clean
from rag.sources.formats.web.html_blocks import compose_html
from rag.sources.formats.web.html_tree import body_of, drop_hidden, drop_unshown, parse_page, words_of
from rag.types import BlockKind, Document, Skipped

_LONGEST_NAME = 120
_FEWEST_WORDS_SHARE = 0.2
"""A plain text with a smaller share of the words of its HTML is no version of it, but a note that there is one."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\#\ud800-\udfff]+")
_QUOTE_MARKS = re.compile(r"(?:>[ \t]?)+$")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, or a message, that is attached to a message."""

    name: str
    content: bytes | Mail
    kind: str = ""
    """The media type, as far as it is stated."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as its format tells it."""

    subject: str = ""
    sender: str = ""
    """As it is written: name and address."""
    receivers: str = ""
    copied: str = ""
    date_line: str = ""
    """The date as it is written."""
    date: str | None = None
    """ISO 8601 date."""
    plain: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = field(default=())


def read_mail(raw: RawFile, mail: Mail) -> Reading:
    """Return the document of a message, and those of its attachments.

    An attachment is `FILE#NAME`; one that cannot be read is named as skipped.
    """
    documents = [_document(raw, mail)]
    skipped: list[Skipped] = []
    for name, content in _named(mail.attachments):
        source = f"{raw.source}#{name}"
        try:
            reading = _read_attachment(replace(raw, source=source, depth=raw.depth + 1), content)
        except SourceError as error:
            skipped.append(Skipped(source, str(error)))
        else:
            documents.extend(reading.documents)
            skipped.extend(reading.skipped)
    return Reading(tuple(documents), tuple(skipped))


def _read_attachment(raw: RawFile, content: bytes | Mail) -> Reading:
    from rag.sources.reading import read_raw  # it imports the formats

    if raw.depth > raw.limits.depth:
        raise SourceError(f"it is wrapped in more than {raw.limits.depth} other files: save it as a file of its own")
    if isinstance(content, Mail):
        return read_mail(raw, content)
    return read_raw(replace(raw, data=content))


def _named(attachments: tuple[Attachment, ...]) -> Iterator[tuple[str, bytes | Mail]]:
    """Yield the attachments with names that can stand in the name of a document, each of them once."""
    taken: set[str] = set()
    for attachment in attachments:
        plain = " ".join(_UNSAFE.sub("_", clean(attachment.name)).split()) or "attachment"
        path = PurePosixPath(plain)
        stem = path.stem[:_LONGEST_NAME]
        name, number = f"{stem}{path.suffix}", 1
        while name in taken:
            number += 1
            name = f"{stem} ({number}){path.suffix}"
        taken.add(name)
        yield name, attachment.content


# ------------------------------------------------------------ the message itself


def _document(raw: RawFile, mail: Mail) -> Document:
    composer = Composer()
    for label, value in (
        ("From", mail.sender),
        ("To", mail.receivers),
        ("Cc", mail.copied),
        ("Date", mail.date_line),
        ("Subject", mail.subject),
    ):
        if value.strip():
            composer.add(BlockKind.META, f"{label}: {' '.join(value.split())}", separator="\n")
    page, hidden = _page(mail.html)
    composer.hidden += hidden
    if page is not None and len(mail.plain.split()) <= _FEWEST_WORDS_SHARE * len(words_of(page).split()):
        compose_html(page, composer)
    else:
        _compose_plain(composer, mail.plain)
    if not composer.length:
        raise SourceError("it has neither a header nor a text: remove it")
    return composer.document(
        raw.source,
        fallback_title=raw.stem,
        title=mail.subject,
        author=_name_of(mail.sender),
        date=mail.date,
        read_facts=False,
    )


def _name_of(sender: str) -> str:
    """Return the name of a sender, or, where there is none, the address."""
    name, address = parseaddr(" ".join(clean(sender).split()))
    quoted = len(name) > 1 and name[0] == name[-1] == "'"
    return (name[1:-1] if quoted else name) or address or sender


def _compose_plain(composer: Composer, text: str) -> None:
    """Add the blocks of a plain text, in which a blank line ends a paragraph; quoted lines keep their marks."""
    text = _clean_lines(text)
    for block in layout(text, markdown=True):
        start = block.start
        if block.kind is BlockKind.PARAGRAPH:
            line = text[text.rfind("\n", 0, start) + 1 : start]
            start -= len(match.group()) if (match := _QUOTE_MARKS.search(line)) else 0
        kind = BlockKind.PARAGRAPH if block.kind is BlockKind.META else block.kind
        separator = "\n" if kind in {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW} else "\n\n"
        composer.add(kind, text[start : block.end], block.level, separator)


def _clean_lines(text: str) -> str:
    r"""Return a text with `\n` as its only line end and no halves of characters."""
    return text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _page(source: str) -> tuple[etree._Element | None, int]:
    """Return an HTML text as a tree without what it does not show, None where it has no words.

    With it comes how many stretches of hidden text were taken out.
    """
    if not source.strip():
        return None, 0
    try:
        tree = parse_page(_clean_lines(source))
    except SourceError:
        return None, 0
    hidden = drop_hidden(tree)
    drop_unshown(tree)
    body = body_of(tree)
    return (body if words_of(body) else None), hidden
