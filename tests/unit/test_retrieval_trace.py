"""What a trace tells of each candidate, and why any other passage was not chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fusion import fuse
from rag.index_reader import OpenIndex
from rag.retrieval import Retriever
from rag.retrieval.candidates import CandidateSearch
from rag.stores.base import Candidates, Mask
from rag.types import Chunk, Fate, Place, Standing, TracedPassage
from tests.doubles import HashingEmbedder
from tests.indexes import Library

STORY = "The minister said that talks with the neighbours would resume within two weeks, and named nobody to lead them."
TEXTS = {
    "bakers.txt": "A baker must rise early. The minister visited one on Monday and bought a loaf of rye.",
    "bread.txt": "Bread is baked from flour, water and salt. Bakers bake it at night, while the town sleeps.",
    "copy.txt": f"Syndicated\n\n{STORY}",
    "garden.txt": "Beans, tomatoes and three hives of bees fill the roof of the library.",
    "ships.txt": "Ships wait in the harbour.\n\nThe storm keeps them there until Sunday at least.",
    "story.txt": f"Talks\n\n{STORY}",
}
QUESTIONS = ("When do bakers bake bread?", "talks with the neighbours", "the minister", "ships", "zebra")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> OpenIndex:
    library = Library(Path(tmp_path_factory.mktemp("library")))
    for name, text in TEXTS.items():
        library.write(name, text)
    library.build(embedder=HashingEmbedder(dimension=512))
    return library.open()


@pytest.fixture(scope="module")
def retriever(index: OpenIndex) -> Retriever:
    return Retriever(index, HashingEmbedder(dimension=512), candidate_count=2)


def chunks_of(index: OpenIndex) -> tuple[Chunk, ...]:
    return index.catalog.chunks(range(len(index.vectors)))


def row_of(index: OpenIndex, source: str) -> np.ndarray:  # type: ignore[type-arg]
    return index.catalog.rows_of([source])


@given(
    question=st.sampled_from(QUESTIONS),
    count=st.integers(0, 8),
    allowed=st.none() | st.lists(st.booleans(), min_size=20, max_size=20),
)
def test_what_a_trace_shows_is_what_the_search_finds(
    index: OpenIndex, retriever: Retriever, question: str, count: int, allowed: list[bool] | None
) -> None:
    mask = None if allowed is None else np.array(allowed[: len(index.vectors)])
    trace = retriever.trace(question, count, mask)
    shown = [passage for passage in trace.passages if passage.fate is Fate.SHOWN]
    hits = retriever.search(question, count, mask)
    assert [passage.place for passage in shown] == [
        Place(hit.chunk.source, hit.chunk.start, hit.chunk.end) for hit in hits
    ]
    for rank, (passage, hit) in enumerate(zip(shown, hits, strict=True), start=1):
        given = (passage.dense.score, passage.lexical.score, passage.fused.score, passage.rerank.score)
        assert given == (hit.scores.dense, hit.scores.lexical, hit.scores.fused, hit.scores.rerank)
        assert passage.rank == rank
    assert (trace.question, trace.count, trace.candidate_count) == (question, count, max(count, 2))


def test_every_candidate_has_the_rank_that_each_search_gave_it(index: OpenIndex, retriever: Retriever) -> None:
    trace = retriever.trace("When do bakers bake bread?", 1)
    by_source = {passage.place.source: passage for passage in trace.passages}
    query = HashingEmbedder(dimension=512).embed_queries(["When do bakers bake bread?"])[0]
    nearest, _ = index.vectors.search(query, 2)
    matching, _ = index.lexical.search("When do bakers bake bread?", 2)
    chunks = chunks_of(index)
    for name, rows in (("dense", nearest), ("lexical", matching)):
        ranks = {passage.place.source: getattr(passage, name).rank for passage in trace.passages}
        assert [chunks[row].source for row in rows] == sorted(filter(ranks.get, ranks), key=lambda s: ranks[s] or 0)
    assert by_source["bread.txt"].reason == "Shown at rank 1: found by meaning and words."
    assert by_source["bakers.txt"].fate is Fate.CUT
    assert by_source["bakers.txt"].reason == "Cut: rank 2, and 1 is shown."
    assert [passage.fused.rank for passage in trace.passages] == [1, 2]
    seen = [np.array([getattr(each, name) for each in trace.passages]) for name in ("refined_dense", "refined_lexical")]
    assert [passage.fused.score for passage in trace.passages] == pytest.approx(fuse(*seen).tolist())


def test_a_folded_passage_names_the_one_that_stands_for_it(retriever: Retriever) -> None:
    trace = retriever.trace("When will the talks with the neighbours resume?", 10)
    first, *_, last = trace.passages
    assert {first.place.source, last.place.source} == {"story.txt", "copy.txt"}
    assert (last.fate, last.into, last.rank, last.fused.rank) == (Fate.FOLDED, first.place, None, 2)
    where = f"{first.place.source} {first.place.start} {first.place.end}"
    assert last.reason == f"Folded into {where}, which ranks before it and says the same."


@given(question=st.sampled_from(QUESTIONS), allowed=st.lists(st.booleans(), min_size=20, max_size=20))
def test_the_ranks_of_an_explanation_are_exact_over_all_rows(
    index: OpenIndex, retriever: Retriever, question: str, allowed: list[bool]
) -> None:
    rows = np.arange(len(index.vectors))
    mask = np.array(allowed[: len(rows)])
    dense = index.vectors.reconstruct(rows) @ HashingEmbedder(dimension=512).embed_queries([question])[0]
    lexical = index.lexical.scores(question)
    for row, passage in zip(rows, retriever.why(question, 3, rows, mask), strict=True):
        for scores, standing in ((dense, passage.dense), (lexical, passage.lexical)):
            order = sorted(np.flatnonzero(mask | (rows == row)), key=lambda at, by=scores: (-by[at], at))
            if standing == Standing():
                assert scores[row] == 0
            else:
                assert standing == Standing(order.index(row) + 1, pytest.approx(float(scores[row])))
        assert (passage.fate is Fate.EXCLUDED) == (not mask[row])


def only(passages: tuple[TracedPassage, ...]) -> TracedPassage:
    (passage,) = passages
    return passage


def test_a_passage_that_neither_search_found_is_told_where_it_stands(index: OpenIndex, retriever: Retriever) -> None:
    passage = only(retriever.why("When do bakers bake bread?", 1, row_of(index, "ships.txt")))
    assert (passage.fate, passage.rank, passage.lexical) == (Fate.NOT_FOUND, None, Standing())
    assert passage.dense.rank is not None
    assert passage.dense.rank > 2
    assert passage.reason == (
        f"Not among the 2 nearest by meaning: it is number {passage.dense.rank} of 6. "
        "None of the question's content words stands in it. "
        f"As a candidate it would have been number {passage.fused.rank} when both are fused."
    )
    named = only(retriever.why("minister minister bread flour talks harbour", 1, row_of(index, "ships.txt")))
    assert f"Not among the 2 best by words either: it is number {named.lexical.rank}." in named.reason


def test_what_became_of_a_candidate_is_told_as_the_trace_tells_it(index: OpenIndex, retriever: Retriever) -> None:
    for question in QUESTIONS:
        trace = retriever.trace(question, 1)
        for passage in trace.passages:
            told = only(retriever.why(question, 1, row_of(index, passage.place.source)))
            assert (told.fate, told.reason, told.fused, told.rank) == (
                passage.fate,
                passage.reason,
                passage.fused,
                passage.rank,
            )
            assert told.dense.rank == (passage.dense.rank or told.dense.rank)


def test_a_passage_that_the_filter_leaves_out_is_told_so(index: OpenIndex, retriever: Retriever) -> None:
    rows = row_of(index, "bread.txt")
    mask = np.ones(len(index.vectors), dtype=np.bool_)
    mask[rows] = False
    passage = only(retriever.why("When do bakers bake bread?", 1, rows, mask))
    assert (passage.fate, passage.reason) == (Fate.EXCLUDED, "The filter leaves its source out.")
    assert (passage.dense.rank, passage.lexical.rank) == (1, 1)


def test_what_an_approximate_search_misses_is_told_so(index: OpenIndex, retriever: Retriever) -> None:
    lost = row_of(index, "bread.txt")

    class Forgetful(CandidateSearch):
        """Loses one passage, as an approximate index may."""

        def find(self, question: str, count: int, allowed: Mask | None) -> Candidates:
            rest = np.ones(len(index.vectors), dtype=np.bool_)
            rest[lost] = False
            return super().find(question, count, rest)

    forgetful = Retriever(index, HashingEmbedder(dimension=512), candidate_count=2)
    forgetful._candidates = Forgetful(index, HashingEmbedder(dimension=512))
    passage = only(forgetful.why("When do bakers bake bread?", 1, lost))
    assert passage.fate is Fate.NOT_FOUND
    assert passage.reason.startswith(
        "By meaning it is number 1 of 6, but the approximate search missed it. "
        "By words it is number 1, but the approximate search missed it."
    )
