"""LlamaIndex as its page on reciprocal rank fusion sets it up: vectors and BM25 over small chunks, fused."""

from __future__ import annotations

from functools import lru_cache

from running import Place, Search, main


class LlamaIndexFusion:
    """SentenceSplitter of 256 tokens, VectorStoreIndex and BM25Retriever, fused; no language model writes queries."""

    packages = (
        *("llama-index-core", "llama-index-embeddings-huggingface", "llama-index-retrievers-bm25"),
        *("sentence-transformers", "torch"),
    )

    def index(self, place: Place) -> int:
        """Split, embed, weigh the words, and persist both."""
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.retrievers.bm25 import BM25Retriever

        documents = [Document(text=each.content, id_=each.id) for each in place.documents()]
        index = VectorStoreIndex.from_documents(
            documents, transformations=[SentenceSplitter(chunk_size=256)], embed_model=self._embedding(place)
        )
        index.storage_context.persist(persist_dir=str(place.store / "vectors"))
        words = BM25Retriever.from_defaults(docstore=index.docstore, similarity_top_k=2)
        words.persist(str(place.store / "words"))
        return len(index.docstore.docs)

    def open(self, place: Place) -> Search:
        """Load both, and make a retriever for each count of passages that is asked for."""
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.retrievers.bm25 import BM25Retriever

        storage = StorageContext.from_defaults(persist_dir=str(place.store / "vectors"))
        index = load_index_from_storage(storage, embed_model=self._embedding(place))
        words = BM25Retriever.from_persist_dir(str(place.store / "words"))

        @lru_cache
        def retriever(count: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
            words.similarity_top_k = min(count, words.bm25.scores["num_docs"])
            return QueryFusionRetriever(
                [index.as_retriever(similarity_top_k=count), words],
                llm=MockLLM(),
                similarity_top_k=count,
                num_queries=1,
                mode="reciprocal_rerank",
                use_async=False,
            )

        def search(question: str, count: int) -> list[str]:
            return [hit.node.ref_doc_id for hit in retriever(count).retrieve(question)]

        return search

    def _embedding(self, place: Place):  # type: ignore[no-untyped-def]  # noqa: ANN202 - LlamaIndex is not installed here
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        return HuggingFaceEmbedding(model_name=str(place.model))


if __name__ == "__main__":
    main(LlamaIndexFusion())
