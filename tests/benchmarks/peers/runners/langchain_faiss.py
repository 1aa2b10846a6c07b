"""LangChain as its tutorial on semantic search sets it up, with local embeddings and the FAISS store."""

from __future__ import annotations

from running import Place, Search, main


class LangChain:
    """RecursiveCharacterTextSplitter 1000/200, HuggingFaceEmbeddings, FAISS, similarity search."""

    packages = (
        *("langchain-core", "langchain-text-splitters", "langchain-huggingface", "langchain-community"),
        *("faiss-cpu", "sentence-transformers", "torch"),
    )

    def index(self, place: Place) -> int:
        """Split, embed and save."""
        from langchain_community.vectorstores import FAISS
        from langchain_core.documents import Document
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
        documents = [Document(each.content, metadata={"source": each.id}) for each in place.documents()]
        splits = splitter.split_documents(documents)
        FAISS.from_documents(splits, self._embeddings(place)).save_local(str(place.store))
        return len(splits)

    def open(self, place: Place) -> Search:
        """Load the store."""
        from langchain_community.vectorstores import FAISS

        store = FAISS.load_local(str(place.store), self._embeddings(place), allow_dangerous_deserialization=True)

        def search(question: str, count: int) -> list[str]:
            return [document.metadata["source"] for document in store.similarity_search(question, k=count)]

        return search

    def _embeddings(self, place: Place):  # type: ignore[no-untyped-def]  # noqa: ANN202 - LangChain is not installed here
        from langchain_huggingface import HuggingFaceEmbeddings

        return HuggingFaceEmbeddings(model_name=str(place.model))


if __name__ == "__main__":
    main(LangChain())
