"""Conditions on the metadata of LangChain's documents."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.documents import Document

from rag.langchain_store.filters import compile_condition
from tests.unit.test_langchain_store import written

DOCUMENTS = [
    Document("", metadata={"n": 1, "name": "Vik", "tags": ["a"], "place": {"x": 1}}),
    Document("", metadata={"n": 2.5, "name": "Bergen", "nothing": None}),
    Document("", metadata={"n": "3", "name": None}),
]


def admitted(condition: Any) -> list[int]:
    matches = compile_condition(condition)
    assert matches is not None
    return [row for row, document in enumerate(DOCUMENTS) if matches(document)]


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ({}, [0, 1, 2]),
        ({"n": 1}, [0]),
        ({"n": 1, "name": "Bergen"}, []),
        ({"tags": ["a"]}, [0]),
        ({"place": {"x": 1}}, [0]),
        ({"place": {}}, []),
        ({"name": None}, [2]),
        ({"lacking": None}, [0, 1, 2]),
        ({"n": {"$eq": 2.5}}, [1]),
        ({"name": {"$ne": "Vik"}}, [1, 2]),
        ({"n": {"$gt": 1}}, [1]),
        ({"n": {"$gte": 1}}, [0, 1]),
        ({"n": {"$lt": 2.5}}, [0]),
        ({"n": {"$lte": "3"}}, [2]),
        ({"n": {"$gt": 1, "$lt": 2}}, []),
        ({"name": {"$in": ["Vik", None]}}, [0, 2]),
        ({"name": {"$nin": ["Vik", None]}}, [1]),
        ({"tags": {"$in": [["a"], ["b"]]}}, [0]),
        ({"$or": [{"n": 1}, {"name": "Bergen"}]}, [0, 1]),
        ({"$or": []}, []),
        ({"$and": [{"n": {"$gte": 1}}, {"n": {"$lt": 2}}]}, [0]),
        ({"$not": {"name": "Vik"}}, [1, 2]),
        ({"name": "Vik", "$not": {"$or": [{"n": 1}, {"n": 2}]}}, []),
        ({"$and": [{"name": "Vik"}, lambda document: document.metadata["n"] == 1]}, [0]),
        (lambda document: "tags" in document.metadata, [0]),
    ],
)
def test_a_condition_admits_what_it_says(condition: Any, rows: list[int]) -> None:
    assert admitted(condition) == rows


@pytest.mark.parametrize(
    "condition",
    [
        {"n": {"$near": 1}},
        {"$nor": [{"n": 1}]},
        {"$and": {"n": 1}},
        {"$or": "n"},
        {"$not": None},
        {"$and": [1]},
        {"n": {"$gt": 1, "other": 2}},
        {"name": {"$in": "Vik"}},
    ],
)
def test_a_condition_that_is_none_is_refused_before_the_search(condition: Any) -> None:
    with pytest.raises(ValueError, match=r"\$|condition"):
        written().similarity_search("1 0", filter=condition)


def test_a_filtered_search_finds_the_nearest_of_those_admitted() -> None:
    store = written("1 0", "0.9 0.1", "0 1", metadatas=[{"n": 1}, {"n": 2}, {"n": 3}])
    found = store.similarity_search("1 0", k=2, filter={"n": {"$gt": 1}})
    assert [document.metadata["n"] for document in found] == [2, 3]
    assert store.similarity_search("1 0", filter=lambda document: False) == []
    assert store.max_marginal_relevance_search("1 0", filter=lambda document: False) == []
    assert [each.metadata["n"] for each in store.max_marginal_relevance_search("1 0", filter={"n": 3})] == [3]
