"""Reading pictures of pages by Tesseract, a program of the system's packages, where it is installed."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from functools import cache
from statistics import median
from typing import Any

from rag.sources.formats.pdf.picture import draw
from rag.sources.formats.pdf.words import Word

PROGRAM = "tesseract"
INSTALL = "install tesseract-ocr (Debian and Ubuntu: sudo apt-get install tesseract-ocr) to have scans read"
_DOTS = 300
"""Dots an inch at which pages are drawn, as Tesseract's documentation advises."""
_POINTS = 72
_SECONDS_A_PAGE = 60
_LEAST_CONFIDENCE = 30.0
"""Of 100. What Tesseract itself believes less is mostly specks and rules."""
_MOST_LANGUAGES = 4
_WORD_LEVEL = "5"


def ocr_program() -> str | None:
    """Return the path of Tesseract, None where it is not installed."""
    return shutil.which(PROGRAM)


def read_scan(program: str, page: Any) -> list[Word]:
    """Return the words that Tesseract finds on a pypdfium2 page, in its reading order.

    All are taken to be as high as most lines of the page: a box is as high as the letters that happen to be in it,
    which tells no headings. Empty where nothing is found, or where it takes longer than a minute.
    """
    command = [program, "stdin", "stdout", "-l", _languages(program), "--dpi", str(_DOTS), "--psm", "1", "tsv"]
    try:
        picture = draw(page, _DOTS / _POINTS)
        done = subprocess.run(command, input=picture, capture_output=True, check=False, timeout=_SECONDS_A_PAGE)
    except (OSError, subprocess.TimeoutExpired):
        return []
    if done.returncode != 0:
        return []
    width, height = page.get_size()
    return list(words_of(done.stdout.decode("utf-8", "replace"), width, height))


@cache
def _languages(program: str) -> str:
    """Return the languages that are installed, English first, as Tesseract takes them."""
    try:
        done = subprocess.run([program, "--list-langs"], capture_output=True, check=False, timeout=_SECONDS_A_PAGE)
    except (OSError, subprocess.TimeoutExpired):
        return "eng"
    names = done.stdout.decode("utf-8", "replace").split("\n")[1:]
    known = sorted({name.strip() for name in names} - {"", "osd", "equ"}, key=lambda name: (name != "eng", name))
    return "+".join(known[:_MOST_LANGUAGES]) or "eng"


def words_of(table: str, width: float, height: float) -> Iterator[Word]:
    """Yield the words of Tesseract's table for a page of so many points.

    It has a head, and one row for each page, block, paragraph, line and word; the page's own has the picture's size.
    """
    rows = list(csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE))
    across = max((int(row["left"]) + int(row["width"]) for row in rows), default=1) or 1
    down = max((int(row["top"]) + int(row["height"]) for row in rows), default=1) or 1
    found = [row for row in rows if row["level"] == _WORD_LEVEL and _is_read(row)]
    lines: dict[tuple[str, ...], tuple[int, int]] = {}
    for row in found:
        top, bottom = lines.get(_line(row), (down, 0))
        lines[_line(row)] = min(top, int(row["top"])), max(bottom, int(row["top"]) + int(row["height"]))
    usual = median(bottom - top for top, bottom in lines.values()) if lines else 0
    for row in found:
        top, bottom = lines[_line(row)]
        left, right = int(row["left"]), int(row["left"]) + int(row["width"])
        box = left / across, top / down, right / across, bottom / down
        middle, half = (box[1] + box[3]) / 2 * height, usual / down * height / 2
        text = unicodedata.normalize("NFC", row["text"].strip())
        yield Word(text, box[0] * width, middle - half, box[2] * width, middle + half, box)


def _is_read(row: dict[str, str]) -> bool:
    return bool((row["text"] or "").strip()) and float(row["conf"]) >= _LEAST_CONFIDENCE


def _line(row: dict[str, str]) -> tuple[str, ...]:
    return row["block_num"], row["par_num"], row["line_num"]
