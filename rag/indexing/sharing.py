"""Embedding in parallel: each of several machines embeds its share of the files into one store.

The index is made after that, by a build like any other: it finds the vectors there.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.embedding import Vectors
from rag.errors import UsageError
from rag.indexing.cache import EmbeddingCache, VectorCache
from rag.indexing.drafting import chunks_of
from rag.indexing.reading import read_ahead
from rag.indexing.settings import BuildSettings
from rag.indexing.vectors import Embeddings
from rag.sources import SourceFile, SourceReader, find_sources
from rag.types import Progress, ShareReport, Skipped

if TYPE_CHECKING:
    from rag.stores.milvus.embeddings import SharedEmbeddings

_TEXTS_AT_A_TIME = 8_192
"""Texts whose vectors are held before they are let go."""


class SharedCache:
    """The cache of an index, and behind it what other machines have put into its store."""

    def __init__(self, own: EmbeddingCache, shared: SharedEmbeddings) -> None:
        """Take both."""
        self._own, self._shared = own, shared

    def get(self, keys: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors that are in either."""
        found = self._own.get(keys)
        return found | self._shared.get([key for key in keys if key not in found])

    def put(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors in the cache of the index."""
        self._own.put(vectors)

    def close(self) -> None:
        """Close both."""
        self._own.close()
        self._shared.close()


def cache_of(settings: BuildSettings) -> VectorCache:
    """Return the cache of a build. Raises StoreUnreachableError when a server does not answer."""
    model = settings.embedder.fingerprint, settings.embedder.dimension
    own = EmbeddingCache(settings.index, *model)
    if not settings.store.address.uri:
        return own
    from rag.stores.milvus.embeddings import SharedEmbeddings

    return SharedCache(own, SharedEmbeddings(settings.store, *model))


@dataclass(frozen=True, slots=True)
class Worker:
    """One of several machines: `number` of `count`, from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def has(self, path: str) -> bool:
        """Tell whether a file is in its share: each is in one, whatever machine asks."""
        digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.number - 1


def parse_worker(value: str) -> Worker:
    """Return the worker that `K/N` names. Raises UsageError for anything else."""
    number, _, count = value.partition("/")
    if number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count):
        return Worker(int(number), int(count))
    raise UsageError(f"{value} is no worker: name which of how many it is, as in --worker 2/3.")


def embed_share(settings: BuildSettings, worker: Worker, progress: Callable[[Progress], None]) -> ShareReport:
    """Read the files of a worker's share, embed what is not in the store yet, and put it there.

    Neither reads nor writes an index. Raises UsageError where the store is no server, SourceError when there is no
    sources folder, StoreUnreachableError when the server does not answer.
    """
    started = time.monotonic()
    if not settings.store.address.uri:
        raise UsageError("--worker puts vectors where other machines find them: name a server, --store milvus:URI.")
    from rag.stores.milvus.embeddings import SharedEmbeddings

    listing = find_sources(settings.sources, settings.size_limit, settings.ignore)
    files = [file for file in listing.files if worker.has(file.source)]
    skipped = [each for each in listing.skipped if worker.has(each.source)]
    model = settings.embedder.fingerprint, settings.embedder.dimension
    with closing(SharedEmbeddings(settings.store, *model)) as shared:
        shared.create()
        embeddings = Embeddings(
            settings.embedder, (), shared, lambda done, total: progress(Progress("embedding", done, total)), anew=False
        )
        with closing(embeddings):
            chunks = _embed(settings, files, embeddings, skipped, progress)
        shared.flush()
    seconds = time.monotonic() - started
    return ShareReport(str(worker), len(files), chunks, embeddings.embedded, tuple(skipped), seconds)


def _embed(
    settings: BuildSettings,
    files: Sequence[SourceFile],
    embeddings: Embeddings,
    skipped: list[Skipped],
    progress: Callable[[Progress], None],
) -> int:
    """Have every chunk of some files embedded, add what could not be read to `skipped`, and return how many there are.

    A vector is in the store as soon as it is made, so what is asked for here is let go again.
    """
    chunks, held = 0, 0
    with SourceReader(seconds=settings.seconds_limit) as reader:
        for done, (_, reading) in enumerate(read_ahead(reader, files), start=1):
            skipped += (each for each in reading.skipped if not each.hidden)
            for document in reading.documents:
                texts = [chunk.embedding_text for chunk in chunks_of(document, settings)]
                embeddings.want(texts)
                chunks, held = chunks + len(texts), held + len(texts)
            if held >= _TEXTS_AT_A_TIME:
                embeddings.take(())
                held = 0
            progress(Progress("reading", done, len(files)))
    embeddings.take(())
    return chunks
