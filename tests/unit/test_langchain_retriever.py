"""This program where LangChain wants a retriever and an embedding model: LangChain's conformance suites, and values."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.runnables import RunnableLambda
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, RetrieversIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from rag.config import BUNDLED_EMBEDDING_MODEL, Settings
from rag.embedding.langchain import LangChainEmbeddings
from rag.engine import Engine, build_index
from rag.errors import UsageError
from rag.langchain_retriever import EngineRetriever, as_langchain
from rag.langchain_store import FaissStore
from rag.types import Document, Page, Passage, Scores
from tests.doubles import HashingEmbedder

QUESTION = "What did Bolton say about Putin?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoders: Path, repository: Path) -> Iterator[Engine]:
    index = tmp_path_factory.mktemp("retriever") / "index"
    shutil.copytree(encoders, index / "encoders")
    settings = Settings(index=index, sources=repository / "seeds")
    build_index(settings)
    opened = Engine.open(settings)
    yield opened
    opened.close()


class TestRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def opened(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def retriever_constructor(self) -> type[EngineRetriever]:
        return EngineRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"engine": self.engine}

    @property
    def retriever_query_example(self) -> str:
        return QUESTION


class Hashing:
    """The embedding model that the suites for embeddings are run with."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return LangChainEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"embedder": HashingEmbedder()}


class TestEmbeddingsAlone(Hashing, EmbeddingsUnitTests): ...


class TestEmbeddingsInUse(Hashing, EmbeddingsIntegrationTests): ...


def test_the_retriever_finds_what_the_engine_finds(engine: Engine) -> None:
    found = engine.as_retriever(count=4).invoke(QUESTION)
    passages = engine.search(QUESTION, 4)
    assert [each.page_content for each in found] == [passage.text for passage in passages]
    assert [each.metadata["rank"] for each in found] == [1, 2, 3, 4]
    for each, passage in zip(found, passages, strict=True):
        facts, document = each.metadata, engine.document(passage.source)
        assert document.text[facts["start"] : facts["end"]] == each.page_content
        assert facts["scores"]["fused"] == passage.scores.fused
        assert (facts["source"], facts["title"], facts["date"]) == (passage.source, document.title, document.date)
    assert len({each.id for each in found}) == 4


def test_a_passage_knows_its_page_and_what_its_source_says_of_itself() -> None:
    text = "On one page. On another."
    pages = (Page(1, 0, 13), Page(2, 13, len(text)))
    document = Document("a.pdf", text, "Title", "Ann", "Herald", "2024-03-05", (), pages, "en", "https://a.example/a")
    passage = Passage(1, "a.pdf", 13, 24, text[13:24], Scores(0.5, None, 0.9), title="Title", heading="Head")
    made = as_langchain(passage, document)
    assert (made.id, made.page_content) == ("a.pdf:13-24", "On another.")
    assert made.metadata == {
        "source": "a.pdf",
        "start": 13,
        "end": 24,
        "title": "Title",
        "heading": "Head",
        "author": "Ann",
        "outlet": "Herald",
        "date": "2024-03-05",
        "language": "en",
        "url": "https://a.example/a",
        "page": 2,
        "rank": 1,
        "scores": {"dense": 0.5, "lexical": None, "fused": 0.9, "rerank": None},
    }


def test_the_retriever_is_a_runnable_and_refuses_what_cannot_be_asked(engine: Engine) -> None:
    chain = engine.as_retriever(2) | RunnableLambda(lambda found: [each.metadata["source"] for each in found])
    assert chain.invoke(QUESTION) == [passage.source for passage in engine.search(QUESTION, 2)]
    with pytest.raises(UsageError, match="empty"):
        engine.as_retriever().invoke("?")
    with pytest.raises(TypeError, match="filters"):
        engine.as_retriever().invoke(QUESTION, filters={})
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        engine.as_retriever(0)


def test_the_bundled_model_embeds_for_langchain(encoders: Path) -> None:
    embeddings = LangChainEmbeddings.load(BUNDLED_EMBEDDING_MODEL, encoders)
    assert embeddings.embed_documents([]) == []
    vector = embeddings.embed_query("Where is the ferry?")
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    store = FaissStore.from_texts(["A boat to the island", "A recipe for soup"], embeddings)
    assert store.similarity_search("ferry", k=1)[0].page_content == "A boat to the island"
