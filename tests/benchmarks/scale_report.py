"""The figures of `tests.benchmarks.scale` as a table, a page and a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Figures = Mapping[str, Mapping[str, Any]]


def as_table(figures: Figures) -> str:
    return str(figures)


def as_markdown(figures: Figures) -> str:
    return str(figures)


def draw(figures: Figures) -> str:
    return str(figures)
