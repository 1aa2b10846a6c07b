"""Hybrid search over a small index, with every score checked against its definition."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.fusion import fuse, without_near_duplicates
from rag.index_reader import OpenIndex, open_index
from rag.indexing import BuildSettings, build
from rag.retrieval import Refinement, Retriever
from rag.types import Hit, Scores
from tests.doubles import HashingEmbedder

STORY = "The minister said that talks with the neighbours would resume within two weeks, and named nobody to lead them."
TEXTS = {
    "ships.txt": "Ships wait in the harbour.\n\nThe storm keeps them there until Sunday at least.",
    "story.txt": f"Talks\n\n{STORY}",
    "copy.txt": f"Syndicated\n\n{STORY}",
    "bread.txt": "Bread is baked from flour, water and salt. Bakers bake it at night, while the town sleeps.",
    "bakers.txt": "A baker must rise early. The minister visited one on Monday and bought a loaf of rye.",
}


class Spelling(HashingEmbedder):
    """Knows one word that no source has, and no mistyped one: as a model does that cuts these into pieces."""

    def count_pieces(self, text: str) -> int:
        return super().count_pieces(text) + ("shpis" in text or "bakres" in text)


@pytest.fixture
def embedder() -> HashingEmbedder:
    return Spelling(dimension=512)


@pytest.fixture
def index(tmp_path: Path, embedder: HashingEmbedder) -> OpenIndex:
    for name, text in TEXTS.items():
        (tmp_path / "sources").mkdir(exist_ok=True)
        (tmp_path / "sources" / name).write_text(text)
    build(BuildSettings(tmp_path / "sources", tmp_path / "index", embedder, 160, 32, 10_000))
    return open_index(tmp_path / "index")


@pytest.fixture
def retriever(index: OpenIndex, embedder: HashingEmbedder) -> Retriever:
    return Retriever(index, embedder, candidate_count=3)


def test_the_passages_that_share_the_questions_words_come_first(retriever: Retriever) -> None:
    assert retriever.search("When do bakers bake bread?", 1)[0].chunk.source == "bread.txt"
    assert retriever.search("What keeps the ships in the harbour?", 1)[0].chunk.source == "ships.txt"


@pytest.mark.parametrize("question", ["Did the minister bake bread?", "ships in a storm", "zebra", "?", "talks " * 50])
def test_every_hit_has_every_score_that_it_can_have(
    retriever: Retriever, index: OpenIndex, embedder: HashingEmbedder, question: str
) -> None:
    hits = retriever.search(question, 10)
    query, lexical = embedder.embed_queries([question])[0], index.lexical.scores(question)
    rows = {chunk.id: row for row, chunk in enumerate(index.catalog.chunks(range(len(index.vectors))))}
    assert hits
    for hit in hits:
        row = rows[hit.chunk.id]
        assert hit.scores.dense == pytest.approx(float(index.vectors.reconstruct(np.array([row]))[0] @ query), abs=1e-6)
        assert hit.scores.lexical == (pytest.approx(float(lexical[row])) if lexical[row] > 0 else None)
        assert hit.scores.rerank is None
        assert hit.scores.fused is not None
        assert 0 <= hit.scores.fused <= 1
    fused = [hit.scores.fused or 0.0 for hit in hits]
    assert fused == sorted(fused, reverse=True)


def test_first_by_both_searches_is_fused_to_one(retriever: Retriever) -> None:
    assert retriever.search("ships harbour storm Sunday", 1)[0].scores.fused == pytest.approx(1)


def test_copies_are_folded(retriever: Retriever) -> None:
    sources = [hit.chunk.source for hit in retriever.search("When will the talks with the neighbours resume?", 10)]
    assert len({"story.txt", "copy.txt"} & set(sources)) == 1
    assert len(sources) == len(set(sources))


@pytest.mark.parametrize(("count", "found"), [(0, 0), (1, 1), (2, 2), (100, 4)])
def test_as_many_as_asked_for_or_as_there_are(retriever: Retriever, count: int, found: int) -> None:
    assert len(retriever.search("the minister", count)) == found


def test_a_question_without_a_known_word_is_searched_by_meaning_alone(retriever: Retriever) -> None:
    hits = retriever.search("qwertyuiop", 3)
    assert hits
    assert all(hit.scores.lexical is None and hit.scores.dense is not None for hit in hits)


def test_the_same_question_gets_the_same_passages_from_any_thread(retriever: Retriever) -> None:
    questions = ["bakers", "ships", "talks with neighbours", "minister"] * 10
    expected = [retriever.search(question, 4) for question in questions]
    with ThreadPoolExecutor(4) as executor:
        assert list(executor.map(lambda question: retriever.search(question, 4), questions)) == expected


QUESTIONS = ("When do bakers bake bread?", "talks with the neighbours", "the minister", "ships", "zebra")


@given(
    allowed=st.lists(st.booleans(), min_size=40, max_size=40),
    question=st.sampled_from(QUESTIONS),
    count=st.integers(1, 6),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_search_among_some_rows_is_the_exhaustive_search_with_the_others_struck_out(
    index: OpenIndex, embedder: HashingEmbedder, allowed: list[bool], question: str, count: int
) -> None:
    rows = len(index.vectors)
    mask = np.array(allowed[:rows])
    retriever = Retriever(index, embedder, rows, refinement=Refinement(0, 0, 0, 0))
    found = retriever.search(question, rows, mask)

    query, lexical = embedder.embed_queries([question])[0], index.lexical.scores(question)
    dense = index.vectors.reconstruct(np.arange(rows)) @ query
    kept = np.flatnonzero(mask)
    fused = fuse(dense[kept], lexical[kept])
    chunks = index.catalog.chunks(kept.tolist())
    brute = sorted(zip(-fused, -dense[kept], kept, chunks, strict=True), key=lambda each: each[:3])
    hits = [Hit(chunk, Scores()) for *_, chunk in brute]
    expected = [hit.chunk.id for hit in without_near_duplicates(hits)]
    assert [hit.chunk.id for hit in found] == expected
    assert [hit.chunk.id for hit in retriever.search(question, count, mask)] == expected[:count]


def test_a_word_that_the_model_knows_stays_though_no_source_has_it(retriever: Retriever) -> None:
    assert retriever.meant("Do chips and bikers float?") == "Do chips and bikers float?"


@pytest.mark.parametrize(("mistyped", "meant"), [("Wher are the shpis?", "ships"), ("bakres and flour", "bakers")])
def test_a_mistyped_word_is_looked_for_as_what_it_nearly_is(retriever: Retriever, mistyped: str, meant: str) -> None:
    assert meant in retriever.meant(mistyped)
    assert retriever.search(mistyped, 2) == retriever.search(retriever.meant(mistyped), 2)
    assert retriever.trace(mistyped, 2).question == retriever.meant(mistyped)
    assert meant in retriever.search(mistyped, 1)[0].chunk.text.lower()
