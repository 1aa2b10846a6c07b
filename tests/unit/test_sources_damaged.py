"""Damaged files of every format that can be made here: read, or refused for a reason that their reader gives."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources import RawFile, read_raw
from rag.sources.soundness import require_sound
from tests.benchmarks.fuzz import FAULT, changed, damaged, damaged_inside, samples
from tests.unit.test_sources_reading import zipped

MADE = samples([], None)


@given(st.integers(0, 2**32))
@settings(max_examples=150)
def test_a_damaged_file_is_read_or_refused(seed: int) -> None:
    name, data = damaged(Random(seed), MADE)
    for reason in reasons(RawFile(name, data)):
        assert not FAULT.search(reason), (name, data)
        assert "\n" not in reason


def reasons(raw: RawFile) -> list[str]:
    """Why a file, or parts of it, cannot be read."""
    try:
        return [part.reason for part in require_sound(read_raw(raw)).skipped]
    except SourceError as error:
        return [str(error)]


@given(st.integers(0, 2**32), st.binary(min_size=1, max_size=200))
def test_the_same_number_damages_a_file_in_the_same_way(seed: int, data: bytes) -> None:
    assert changed(Random(seed), data, b"other") == changed(Random(seed), data, b"other")
    archive = zipped("a.xml", "b.xml")
    assert damaged_inside(Random(seed), archive, b"other") == damaged_inside(Random(seed), archive, b"other")
