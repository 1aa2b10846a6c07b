"""`FaissStore`: the `VectorStore` of `langchain_core`, over a table of documents and an embedding model."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.runnables.config import run_in_executor
from langchain_core.vectorstores import VectorStore

from rag.langchain_store.filters import Condition, compile_condition
from rag.langchain_store.table import Table, unit_vectors

Scored = list[tuple[Document, float]]


class FaissStore(VectorStore):
    """Documents that are found by meaning: exact cosine similarity in FAISS, higher is better.

    Every search takes `k` and `filter`, a condition on the metadata (see `Condition`). Safe to use from several
    threads, with an embedding model that is. The async methods await the model's own, and search in a thread.
    """

    def __init__(self, embedding: Embeddings) -> None:
        """Make an empty store of texts that `embedding` embeds; its first vectors decide the dimension."""
        self._embedding = embedding
        self._table = Table()

    @property
    def embeddings(self) -> Embeddings:
        """Return the embedding model."""
        return self._embedding

    @property
    def count(self) -> int:
        """Return the number of documents (no `__len__`: an empty store must not be false where LangChain asks)."""
        return len(self._table)

    # ------------------------------------------------------------ changing

    def add_documents(
        self,
        documents: list[Document],
        *,
        ids: Sequence[str | None] | None = None,
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Embed documents and put them in place of those with the same ids; return the ids, in order.

        An id comes from `ids`, else from the document, else it is made. `batch_size` texts are embedded at once
        (default: all). Raises ValueError for a wrong number of ids, and for vectors that have another dimension or no
        direction; nothing is added then.
        """
        _refuse(kwargs)
        named = _named(documents, ids)
        embedded: list[list[float]] = []
        for texts in _batches(named, batch_size):
            embedded += self._embedding.embed_documents(texts)
        self._put(named, embedded)
        return [str(document.id) for document in named]

    async def aadd_documents(
        self,
        documents: list[Document],
        *,
        ids: Sequence[str | None] | None = None,
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Do what `add_documents` does without blocking."""
        _refuse(kwargs)
        named = _named(documents, ids)
        embedded: list[list[float]] = []
        for texts in _batches(named, batch_size):
            embedded += await self._embedding.aembed_documents(texts)
        await run_in_executor(None, self._put, named, embedded)
        return [str(document.id) for document in named]

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: Sequence[Mapping[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Embed and add texts; see `add_documents`. Raises ValueError for a wrong number of metadata too."""
        return self.add_documents(_documents(texts, metadatas), ids=ids, **kwargs)

    async def aadd_texts(
        self,
        texts: Iterable[str],
        metadatas: Sequence[Mapping[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Do what `add_texts` does without blocking."""
        return await self.aadd_documents(_documents(texts, metadatas), ids=ids, **kwargs)

    def _put(self, documents: list[Document], embedded: list[list[float]]) -> None:
        if documents:
            self._table.put(documents, unit_vectors(embedded, len(documents)))

    def delete(self, ids: Sequence[str] | None = None, **kwargs: Any) -> bool:
        """Delete the documents with these ids, passing over those that are not there; without ids, all. True.

        Raises TypeError for a single id that is not in a list.
        """
        _refuse(kwargs)
        if isinstance(ids, str):
            raise TypeError(f"delete takes a list of ids: [{ids!r}].")
        if ids is None:
            self._table.clear()
        else:
            self._table.remove(ids)
        return True

    # ------------------------------------------------------------ finding

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """Return the documents with these ids, in the order asked for, without those that are not there."""
        return self._table.get(ids)

    def similarity_search_with_score_by_vector(
        self, embedding: Sequence[float], k: int = 4, filter: Condition | None = None, **kwargs: Any
    ) -> Scored:
        """Return the `k` documents nearest to a vector with their cosine similarities, -1 to 1, best first.

        Raises ValueError for a vector of another dimension or without direction, or a filter that is none.
        """
        _refuse(kwargs)
        return self._table.search(unit_vectors([embedding], 1)[0], k, compile_condition(filter))

    def similarity_search_by_vector(
        self, embedding: Sequence[float], k: int = 4, filter: Condition | None = None, **kwargs: Any
    ) -> list[Document]:
        """Return the `k` documents nearest to a vector, best first."""
        return _unscored(self.similarity_search_with_score_by_vector(embedding, k, filter, **kwargs))

    def similarity_search_with_score(
        self, query: str, k: int = 4, filter: Condition | None = None, **kwargs: Any
    ) -> Scored:
        """Return the `k` documents nearest to a text with their cosine similarities, -1 to 1, best first."""
        return self.similarity_search_with_score_by_vector(self._embedding.embed_query(query), k, filter, **kwargs)

    async def asimilarity_search_with_score(
        self, query: str, k: int = 4, filter: Condition | None = None, **kwargs: Any
    ) -> Scored:
        """Do what `similarity_search_with_score` does without blocking."""
        embedded = await self._embedding.aembed_query(query)
        search = self.similarity_search_with_score_by_vector
        return await run_in_executor(None, search, embedded, k, filter, **kwargs)

    def similarity_search(
        self, query: str, k: int = 4, filter: Condition | None = None, **kwargs: Any
    ) -> list[Document]:
        """Return the `k` documents nearest to a text, best first."""
        return _unscored(self.similarity_search_with_score(query, k, filter, **kwargs))

    async def asimilarity_search(
        self, query: str, k: int = 4, filter: Condition | None = None, **kwargs: Any
    ) -> list[Document]:
        """Do what `similarity_search` does without blocking."""
        return _unscored(await self.asimilarity_search_with_score(query, k, filter, **kwargs))

    def max_marginal_relevance_search_by_vector(
        self,
        embedding: Sequence[float],
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        filter: Condition | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        """Return `k` of the `fetch_k` documents nearest to a vector that are unlike each other; see `diverse`."""
        _refuse(kwargs)
        query = unit_vectors([embedding], 1)[0]
        return self._table.search_diverse(query, k, fetch_k, lambda_mult, compile_condition(filter))

    def max_marginal_relevance_search(
        self,
        query: str,
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        filter: Condition | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        """Return `k` of the `fetch_k` documents nearest to a text that are unlike each other; see `diverse`."""
        embedded = self._embedding.embed_query(query)
        return self.max_marginal_relevance_search_by_vector(embedded, k, fetch_k, lambda_mult, filter, **kwargs)

    async def amax_marginal_relevance_search(
        self,
        query: str,
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        filter: Condition | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        """Do what `max_marginal_relevance_search` does without blocking."""
        embedded = await self._embedding.aembed_query(query)
        search = self.max_marginal_relevance_search_by_vector
        return await run_in_executor(None, search, embedded, k, fetch_k, lambda_mult, filter, **kwargs)

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return _relevance

    # ------------------------------------------------------------ making, keeping

    @classmethod
    def from_texts(
        cls,
        texts: Iterable[str],
        embedding: Embeddings,
        metadatas: Sequence[Mapping[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **kwargs: Any,
    ) -> Self:
        """Return a new store of `texts`; see `add_texts`. `from_documents` does the same with documents."""
        store = cls(embedding)
        store.add_texts(texts, metadatas, ids=ids, **kwargs)
        return store

    @classmethod
    async def afrom_texts(
        cls,
        texts: Iterable[str],
        embedding: Embeddings,
        metadatas: Sequence[Mapping[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **kwargs: Any,
    ) -> Self:
        """Do what `from_texts` does without blocking."""
        store = cls(embedding)
        await store.aadd_texts(texts, metadatas, ids=ids, **kwargs)
        return store

    def save(self, folder: str | Path) -> None:
        """Write the store into a folder, in place of the one that it held, at once or not at all.

        Raises ValueError for metadata that JSON cannot hold, OSError where the folder cannot be written.
        """
        self._table.save(Path(folder))

    @classmethod
    def load(cls, folder: str | Path, embedding: Embeddings) -> Self:
        """Return the store of a folder, every file checked by its hash; nothing in it is executed.

        `embedding` must be the model that the store was made with; one of another dimension is refused at its first
        use. Raises IndexMissingError, IndexMismatchError or IndexDamagedError with what is wrong.
        """
        store = cls(embedding)
        store._table = Table.load(Path(folder))
        return store


def _named(documents: Sequence[Document], ids: Sequence[str | None] | None) -> list[Document]:
    """Return the documents with an id each: given, their own, or a new one."""
    if ids is not None and len(ids) != len(documents):
        raise ValueError(f"There are {len(ids)} ids for {len(documents)} documents: give one each, or None.")
    given = ids if ids is not None else [None] * len(documents)
    return [
        Document(page_content=each.page_content, metadata=each.metadata, id=identifier or each.id or str(uuid.uuid4()))
        for identifier, each in zip(given, documents, strict=True)
    ]


def _batches(documents: Sequence[Document], size: int | None) -> Iterator[list[str]]:
    """Yield the texts of the documents, `size` at a time."""
    if size is not None and size < 1:
        raise ValueError(f"batch_size is {size}: it must be 1 or more.")
    step = size or len(documents) or 1
    for start in range(0, len(documents), step):
        yield [document.page_content for document in documents[start : start + step]]


def _documents(texts: Iterable[str], metadatas: Sequence[Mapping[str, Any]] | None) -> list[Document]:
    listed = list(texts)
    facts = [{} for _ in listed] if metadatas is None else metadatas
    if len(facts) != len(listed):
        raise ValueError(f"There are {len(facts)} metadatas for {len(listed)} texts: give one each, or none.")
    return [Document(page_content=text, metadata=dict(each)) for text, each in zip(listed, facts, strict=True)]


def _unscored(found: Scored) -> list[Document]:
    return [document for document, _ in found]


def _relevance(similarity: float) -> float:
    """Return a cosine similarity on the scale from 0 (opposite) to 1 (the same)."""
    return min(1.0, max(0.0, (1.0 + similarity) / 2.0))


def _refuse(unknown: Mapping[str, Any]) -> None:
    """Raise TypeError for arguments that nothing here understands: a misspelt filter must not admit everything."""
    if unknown:
        raise TypeError(f"FaissStore does not know the argument {', '.join(sorted(unknown))}.")
