"""Bringing the index up to date with the sources."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from rag.catalog import FileRecord, IndexedDocument, write_catalog
from rag.chunking import chunk_document
from rag.embedding import Embedder
from rag.errors import IndexMissingError, IndexUnusableError, SourceError, UsageError
from rag.generations import Manifest, build_lock, new_generation, publish, writing
from rag.index_reader import CATALOG, LEXICAL, VECTORS, OpenIndex, open_index
from rag.indexing.changes import Changes, Selection, detect_changes, select
from rag.indexing.vectors import embed_chunks
from rag.lexical import LexicalIndex
from rag.quotations import extract_quotations
from rag.sources import SourceFile, SourceListing, SourceReader, find_sources
from rag.types import Document, IndexReport, Progress, Skipped
from rag.vector_store import FaissVectorStore

ProgressCallback = Callable[[Progress], None]

_RULES = ("sources", "chunking.py", "quotations", "text")
"""The parts of the program that decide what stands in the catalog."""


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What a build is made with."""

    sources: Path
    index: Path
    embedder: Embedder
    chunk_tokens: int
    overlap_tokens: int
    size_limit: int

    def manifest(self) -> Manifest:
        """Return the manifest of a generation that is made with these settings, its counts still to come."""
        return Manifest(
            embedding_model=self.embedder.name,
            fingerprint=self.embedder.fingerprint,
            dimension=self.embedder.dimension,
            chunk_tokens=self.chunk_tokens,
            overlap_tokens=self.overlap_tokens,
            reader=reading_rules(),
            documents=0,
            chunks=0,
            quotations=0,
            sources=str(self.sources.resolve()),
        )


@dataclass(frozen=True, slots=True)
class Previous:
    """The index there was, how much of it can be used again, and what the person should know about that."""

    opened: OpenIndex | None
    documents: bool
    """Whether unchanged documents need not be read again."""
    vectors: bool
    """Whether equal texts need not be embedded again."""
    notes: tuple[str, ...] = ()

    def files(self) -> tuple[FileRecord, ...]:
        """Return the files that the index knows."""
        return self.opened.catalog.files() if self.opened else ()


def build(
    *,
    sources: Path,
    index: Path,
    embedder: Embedder,
    chunk_tokens: int,
    overlap_tokens: int,
    size_limit: int,
    rebuild: bool = False,
    paths: Sequence[Path] = (),
    progress: ProgressCallback | None = None,
) -> IndexReport:
    """Bring the index up to date with the sources, and return what was done.

    Nothing is written when nothing changed. Documents that did not change are taken over, and so is the vector of
    every text that was embedded before; `rebuild` takes over nothing. With `paths` (files or folders in the sources
    folder) only changes there are taken up. Files that cannot be read are reported and left out.

    Raises IndexBusyError when another process builds, SourceError when there is no sources folder or nothing to index
    in it, UsageError for a path outside it or an index folder that cannot be written.
    """
    started = time.monotonic()
    if rebuild and paths:
        raise UsageError("--rebuild makes the whole index again, so it takes no paths. Leave one of them out.")
    settings = BuildSettings(sources, index, embedder, chunk_tokens, overlap_tokens, size_limit)
    listing = find_sources(sources, size_limit)
    with build_lock(index), ExitStack() as stack:
        previous = _previous(settings, rebuild=rebuild)
        if previous.opened is not None:
            stack.callback(previous.opened.close)
        selection, previous = _selection(paths, settings, previous)
        report = _Builder(settings, listing, previous, selection, progress or (lambda _: None)).run()
    return replace(report, seconds=time.monotonic() - started)


@cache
def reading_rules() -> str:
    """Return a hash of the program's own code that reads, cuts and quotes: with other code, documents are read anew."""
    package = Path(__file__).parent.parent
    digest = sha256()
    for name in _RULES:
        part = package / name
        for path in sorted(part.rglob("*.py")) if part.is_dir() else [part]:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _previous(settings: BuildSettings, *, rebuild: bool) -> Previous:
    """Return the index there was and what of it the new settings let stand."""
    if rebuild:
        return Previous(None, documents=False, vectors=False)
    try:
        opened = open_index(settings.index)
    except IndexMissingError:
        return Previous(None, documents=True, vectors=True)
    except IndexUnusableError as error:
        note = f"Everything was made again, because the index there was could not be used: {error}"
        return Previous(None, documents=False, vectors=False, notes=(note,))
    made, wanted = opened.manifest, settings.manifest()
    if (made.fingerprint, made.dimension) != (wanted.fingerprint, wanted.dimension):
        note = f"Everything was embedded again: by {wanted.embedding_model}, before by {made.embedding_model}."
        return Previous(opened, documents=False, vectors=False, notes=(note,))
    rules = (made.reader, made.chunk_tokens, made.overlap_tokens)
    if rules != (wanted.reader, wanted.chunk_tokens, wanted.overlap_tokens):
        note = "Every document was read again, because the program or the chunk settings have changed."
        return Previous(opened, documents=False, vectors=True, notes=(note,))
    return Previous(opened, documents=True, vectors=True)


def _selection(paths: Sequence[Path], settings: BuildSettings, previous: Previous) -> tuple[Selection, Previous]:
    """Return the selection of `paths`; all, with a note, where documents outside it cannot stay as they were."""
    selection = select(paths, settings.sources, [record.path for record in previous.files()])
    if not selection.paths or previous.documents:
        return selection, previous
    note = "All sources were taken up, because those outside the paths given could not stay as they were."
    return Selection(), replace(previous, notes=(*previous.notes, note))


class _Builder:
    """One run: from the listing to the report."""

    def __init__(
        self,
        settings: BuildSettings,
        listing: SourceListing,
        previous: Previous,
        selection: Selection,
        progress: ProgressCallback,
    ) -> None:
        self._settings, self._previous, self._progress = settings, previous, progress
        self._reader = SourceReader()
        self._files = {file.source: file for file in listing.files if selection.has(file.source)}
        self._skipped = [skipped for skipped in listing.skipped if selection.has(skipped.source)]
        known = {record.path: record for record in previous.files()}
        self._changes: Changes = detect_changes(
            self._files.values(), [record for path, record in known.items() if selection.has(path)]
        )
        kept = {path: record for path, record in known.items() if not selection.has(path)}
        self._records: dict[str, FileRecord] = dict(sorted({**kept, **self._changes.records}.items()))

    def run(self) -> IndexReport:
        """Do what is to be done; `seconds` of the report is left at 0."""
        opened = self._previous.opened
        same_folder = opened is not None and opened.manifest.sources == self._settings.manifest().sources
        if opened and same_folder and self._previous.documents and self._changes.none:
            sources = opened.catalog.sources()
            self._skipped += [Skipped(each.path, each.skipped) for each in self._records.values() if each.skipped]
            return self._report(opened.generation, sources, opened.manifest.chunks, embedded=0)
        documents = list(self._documents())
        chunks = [chunk for each in documents for chunk in each.chunks]
        if not chunks:
            raise SourceError(self._nothing())
        vectors, embedded = embed_chunks(
            chunks, self._settings.embedder, opened if self._previous.vectors else None, self._embedding
        )
        store = FaissVectorStore(self._settings.embedder.dimension)
        store.add(vectors)
        lexical = LexicalIndex.build([chunk.embedding_text for chunk in chunks])
        generation = self._write(documents, store, lexical)
        return self._report(generation, [each.document.source for each in documents], len(chunks), embedded)

    def _documents(self) -> Iterator[IndexedDocument]:
        """Yield the documents of every file, taken over or read, and put down the files that cannot be read."""
        fresh = {*self._changes.added, *self._changes.changed} if self._previous.documents else set(self._records)
        for done, (path, record) in enumerate(self._records.items(), start=1):
            if path not in fresh and self._previous.opened:
                yield from self._previous.opened.catalog.documents_of(path)
                reason = record.skipped
            else:
                read = self._read(self._files[path])
                reason = read if isinstance(read, str) else None
                if not isinstance(read, str):
                    yield from read
            self._records[path] = replace(record, skipped=reason)
            if reason and path in self._files:
                self._skipped.append(Skipped(path, reason))
            self._progress(Progress("reading", done, len(self._records)))

    def _read(self, file: SourceFile) -> list[IndexedDocument] | str:
        """Return what becomes of one file, or the reason why it cannot be read."""
        try:
            reading = self._reader.read(file)
        except SourceError as error:
            return str(error)
        self._skipped += reading.skipped
        return [self._indexed(file, document) for document in reading.documents]

    def _indexed(self, file: SourceFile, document: Document) -> IndexedDocument:
        chunks = chunk_document(
            document,
            budget=self._settings.chunk_tokens,
            overlap=self._settings.overlap_tokens,
            piece_limit=self._settings.embedder.max_pieces,
            count_pieces=self._settings.embedder.count_pieces,
        )
        return IndexedDocument(file.source, document, tuple(chunks), tuple(extract_quotations(document)))

    def _embedding(self, done: int, total: int) -> None:
        self._progress(Progress("embedding", done, total))

    def _write(self, documents: Sequence[IndexedDocument], store: FaissVectorStore, lexical: LexicalIndex) -> str:
        """Write a generation, make it the one that counts, and return its id."""
        index = self._settings.index
        self._progress(Progress("writing", 0, 4))
        with new_generation(index) as folder:
            with writing(index):
                write_catalog(folder / CATALOG, self._records.values(), documents)
                self._progress(Progress("writing", 1, 4))
                store.save(folder / VECTORS)
                self._progress(Progress("writing", 2, 4))
                lexical.save(folder / LEXICAL)
                self._progress(Progress("writing", 3, 4))
            manifest = replace(
                self._settings.manifest(),
                documents=len(documents),
                chunks=len(store),
                quotations=sum(len(each.quotations) for each in documents),
            )
            generation = publish(index, folder, manifest)
        self._progress(Progress("writing", 4, 4))
        return generation.id

    def _report(self, generation: str, sources: Sequence[str], chunks: int, embedded: int) -> IndexReport:
        opened = self._previous.opened
        before, after = set(opened.catalog.sources() if opened else ()), set(sources)
        changed = len(before & after & set(self._changes.changed))
        return IndexReport(
            generation=generation,
            documents=len(after),
            chunks=chunks,
            embedded=embedded,
            added=len(after - before),
            changed=changed,
            removed=len(before - after),
            unchanged=len(before & after) - changed,
            skipped=tuple(sorted(self._skipped, key=lambda each: each.source)),
            seconds=0.0,
            notes=self._previous.notes,
        )

    def _nothing(self) -> str:
        """Return the message for a sources folder without a document."""
        first = next(iter(self._skipped), None)
        why = f" {len(self._skipped)} files were skipped; {first.source}: {first.reason}" if first else ""
        return (
            f"There is nothing to index in {self._settings.sources}.{why} "
            "Put text or Markdown files there, or name another folder with --sources."
        )
