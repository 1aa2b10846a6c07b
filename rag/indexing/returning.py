"""Going back to the generation before."""

from __future__ import annotations

from pathlib import Path

from rag import generations
from rag.generations import build_lock
from rag.types import Rollback


def roll_back(index: Path) -> Rollback:
    """Let the last whole generation before the one that counts count, and say which they are.

    Raises IndexBusyError when another process builds, IndexMissingError when there is none to go back to.
    """
    with build_lock(index):
        back, counted, damaged = generations.roll_back(index)
    notes = tuple(f"The generation {name} is damaged and was passed over." for name in damaged)
    return Rollback(back.id, back.manifest.created, counted, notes)
