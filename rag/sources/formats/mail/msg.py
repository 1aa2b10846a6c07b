"""E-mails as Outlook saves them: MSG ([MS-OXMSG], the properties by python-oxmsg)."""

from __future__ import annotations

import email
import io
import struct
from collections.abc import Iterator

from olefile import OleFileIO
from oxmsg.domain import constants
from oxmsg.properties import Properties
from oxmsg.storage import Storage

from rag.errors import SourceError
from rag.sources.formats.archives import COMPOUND, DAMAGED
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.mail.eml import ENCRYPTED, header, iso_date
from rag.sources.formats.mail.messages import Attachment, Mail, read_mail
from rag.sources.formats.mail.outlook_rtf import words_of_compressed_rtf

_FAULTS = (
    *(OSError, struct.error, ValueError, LookupError, AttributeError, TypeError),
    *(AssertionError, OverflowError, RecursionError),
)
"""What the libraries raise on files that are damaged."""
_HEADER, _INNER_HEADER = 32, 24
"""Bytes before the properties of a message, and of one within another ([MS-OXMSG] 2.4.1)."""
_ATTACHMENT_HEADER = 8
_PROPERTIES = "__properties_version1.0"
_INNER_MESSAGE = "__substg1.0_3701000D"
_SEALED = ("pgp-encrypted", "pkcs7-mime")
_DEEPEST = 10


def read_msg(raw: RawFile) -> Reading:
    """Read an Outlook message: its text with the lines of its header, and its attachments as documents of their own."""
    if not raw.data.startswith(COMPOUND):
        raise SourceError("it is not a real .msg file: save it again in Outlook")
    try:
        with OleFileIO(io.BytesIO(raw.data)) as compound:
            storage = Storage.from_ole(compound)
        if all(stream.name != _PROPERTIES for stream in storage.streams):
            raise SourceError("it is not a real .msg file: save it again in Outlook")
        mail = _mail(storage, _HEADER)
    except _FAULTS as error:
        raise SourceError(DAMAGED) from error
    return read_mail(raw, mail)


def _mail(storage: Storage, offset: int, depth: int = 0) -> Mail:
    properties = Properties(storage, properties_header_offset=offset)
    attachments = tuple(_attachments(storage, depth))
    plain, html = _words(properties, constants.PID_BODY), _html(properties)
    if not (plain.strip() or html.strip()):
        if any(kind in attachment.kind for kind in _SEALED for attachment in attachments):
            raise SourceError(ENCRYPTED)
        plain = _rich_words(properties)
    sent = email.message_from_string(_words(properties, constants.PID_TRANSPORT_MESSAGE_HEADERS))
    date_line = header(sent, "date") or _date(properties)
    return Mail(
        subject=_words(properties, constants.PID_SUBJECT),
        sender=header(sent, "from") or _sender(properties),
        receivers=_words(properties, constants.PID_DISPLAY_TO),
        copied=_words(properties, constants.PID_DISPLAY_CC),
        date_line=date_line,
        date=iso_date(date_line) or date_line[:10] or None,
        plain=plain,
        html=html,
        attachments=attachments,
    )


def _words(properties: Properties, identifier: int) -> str:
    return (properties.str_prop_value(identifier) or "").replace("\0", "")


def _rich_words(properties: Properties) -> str:
    """Return the words of the body in rich text; empty where there are none: its header is worth reading then, too."""
    data = properties.binary_prop_value(constants.PID_RTF_COMPRESSED)
    try:
        return words_of_compressed_rtf(data) if data else ""
    except SourceError:
        return ""


def _html(properties: Properties) -> str:
    data = properties.binary_prop_value(constants.PID_HTML)
    if data is None:
        return _words(properties, constants.PID_BODY_HTML)
    return data.decode(properties.body_encoding, "replace")


def _sender(properties: Properties) -> str:
    name = _words(properties, constants.PID_SENDER_NAME).strip()
    address = _words(properties, constants.PID_SENDER_SMTP_ADDRESS) or _words(
        properties, constants.PID_SENDER_EMAIL_ADDRESS
    )
    if "@" not in address:
        return name
    return f"{name} <{address}>" if name and name != address else address


def _date(properties: Properties) -> str:
    """Return when the message was sent, else delivered, as ISO 8601 in UTC; empty where it says neither."""
    for identifier in (constants.PID_CLIENT_SUBMIT_TIME, constants.PID_MESSAGE_DELIVERY_TIME):
        sent = properties.date_prop_value(identifier)
        if sent is not None:
            return sent.isoformat(" ", "minutes")
    return ""


def _attachments(storage: Storage, depth: int) -> Iterator[Attachment]:
    for part in storage.iter_attachment_storages():
        properties = Properties(part, properties_header_offset=_ATTACHMENT_HEADER)
        name = _words(properties, constants.PID_ATTACH_LONG_FILENAME) or _words(
            properties, constants.PID_ATTACH_FILENAME
        )
        kind = _words(properties, constants.PID_ATTACH_MIME_TAG).lower()
        inner = next((each for each in part.storages if each.name == _INNER_MESSAGE), None)
        if inner is not None and depth < _DEEPEST:
            title = name or _words(properties, constants.PID_DISPLAY_NAME)
            yield Attachment(f"{title.removesuffix('.msg')}.msg", _mail(inner, _INNER_HEADER, depth + 1), kind)
        elif not (kind.startswith("image/") and _words(properties, constants.PID_ATTACH_CONTENT_ID)):
            data = properties.binary_prop_value(constants.PID_ATTACH_DATA_BINARY)
            yield Attachment(name, data or b"", kind)
