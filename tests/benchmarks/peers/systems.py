"""The systems that are compared: what each is called, how it is installed, and how its documentation sets it up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
TORCH = "torch==2.13.0"
"""Installed first and alone: a machine that keeps a build for processors only has it under this version."""


@dataclass(frozen=True, slots=True)
class System:
    """One system."""

    name: str
    title: str
    runner: str
    """Script in `runners`."""
    setup: str
    """How it is set up, for the page."""
    environment: str | None = None
    """Name of its environment and of its requirements; None for the environment that the benchmark itself runs in."""
    python: str | None = None
    """The version of Python that it needs, where the benchmark's own is too old."""
    torch: bool = True
    """Whether it encodes with torch."""
    served: bool = False
    """Whether it is given the weights by a server on this machine instead of loading them itself."""

    @property
    def script(self) -> Path:
        """Return the path of its runner."""
        return FOLDER / "runners" / f"{self.runner}.py"

    @property
    def requirements(self) -> Path:
        """Return the path of its pinned requirements."""
        return FOLDER / "requirements" / f"{self.environment}.txt"


OURS = System(
    name="ours",
    title="this program",
    runner="ours",
    setup="`rag index`, `rag search` and one warm engine, every setting at its default. The encoder is exported once "
    "on a machine, before anything is indexed; that time is given apart.",
    torch=False,
)

PEERS = (
    System(
        name="langchain",
        title="LangChain",
        runner="langchain_faiss",
        setup="its tutorial on semantic search with local parts: `RecursiveCharacterTextSplitter` (1000 characters, "
        "200 overlap), `HuggingFaceEmbeddings`, the `FAISS` store of langchain-community, `similarity_search`.",
        environment="langchain",
    ),
    System(
        name="llamaindex",
        title="LlamaIndex",
        runner="llamaindex_vector",
        setup="its starter tutorial for local models: `VectorStoreIndex.from_documents` with `HuggingFaceEmbedding`, "
        "the default `SentenceSplitter` (1024 tokens, of which these weights read the first 256), persisted as JSON.",
        environment="llamaindex",
    ),
    System(
        name="llamaindex-fusion",
        title="LlamaIndex, fusion",
        runner="llamaindex_fusion",
        setup="its page on reciprocal rank fusion: chunks of 256 tokens, `VectorStoreIndex` and `BM25Retriever` in a "
        "`QueryFusionRetriever`, without the queries that a language model would add (`num_queries=1`).",
        environment="llamaindex",
    ),
    System(
        name="txtai",
        title="txtai",
        runner="txtai_hybrid",
        setup="an `Embeddings` database with `content=True` and `hybrid=True` over `Segmentation(sections=True)`, as "
        "its quick start for RAG cuts documents.",
        environment="txtai",
    ),
    System(
        name="haiku.rag",
        title="haiku.rag",
        runner="haiku_rag",
        setup="its defaults: docling's conversion of Markdown, hybrid chunks of 256 tokens (counted by the tokenizer "
        "of these weights), LanceDB, hybrid search, `import_documents` in batches. The weights come from a server on "
        "this machine that speaks OpenAI's protocol, one of its documented providers, and encodes with "
        "sentence-transformers on torch; it is up before the clock starts, and its memory is counted.",
        environment="haiku",
        python="3.12",
        served=True,
    ),
)

SYSTEMS = (OURS, *PEERS)
