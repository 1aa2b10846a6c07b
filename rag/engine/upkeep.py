"""Bringing the index up to date, and adding to the sources."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.engine.places import deferred_embedder_of, listing_of, store_of
from rag.errors import IndexUnusableError, UsageError
from rag.fetching import FetchLimits, Permit, fetch, is_public
from rag.generations import read_pointer
from rag.indexing import BuildSettings, build, embed_share, parse_worker, roll_back
from rag.sources import describe_fetched, name_for, require_folder, save
from rag.sources.formats import FORMATS
from rag.types import IndexReport, Progress, Rollback, ShareReport, SourceChanges

if TYPE_CHECKING:
    from rag.embedding import Embedder
    from rag.engine.trial import Gate


def build_index(
    settings: Settings,
    *,
    rebuild: bool = False,
    paths: Sequence[Path] = (),
    progress: Callable[[Progress], None] | None = None,
    gate: Gate | None = None,
) -> IndexReport:
    """Bring the index up to date with the sources; see `rag.indexing.build` for what it raises.

    Where a `gate` does not let the new index pass, or raises an error, the old one stays as it was.
    """
    require_folder(settings.sources)
    trial = None
    if gate is not None:
        from rag.engine.trial import trial_of

        trial = trial_of(settings, gate)
    made_with = build_settings(settings, deferred_embedder_of(settings))
    return build(made_with, rebuild=rebuild, paths=paths, progress=progress, trial=trial)


def embed_share_of(settings: Settings, worker: str, progress: Callable[[Progress], None] | None = None) -> ShareReport:
    """Embed the share of one of several workers (`2/3`) into the store; see `rag.indexing.embed_share`."""
    require_folder(settings.sources)
    share = build_settings(settings, deferred_embedder_of(settings))
    return embed_share(share, parse_worker(worker), progress or (lambda _: None))


def build_settings(settings: Settings, embedder: Embedder) -> BuildSettings:
    """Return what a build with these settings is made with. Raises UsageError where they name no store."""
    return BuildSettings(
        sources=settings.sources,
        index=settings.index,
        embedder=embedder,
        chunk_tokens=settings.chunk_tokens,
        overlap_tokens=settings.chunk_overlap_tokens,
        size_limit=settings.file_size_limit,
        seconds_limit=settings.file_seconds_limit,
        ignore=settings.passed_over,
        exact=settings.vector_index == "exact",
        store=store_of(settings),
    )


def watch_sources(settings: Settings, stop: threading.Event) -> Iterator[SourceChanges]:
    """Look at the sources now, and return an iterator that waits for what changes; see `rag.watching.watch`."""
    from rag.watching import watch

    def look() -> dict[str, tuple[int, int]]:
        files = listing_of(settings).files
        return {file.source: (file.size, file.mtime_ns) for file in files}

    return watch(settings.sources, look, stop)


def rollback(settings: Settings) -> Rollback:
    """Let the generation before answer again; see `rag.indexing.roll_back` for what it raises."""
    return roll_back(settings.index)


def add_file(settings: Settings, name: str, data: bytes) -> Path:
    """Save a file among the sources, under a safe name and never over another one, and return where it is.

    Raises UsageError or SourceError where it would not be read.
    """
    limit = settings.file_size_limit
    if len(data) > limit:
        raise UsageError(
            f"{name} has {len(data):,} bytes, more than {limit:,}. Split it, or raise RAG_FILE_SIZE_LIMIT."
        )
    return save(settings.sources, name, data, ignore=settings.passed_over)


def add_url(settings: Settings, url: str, *, permit: Permit = is_public) -> Path:
    """Fetch a page or file of the public web once, save it among the sources, and return where it is.

    Its documents will have the address. Raises UsageError or SourceError where it is not fetched or would not be read.
    """
    require_folder(settings.sources)
    fetched = fetch(url, FetchLimits(settings.file_size_limit), permit=permit)
    name = name_for(fetched.url, fetched.file_name, fetched.media_type, fetched.data)
    came = describe_fetched(fetched.data, fetched.url, datetime.now(UTC).isoformat(timespec="seconds"))
    return save(settings.sources, name, fetched.data, ignore=settings.passed_over, provenance=came)


def current_generation(settings: Settings) -> str | None:
    """Return the id of the generation that counts now, None where there is none; reads one small file."""
    try:
        pointer = read_pointer(settings.index)
    except IndexUnusableError:
        return None
    return pointer.generation if pointer else None


def readable_endings() -> tuple[str, ...]:
    """Return the endings of the files that are read, in lower case with their point, by the alphabet."""
    return tuple(sorted(FORMATS))
