"""LlamaIndex as its starter tutorial for local models sets it up: defaults everywhere, the index persisted."""

from __future__ import annotations

from running import Place, Search, main


class LlamaIndex:
    """SentenceSplitter with its defaults, HuggingFaceEmbedding, VectorStoreIndex."""

    packages = ("llama-index-core", "llama-index-embeddings-huggingface", "sentence-transformers", "torch")

    def index(self, place: Place) -> int:
        """Split, embed and persist."""
        from llama_index.core import Document, VectorStoreIndex

        documents = [Document(text=each.content, id_=each.id) for each in place.documents()]
        index = VectorStoreIndex.from_documents(documents, embed_model=self._embedding(place))
        index.storage_context.persist(persist_dir=str(place.store))
        return len(index.docstore.docs)

    def open(self, place: Place) -> Search:
        """Load the index."""
        from llama_index.core import StorageContext, load_index_from_storage

        storage = StorageContext.from_defaults(persist_dir=str(place.store))
        index = load_index_from_storage(storage, embed_model=self._embedding(place))

        def search(question: str, count: int) -> list[str]:
            found = index.as_retriever(similarity_top_k=count).retrieve(question)
            return [hit.node.ref_doc_id for hit in found]

        return search

    def _embedding(self, place: Place):  # type: ignore[no-untyped-def]  # noqa: ANN202 - LlamaIndex is not installed here
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        return HuggingFaceEmbedding(model_name=str(place.model))


if __name__ == "__main__":
    main(LlamaIndex())
