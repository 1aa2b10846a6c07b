"""Reading pictures of pages by Tesseract, a program of the system's packages, where it is installed."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

PROGRAM = "tesseract"
INSTALL = "install tesseract-ocr (Debian and Ubuntu: sudo apt-get install tesseract-ocr) to have scans read"
_SECONDS_A_PAGE = 60
_LEAST_CONFIDENCE = 30.0
"""Of 100. What Tesseract itself believes less is mostly specks and rules."""
_WORD_LEVEL = "5"


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word that was read: its box in pixels from the top left corner, and the line that it stands on."""

    text: str
    left: int
    top: int
    width: int
    height: int
    line: tuple[str, str, str]
    """Numbers of the block, the paragraph and the line on the page."""


def ocr_program() -> str | None:
    """Return the path of Tesseract, None where it is not installed."""
    return shutil.which(PROGRAM)


def read_picture(program: str, picture: bytes) -> list[ReadWord] | None:
    """Return the words of a picture in reading order, in the languages installed as its default.

    None where it could not be read, or took longer than a minute.
    """
    command = [program, "stdin", "stdout", "--psm", "1", "tsv"]
    try:
        done = subprocess.run(command, input=picture, capture_output=True, check=False, timeout=_SECONDS_A_PAGE)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    return list(_words(done.stdout.decode("utf-8", "replace")))


def _words(table: str) -> Iterator[ReadWord]:
    """Yield the words of Tesseract's table, which has a head and one row for each block, paragraph, line and word."""
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row.get("level") != _WORD_LEVEL or not text or float(row["conf"]) < _LEAST_CONFIDENCE:
            continue
        box = (int(row["left"]), int(row["top"]), int(row["width"]), int(row["height"]))
        yield ReadWord(text, *box, (row["block_num"], row["par_num"], row["line_num"]))
