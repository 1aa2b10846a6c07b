"""E-mails as they are sent: EML (RFC 5322, MIME). Broken ones are read as far as they go."""

from __future__ import annotations

import codecs
import email
import email.policy
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import cast

from rag.errors import SourceError
from rag.sources.decoding import decode
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.mail.messages import Attachment, Mail, read_mail
from rag.sources.formats.mail.tnef import attachments_of, is_tnef

_FAULTS = (MessageError, ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)
"""What the parser of the standard library raises on headers and parts that are broken."""
_HEADERS = ("from", "to", "subject", "date", "received", "message-id", "mime-version", "content-type", "return-path")
_SEALS = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})
_ENDINGS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "message/rfc822": ".eml",
}
ENCRYPTED = "it is encrypted: save a copy of it without encryption"


def read_eml(raw: RawFile) -> Reading:
    """Read an e-mail: its text with the lines of its header, and its attachments as documents of their own."""
    try:
        message = email.message_from_bytes(raw.data, policy=email.policy.default)
    except _FAULTS as error:
        raise SourceError("it is too broken to be read: save the e-mail again") from error
    if not any(name in message for name in _HEADERS):
        raise SourceError("it has no header, so it is no e-mail: save it again in the mail program, or rename it")
    parts = _Parts()
    parts.take(message)
    if parts.sealed and not (parts.plain or parts.html or parts.attachments):
        raise SourceError(ENCRYPTED)
    date_line = header(message, "date")
    return read_mail(
        raw,
        Mail(
            subject=header(message, "subject"),
            sender=header(message, "from"),
            receivers=header(message, "to"),
            copied=header(message, "cc"),
            date_line=date_line,
            date=iso_date(date_line),
            plain="\n\n".join(parts.plain),
            html="\n".join(parts.html),
            attachments=tuple(parts.attachments),
        ),
    )


def iso_date(line: str) -> str | None:
    """Return the ISO 8601 date of the date line of an e-mail, as the sender's clock had it; None where it is none."""
    try:
        return parsedate_to_datetime(line).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def header(message: Message, name: str) -> str:
    """Return the value of a header in characters, as far as they can be told."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name), "")
    line = _characters(str(raw)).replace("\r", "").replace("\n", "")
    try:
        return str(make_header(decode_header(line)))
    except _FAULTS:
        return line


def _characters(line: str) -> str:
    """Return a header that holds bytes beyond ASCII, which it must not, in characters."""
    try:
        data = line.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return line
    try:
        return decode(data) if not data.isascii() else line
    except SourceError:
        return data.decode("latin-1")


@dataclass(slots=True)
class _Parts:
    """What the parts of a message are."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    sealed: bool = False

    def take(self, part: Message, within: frozenset[str] = frozenset()) -> None:
        """Sort in a part, and what is in it; `within` are the kinds of the parts that it is in."""
        kind = part.get_content_type()
        if kind in _SEALED:
            self.sealed = True
        elif kind == "message/rfc822":
            self._attach(part, _inner(part))
        elif part.is_multipart():
            for inner in cast("list[Message]", part.get_payload()):
                self.take(inner, within | {kind})
        elif kind.startswith("multipart/"):  # one that does not say where its parts begin
            self.plain.append(str(part.get_payload()).encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        elif kind in {"text/plain", "text/html"} and not _is_attached(part):
            (self.plain if kind == "text/plain" else self.html).append(_text(part))
        elif not (kind in _SEALS or _is_shown_inside(part, within) or _is_other_form(part, within)):
            self._attach(part, _bytes(part))

    def _attach(self, part: Message, data: bytes) -> None:
        kind = part.get_content_type()
        name = _file_name(part) or f"attachment{_ENDINGS.get(kind, '')}"
        if kind == "message/rfc822" and not name.lower().endswith(".eml"):
            name = f"{name}.eml"
        inner = attachments_of(data) if is_tnef(data) else []
        self.attachments += inner or [Attachment(name, data, kind)]


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _is_other_form(part: Message, within: frozenset[str]) -> bool:
    """Say whether a part is one more form of the text, for programs that show it: AMP, enriched text, an invitation."""
    return "multipart/alternative" in within and part.get_content_maintype() == "text" and not _is_attached(part)


def _is_shown_inside(part: Message, within: frozenset[str]) -> bool:
    """Say whether a part is a picture that its HTML text shows."""
    inside = "multipart/related" in within or part.get("content-id") or part.get_content_disposition() == "inline"
    return part.get_content_maintype() == "image" and bool(inside)


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
        return str(make_header(decode_header(_characters(name))))
    except _FAULTS:
        return ""


def _inner(part: Message) -> bytes:
    """Return the bytes of a message that is attached whole."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, Message):
        return _bytes(part)
    try:
        return inner.as_bytes(policy=email.policy.compat32)
    except _FAULTS:
        return inner.as_string(policy=email.policy.compat32).encode("utf-8", "surrogateescape")


def _bytes(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except _FAULTS:
        data = None
    return data if isinstance(data, bytes) else b""


def _text(part: Message) -> str:
    """Return the text of a part: UTF-8 where it is that, else by the encoding that it states, else by the likeliest.

    What is well-formed UTF-8 beyond ASCII is nothing else, whatever a mailing list made of the header.
    """
    data = _bytes(part)
    stated = (part.get_content_charset() or "utf-8").replace("iso-8859-1", "windows-1252")
    for encoding in (stated,) if _is_wide(data) else ("utf-8", stated):
        try:
            return data.decode(codecs.lookup(encoding).name)
        except (LookupError, ValueError):
            continue
    try:
        return decode(data)
    except SourceError:
        return data.decode("latin-1")


def _is_wide(data: bytes) -> bool:
    """Say whether ASCII stands for something else in a text: UTF-16, or one that shifts (ISO-2022-JP, UTF-7)."""
    return b"\0" in data or b"\x1b" in data or data.isascii()
