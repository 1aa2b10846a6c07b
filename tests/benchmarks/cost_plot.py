"""A drawing of cost against size: panels side by side, both axes logarithmic, as SVG for light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]

_WIDTH, _HEIGHT = 430, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 24, 46, 44
_COLUMNS = 2
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 13px } .tick { fill: #57606a; font-size: 11px }
.grid { stroke: #d0d7de; stroke-width: 1 } .frame { fill: #ffffff }
.line { fill: none; stroke-width: 2 } .s0 { stroke: #0969da } .s1 { stroke: #bc4c00 }
.f0 { fill: #0969da } .f1 { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .tick { fill: #9198a1 } .grid { stroke: #3d444d } .frame { fill: #0d1117 }
.s0 { stroke: #4493f8 } .s1 { stroke: #f0883e } .f0 { fill: #4493f8 } .f1 { fill: #f0883e }
}"""


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing: what it shows with its unit, and up to two lines by name, of points (size, cost) above zero."""

    title: str
    series: Mapping[str, Sequence[Point]]


@dataclass(frozen=True, slots=True)
class _Axis:
    """A logarithmic axis from a power of ten to another one, on a stretch of the drawing."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def around(cls, values: Sequence[float], start: float, end: float) -> _Axis:
        low = math.floor(math.log10(min(values)) + 1e-9)
        return cls(low, max(math.ceil(math.log10(max(values)) - 0.05), low + 1), start, end)

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def as_svg(panels: Sequence[Panel], unit: str) -> str:
    """Return the panels in rows of two; `unit` is what sizes are counted in."""
    rows = math.ceil(len(panels) / _COLUMNS)
    width, height = _WIDTH * min(_COLUMNS, len(panels)), _HEIGHT * rows
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img"><title>Cost against size</title><style>{_STYLE}</style>'
        f'<rect class="frame" width="{width}" height="{height}"/>'
    ]
    for number, panel in enumerate(panels):
        x, y = number % _COLUMNS * _WIDTH, number // _COLUMNS * _HEIGHT
        parts += [f'<g transform="translate({x} {y})">', *_panel(panel, unit), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, unit: str) -> Iterator[str]:
    every = [point for points in panel.series.values() for point in points]
    across = _Axis.around([size for size, _ in every], _LEFT, _WIDTH - _RIGHT)
    up = _Axis.around([cost for _, cost in every], _HEIGHT - _BOTTOM, _TOP)
    yield f'<text class="title" x="{_LEFT}" y="18">{escape(panel.title)}</text>'
    for tick in up.ticks():
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{up.at(tick)}" y2="{up.at(tick)}"/>'
        yield f'<text class="tick" text-anchor="end" x="{_LEFT - 6}" y="{up.at(tick) + 4}">{_number(tick)}</text>'
    for tick in across.ticks():
        place = f'text-anchor="middle" x="{across.at(tick)}" y="{_HEIGHT - _BOTTOM + 17}"'
        yield f'<text class="tick" {place}>{_number(tick)}</text>'
    yield f'<text class="tick" text-anchor="end" x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 8}">{escape(unit)}</text>'
    for number, (name, points) in enumerate(panel.series.items()):
        yield from _line(number, name, [(across.at(size), up.at(cost), cost) for size, cost in points])


def _line(number: int, name: str, points: Sequence[tuple[float, float, float]]) -> Iterator[str]:
    yield f'<polyline class="line s{number}" points="{" ".join(f"{x},{y}" for x, y, _ in points)}"/>'
    for x, y, cost in points:
        beside = y - 8 if number == 0 else y + 17
        yield f'<circle class="f{number}" cx="{x}" cy="{y}" r="3.5"/>'
        yield f'<text class="f{number}" text-anchor="middle" x="{x}" y="{beside}">{_number(cost)}</text>'
    yield f'<text class="f{number}" x="{_LEFT + number * 190}" y="35">● {escape(name)}</text>'


def _number(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g}M"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
