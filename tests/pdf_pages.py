"""PDF files with words set where a test wants them, made from nothing but the specification (ISO 32000-1)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from tests.simple_pdf import write_objects

WIDTH, HEIGHT = 600, 800
MARGIN = 60
_FONTS = {"regular": "Helvetica", "bold": "Helvetica-Bold", "italic": "Helvetica-Oblique"}


@dataclass(frozen=True, slots=True)
class Words:
    """Words set at a place: from the left, and from the top down to the line that they stand on, in points."""

    text: str
    left: float = MARGIN
    down: float = MARGIN
    size: float = 10
    font: str = "regular"
    quarters: int = 0
    """Quarter turns to the left."""
    invisible: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that fills its page: grey values, row by row from the top."""

    width: int
    height: int
    values: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be made."""

    words: Sequence[Words] = ()
    picture: Picture | None = None
    rotated: int = 0
    """Degrees to the right by which viewers turn it."""
    crop: tuple[float, float, float, float] | None = None
    """The part that is shown: left, bottom, right, top."""


def lines(*texts: str, left: float = MARGIN, down: float = MARGIN, step: float = 12, **style: object) -> list[Words]:
    """Return lines of text, one below the other."""
    return [Words(text, left, down + at * step, **style) for at, text in enumerate(texts)]  # type: ignore[arg-type]


def table(rows: Iterable[Sequence[str]], columns: Sequence[float], down: float, step: float = 14) -> list[Words]:
    """Return the cells of a table, each at the left of its column."""
    return [
        Words(cell, columns[column], down + at * step)
        for at, row in enumerate(rows)
        for column, cell in enumerate(row)
        if cell
    ]


def make(*sheets: Sheet, info: Mapping[str, str] | None = None, language: str = "") -> bytes:
    """Make a PDF of the sheets."""
    kids = " ".join(f"{10 + 3 * at} 0 R" for at in range(len(sheets)))
    stated = " ".join(f"/{key} {_string(value)}" for key, value in (info or {}).items())
    objects: list[str | bytes] = [
        f"<< /Type /Catalog /Pages 2 0 R {f'/Lang ({language})' if language else ''} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} /MediaBox [0 0 {WIDTH} {HEIGHT}] >>",
        *(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
            for name in _FONTS.values()
        ),
        f"<< {stated} >>",
        *["null"] * 3,
    ]
    for at, sheet in enumerate(sheets):
        objects += _page(sheet, 11 + 3 * at)
    return write_objects(objects, info="/Info 6 0 R")


def _page(sheet: Sheet, contents: int) -> list[str | bytes]:
    """Return a page, its contents, and its picture."""
    fonts = " ".join(f"/{name} {3 + at} 0 R" for at, name in enumerate(_FONTS))
    resources = f"<< /Font << {fonts} >> /XObject << /Scan {contents + 1} 0 R >> >>"
    crop = f"/CropBox [{' '.join(map(str, sheet.crop))}]" if sheet.crop else ""
    drawn = "\n".join(map(_drawn, sheet.words)).encode("cp1252")
    if sheet.picture:
        drawn = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Scan Do Q\n".encode() + drawn
    return [
        f"<< /Type /Page /Parent 2 0 R /Rotate {sheet.rotated} {crop} /Resources {resources} "
        f"/Contents {contents} 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        _image(sheet.picture) if sheet.picture else "null",
    ]


def _drawn(words: Words) -> str:
    turn = {0: "1 0 0 1", 1: "0 1 -1 0", 2: "-1 0 0 -1", 3: "0 -1 1 0"}[words.quarters]
    place = f"{turn} {words.left} {HEIGHT - words.down} Tm"
    return f"BT /{words.font} {words.size} Tf {3 if words.invisible else 0} Tr {place} {_string(words.text)} Tj ET"


def _image(picture: Picture) -> bytes:
    data = zlib.compress(picture.values)
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} /ColorSpace /DeviceGray "
        f"/BitsPerComponent 8 /Filter /FlateDecode /Length {len(data)} >>\nstream\n"
    )
    return head.encode() + data + b"\nendstream"


def _string(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped})"


def encrypted(data: bytes, password: str, algorithm: str) -> bytes:
    """Return a PDF encrypted: `password` empty opens for everybody, `algorithm` as pypdf names it (`AES-256`)."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()
