"""Tables in plain text: CSV, TSV, and the like with other delimiters."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from typing import Literal

from rag.errors import SourceError
from rag.sources.decoding import decode, require_shown
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.tables.grids import MOST_CELLS, compose_grid, cost
from rag.types import Skipped

_DELIMITERS = ",;\t|"
_STATED = re.compile(r"sep=(.)\n")
"""The first line by which a file tells spreadsheet programs its delimiter."""
_MOST_LINES = 200
"""In one cell."""
_SAMPLE_ROWS = 100
_LONGEST_FIELD = 10_000_000


def read_delimited(raw: RawFile) -> Reading:
    """Read a table in plain text; each row carries the names of its columns."""
    text = decode(raw.data)
    require_shown(text)
    rows, complete = _rows(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    composer = Composer()
    compose_grid(composer, rows)
    if not composer.length:
        raise SourceError("it has no cell with anything in it: fill it or remove it")
    document = composer.document(raw.source, fallback_title=raw.stem, read_facts=False)
    reason = f"only its first {len(rows):,} rows are read: split it"
    return Reading((document,), () if complete else (Skipped(raw.source, reason),))


def _rows(text: str) -> tuple[list[list[str]], bool]:
    """Return the rows, and whether they are all."""
    stated = _STATED.match(text)
    text = text[stated.end() :] if stated else text
    delimiter = stated.group(1) if stated else _delimiter(text)
    csv.field_size_limit(_LONGEST_FIELD)
    rows, complete = _split(text, delimiter, csv.QUOTE_MINIMAL)
    if any(cell.count("\n") > _MOST_LINES for row in rows for cell in row):  # a quotation mark that nobody closed
        rows, complete = _split(text, delimiter, csv.QUOTE_NONE)
    return rows, complete


def _split(text: str, delimiter: str, quoting: Literal[0, 3]) -> tuple[list[list[str]], bool]:
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True, quoting=quoting):
            cells += cost(row)
            if cells > MOST_CELLS:
                return rows, False
            rows.append(row)
    except csv.Error as error:
        raise SourceError(f"row {len(rows) + 1:,} of it is broken ({error}): mend that row") from error
    return rows, True


def _delimiter(text: str) -> str:
    """Return what divides the cells: the delimiter by which most rows have the same number of cells, more than one."""
    sample = text[:200_000]
    return max(_DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))


def _agreement(sample: str, delimiter: str) -> float:
    reader = csv.reader(io.StringIO(sample), delimiter=delimiter, skipinitialspace=True)
    try:
        rows = [row for row in itertools.islice(reader, _SAMPLE_ROWS) if row]
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in rows)
    divided = {width: count for width, count in widths.items() if width > 1}
    if not divided:
        return 0.0
    width, count = max(divided.items(), key=lambda each: (each[1], each[0]))
    return count / len(rows) + min(width, 100) / 1000
