"""Opening an index for reading, and telling what is wrong with one. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rag.catalog import Catalog
from rag.errors import IndexDamagedError, IndexMismatchError, IndexUnusableError
from rag.generations import REBUILD, Generation, Manifest, damages, find_generation, locate_generation, read_pointer
from rag.lexical import LexicalIndex
from rag.types import Fault
from rag.vector_store import LENGTH_TOLERANCE, FaissVectorStore, VectorStore

CATALOG = "catalog.sqlite"
VECTORS = "vectors.faiss"
LEXICAL = "lexical"

_VECTORS_AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """One generation, open: it stays what it is, whatever is built meanwhile. Safe to read from several threads."""

    generation: str
    manifest: Manifest
    catalog: Catalog
    vectors: VectorStore
    lexical: LexicalIndex
    copies: Mapping[str, str] = field(default_factory=dict)
    """The sources that are near-identical copies of others: copy → original."""
    trouble: str | None = None
    """What is wrong with the index and what to do, where an older generation had to be opened."""

    def close(self) -> None:
        """Close the catalog's file; the rest goes with the object."""
        self.catalog.close()


def open_index(index: Path) -> OpenIndex:
    """Open the generation that counts.

    Raises IndexMissingError when nothing was indexed yet, IndexMismatchError for another format, IndexDamagedError
    when a file is missing or altered, or the parts do not belong together.
    """
    while True:
        pointer = read_pointer(index)
        try:
            return _open(find_generation(index))
        except IndexDamagedError:
            if read_pointer(index) == pointer:
                raise  # else it was replaced, and removed while it was being opened


def check_sources(manifest: Manifest, sources: Path) -> None:
    """Raise IndexMismatchError, with both folders, when an index was made from another sources folder that exists."""
    made = Path(manifest.sources)
    if made != sources.resolve() and made.is_dir():
        raise IndexMismatchError(
            f"The index was made from the sources in {made}, the settings name {sources.resolve()}. Bring it up to "
            f"date with `rag --sources {sources} index`, or name another index with --index."
        )


def check_settings(manifest: Manifest, *, model: str, fingerprint: str, chunk_tokens: int, overlap_tokens: int) -> None:
    """Raise IndexMismatchError, with both values, unless an index was made with these settings."""
    if manifest.fingerprint != fingerprint:
        raise IndexMismatchError(
            f"The index was made with the embedding model {manifest.embedding_model} "
            f"({manifest.fingerprint[:12]}), the settings name {model} ({fingerprint[:12]}). "
            f"Make the index again: {REBUILD}"
        )
    made, wanted = (manifest.chunk_tokens, manifest.overlap_tokens), (chunk_tokens, overlap_tokens)
    if made != wanted:
        raise IndexMismatchError(
            f"The index was made with chunks of {made[0]} tokens that overlap by {made[1]}, the settings say "
            f"{wanted[0]} and {wanted[1]}. Make the index again: {REBUILD}"
        )


def diagnose_index(index: Path) -> tuple[Fault, ...]:
    """Check everything in an index against everything else, and return the faults.

    Every file against its hash, every chunk and quotation against its document's text, every vector's length, and
    the counts against each other. Reads the whole index.
    """
    try:
        generation = locate_generation(index)
        altered = tuple(damages(generation, contents=True))
        if altered:
            return tuple(_fault(problem) for problem in altered)
        opened = _open(generation)
    except IndexUnusableError as error:
        problem, _, remedy = str(error).rpartition(". ")
        return (Fault("index", problem, remedy.rpartition(": ")[2]),)
    try:
        return tuple(_fault(problem) for problem in (*_text_problems(opened.catalog), *_vector_problems(opened)))
    finally:
        opened.close()


def _fault(problem: str) -> Fault:
    return Fault("index", problem, REBUILD)


def _open(generation: Generation) -> OpenIndex:
    folder, manifest = generation.folder, generation.manifest
    catalog = Catalog(folder / CATALOG)
    try:
        vectors = FaissVectorStore.load(folder / VECTORS)
        lexical = LexicalIndex.load(folder / LEXICAL)
        counts = (manifest.chunks, catalog.chunk_count, len(vectors), len(lexical))
        if len(set(counts)) != 1 or vectors.dimension != manifest.dimension:
            raise IndexDamagedError(
                "The parts of the index do not belong together: chunks in manifest, catalog, vectors and lexical index "
                f"are {', '.join(map(str, counts))}, dimensions {manifest.dimension} and {vectors.dimension}. "
                f"Make the index again: {REBUILD}"
            )
    except IndexDamagedError:
        catalog.close()
        raise
    return OpenIndex(generation.id, manifest, catalog, vectors, lexical)


def _text_problems(catalog: Catalog) -> Iterator[str]:
    for each in catalog.indexed_documents():
        text, source = each.document.text, each.document.source
        if any(chunk.text != text[chunk.start : chunk.end] for chunk in each.chunks):
            yield f"a passage of {source} is not what the source says at its place"
        if any(quotation.quote != text[quotation.start : quotation.end] for quotation in each.quotations):
            yield f"a quotation of {source} is not what the source says at its place"


def _vector_problems(opened: OpenIndex) -> Iterator[str]:
    for start in range(0, len(opened.vectors), _VECTORS_AT_A_TIME):
        rows = np.arange(start, min(start + _VECTORS_AT_A_TIME, len(opened.vectors)))
        lengths = np.linalg.norm(opened.vectors.reconstruct(rows), axis=1)
        wrong = int((~(np.abs(lengths - 1) <= LENGTH_TOLERANCE)).sum())
        if wrong:
            yield f"{wrong} of the vectors from row {start} on are not finite and of unit length"
