"""Units read by the evidence model, each among its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from rag.evidence.units import Unit

_FAR = 400
"""Characters between two units over which they are not read together."""


class UnitReading(Protocol):
    """What a model makes of one unit."""

    @property
    def score(self) -> float:
        """Return the logarithm of the odds that the unit answers."""
        ...

    @property
    def answer(self) -> tuple[int, int] | None:
        """Return the words of the unit that would answer, as offsets in it."""
        ...

    @property
    def answer_score(self) -> float:
        """Return how much rather these words answer than none do."""
        ...


class UnitReader(Protocol):
    """Reads a question beside texts, each of them a title, a heading and sentences in order."""

    def read(self, question: str, texts: Sequence[tuple[str, str, tuple[str, ...]]]) -> Sequence[Sequence[UnitReading]]:
        """Return a reading of each sentence of each text."""
        ...


def read_units(reader: UnitReader, question: str, units: Sequence[Unit]) -> list[UnitReading]:
    """Return a reading of each unit, in the order of `units`; those that stand together are read together."""
    order = sorted(range(len(units)), key=lambda number: (units[number].source, units[number].start))
    groups = list(_together([units[number] for number in order]))
    texts = [(group[0].title, group[0].heading, tuple(unit.text for unit in group)) for group in groups]
    flat = [reading for readings in reader.read(question, texts) for reading in readings]
    placed = dict(zip(order, flat, strict=True))
    return [placed[number] for number in range(len(units))]


def _together(units: Sequence[Unit]) -> Iterator[list[Unit]]:
    group: list[Unit] = []
    for unit in units:
        if group and not _follows(group[-1], unit):
            yield group
            group = []
        group.append(unit)
    if group:
        yield group


def _follows(one: Unit, other: Unit) -> bool:
    same = (one.source, one.heading) == (other.source, other.heading)
    return same and other.start - one.end <= _FAR
