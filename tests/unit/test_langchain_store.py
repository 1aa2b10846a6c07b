"""The vector store of LangChain: LangChain's own conformance suite, and every value against brute force."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.indexing import InMemoryRecordManager, index
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests import VectorStoreIntegrationTests

from rag.embedding.langchain import LangChainEmbeddings
from rag.langchain_store import FaissStore
from tests.doubles import HashingEmbedder

HASHING = LangChainEmbeddings(HashingEmbedder(32))


class WrittenVectors(Embeddings):
    """Embeds a text that is numbers as these numbers: `3 4` becomes (3, 4)."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(number) for number in text.split()]


def written(*texts: str, **kwargs: Any) -> FaissStore:
    return FaissStore.from_texts(texts, WrittenVectors(), **kwargs)


class TestConformance(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self) -> VectorStore:
        return FaissStore(self.get_embeddings())


def test_its_retriever_takes_numbers_filters_and_kinds_of_search() -> None:
    store = FaissStore.from_texts(["the ferry is late", "the ferry is old"], HASHING, [{"year": 1}, {"year": 2}])
    retriever = store.as_retriever(search_kwargs={"k": 1})
    assert [each.page_content for each in retriever.invoke("late ferry")] == ["the ferry is late"]
    assert [each.metadata for each in retriever.invoke("late ferry", filter={"year": 2})] == [{"year": 2}]
    assert len(store.as_retriever(search_type="mmr").invoke("ferry")) == 2


# ---------------------------------------------------------------- scores


def test_scores_are_cosine_similarities_of_vectors_of_any_length() -> None:
    store = written("3 4", "30 40", "-3 -4", "-4 3", "1 0")
    found = store.similarity_search_with_score("6 8", k=9)
    assert [(document.page_content, round(score, 6)) for document, score in found] == [
        ("3 4", 1.0),
        ("30 40", 1.0),
        ("1 0", 0.6),
        ("-4 3", 0.0),
        ("-3 -4", -1.0),
    ]


def test_relevance_is_between_0_and_1_and_can_be_a_threshold() -> None:
    store = written("3 4", "-3 -4", "-4 3", "1 0")
    found = store.similarity_search_with_relevance_scores("3 4", k=9)
    assert [round(score, 6) for _, score in found] == [1.0, 0.8, 0.5, 0.0]
    above = store.similarity_search_with_relevance_scores("3 4", k=9, score_threshold=0.7)
    assert [document.page_content for document, _ in above] == ["3 4", "1 0"]


def test_marginal_relevance_prefers_what_is_unlike_the_chosen() -> None:
    store = written("1 0", "0.99 0.1", "0.98 0.2", "0 1")
    near = store.max_marginal_relevance_search("1 0", k=3, lambda_mult=1.0)
    assert [document.page_content for document in near] == ["1 0", "0.99 0.1", "0.98 0.2"]
    unlike = store.max_marginal_relevance_search("1 0", k=2, lambda_mult=0.0)
    assert [document.page_content for document in unlike] == ["1 0", "0 1"]
    few = store.max_marginal_relevance_search("1 0", k=2, fetch_k=3, lambda_mult=0.0)
    assert [document.page_content for document in few] == ["1 0", "0.98 0.2"]
    assert store.max_marginal_relevance_search_by_vector([1.0, 0.0], k=9) != []
    with pytest.raises(ValueError, match="lambda_mult"):
        store.max_marginal_relevance_search("1 0", lambda_mult=1.1)


@pytest.mark.parametrize("k", [0, -1])
def test_none_asked_for_is_none_found(k: int) -> None:
    assert written("1 0").similarity_search("1 0", k=k) == []


# ---------------------------------------------------------------- ids


def test_the_same_id_replaces_and_of_two_the_last_counts() -> None:
    store = written("1 0", "0 1", ids=["a", "b"])
    assert store.add_texts(["1 1", "2 1", "3 1"], ids=["b", "c", "c"]) == ["b", "c", "c"]
    assert store.count == 3
    assert [document.page_content for document in store.get_by_ids(["c", "x", "a", "b"])] == ["3 1", "1 0", "1 1"]


def test_given_ids_come_before_those_of_the_documents_and_none_is_made() -> None:
    store = FaissStore(WrittenVectors())
    documents = [Document("1 0", id="own"), Document("0 1", id="own too"), Document("1 1")]
    first, second, third = store.add_documents(documents, ids=["given", None, None])
    assert (first, second) == ("given", "own too")
    assert len(third) == 36
    assert [document.id for document in documents] == ["own", "own too", None]


def test_deleting_some_and_all() -> None:
    store = written("1 0", "0 1", "1 1", ids=["a", "b", "c"])
    assert store.delete(["a", "x"]) is True
    assert [document.id for document in store.similarity_search("1 0")] == ["c", "b"]
    assert store.delete([]) is True
    assert store.count == 2
    assert store.delete() is True
    assert (store.count, store.similarity_search("1 0")) == (0, [])
    store.add_texts(["1 0 0"])  # an empty store takes vectors of any dimension
    assert store.count == 1


def test_what_goes_in_and_comes_out_is_nobody_elses() -> None:
    metadata = {"tags": ["a"]}
    store = written("1 0", metadatas=[metadata], ids=["a"])
    metadata["tags"].append("b")
    store.similarity_search("1 0")[0].metadata["tags"].append("c")
    assert store.get_by_ids(["a"])[0].metadata == {"tags": ["a"]}


# ---------------------------------------------------------------- what is refused


def test_another_dimension_is_refused_and_changes_nothing() -> None:
    store = written("1 0", ids=["a"])
    for use in (
        lambda: store.similarity_search("1 0 0"),
        lambda: store.similarity_search_by_vector([1.0]),
        lambda: store.max_marginal_relevance_search("1 0 0"),
        lambda: store.add_texts(["1 0 0"], ids=["a"]),
    ):
        with pytest.raises(ValueError, match="vectors of 2"):
            use()
    assert [document.page_content for document in store.get_by_ids(["a"])] == ["1 0"]


@pytest.mark.parametrize("text", ["0 0", "nan 1", "inf 1"])
def test_a_vector_without_direction_is_refused(text: str) -> None:
    store = written("1 0")
    with pytest.raises(ValueError, match="without a direction for text 2"):
        store.add_texts(["0 1", text])
    assert store.count == 1


def test_wrong_numbers_of_ids_and_metadata_and_unknown_arguments_are_refused() -> None:
    store = FaissStore(WrittenVectors())
    with pytest.raises(ValueError, match="1 ids for 2 documents"):
        store.add_texts(["1 0", "0 1"], ids=["a"])
    with pytest.raises(ValueError, match="1 metadatas for 2 texts"):
        store.add_texts(["1 0", "0 1"], [{}])
    with pytest.raises(TypeError, match="filters"):
        store.similarity_search("1 0", filters={"a": 1})
    assert store.add_texts([]) == store.add_documents([]) == []


def test_a_single_id_that_is_not_in_a_list_is_refused() -> None:
    with pytest.raises(TypeError, match=r"\['a'\]"):
        written("1 0", ids=["a"]).delete("a")


# ---------------------------------------------------------------- as other parts of LangChain use it


class CountingVectors(WrittenVectors):
    def __init__(self) -> None:
        self.batches: list[int] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.batches.append(len(texts))
        return super().embed_documents(texts)


async def test_texts_are_embedded_in_batches() -> None:
    embedding = CountingVectors()
    store = FaissStore(embedding)
    store.add_texts(["1 0"] * 5, batch_size=2)
    await store.aadd_texts(["1 0"] * 3, batch_size=2)
    store.add_texts(["1 0"] * 3)
    assert embedding.batches == [2, 2, 1, 2, 1, 3]
    with pytest.raises(ValueError, match="batch_size"):
        store.add_texts(["1 0"], batch_size=0)


def test_langchains_indexing_adds_skips_and_cleans_up() -> None:
    store, records = FaissStore(WrittenVectors()), InMemoryRecordManager("store")
    records.create_schema()
    first, second, third = (Document(text, metadata={"source": "a"}) for text in ("1 0", "0 1", "1 1"))

    def run(*documents: Document) -> dict[str, int]:
        options = {"cleanup": "full", "source_id_key": "source", "key_encoder": "sha256"}
        return dict(index(documents, records, store, **options))

    assert run(first, second) == {"num_added": 2, "num_updated": 0, "num_skipped": 0, "num_deleted": 0}
    assert run(second, third) == {"num_added": 1, "num_updated": 0, "num_skipped": 1, "num_deleted": 1}
    assert [each.page_content for each in store.similarity_search("0 1")] == ["0 1", "1 1"]


# ---------------------------------------------------------------- async and threads


async def test_the_async_methods_do_the_same() -> None:
    store = await FaissStore.afrom_texts(["1 0", "0 1"], WrittenVectors(), [{"n": 1}, {"n": 2}], ids=["a", "b"])
    await store.aadd_texts(["1 1"], [{"n": 3}], ids=["c"])
    await store.aadd_documents([Document("-1 0", id="d")])
    assert [each.id for each in await store.asimilarity_search("1 0", k=2)] == ["a", "c"]
    assert [each.id for each in await store.asimilarity_search_by_vector([1.0, 0.0], k=1, filter={"n": 2})] == ["b"]
    assert (await store.asimilarity_search_with_score("1 0", k=1))[0][1] == pytest.approx(1.0)
    diverse = await store.amax_marginal_relevance_search("1 0", k=2, lambda_mult=0.0)
    assert [each.id for each in diverse] == ["a", "d"]
    assert await store.adelete(["a"]) is True
    assert [each.id for each in await store.aget_by_ids(["a", "b"])] == ["b"]


async def test_a_search_does_not_block_the_loop() -> None:
    entered, ticked = threading.Event(), threading.Event()

    def slow(document: Document) -> bool:
        entered.set()
        return ticked.wait(20)

    search = asyncio.create_task(written("1 0").asimilarity_search("1 0", filter=slow))
    while not entered.is_set():
        await asyncio.sleep(0.001)
    ticked.set()  # the loop runs on while the search waits
    assert len(await search) == 1


def test_threads_add_search_and_delete_at_once() -> None:
    store = FaissStore(HASHING)

    def work(number: int) -> None:
        names = [f"{number} {each}" for each in range(20)]
        store.add_texts(names, ids=names)
        for name in names:
            assert store.get_by_ids([name])[0].page_content == name
            assert all(document.id == document.page_content for document in store.similarity_search(name, k=3))
        store.delete(names[5:])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert store.count == 40


# ---------------------------------------------------------------- against brute force

numbers = st.lists(st.integers(-9, 9), min_size=3, max_size=3).filter(any)
names = st.sampled_from([f"id {number}" for number in range(12)])


def text_of(vector: list[int]) -> str:
    return " ".join(map(str, vector))


def cosine(one: list[int], other: list[int]) -> float:
    return float(np.dot(one, other) / np.linalg.norm(one) / np.linalg.norm(other))


class AgainstBruteForce(RuleBasedStateMachine):
    """Whatever was added, replaced and deleted, a search finds what comparing with everything finds."""

    def __init__(self) -> None:
        super().__init__()
        self.store = FaissStore(WrittenVectors())
        self.truth: dict[str, list[int]] = {}

    @rule(entries=st.lists(st.tuples(names, numbers), max_size=6))
    def add(self, entries: list[tuple[str, list[int]]]) -> None:
        ids, vectors = [name for name, _ in entries], [vector for _, vector in entries]
        facts = [{"first": vector[0]} for vector in vectors]
        assert self.store.add_texts(map(text_of, vectors), facts, ids=ids) == ids
        self.truth |= dict(entries)

    @rule(ids=st.lists(names, max_size=4))
    def delete(self, ids: list[str]) -> None:
        self.store.delete(ids)
        for name in ids:
            self.truth.pop(name, None)

    @rule(query=numbers, k=st.integers(1, 15), least=st.none() | st.integers(-9, 9))
    def search(self, query: list[int], k: int, least: int | None) -> None:
        condition = None if least is None else {"first": {"$gte": least}}
        found = self.store.similarity_search_with_score(text_of(query), k, condition)
        admitted = {name: vector for name, vector in self.truth.items() if least is None or vector[0] >= least}
        expected = sorted((cosine(query, vector) for vector in admitted.values()), reverse=True)[:k]
        assert [score for _, score in found] == pytest.approx(expected, abs=1e-5)
        for document, score in found:
            assert document.id is not None
            assert document.page_content == text_of(admitted[document.id])
            assert score == pytest.approx(cosine(query, admitted[document.id]), abs=1e-5)

    @invariant()
    def holds_what_was_put(self) -> None:
        held = {document.id: document.page_content for document in self.store.get_by_ids(sorted(self.truth))}
        assert held == {name: text_of(vector) for name, vector in self.truth.items()}
        assert self.store.count == len(self.truth)


TestAgainstBruteForce = AgainstBruteForce.TestCase


@given(st.lists(numbers, min_size=1, max_size=12), numbers, st.integers(1, 12), st.floats(0, 1))
def test_marginal_relevance_agrees_with_its_definition(
    vectors: list[list[int]], query: list[int], k: int, balance: float
) -> None:
    store = written(*map(text_of, vectors), ids=[str(row) for row in range(len(vectors))])
    chosen = [int(each.id or "") for each in store.max_marginal_relevance_search(text_of(query), k, 99, balance)]
    assert len(chosen) == len(set(chosen)) == min(k, len(vectors))
    for count, row in enumerate(chosen[1:], start=1):
        worth = {
            each: balance * cosine(query, vectors[each])
            - (1 - balance) * max(cosine(vectors[each], vectors[before]) for before in chosen[:count])
            for each in range(len(vectors))
            if each not in chosen[:count]
        }
        assert worth[row] == pytest.approx(max(worth.values()), abs=1e-5)
