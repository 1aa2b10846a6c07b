"""What became of the words that a model put between quotation marks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class QuotationFate(StrEnum):
    """What a quotation is, held against the sources."""

    FOUND = "found"
    """It stands in the cited text, and whoever is given as its speaker is who speaks there."""
    ALTERED = "altered"
    """Nearly: words were changed, put in or left out."""
    STITCHED = "stitched"
    """Its parts stand in the sources, at different places."""
    OTHER_SOURCE = "other source"
    """It stands in a source that is not the one cited."""
    OTHER_SPEAKER = "other speaker"
    """It stands in the cited text, as the words of somebody else."""
    INVENTED = "invented"
    """Nothing like it stands in the sources."""


@dataclass(frozen=True, slots=True)
class CheckedQuotation:
    """One quotation of a statement: its words without marks, and what became of them."""

    text: str
    fate: QuotationFate
    source: str | None = None
    """Where it, or what is nearest to it, stands."""
    speaker: str | None = None
    """Who says it there, where that is told."""
    nearest: str | None = None
    """For one that was altered: the source's own words."""
