"""Files that carry an attack where everybody sees it: one maker a format, all of a title and paragraphs."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Sequence
from email.message import EmailMessage

from pptx import Presentation
from pptx.util import Inches

from tests.office_files import archive, docx, paragraph, xlsx
from tests.pdf_pages import Sheet, lines, make

Maker = Callable[[str, Sequence[str]], bytes]
"""From a title and paragraphs to a file."""

OFFICE_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0x7F, 0xA0)], "�")
"""XML cannot hold control characters."""


def escaped(text: str) -> str:
    """Return a text as XML can hold it."""
    return html.escape(text.translate(OFFICE_CONTROLS))


def plain(title: str, paragraphs: Sequence[str]) -> bytes:
    return "\n\n".join([title, *paragraphs, ""]).encode()


def markdown(title: str, paragraphs: Sequence[str]) -> bytes:
    return "\n\n".join([f"# {title}", *paragraphs, ""]).encode()


def page(title: str, paragraphs: Sequence[str]) -> bytes:
    body = "".join(f"<p>{escaped(each)}</p>" for each in paragraphs)
    name = escaped(title)
    return f"<html><head><title>{name}</title></head><body><h1>{name}</h1>{body}</body></html>".encode()


def word(title: str, paragraphs: Sequence[str]) -> bytes:
    return docx("".join(paragraph(escaped(each)) for each in (title, *paragraphs)))


def slides(title: str, paragraphs: Sequence[str]) -> bytes:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = title.translate(OFFICE_CONTROLS)
    for at, each in enumerate(paragraphs):
        box = slide.shapes.add_textbox(Inches(1), Inches(2 + at), Inches(8), Inches(1))
        box.text_frame.text = each.translate(OFFICE_CONTROLS).replace("\r", " ")
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


def sheet(title: str, paragraphs: Sequence[str]) -> bytes:
    rows: list[list[object]] = [["Subject", "Report"], *[[escaped(title), escaped(each)] for each in paragraphs]]
    return xlsx(rows)


def comma_separated(title: str, paragraphs: Sequence[str]) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target).writerows([["Subject", "Report"], *[[title, each] for each in paragraphs]])
    return target.getvalue().encode()


def collection(title: str, paragraphs: Sequence[str]) -> bytes:
    row = {"doc_id": "one", "title": title, "text": "\n\n".join(paragraphs)}
    return (json.dumps(row) + "\n").encode()


def mail(title: str, paragraphs: Sequence[str]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Harbour Office <office@harbour.example>", "all@harbour.example"
    message["Date"], message["Subject"] = "Mon, 02 Jun 2025 10:00:00 +0000", " ".join(title.split())
    message.set_content("\n\n".join(paragraphs))
    return bytes(message)


def portable(title: str, paragraphs: Sequence[str]) -> bytes:
    words = [line for each in paragraphs for line in (*_wrapped(each), "")]
    sheets = [words[at : at + 50] for at in range(0, len(words), 50)]
    first = [*lines(title, size=18), *lines(*sheets[0], down=100)]
    shown = [Sheet([word for word in first if word.text]), *[Sheet(lines(*rest)) for rest in sheets[1:]]]
    return make(*shown)


def _wrapped(text: str, width: int = 90) -> list[str]:
    """Return the lines of a paragraph, in the letters that the fonts have."""
    known = "".join(each if each.isprintable() else " " for each in text).encode("cp1252", "replace").decode("cp1252")
    found = [""]
    for each in known.split():
        if found[-1] and len(found[-1]) + len(each) >= width:
            found.append("")
        found[-1] = f"{found[-1]} {each}".strip()
    return found


def rich(title: str, paragraphs: Sequence[str]) -> bytes:
    shown = "".join(f"{{\\pard {_rich(each)}\\par}}" for each in (title, *paragraphs))
    return f"{{\\rtf1\\ansi {shown}}}".encode("ascii")


def _rich(text: str) -> str:
    kept = text.translate(OFFICE_CONTROLS)
    marked = "".join(f"\\{each}" if each in "\\{}" else each for each in kept)
    return "".join(each if each.isascii() else "".join(f"\\u{unit}?" for unit in _units(each)) for each in marked)


def _units(character: str) -> list[int]:
    data = character.encode("utf-16-le")
    numbers = [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]
    return [number - 65536 if number > 32767 else number for number in numbers]


def open_text(title: str, paragraphs: Sequence[str]) -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    body = "".join(f"<text:p>{escaped(each)}</text:p>" for each in paragraphs)
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:text="{names}:text:1.0"><office:body>'
        f'<office:text><text:h text:outline-level="1">{escaped(title)}</text:h>{body}</office:text></office:body>'
        "</office:document-content>"
    )
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


MAKERS: dict[str, Maker] = {
    "txt": plain,
    "md": markdown,
    "html": page,
    "docx": word,
    "pptx": slides,
    "xlsx": sheet,
    "csv": comma_separated,
    "jsonl": collection,
    "eml": mail,
    "pdf": portable,
    "rtf": rich,
    "odt": open_text,
}
RAW = ("txt", "md", "csv", "jsonl", "eml")
"""Formats that can hold control characters."""
