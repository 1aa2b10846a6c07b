"""Checking everything in an index against everything else, and against the files that it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from rag.disk import sha256_of
from rag.errors import (
    IndexDamagedError,
    IndexUnusableError,
    StoreMismatchError,
    StoreNotInstalledError,
    StoreUnreachableError,
)
from rag.generations import REBUILD, Step, damages, locate_generation, steps_to_open
from rag.index_reader import OpenIndex, RemoteSegment, Segment, StoredSegment, open_generation
from rag.indexing.cache import EmbeddingCache
from rag.indexing.inverting import inverted_problems
from rag.indexing.remote import remote_problems
from rag.lexical import Postings
from rag.stores.address import IN_FILES, StoreLogin
from rag.types import FAISS, Fault
from rag.vector_store import LENGTH_TOLERANCE

_UPDATE = "rag index"
_VECTORS_AT_A_TIME = 10_000


def diagnose_index(index: Path, sources: Path | None = None, store: StoreLogin = IN_FILES) -> tuple[Fault, ...]:
    """Return every fault of an index, each with the command that mends it. Reads the whole index.

    Every file of every generation is checked against its hash; in the one that counts, every document against the hash
    of its contents and of the file in `sources` that it was read from, every passage and quotation against its
    document, the words and the vectors against the passages, and the counts against each other; then the cache.
    """
    steps, problem = steps_to_open(index)
    if problem:
        return (Fault("index", problem, _UPDATE if steps else REBUILD),)
    if not steps:
        return (Fault("index", f"There is no index in {index} yet", _UPDATE),)
    older = {step: tuple(_damages_of(index, step)) for step in steps[1:]}
    # an update starts from the last generation that is whole; only where there is none everything is made again
    remedy = _UPDATE if not all(older.values()) else REBUILD
    faults = [Fault(f"generation {step.generation}", found, REBUILD) for step in older for found in older[step]]
    altered = [Fault("index", found, remedy) for found in _damages_of(index, steps[0])]
    return (*(altered or _faults_of(index, sources, store)), *faults)


def _damages_of(index: Path, step: Step) -> Iterator[str]:
    try:
        yield from damages(locate_generation(index, step), contents=True)
    except IndexUnusableError as error:
        yield str(error).rpartition(". ")[0]


def _faults_of(index: Path, sources: Path | None, store: StoreLogin) -> Iterator[Fault]:
    """Yield what is wrong with the generation that counts and the cache, where every file is what was written."""
    try:
        with closing(open_generation(locate_generation(index), store=store)) as opened:
            yield from _faults_within(opened, sources)
            cache = EmbeddingCache(index, opened.manifest.fingerprint, opened.manifest.dimension)
    except IndexDamagedError as error:
        yield Fault("index", str(error).rpartition(". ")[0], REBUILD)
        return
    except (StoreMismatchError, StoreUnreachableError, StoreNotInstalledError) as error:
        made = locate_generation(index).manifest.store
        yield Fault("store", str(error), f"rag doctor --store {made.address if made else FAISS}")
        return
    for problem in cache.damages():
        yield Fault("cache of embeddings", problem, f"rm {cache.path}")


def _faults_within(opened: OpenIndex, sources: Path | None) -> Iterator[Fault]:
    for segment in opened.segments:
        for problem in (*segment.catalog.problems(), *_segment_problems(opened, segment)):
            yield Fault("index", f"{segment.folder}: {problem}", REBUILD)
    for problem in _text_problems(opened):
        yield Fault("index", problem, REBUILD)
    if sources is not None:
        for problem in _source_problems(opened, sources):
            yield Fault("sources", problem, _UPDATE)


def _segment_problems(opened: OpenIndex, segment: StoredSegment) -> Iterator[str]:
    """Yield what of the vectors and words of a segment is not what it should be."""
    if isinstance(segment, Segment):
        problems = [*_vector_problems(segment), *_word_problems(segment)]
        yield from problems or inverted_problems(segment)
    elif isinstance(segment, RemoteSegment) and opened.manifest.store:
        yield from remote_problems(segment, opened.manifest.store.average_length)


def _text_problems(opened: OpenIndex) -> Iterator[str]:
    for record in opened.catalog.records():
        try:
            each = opened.catalog.indexed_document(record)
        except IndexDamagedError as error:
            yield str(error).rpartition(". ")[0]
            continue
        text, source = each.document.text, each.document.source
        if any(chunk.text != text[chunk.start : chunk.end] for chunk in each.chunks):
            yield f"a passage of {source} is not what the source says at its place"
        if any(quotation.quote != text[quotation.start : quotation.end] for quotation in each.quotations):
            yield f"a quotation of {source} is not what the source says at its place"
        if (len(each.chunks), len(each.quotations)) != (record.place.chunks, record.place.quotations):
            yield f"{source} has not as many passages and quotations as it should"


def _source_problems(opened: OpenIndex, sources: Path) -> Iterator[str]:
    """Yield the files that are not what was read from them; one that is gone is a change like any other."""
    for record in opened.catalog.files():
        try:
            found = sha256_of(sources / record.path)
        except OSError:
            continue
        if record.sha256 and found != record.sha256:
            yield f"{record.path} is not the file any more that was indexed"


def _vector_problems(segment: Segment) -> Iterator[str]:
    for start in range(0, len(segment.vectors), _VECTORS_AT_A_TIME):
        rows = np.arange(start, min(start + _VECTORS_AT_A_TIME, len(segment.vectors)))
        lengths = np.linalg.norm(segment.vectors.reconstruct(rows), axis=1)
        wrong = int((~(np.abs(lengths - 1) <= LENGTH_TOLERANCE)).sum())
        if wrong:
            yield f"{wrong} of the vectors from row {start} on are not finite and of unit length"


def _word_problems(segment: Segment) -> Iterator[str]:
    made, found = Postings.build(segment.catalog.embedded_texts())._asdict(), segment.postings._asdict()
    wrong = [name for name, values in made.items() if not np.array_equal(values, found[name])]
    if wrong:
        yield f"the lexical index is not that of the passages: {', '.join(wrong)}"
