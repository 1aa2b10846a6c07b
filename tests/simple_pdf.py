"""A PDF with lines of text, made from nothing but the specification (ISO 32000-1), for tests of pages and places."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT = 600, 800
LEFT, TOP, LEADING, SIZE = 60, 700, 40, 12
"""In points; the first line stands on `TOP`, counted from the foot of the page."""


def make_pdf(*pages: Sequence[str]) -> bytes:
    """Make a PDF with a page for each list of lines, set in Helvetica."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} /MediaBox [0 0 {WIDTH} {HEIGHT}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        drawn = "\n".join(_line(at, words) for at, words in enumerate(lines))
        resources = "<< /Font << /F 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /Resources {resources} /Contents {5 + 2 * number} 0 R >>")
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    return write_objects(objects)


def _line(at: int, words: str) -> str:
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F {SIZE} Tf {LEFT} {TOP - at * LEADING} Td ({escaped}) Tj ET"


def write_objects(objects: Sequence[str | bytes], info: str = "") -> bytes:
    """Put objects together, numbered from 1, with the table that says where each begins; the first is the catalog."""
    body, starts = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        starts.append(len(body))
        written = content.encode("latin-1") if isinstance(content, str) else content
        body += f"{number} 0 obj\n".encode() + written + b"\nendobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {info} >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")
