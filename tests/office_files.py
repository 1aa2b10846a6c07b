"""Office files made up for the tests: the smallest archives that programs would write."""

from __future__ import annotations

import io
import zipfile

from rag.sources.formats import RawFile, ReadingLimits
from rag.types import Document

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def archive(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP archive of `files`; the same files give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as opened:
        for name, data in files.items():
            opened.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


def raw(name: str, data: bytes, **limits: int) -> RawFile:
    """Return a file to be read."""
    return RawFile(name, data, ReadingLimits(**limits))


def docx(body: str, **parts: str) -> bytes:
    """Return a Word document; `parts` are files beside it (`styles`, `footnotes`), or `core`, its properties."""
    files: dict[str, str | bytes] = {"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"}
    for name, content in parts.items():
        files["docProps/core.xml" if name == "core" else f"word/{name}.xml"] = content
    return archive(files)


def paragraph(text: str, properties: str = "") -> str:
    """Return a paragraph of a Word document."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def blocks(document: Document) -> list[tuple[str, int, str]]:
    """Return the kind, level and text of each block."""
    return [(block.kind.value, block.level, document.text[block.start : block.end]) for block in document.blocks]


def column(at: int) -> str:
    """Return the letters of a column, counted from 0."""
    return (column(at // 26 - 1) if at > 25 else "") + chr(ord("A") + at % 26)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def xlsx(*sheets: list[list[object]], hidden: int = 0) -> bytes:
    """Return a spreadsheet of numbers and words, its sheets named S1, S2, …; the last ones are `hidden`."""
    numbers = range(1, len(sheets) + 1)
    states = ["hidden" if number > len(sheets) - hidden else "visible" for number in numbers]
    listed = "".join(
        f'<sheet name="S{number}" sheetId="{number}" state="{state}" r:id="r{number}"/>'
        for number, state in zip(numbers, states, strict=True)
    )
    links = "".join(_link(f"r{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers)
    files: dict[str, str | bytes] = {
        "_rels/.rels": _links(_link("r", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(links),
    }
    for number, rows in zip(numbers, sheets, strict=True):
        files[f"xl/worksheets/sheet{number}.xml"] = sheet(rows)
    return archive(files)


def _link(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{RELATION}/{kind}" Target="{target}"/>'


def _links(links: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'


def sheet(rows: list[list[object]]) -> str:
    """Return the XML of a sheet."""
    lines = ""
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{column(at)}{number}", value) for at, value in enumerate(row))
        lines += f'<row r="{number}">{cells}</row>'
    return f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _cell(place: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'
