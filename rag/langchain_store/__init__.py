"""A vector store for LangChain: exact search in FAISS, plain checked files, no pickle. It can be used alone.

```python
from rag.embedding.langchain import LangChainEmbeddings
from rag.langchain_store import FaissStore

embeddings = LangChainEmbeddings.load("sentence-transformers/all-MiniLM-L6-v2", "index/encoders")
texts = ["The harbour of Vik is safe.", "The ferry was late again."]
store = FaissStore.from_texts(texts, embeddings, [{"year": 2024}, {"year": 2025}], ids=["harbour", "ferry"])
store.save("my-store")

store = FaissStore.load("my-store", embeddings)  # or any other Embeddings of LangChain
found = store.similarity_search_with_score("Was the boat on time?", k=1, filter={"year": {"$gte": 2025}})
assert found[0][0].id == "ferry"
```
"""

from __future__ import annotations

from rag.langchain_store.filters import Condition
from rag.langchain_store.store import FaissStore

__all__ = ["Condition", "FaissStore"]
