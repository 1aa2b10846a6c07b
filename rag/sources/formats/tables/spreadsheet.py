"""Spreadsheets: XLSX, XLSM, XLSB, XLS and ODS. Values as they were last computed; formulas are never run."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from dataclasses import replace

import python_calamine as calamine

from rag.errors import SourceError
from rag.sources.formats.archives import COMPOUND, DAMAGED, PASSWORD, open_zip, require_no_password
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.office.compound import compound_properties, open_compound
from rag.sources.formats.office.properties import core_properties, with_properties
from rag.sources.formats.tables.concealed import Concealed, concealed_cells
from rag.sources.formats.tables.grids import MOST_CELLS, compose_grid, cost, shown_number
from rag.sources.formats.tables.percentages import Cells, percentages
from rag.sources.formats.tables.sheet_area import require_moderate_area
from rag.types import Skipped

_PANIC = "PanicException"
"""What the library raises where it comes upon something that it did not think of; the class cannot be imported."""

Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


def read_spreadsheet(raw: RawFile) -> Reading:
    """Read a spreadsheet: each sheet under a heading, each row of its tables with the names of its columns.

    Hidden sheets are not read, and named as skipped; hidden cells are left out, and counted.
    """
    require_no_password(raw.data)
    shares: Mapping[str, Cells] = {}
    concealed: Mapping[str, Concealed] = {}
    if raw.data.startswith(COMPOUND):
        with open_compound(raw) as compound:
            properties = compound_properties(compound)
    else:
        archive = open_zip(raw)
        archive.verify()
        require_moderate_area(archive)
        shares, properties = percentages(archive), core_properties(archive)
        concealed = concealed_cells(archive)
    reading = _by_library(raw, shares, concealed)
    return replace(reading, documents=tuple(with_properties(each, properties) for each in reading.documents))


def _by_library(raw: RawFile, shares: Mapping[str, Cells], concealed: Mapping[str, Concealed]) -> Reading:
    try:
        with calamine.load_workbook(io.BytesIO(raw.data)) as workbook:
            return _read_workbook(raw, workbook, shares, concealed)
    except calamine.PasswordError as error:
        raise SourceError(PASSWORD) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise SourceError(DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise SourceError(DAMAGED) from error


def _read_workbook(
    raw: RawFile,
    workbook: calamine.CalamineWorkbook,
    shares: Mapping[str, Cells],
    concealed: Mapping[str, Concealed],
) -> Reading:
    composer = Composer()
    skipped: list[Skipped] = []
    room = MOST_CELLS
    for sheet in workbook.sheets_metadata:
        part = f"{raw.source}#{sheet.name}"
        if sheet.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible is not calamine.SheetVisibleEnum.Visible:
            skipped.append(Skipped(part, "the sheet is hidden: show it in the spreadsheet to have it read"))
            continue
        grid, complete = _grid(workbook.get_sheet_by_name(sheet.name), room, shares.get(sheet.name, frozenset()))
        room -= sum(map(cost, grid))
        if unseen := concealed.get(sheet.name):
            composer.hidden += _blank_out(grid, unseen)
        if any(map(any, grid)):
            composer.heading(sheet.name)
            compose_grid(composer, grid)
        if not complete:
            skipped.append(Skipped(part, f"only its first {len(grid):,} rows are read: split it"))
    if not composer.length:
        raise SourceError("no sheet of it that is shown has a cell with anything in it: fill it or remove it")
    return Reading((composer.document(raw.source, fallback_title=raw.stem, read_facts=False),), tuple(skipped))


def _grid(sheet: calamine.CalamineSheet, room: int, shares: Cells) -> tuple[list[list[str]], bool]:
    """Return the cells of a sheet as they are shown, and whether they are all; `shares` are shown as percentages."""
    if sheet.start is None:
        return [], True
    first = sheet.start[1]
    grid: list[list[str]] = []
    for at, row in enumerate(sheet.iter_rows()):
        room -= cost(row)
        if room < 0:
            return grid, False
        grid.append([shown(value, is_share=(at, place) in shares) for place, value in enumerate(row, first)])
    return grid, True


def _blank_out(grid: list[list[str]], unseen: Concealed) -> int:
    """Empty the cells that nobody sees; return in how many rows there were any with something in them."""
    count = 0
    for at, row in enumerate(grid):
        found = [column for column, cell in enumerate(row) if cell and unseen.has(at, column)]
        for column in found:
            row[column] = ""
        count += bool(found)
    return count


# ------------------------------------------------------------ values


def shown(value: Value, *, is_share: bool = False) -> str:
    """Return a value as a person reads it: `2` and `0.1` for numbers, `10%` for shares, ISO 8601 for dates."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if is_share and isinstance(value, int | float):
        return f"{shown_number(100.0 * value)}%"
    if isinstance(value, float):
        return shown_number(value)
    if isinstance(value, datetime.datetime):
        at_midnight = value.time() == datetime.time()
        return value.date().isoformat() if at_midnight else value.isoformat(" ", _precision(value.second))
    if isinstance(value, datetime.time):
        return value.isoformat(_precision(value.second))
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return str(value)


def _precision(seconds: int) -> str:
    return "seconds" if seconds else "minutes"
