"""What became of the citations of a saved answer, looked up in the sources as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rag.types.reports import Fault


class CitationState(StrEnum):
    """Whether the words of a citation still stand where it says, and if not, what became of them."""

    HOLDS = "holds"
    MOVED = "moved"
    """The same words stand elsewhere in the source."""
    CHANGED = "changed"
    """The source still says something near it, in other words."""
    VANISHED = "vanished"
    """Nothing like it stands in the source."""
    RENAMED = "renamed"
    """The source is gone; the same words stand in another one."""
    GONE = "gone"
    """The source is gone, or cannot be read, and no other one was found with the words."""


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """One citation, looked up."""

    id: int
    source: str
    start: int
    end: int
    state: CitationState
    problem: str = ""
    """What does not hold, in words; empty where it holds."""
    found_source: str | None = None
    """Where the words, or the nearest ones, stand now: `found_start:found_end` of this source."""
    found_start: int | None = None
    found_end: int | None = None
    before: str = ""
    """The words of the citation, where they changed."""
    now: str = ""
    """The nearest words that the source has now."""
    differences: tuple[tuple[str, str], ...] = ()
    """What differs between the two, stretch by stretch: the words before and the words now, either empty."""


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """A saved answer, looked up citation by citation; `faults` is everything that does not hold, in words."""

    citations: tuple[CitationCheck, ...]
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Whether everything holds."""
        return not self.faults
