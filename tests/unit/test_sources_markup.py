"""E-books, rich text, reStructuredText, saved pages: exact documents from made-up files."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.sources.formats import RawFile, Reading, format_reader
from rag.types import Document
from tests.layouts import layout_of, require_sound
from tests.office_files import archive


def reading(name: str, data: bytes | str) -> Reading:
    raw = RawFile(name, data.encode() if isinstance(data, str) else data)
    reader = format_reader(raw.ending)
    assert reader is not None
    found = reader(raw)
    for document in found.documents:
        require_sound(document)
    assert reader(raw) == found
    return found


def read(name: str, data: bytes | str) -> Document:
    (document,) = reading(name, data).documents
    return document


# ---------------------------------------------------------------------- EPUB

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>The Bridge</dc:title><dc:creator>Jane Doe</dc:creator><dc:creator>John Roe</dc:creator>
<dc:publisher>River Press</dc:publisher><dc:date>2024-05-03</dc:date><dc:language>en-GB</dc:language></metadata>
<manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="one" href="text/one%20a.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text/two.xhtml" media-type="application/xhtml+xml"/>
<item id="p" href="p.png" media-type="image/png"/></manifest>
<spine><itemref idref="n"/><itemref idref="two"/><itemref idref="p"/><itemref idref="one"/>
<itemref idref="gone"/></spine></package>"""
XHTML = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'


def epub(**changed: str | bytes) -> bytes:
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": PACKAGE,
        "OEBPS/nav.xhtml": XHTML.format("<nav><ol><li>Contents</li></ol></nav>"),
        "OEBPS/text/one a.xhtml": XHTML.format("<h1>Later</h1><p>It fell&nbsp;down.</p>"),
        "OEBPS/text/two.xhtml": XHTML.format(
            "<h1>First</h1><p>It <i>stood</i>.</p><ul><li>Long</li></ul><p hidden=''>x</p>"
        ),
    }
    return archive(files | changed)


def test_a_book_is_read_in_the_order_of_its_spine() -> None:
    document = read("shelf/book.epub", epub())

    assert layout_of(document) == ["# First", "It stood.", "- Long", "# Later", "It fell down."]
    assert (document.title, document.author, document.outlet) == ("The Bridge", "Jane Doe and John Roe", "River Press")
    assert (document.date, document.language) == ("2024-05-03", "en")


def test_a_book_without_its_container_is_found_by_its_package() -> None:
    assert read("book.epub", epub(**{"META-INF/container.xml": "<container/>"})).title == "The Bridge"


def test_a_chapter_that_cannot_be_read_is_named_beside_the_others() -> None:
    found = reading("book.epub", epub(**{"OEBPS/text/two.xhtml": "<html><!-- no text --></html>"}))

    assert layout_of(found.documents[0]) == ["# Later", "It fell down."]
    assert found.skipped == ()
    broken = reading("book.epub", epub(**{"OEBPS/text/two.xhtml": "<b/>" * 5_000_001}))
    assert [(part.source, part.reason[:26]) for part in broken.skipped] == [
        ("book.epub#OEBPS/text/two.xhtml", "it has more than 5,000,000")
    ]


ENCRYPTION = '<encryption><EncryptedData><CipherReference URI="{}"/></EncryptedData></encryption>'


def test_a_protected_book_is_named_and_one_with_protected_fonts_is_read() -> None:
    protected = epub(**{"META-INF/encryption.xml": ENCRYPTION.format("OEBPS/text/two.xhtml")})
    with pytest.raises(SourceError, match="protected against copying: get a copy without"):
        reading("book.epub", protected)

    fonts = epub(**{"META-INF/encryption.xml": ENCRYPTION.format("OEBPS/font.otf")})
    assert read("book.epub", fonts).title == "The Bridge"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no archive", "it is not a real .epub file"),
        (archive({"a.txt": "x"}), "not a whole EPUB"),
        (epub(**{"OEBPS/book.opf": "<package/>"}), "not a whole EPUB"),
        (epub(**{"OEBPS/book.opf": "<package"}), "not well-formed XML"),
        (epub(**{"OEBPS/book.opf": '<!DOCTYPE a [<!ENTITY b "c">]><package>&b;</package>'}), "declares XML entities"),
        (epub(**{"OEBPS/text/one a.xhtml": "", "OEBPS/text/two.xhtml": ""}), "an EPUB without text"),
    ],
)
def test_a_book_that_is_none_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        reading("book.epub", data)


# ----------------------------------------------------------------------- RTF

RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 A;}{\f2\fcharset128 B;}}
{\stylesheet{\s0 Normal;}{\s1\b heading 1;}{\s2\outlinelevel1 Custom;}}{\*\generator Word;}
{\info{\title Caf\'e9 plans}{\author J\u246?rg Doe}{\creatim\yr2004\mo5\dy3\hr1}}{\header Page header\par}
\pard\s1 Opening words\par\pard\plain Caf\'e9 \u8364? and \f1\'cf\'f0\'e8\f0  \u-10179?\u-8703?{\*\odd ignored}{\v hid}
{\deleted gone}{\pict\bin7 {{\'{{}}it} cost.\par {\pntext\'b7\tab}One item\par
{\f2\'93\'fa\'96\'7b}{\field{\*\fldinst{HYPERLINK "http://x"}}{\fldrslt link}}{\footnote A note.} tail\line next\par
\trowd\intbl Year\cell Cost\cell\row\trowd\intbl 2020\cell 5\par million\cell\row\pard After it.\par
\pard\s2 Below\par\pard\ls1\ilvl1 Inner\par\pard end \{brace\} a\~b\_c\emdash d}"""


def test_rich_text() -> None:
    document = read("notes.rtf", RTF)

    assert layout_of(document) == [
        "@ Opening words",
        "Café € and При 😁it cost.",
        "- One item",
        "日本link tail\nnext",
        "| Year | Cost",
        "| Year: 2020 | Cost: 5 million",
        "After it.",
        "## Below",
        "  - Inner",
        "end {brace} a b-c—d",
        "A note.",
    ]
    assert (document.title, document.author, document.date) == ("Opening words", "Jörg Doe", "2004-05-03")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (rb"{\rtf1\mac caf\'8e}", "café"),
        (rb"{\rtf1\pc caf\'82}", "café"),
        (rb"{\rtf1\ansicpg1251 \'cf\'f0\'e8}", "При"),
        (rb"{\rtf1\ansi\uc2 \u8364\'80\'80 a \uc0\u8364 b}", "€ a €b"),
        (rb"{\rtf1 no end \par", "no end"),
        (rb"{\rtf1 }}}} after }", "after"),
        ("{\\rtf1\\ansi naïve – raw bytes}".encode("cp1252"), "naïve – raw bytes"),
    ],
)
def test_encodings_of_rich_text(data: bytes, text: str) -> None:
    assert read("a.rtf", data).text == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"plain text", "it is not RTF"),
        (rb"{\rtf1{\pict 00ff}}", "it has no text"),
        (rb"{\rtf1\bin999999999 x", "no text"),
    ],
)
def test_rich_text_without_text_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read("a.rtf", data)


# ---------------------------------------------------------- reStructuredText

RST = """
=====
Plans
=====

:Author: Jane Doe
:Date: 2024-05-03
:Version: 3

Intro *with* ``code``, :ref:`a label <x>`, :class:`~a.B` and `a link <http://x>`_ |today|.

.. |today| date:: %Y
.. comment

Bridge
------

* one
* two

  more of two

  - inner

term
    what it means

.. note:: Mind the gap.

.. versionadded:: 2.0
   :hidden: yes

   Something :doc:`new`.

.. toctree::
   a

.. csv-table:: Costs
   :header: "Year", "Cost"

   2020, 5

.. code-block:: python

   x = 1

| line one
| line two

Pillars
~~~~~~~

Seen [1]_.

.. [1] The note.
"""


def test_restructured_text() -> None:
    document = read("plans.rst", RST)

    assert layout_of(document) == [
        "@ Plans",
        "@ Author: Jane Doe",
        "@ Date: 2024-05-03",
        "Version: 3",
        "Intro with code, a label, a.B and a link (date).",
        "## Bridge",
        "- one",
        "- two",
        "more of two",
        "  - inner",
        "- term: what it means",
        "Mind the gap.",
        "2.0",
        "Something new.",
        "Costs",
        "| Year | Cost",
        "| Year: 2020 | Cost: 5",
        "` x = 1",
        "line one\nline two",
        "### Pillars",
        "Seen 1.",
        "The note.",
    ]
    assert (document.title, document.author, document.date) == ("Plans", "Jane Doe", "2024-05-03")


@pytest.mark.parametrize(
    "directive",
    [
        ".. include:: {}",
        ".. literalinclude:: {}",
        ".. raw:: html\n   :file: {}",
        ".. csv-table:: t\n   :file: {}",
        ".. csv-table:: t\n   :url: file://{}",
        ".. raw:: html\n\n   swordfish",
        ".. image:: {}",
        ".. figure:: {}\n   :figwidth: image",
    ],
)
def test_restructured_text_takes_in_no_other_file(directive: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("swordfish")

    assert "swordfish" not in read("a.rst", f"Seen.\n\n{directive.format(secret)}\n\nAlso seen.\n").text


def test_restructured_text_without_text_is_named() -> None:
    with pytest.raises(SourceError, match="no text in it"):
        read("a.rst", ".. only a comment\n")


# --------------------------------------------------------------------- MHTML

MHTML = """From: <Saved by Blink>
Snapshot-Content-Location: https://example.org/bridge
Content-Type: multipart/related; type="text/html"; boundary="----b"

------b
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable
Content-Location: cid:x

<html><body><h1>Br=FCcke</h1><p>Ein sch=F6ner =
Tag war es.</p></body></html>
------b
Content-Type: image/png
Content-Transfer-Encoding: base64

AAAA
------b--
"""


def test_a_page_saved_as_one_file() -> None:
    document = read("page.mhtml", MHTML.replace("\n", "\r\n"))

    assert layout_of(document) == ["@ Brücke", "Ein schöner Tag war es."]
    assert (document.title, document.url) == ("Brücke", "https://example.org/bridge")


@pytest.mark.parametrize("data", [b"x", b"Content-Type: text/html\r\n\r\n", b"Content-Type: text/plain\r\n\r\nx"])
def test_a_saved_file_without_a_page_is_named(data: bytes) -> None:
    with pytest.raises(SourceError, match="no web page in it"):
        read("page.mht", data)
