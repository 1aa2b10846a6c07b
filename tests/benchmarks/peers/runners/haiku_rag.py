"""haiku.rag as its documentation sets it up: its own conversion and chunking, LanceDB, hybrid search.

The embeddings come from a server that speaks OpenAI's protocol, one of the providers that its documentation names.
"""

from __future__ import annotations

import asyncio

from running import Place, Search, main, server_address

BATCH = 256
"""Documents that are written at once: one by one, LanceDB would write a version of its tables for each."""


class HaikuRag:
    """Defaults, but for the model of the embeddings and the tokenizer that counts the tokens of a chunk."""

    packages = ("haiku.rag-slim", "lancedb", "docling-slim", "docling-core", "pydantic-ai-slim")

    def index(self, place: Place) -> int:
        """Convert, chunk, embed and store."""
        return asyncio.run(self._index(place))

    async def _index(self, place: Place) -> int:
        from haiku.rag.client import HaikuRAG
        from haiku.rag.client.documents import DocumentImport

        count = 0
        documents = place.documents()
        async with HaikuRAG(place.store, config=self._config(place), create=True) as client:
            for start in range(0, len(documents), BATCH):
                imports = []
                for document in documents[start : start + BATCH]:
                    converted = await client.convert(document.content)
                    chunks = await client.chunk(converted)
                    count += len(chunks)
                    imports.append(
                        DocumentImport(docling_document=converted, chunks=chunks, uri=document.id, title=document.title)
                    )
                await client.import_documents(imports)
        return count

    def open(self, place: Place) -> Search:
        """Open the database, and keep it open for every question."""
        from haiku.rag.client import HaikuRAG

        loop = asyncio.new_event_loop()
        client = loop.run_until_complete(HaikuRAG(place.store, config=self._config(place), read_only=True).__aenter__())

        def search(question: str, count: int) -> list[str]:
            return [hit.document_uri for hit in loop.run_until_complete(client.search(question, limit=count))]

        return search

    def _config(self, place: Place):  # type: ignore[no-untyped-def]  # noqa: ANN202 - haiku.rag is not installed here
        from haiku.rag.config import AppConfig

        model = {
            "provider": "openai",
            "name": place.model.name,
            "vector_dim": 384,
            "base_url": server_address(),
            "api_key": "none",
        }
        return AppConfig.model_validate(
            {"embeddings": {"model": model}, "processing": {"chunking_tokenizer": str(place.model)}}
        )


if __name__ == "__main__":
    main(HaikuRag())
