"""Rows of tables in plain text and Markdown: lines that share a way of dividing cells with the line beside them."""

from __future__ import annotations

import re

from rag.sources.lines import Line

_GLUED = re.compile(r"[a-zß-öø-ÿ]{2}[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]")
"""Two cells that a copy from a web page has run together: `Rule of lawRule by individual`."""
_PIPES = re.compile(r"^\|.*\|$|\S \| \S.* \| \S|^[^|]+ \| [^|]+$")
_TABS = re.compile(r"\S\t+\S")
_COLUMNS = re.compile(r"\S\s{3,}\S.*\S\s{3,}\S")
_DIVIDER = re.compile(r"^[|:\- ]*-[|:\- ]*\|[|:\- ]*$|^\|[|:\- ]*-[|:\- ]*$")
_LONGEST_GLUED = 200


def table_rows(lines: list[Line]) -> frozenset[int]:
    """Return the indices of the lines that are rows of a table: at least two adjacent ones divided alike."""
    found: set[int] = set()
    for is_divided in (_by_pipes, _by_tabs, _by_columns, _by_case):
        divided = [is_divided(line.text) for line in lines]
        for at in range(1, len(lines)):
            if divided[at] and divided[at - 1] and not lines[at].gap:
                found.update((at - 1, at))
    return frozenset(found)


def _by_pipes(text: str) -> bool:
    return bool("|" in text and (_PIPES.search(text) or _DIVIDER.match(text)))


def _by_tabs(text: str) -> bool:
    return "\t" in text and bool(_TABS.search(text))


def _by_columns(text: str) -> bool:
    return "   " in text and bool(_COLUMNS.search(text))


def _by_case(text: str) -> bool:
    return len(text) <= _LONGEST_GLUED and not text.endswith((".", "!", "?", ":", ";")) and bool(_GLUED.search(text))
