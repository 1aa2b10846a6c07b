"""Bringing the index up to date with the sources."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from rag.errors import IndexDamagedError, UsageError
from rag.generations import build_lock, point_at, remove_leftovers
from rag.indexing.changes import Selection, detect_changes, select
from rag.indexing.generation import Trial, make_generation
from rag.indexing.keeping import keeper_of
from rag.indexing.settings import BuildSettings, Previous, previous_index, unusable
from rag.indexing.work import Work
from rag.sources import SourceListing, find_sources
from rag.types import IndexReport, Progress

ProgressCallback = Callable[[Progress], None]


def build(
    settings: BuildSettings,
    *,
    rebuild: bool = False,
    paths: Sequence[Path] = (),
    progress: ProgressCallback | None = None,
    trial: Trial | None = None,
) -> IndexReport:
    """Bring the index up to date with the sources, and return what was done.

    Nothing is written when nothing changed. Documents that did not change are taken over, those of renamed files under
    their new names, and so is the vector of every text that was embedded before; `rebuild` takes over nothing. With
    `paths` (files or folders in the sources folder) only changes there are taken up. Files that cannot be read are
    reported and left out. A `trial` may refuse what was made, before it counts (see `IndexReport.gate`).

    Raises IndexBusyError when another process builds, SourceError when there is no sources folder or nothing to index
    in it, UsageError for a path outside it or an index folder that cannot be written, StoreMismatchError where the
    index has its chunks in another store, StoreUnreachableError where a server does not answer.
    """
    started = time.monotonic()
    if rebuild and paths:
        raise UsageError("--rebuild makes the whole index again, so it takes no paths. Leave one of them out.")
    listing = find_sources(settings.sources, settings.size_limit, settings.ignore)
    report = progress or (lambda _: None)
    with build_lock(settings.index), ExitStack() as stack:
        previous = previous_index(settings, rebuild=rebuild)
        if previous.opened is not None:
            stack.callback(previous.opened.close)
        try:
            done = _bring_up_to_date(settings, listing, previous, paths, report, anew=rebuild, trial=trial)
        except IndexDamagedError as error:
            done = _bring_up_to_date(settings, listing, unusable(error), (), report, trial=trial)
    return replace(done, seconds=time.monotonic() - started)


def _bring_up_to_date(
    settings: BuildSettings,
    listing: SourceListing,
    previous: Previous,
    paths: Sequence[Path],
    progress: ProgressCallback,
    *,
    anew: bool = False,
    trial: Trial | None = None,
) -> IndexReport:
    """Do what is to be done; `seconds` of the report is left at 0."""
    known = {record.path: record for record in previous.files()}
    selection, previous = _selection(paths, settings, previous, known)
    files = {file.source: file for file in listing.files if selection.has(file.source)}
    changes = detect_changes(files.values(), [record for path, record in known.items() if selection.has(path)])
    passed_over = [skipped for skipped in listing.skipped if selection.has(skipped.source)]
    work = Work(settings, previous, files, known, changes, tuple(passed_over), anew)
    return _unchanged(work) if work.is_none else make_generation(work, progress, trial)


def _unchanged(work: Work) -> IndexReport:
    """Return the report of a build that had nothing to do."""
    opened = work.base
    assert opened is not None, "where there was no index there is something to do"
    if opened.trouble:
        point_at(work.settings.index, opened.made)
    remove_leftovers(work.settings.index)
    with keeper_of(work.settings) as keeper:
        notes = keeper.tidy()
    manifest = opened.manifest
    found = sorted((*work.passed_over, *work.still_skipped()), key=lambda each: each.source)
    return IndexReport(
        generation=opened.generation,
        documents=manifest.documents,
        chunks=manifest.chunks,
        embedded=0,
        added=0,
        changed=0,
        removed=0,
        unchanged=manifest.documents,
        skipped=tuple(each for each in found if not each.hidden),
        seconds=0.0,
        notes=(*work.previous.notes, *notes),
        hidden=tuple(each for each in found if each.hidden),
    )


def _selection(
    paths: Sequence[Path], settings: BuildSettings, previous: Previous, known: Iterable[str]
) -> tuple[Selection, Previous]:
    """Return the selection of `paths`; all, with a note, where documents outside it cannot stay as they were."""
    selection = select(paths, settings.sources, known)
    if not selection.paths or previous.documents:
        return selection, previous
    note = "All sources were taken up, because those outside the paths given could not stay as they were."
    return Selection(), replace(previous, notes=(*previous.notes, note))
