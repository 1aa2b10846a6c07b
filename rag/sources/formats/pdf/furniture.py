"""Running heads, running feet and page numbers: lines at the edge of a page that repeat from page to page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.sources.formats.pdf.lines import Row

_EDGE_ROWS = 4
"""Rows at the top and at the bottom of a page among which they are looked for."""
_FEWEST_PAGES = 3
_NEIGHBOURS = 2
"""Pages from one to the next that has the same line: left and right pages may have heads of their own."""
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W*(?:page\s*)?(?:[a-z]{1,2}\s*[-–.]\s*)?(\d{1,4})(?:\s*(?:/|of)\s*\d{1,4})?\W*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Edge:
    """A row near the edge of a page: page, row, and how it reads with its numbers and without."""

    page: int
    row: int
    text: str

    @property
    def numbers(self) -> list[int]:
        return [int(number) for number in _NUMBER.findall(self.text) if len(number) <= 4]

    @property
    def form(self) -> str:
        return _NUMBER.sub("#", self.text)


def running_rows(pages: Sequence[Sequence[Row]]) -> set[tuple[int, int]]:
    """Return which rows, from the top down, of which pages are running heads, feet and page numbers, from 0.

    A row is one where nothing but such rows is nearer to the edge, and it is the same on at least three pages, each at
    most two from the next, or the same but for a number that counts the pages. A page number alone is one, on any
    number of pages, where it is the number of its page.
    """
    found: set[tuple[int, int]] = set()
    for from_top in (True, False):
        edges = [list(_edges(at, rows, from_top=from_top)) for at, rows in enumerate(pages)]
        repeated = _repeated([edge for page in edges for edge in page])
        for page in edges:
            for edge in page:
                if (edge.page, edge.row) not in repeated and not _is_own_number(edge):
                    break
                found.add((edge.page, edge.row))
    return {(page, row) for page, row in found if len(pages) > 1 or len(pages[page]) > 1}


def _edges(page: int, rows: Sequence[Row], *, from_top: bool) -> Iterator[_Edge]:
    """Yield the rows from one edge of a page inwards."""
    order = range(len(rows)) if from_top else range(len(rows) - 1, -1, -1)
    for row in order[:_EDGE_ROWS]:
        yield _Edge(page, row, " ".join(rows[row].text.lower().split()))


def _is_own_number(edge: _Edge) -> bool:
    number = _PAGE_NUMBER.fullmatch(edge.text)
    return number is not None and int(number[1]) == edge.page + 1


def _repeated(edges: Sequence[_Edge]) -> set[tuple[int, int]]:
    same: dict[str, list[_Edge]] = defaultdict(list)
    counting: dict[tuple[str, int], list[_Edge]] = defaultdict(list)
    for edge in edges:
        same[edge.text].append(edge)
        for difference in {number - edge.page for number in edge.numbers}:
            counting[edge.form, difference].append(edge)
    return {*_in_a_row(same.values()), *_in_a_row(counting.values())}


def _in_a_row(groups: Iterable[Sequence[_Edge]]) -> Iterator[tuple[int, int]]:
    """Yield the places of those of a group that stand on enough pages near each other."""
    for group in groups:
        pages = sorted({edge.page for edge in group})
        runs: list[list[int]] = []
        for page in pages:
            if runs and page - runs[-1][-1] <= _NEIGHBOURS:
                runs[-1].append(page)
            else:
                runs.append([page])
        kept = {page for run in runs for page in run} if any(len(run) >= _FEWEST_PAGES for run in runs) else set()
        yield from ((edge.page, edge.row) for edge in group if edge.page in kept)
