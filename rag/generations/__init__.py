"""The index on disk: complete generations, and one pointer to the one that counts.

`generations/<id>/` holds the files of one build and `manifest.json`; `current.json` names the generation that is read
and those before it, each with the hash of its manifest; `build.lock` is held by a builder as long as its process lives.
A generation is written under a hidden name, flushed to the disk, renamed, and only then pointed at, so that a crash at
any moment leaves the old generation or the new one. The last KEPT are kept: to go back to, and for whoever reads one.
"""

from __future__ import annotations

from rag.generations.checking import HASHED_AT_OPENING, damages, find_generation, steps_to_open
from rag.generations.files import COPIED_UP_TO, carry_over, copy, remove
from rag.generations.locking import build_lock, writing
from rag.generations.manifest import (
    FORMAT,
    MANIFEST,
    REBUILD,
    FileEntry,
    Generation,
    Manifest,
    SegmentEntry,
    StoreEntry,
)
from rag.generations.pointer import KEPT, POINTER, Pointer, Step, locate_generation, read_pointer
from rag.generations.publishing import new_generation, point_at, publish, remove_leftovers, roll_back

__all__ = [
    "COPIED_UP_TO",
    "FORMAT",
    "HASHED_AT_OPENING",
    "KEPT",
    "MANIFEST",
    "POINTER",
    "REBUILD",
    "FileEntry",
    "Generation",
    "Manifest",
    "Pointer",
    "SegmentEntry",
    "Step",
    "StoreEntry",
    "build_lock",
    "carry_over",
    "copy",
    "damages",
    "find_generation",
    "locate_generation",
    "new_generation",
    "point_at",
    "publish",
    "read_pointer",
    "remove",
    "remove_leftovers",
    "roll_back",
    "steps_to_open",
    "writing",
]
