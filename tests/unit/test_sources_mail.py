"""E-mails: headers, bodies in every shape and encoding, attachments, mails in mails, encryption."""

from __future__ import annotations

import contextlib
import struct
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources.formats import Reading
from rag.sources.formats.mail.eml import read_eml
from rag.sources.formats.mail.msg import read_msg
from rag.sources.formats.mail.outlook_rtf import words_of_compressed_rtf
from tests.compound_files import attachment, compound, message
from tests.office_files import blocks, docx, paragraph, raw

HEAD = "From: Ann Young <ann@example.org>\nTo: Ben <ben@example.org>\nDate: Mon, 2 May 2022 23:30:00 -0500\n"


def read(text: str | bytes, **limits: int) -> Reading:
    return read_eml(raw("m.eml", text.encode() if isinstance(text, str) else text, **limits))


def mail(subject: str = "Rooms", body: str = "The house has 40 rooms.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"], made["Date"] = (
        "Ann Young <ann@example.org>",
        subject,
        "Mon, 2 May 2022 23:30:00 -0500",
    )
    made.set_content(body)
    return made


def texts(reading: Reading) -> list[str]:
    return [text for document in reading.documents for _, _, text in blocks(document)]


def test_a_plain_mail() -> None:
    reading = read(
        HEAD + "Subject: The rooms\n\nThe house has\n40 rooms.\n\n> And how many doors?\n> None.\n\n- oak\n- elm\n"
    )
    (document,) = reading.documents
    assert (document.title, document.author, document.date) == ("The rooms", "Ann Young", "2022-05-02")
    assert blocks(document) == [
        ("meta", 0, "From: Ann Young <ann@example.org>"),
        ("meta", 0, "To: Ben <ben@example.org>"),
        ("meta", 0, "Date: Mon, 2 May 2022 23:30:00 -0500"),
        ("meta", 0, "Subject: The rooms"),
        ("paragraph", 0, "The house has\n40 rooms."),
        ("paragraph", 0, "> And how many doors?\n> None."),
        ("list_item", 0, "oak"),
        ("list_item", 0, "elm"),
    ]


def test_the_plain_text_goes_before_html_unless_it_is_none() -> None:
    both = mail()
    both.add_alternative("<p>The <b>house</b> has 40 rooms.</p>", subtype="html")
    assert texts(read(both.as_bytes()))[-1] == "The house has 40 rooms."
    excuse = mail(body="See HTML.")
    excuse.add_alternative(f"<p>{'The house has 40 rooms. ' * 9}</p><ul><li>oak</li></ul>", subtype="html")
    assert texts(read(excuse.as_bytes()))[-2:] == [("The house has 40 rooms. " * 9).strip(), "oak"]


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", "Grüße aus Köln".encode("cp1252"), "Grüße aus Köln"),
        ("iso-8859-1", "I’m here".encode("cp1252"), "I’m here"),
        ("iso-8859-1", "I’m here".encode(), "I’m here"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("windows-1251", "Какие-то слова".encode("cp1251"), "Какие-то слова"),
        ("no-such-charset", "Grüße".encode(), "Grüße"),
        ("iso-2022-jp", "部屋が四十".encode("iso2022_jp"), "部屋が四十"),
        ("utf-8", "Grüße aus Köln".encode("cp1252"), "Grüße aus Köln"),
    ],
)
def test_encodings(charset: str, data: bytes, text: str) -> None:
    head = f"{HEAD}MIME-Version: 1.0\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert texts(read(head.encode() + data))[-1] == text


def test_headers_in_every_spelling() -> None:
    sender, subject = "=?utf-8?B?SsO8cmdlbg==?= <j@example.org>", "=?iso-8859-1?Q?Gr=FC=DFe?=\n =?utf-8?Q?_an_alle?="
    reading = read(f"From: {sender}\nSubject: {subject}\n\nx\n")
    assert (reading.documents[0].title, reading.documents[0].author) == ("Grüße an alle", "Jürgen")
    assert read("From: Köln <k@example.org>\nSubject: Grüße\n\nx\n".encode()).documents[0].title == "Grüße"
    assert read("From: a@example.org\nDate: yesterday\n\nx\n").documents[0].date is None
    assert read("From: a@example.org\nSubject: =?utf-8?B?####?=\n\nx\n").documents[0].text.endswith("x")


def test_attachments_are_documents_of_their_own() -> None:
    made = mail()
    made.add_attachment("one,two\n1,2\n", subtype="csv", filename="table.csv")
    made.add_attachment(docx(paragraph("In the report.")), maintype="application", subtype="x", filename="a/b#c.docx")
    made.add_attachment("again", filename="note.txt")
    made.add_attachment("and again", filename="note.txt")
    made.add_attachment(b"\0\1\2" * 50, maintype="application", subtype="x", filename="data.bin")
    reading = read(made.as_bytes())
    assert [document.source for document in reading.documents] == [
        "m.eml", "m.eml#table.csv", "m.eml#a_b_c.docx", "m.eml#note.txt", "m.eml#note (2).txt",
    ]  # fmt: skip
    assert reading.documents[2].text == "In the report."
    assert [skipped.source for skipped in reading.skipped] == ["m.eml#data.bin"]


def test_pictures_and_signatures_inside_are_not_named() -> None:
    made = mail()
    made.add_alternative("<p>The house has 40 rooms.</p><img src='cid:a'>", subtype="html")
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png", cid="<a>", disposition="inline")
    made.add_attachment(b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    reading = read(made.as_bytes())
    assert (len(reading.documents), reading.skipped) == (1, ())


def test_other_forms_of_the_text_are_no_attachments() -> None:
    made = mail()
    made.add_alternative("<html amp4email>The house has 40 rooms.</html>", subtype="x-amp-html")
    made.add_alternative("BEGIN:VCALENDAR", subtype="calendar")
    reading = read(made.as_bytes())
    assert (len(reading.documents), reading.skipped) == (1, ())


def test_files_in_the_wrapping_of_outlook() -> None:
    attributes = [(0x9006, b"\1"), (0x9002, bytes(14)), (0x8010, b"note.txt\0"), (0x800F, b"In the wrapping.")]
    wrapped = struct.pack("<IH", 0x223E9F78, 1)
    for kind, content in attributes:
        wrapped += struct.pack("<BHHI", 2, kind, 6, len(content)) + content + b"\0\0"
    made = mail()
    made.add_attachment(wrapped + b"\2cut", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    reading = read(made.as_bytes())
    assert [(document.source, document.text) for document in reading.documents[1:]] == [
        ("m.eml#note.txt", "In the wrapping.")
    ]


def test_mails_in_mails_up_to_the_limit() -> None:
    inner = mail("level 4")
    for level in (3, 2, 1, 0):
        outer = mail(f"level {level}")
        outer.add_attachment(inner)
        inner = outer
    reading = read(inner.as_bytes(), depth=2)
    assert [document.title for document in reading.documents] == ["level 0", "level 1", "level 2"]
    assert [skipped.source.count("#") for skipped in reading.skipped] == [3]
    assert "wrapped in more than 2 other files" in reading.skipped[0].reason


def test_a_mail_without_text_still_says_what_its_header_says() -> None:
    assert texts(read("From: ann@example.org\nSubject: Call me\n\n")) == ["From: ann@example.org", "Subject: Call me"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("just some words\n\nand more", "no e-mail"),
        (HEAD + "Content-Type: application/pkcs7-mime; name=smime.p7m\n\nMIAG", "encrypted"),
        (
            HEAD + 'Content-Type: multipart/encrypted; boundary="b"\n\n--b\nContent-Type: text/plain\n\nx\n--b--',
            "encrypted",
        ),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(text)


@pytest.mark.parametrize(
    "broken",
    [
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nstill here",
        "Content-Type: multipart/mixed\n\nstill here",
        "Content-Type: text/plain; charset=\nContent-Transfer-Encoding: nonsense\n\nstill here",
        "Content-Transfer-Encoding: base64\n\nc3RpbGwgaGVyZQ=",
        "Content-Type: ; ; =\nContent-Disposition: ??\n\nstill here",
    ],
)
def test_broken_mails_are_read_as_far_as_they_go(broken: str) -> None:
    assert "still here" in read(HEAD + "MIME-Version: 1.0\n" + broken).documents[0].text


@settings(max_examples=150)
@given(st.data())
def test_damaged_mails_raise_nothing_else(data: st.DataObject) -> None:
    made = mail()
    made.add_alternative("<p>The house has 40 rooms.</p>", subtype="html")
    made.add_attachment("again", filename="note.txt")
    whole = bytearray(made.as_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SourceError):
        assert read(bytes(whole)) == read(bytes(whole))


# ------------------------------------------------------------ Outlook

SUBJECT, BODY, HTML, RTF, SENDER, ADDRESS, TO, SENT = 0x37, 0x1000, 0x1013, 0x1009, 0x0C1A, 0x5D01, 0x0E04, 0x39
MAY = (1_651_500_000 + 11_644_473_600) * 10**7


def read_outlook(tree: dict[str, object]) -> Reading:
    return read_msg(raw("m.msg", compound(tree)))  # type: ignore[arg-type]


def test_an_outlook_message() -> None:
    inner = message({SUBJECT: "The offer", BODY: "Ten pounds."}, header=24)
    values = {
        SUBJECT: "Rooms",
        BODY: "It has 40 rooms.\r\n",
        SENDER: "Ann Young",
        ADDRESS: "ann@example.org",
        SENT: MAY,
    }
    parts = [attachment("note.txt", b"See you."), attachment("The offer", inner), attachment("x.bin", b"\0\1" * 99)]
    reading = read_outlook(message({**values, TO: "Ben"}, parts))
    assert [(document.source, document.title) for document in reading.documents] == [
        ("m.msg", "Rooms"), ("m.msg#note.txt", "See you."), ("m.msg#The offer.msg", "The offer"),
    ]  # fmt: skip
    assert [skipped.source for skipped in reading.skipped] == ["m.msg#x.bin"]
    first = reading.documents[0]
    assert (first.author, first.date) == ("Ann Young", "2022-05-02")
    assert first.text.startswith("From: Ann Young <ann@example.org>\nTo: Ben\nDate: 2022-05-02")


def test_an_outlook_message_in_html_or_rich_text_alone() -> None:
    assert texts(read_outlook(message({SUBJECT: "S", HTML: b"<p>It has 40 rooms.</p>"})))[-1] == "It has 40 rooms."
    rtf = rb"{\rtf1 It has 40 rooms.}"
    packed = struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    assert texts(read_outlook(message({SUBJECT: "S", RTF: packed})))[-1] == "It has 40 rooms."


def test_compressed_rich_text() -> None:
    """The first example of [MS-OXRTFCP] section 4.1.1."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0".replace(
            " ", ""
        )
    )
    assert words_of_compressed_rtf(packed).strip() == "hello world"


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (message({BODY: ""}, [attachment("a", b"x", "application/pgp-encrypted")]), "encrypted"),
        ({"other": b"stream"}, "not a real .msg"),
        ({"__properties_version1.0": bytes(32) + struct.pack("<HHIQ", 0x1F, 0x37, 6, 9)}, "damaged"),
    ],
)
def test_outlook_files_that_are_refused(tree: dict[str, object], reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read_outlook(tree)


@settings(max_examples=100)
@given(st.data())
def test_damaged_outlook_messages_raise_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(compound(message({SUBJECT: "Rooms", BODY: "Forty."}, [attachment("a.txt", b"See you.")])))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SourceError):
        read_msg(raw("m.msg", bytes(whole)))
