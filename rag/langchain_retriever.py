"""The search of this program as a retriever of LangChain: dense and lexical search, fused, near-duplicates folded.

```python
from rag.config import load
from rag.engine import Engine

retriever = Engine.open(load()).as_retriever(5)
for document in retriever.invoke("What did Bolton say?"):
    place = document.metadata["source"], document.metadata["start"], document.metadata["end"]
    print(*place, document.page_content)
```
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Protocol

from langchain_core import documents as langchain
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.retrievers import BaseRetriever
from pydantic import Field, SkipValidation

from rag.text.pages import page_at
from rag.types import Document, Passage


class Searchable(Protocol):
    """What the retriever needs of an engine."""

    def search(self, question: str, count: int = 10) -> tuple[Passage, ...]:
        """Return the `count` best passages, best first. Raises UsageError for a question that cannot be asked."""
        ...

    def document(self, source: str) -> Document:
        """Return one document."""
        ...


class EngineRetriever(BaseRetriever):
    """Finds the `k` best passages for a question, best first; `Engine.as_retriever` makes one.

    `page_content` is the passage as it stands in its source; the metadata has `source`, `start` and `end` (character
    offsets in the source's canonical text), `title`, `heading`, `author`, `outlet`, `date`, `language`, `url`, `page`,
    `rank` (from 1) and `scores` (`dense`, `lexical`, `fused`, `rerank`; higher is better). What the source does not
    tell is None. The async methods run in a thread.
    """

    engine: SkipValidation[Searchable]
    k: int = Field(default=10, ge=1)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None, **kwargs: Any
    ) -> list[langchain.Document]:
        """Return the `k` best passages (default: the retriever's own number)."""
        if kwargs:
            raise TypeError(f"EngineRetriever does not know the argument {', '.join(sorted(kwargs))}.")
        found = self.engine.search(query, self.k if k is None else k)
        return [as_langchain(passage, self.engine.document(passage.source)) for passage in found]


def as_langchain(passage: Passage, document: Document) -> langchain.Document:
    """Return a passage of `document` as LangChain has it; its id is the place that it stands at."""
    page = page_at(document.pages, passage.start)
    metadata = {
        "source": passage.source,
        "start": passage.start,
        "end": passage.end,
        "title": passage.title,
        "heading": passage.heading,
        "author": document.author,
        "outlet": document.outlet,
        "date": document.date,
        "language": document.language,
        "url": document.url,
        "page": page.number if page else None,
        "rank": passage.rank,
        "scores": asdict(passage.scores),
    }
    place = f"{passage.source}:{passage.start}-{passage.end}"
    return langchain.Document(page_content=passage.text, metadata=metadata, id=place)
