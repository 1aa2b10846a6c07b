"""The pointer to the generation that counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.disk import write_whole
from rag.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from rag.generations.manifest import MANIFEST, REBUILD, Generation, parse_manifest

POINTER = "current.json"
KEPT = 3
"""Generations that are kept, the one that counts among them."""

FOLDER = "generations"


@dataclass(frozen=True, slots=True)
class Step:
    """A generation by its id, and the hash of its manifest."""

    generation: str
    manifest_sha256: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """The generation that counts, the hash of its manifest, and the generations before it, the last one first."""

    generation: str
    manifest_sha256: str
    before: tuple[Step, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the generation that counts and those before it."""
        return (Step(self.generation, self.manifest_sha256), *self.before)


def read_pointer(index: Path) -> Pointer | None:
    """Return the pointer of an index, None where nothing was indexed yet. Raises IndexDamagedError for a broken one."""
    path = index / POINTER
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        before = tuple(Step(step["generation"], step["manifest_sha256"]) for step in values.get("before", ()))
        pointer = Pointer(values["generation"], values["manifest_sha256"], before)
        named = all(Path(step.generation).name == step.generation for step in pointer.steps)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexDamagedError(f"{path} cannot be read. Make the index again: {REBUILD}") from error
    if not named:
        raise IndexDamagedError(f"{path} names no generation. Make the index again: {REBUILD}")
    return pointer


def write_pointer(index: Path, pointer: Pointer) -> None:
    """Swap the pointer."""
    (current, *before) = (
        {"generation": step.generation, "manifest_sha256": step.manifest_sha256} for step in pointer.steps
    )
    write_whole(index / POINTER, json.dumps({**current, "before": before}).encode())


def locate_generation(index: Path, step: Step | None = None) -> Generation:
    """Return the generation that counts, or that of `step`, its files unchecked but for the manifest.

    Raises IndexMissingError when there is none, IndexMismatchError when another version of this program wrote it,
    IndexDamagedError when its manifest is missing or not the one that was written.
    """
    pointer = read_pointer(index) if step is None else None
    step = step or (pointer.steps[0] if pointer else None)
    if step is None:
        raise IndexMissingError(f"There is no index in {index} yet. Make it: rag index")
    folder = index / FOLDER / step.generation
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise IndexDamagedError(f"{folder / MANIFEST} cannot be read. Make the index again: {REBUILD}") from error
    if hashlib.sha256(content).hexdigest() != step.manifest_sha256:
        raise IndexDamagedError(f"{folder / MANIFEST} was altered. Make the index again: {REBUILD}")
    return Generation(step.generation, folder, parse_manifest(content), step.manifest_sha256)


def steps_on_disk(index: Path) -> tuple[Step, ...]:
    """Return the complete generations of an index whose pointer is lost, the latest first.

    The name of a generation ends with the first digits of the hash of its manifest.
    """
    return tuple(step for _, step in sorted(_dated_steps(index), key=lambda dated: dated[0], reverse=True))


def _dated_steps(index: Path) -> Iterator[tuple[str, Step]]:
    for folder in (index / FOLDER).glob("[0-9]*-*"):
        try:
            content = (folder / MANIFEST).read_bytes()
            created = parse_manifest(content).created
        except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexMismatchError):
            continue  # not one of this program's, or not whole: others may be
        digest = hashlib.sha256(content).hexdigest()
        if folder.name.endswith(f"-{digest[:8]}"):
            yield created, Step(folder.name, digest)
