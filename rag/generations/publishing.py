"""Making a generation the one that counts, and going back to the one before."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rag.disk import flush
from rag.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, IndexUnusableError
from rag.generations.checking import damages, find_generation, steps_to_open
from rag.generations.files import entry_of, remove
from rag.generations.locking import writing
from rag.generations.manifest import MANIFEST, FileEntry, Generation, Manifest, written_manifest
from rag.generations.pointer import FOLDER, KEPT, POINTER, Pointer, Step, locate_generation, read_pointer, write_pointer

_UNFINISHED = ".making-"


@contextmanager
def new_generation(index: Path) -> Iterator[Path]:
    """Lend an empty folder to write a generation into; call under `build_lock`, then `publish`.

    What crashed builds left is removed first, and this folder too when it was not published.
    """
    remove_leftovers(index)
    working = index / FOLDER / f"{_UNFINISHED}{uuid.uuid4().hex}"
    with writing(index):
        working.mkdir(parents=True)
    try:
        yield working
    finally:
        remove(working)


def publish(
    index: Path,
    working: Path,
    manifest: Manifest,
    *,
    carried: Mapping[str, FileEntry] | None = None,
    base: str | None = None,
) -> Generation:
    """Complete `manifest`, make `working` the generation that counts, and remove the oldest beyond KEPT.

    `carried` are the files taken over from the generation before, which are not hashed again. `base` is the generation
    that this one was made from: those behind it were found to be damaged, and are not kept.
    """
    created = datetime.now(UTC)
    files = {path.relative_to(working).as_posix(): path for path in sorted(working.rglob("*")) if path.is_file()}
    known = carried or {}
    entries = {name: known[name] if name in known else entry_of(path) for name, path in files.items()}
    complete = replace(manifest, files=entries, created=created.isoformat(timespec="milliseconds"))
    content = written_manifest(complete)
    digest = hashlib.sha256(content).hexdigest()
    identifier = f"{created:%Y%m%dT%H%M%S}-{digest[:8]}"
    before = _before(index, base)
    with writing(index):
        (working / MANIFEST).write_bytes(content)
        folders = sorted({parent for path in files.values() for parent in path.parents if working in parent.parents})
        for path in [*files.values(), working / MANIFEST, *folders, working]:
            flush(path)
        final = working.with_name(identifier)
        working.rename(final)
        flush(final.parent)
        write_pointer(index, Pointer(identifier, digest, before))
    remove_leftovers(index)
    return Generation(identifier, final, complete, digest)


def _before(index: Path, base: str | None) -> tuple[Step, ...]:
    """Return the generations that stay, the last one first: none that is seen to be damaged.

    Where everything is made anew (no `base`) they are read through, as that takes no longer than the rest of it.
    """
    steps, _ = steps_to_open(index)
    names = [step.generation for step in steps]
    candidates = steps[names.index(base) if base in names else 0 :][: KEPT - 1]
    return tuple(
        step for step in candidates if step.generation == base or _is_whole(index, step, contents=base is None)
    )


def _is_whole(index: Path, step: Step, *, contents: bool) -> bool:
    try:
        return not any(damages(locate_generation(index, step), contents=contents))
    except IndexUnusableError:
        return False


def point_at(index: Path, generation: Generation) -> None:
    """Make an older generation the one that counts, where those behind it were found to be damaged."""
    steps = [step for step in _before(index, generation.id) if step.generation != generation.id]
    with writing(index):
        write_pointer(index, Pointer(generation.id, generation.manifest_sha256, tuple(steps)))


def roll_back(index: Path) -> tuple[Generation, str, tuple[str, ...]]:
    """Make the last whole generation before the one that counts the one that counts; call under `build_lock`.

    Returns it, the id of the one that counted, and those of the damaged ones between them. What was gone back from
    stays on the disk until the next build.
    Raises IndexMissingError when there is none to go back to, IndexDamagedError when the pointer is broken.
    """
    pointer = read_pointer(index)
    if pointer is None:
        raise IndexMissingError(f"There is no index in {index} yet. Make it: rag index")
    damaged: list[str] = []
    for at, step in enumerate(pointer.before):
        try:
            generation = find_generation(index, step)
        except (IndexDamagedError, IndexMismatchError):
            damaged.append(step.generation)  # going back to it would be going to no index
            continue
        with writing(index):
            write_pointer(index, Pointer(step.generation, step.manifest_sha256, pointer.before[at + 1 :]))
        return generation, pointer.generation, tuple(damaged)
    raise IndexMissingError(
        f"There is no generation before {pointer.generation} to go back to in {index}. Bring the index up to date with "
        "the documents as they are: rag index"
    )


def remove_leftovers(index: Path) -> None:
    """Remove every generation but those that the pointer names, and what crashed builds left."""
    try:
        pointer = read_pointer(index)
    except IndexDamagedError:
        pointer = None
    kept = {step.generation for step in pointer.steps} if pointer else None  # unknown: all may have counted
    for path in (index / FOLDER).glob("*"):
        if path.name.startswith(_UNFINISHED) or (kept is not None and path.name not in kept):
            remove(path)
    for path in index.glob(f".{POINTER}-*"):
        path.unlink(missing_ok=True)
