"""The vectors of the chunks: taken over where the same text was embedded before, else embedded, each text once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rag.catalog import embedding_key
from rag.embedding import Embedder, Vectors
from rag.index_reader import OpenIndex
from rag.types import Chunk


def embed_chunks(
    chunks: Sequence[Chunk], embedder: Embedder, known: OpenIndex | None, progress: Callable[[int, int], None]
) -> tuple[Vectors, int]:
    """Return the vectors of `chunks`, shape (chunks, dimension), and how many texts had to be embedded.

    `known` is an index made with the same model, whose vectors may be taken over. `progress` is called with how many
    texts are embedded of how many.
    """
    keys = [embedding_key(chunk.embedding_text) for chunk in chunks]
    rows = known.catalog.embedding_rows() if known else {}
    vectors = np.zeros((len(chunks), embedder.dimension), dtype=np.float32)
    taken = [at for at, key in enumerate(keys) if key in rows]
    if known and taken:
        vectors[taken] = known.vectors.reconstruct(np.array([rows[keys[at]] for at in taken], dtype=np.int64))
    texts = {key: chunk.embedding_text for key, chunk in zip(keys, chunks, strict=True) if key not in rows}
    if texts:
        progress(0, len(texts))
        fresh = embedder.embed_passages(list(texts.values()), lambda done: progress(done, len(texts)))
        place = {key: at for at, key in enumerate(texts)}
        wanted = [at for at, key in enumerate(keys) if key in place]
        vectors[wanted] = fresh[[place[keys[at]] for at in wanted]]
    return vectors, len(texts)
