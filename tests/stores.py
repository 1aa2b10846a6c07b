"""One small generation in either store: three segments, in which some documents count no more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.lexical import LexicalIndex, Postings
from rag.stores.address import StoreAddress, StoreLogin
from rag.stores.base import ChunkStore, SegmentContents
from rag.stores.layout import Layout
from rag.stores.local import LocalStore
from rag.stores.milvus import WORD_COUNTS, ChunkCollection, MilvusStore, RemoteSegments, SearchedSegment
from rag.stores.words import Frequencies
from rag.vector_store import FaissVectorStore, SegmentedVectorStore
from tests.doubles import HashingEmbedder

WORDS = (
    "minister talks bread flour water salt night strike wages harbour wall flood council vote hive garden roof bees "
    "treaty border grain price storm bridge school budget court ruling appeal witness"
).split()


@dataclass(frozen=True)
class Shelf:
    """Chunks by segment, and the layout of the documents that count."""

    texts: tuple[tuple[str, ...], ...]
    documents: tuple[tuple[int, ...], ...]
    layout: Layout

    @property
    def live(self) -> list[str]:
        """The texts by row."""
        segments, inner = self.layout.homes(np.arange(len(self.layout)))
        return [self.texts[segment - 1][row] for segment, row in zip(segments, inner, strict=True)]


def make_shelf(seed: int = 7, sizes: tuple[int, ...] = (40, 25, 12)) -> Shelf:
    """Return documents of three chunks each; of the first segment, every fourth document counts no more."""
    random = np.random.default_rng(seed)
    texts = tuple(
        tuple(" ".join(random.choice(WORDS, random.integers(3, 12))) for _ in range(3 * size)) for size in sizes
    )
    documents = [
        (segment, number, 3 * number, 3)
        for segment, size in enumerate(sizes, start=1)
        for number in range(size)
        if segment > 1 or number % 4
    ]
    order = random.permutation(len(documents))
    numbers = tuple(tuple(row // 3 for row in range(3 * size)) for size in sizes)
    return Shelf(texts, numbers, Layout(np.array(documents, dtype=np.int64)[order]))


def local_store(shelf: Shelf, embedder: HashingEmbedder) -> ChunkStore:
    """Put a shelf into the store of this program."""
    places = [shelf.layout.rows(at, np.arange(len(texts))) for at, texts in enumerate(shelf.texts, start=1)]
    stores = []
    for texts in shelf.texts:
        stores.append(FaissVectorStore(embedder.dimension))
        stores[-1].add(embedder.embed_passages(texts))
    vectors = SegmentedVectorStore(embedder.dimension, stores, places)
    return LocalStore(vectors, LexicalIndex([Postings.build(texts) for texts in shelf.texts], places))


def milvus_store(shelf: Shelf, embedder: HashingEmbedder, folder: Path, average: float) -> MilvusStore:
    """Put a shelf into a file of Milvus Lite."""
    collection = ChunkCollection(StoreLogin(StoreAddress("milvus", str(folder / "chunks.db"))), "shelf")
    writer = RemoteSegments(collection, embedder.dimension, average)
    segments = []
    for number, (texts, documents) in enumerate(zip(shelf.texts, shelf.documents, strict=True), start=1):
        name = f"{number:x}" * 16
        (folder / name).mkdir()
        writer.write(SegmentContents(name, folder / name, texts, documents), [embedder.embed_passages(texts)])
        frequencies = Frequencies.load(folder / name / WORD_COUNTS)
        segments.append(SearchedSegment(number, name, len(texts), frequencies))
    writer.settle({segment.name: segment.chunks for segment in segments})
    return MilvusStore(collection, shelf.layout, segments)
