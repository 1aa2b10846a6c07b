"""Checking a generation against its manifest, and finding the latest one that is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag.errors import IndexDamagedError
from rag.generations.files import ends_of, entry_of
from rag.generations.manifest import REBUILD, Generation
from rag.generations.pointer import Step, locate_generation, read_pointer, steps_on_disk

HASHED_AT_OPENING = 50_000_000
"""Bytes; a generation up to this size is hashed whenever it is opened (35 ms at most). Of a larger one the files beside
the segments are, and of a segment's files the ends: `rag doctor` hashes all."""


def damages(generation: Generation, *, contents: bool) -> Iterator[str]:
    """Yield what is wrong with the files of a generation: missing, of another size, or altered.

    Without `contents`, a large file is only seen to be altered where its first or last bytes are.
    """
    for name, entry in generation.manifest.files.items():
        path = generation.folder / name
        try:
            size = path.stat().st_size
            whole = size == entry.size and (contents or "/" not in name)
            altered = size == entry.size and (
                entry_of(path).sha256 != entry.sha256 if whole else ends_of(path) != entry.ends
            )
        except OSError as error:
            yield f"{path} is missing" if isinstance(error, FileNotFoundError) else f"{path} cannot be read"
            continue
        if size != entry.size:
            yield f"{path} has {size} bytes instead of {entry.size}"
        elif altered:
            yield f"{path} was altered"


def find_generation(index: Path, step: Step | None = None) -> Generation:
    """Return the generation that counts, or that of `step`, its files checked as far as opening does.

    Raises what `locate_generation` does, and IndexDamagedError when a file is missing or altered.
    """
    generation = locate_generation(index, step)
    small = sum(entry.size for entry in generation.manifest.files.values()) <= HASHED_AT_OPENING
    for problem in damages(generation, contents=small):
        raise IndexDamagedError(f"{problem}. Make the index again: {REBUILD}")
    return generation


def steps_to_open(index: Path) -> tuple[tuple[Step, ...], str | None]:
    """Return the generations to open, the one that counts first, and what is wrong with the pointer, if anything."""
    try:
        pointer = read_pointer(index)
    except IndexDamagedError as error:
        return steps_on_disk(index), str(error).partition(". ")[0]
    if pointer is not None:
        return pointer.steps, None
    steps = steps_on_disk(index)
    return steps, f"{index} has generations, but the pointer to the one that counts is missing" if steps else None
