"""Retrieval with a reranker: its order, its scores, its place among the stages; the settings and rag doctor."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.config import load
from rag.index_reader import OpenIndex
from rag.reranking.base import Scores
from rag.retrieval import Retriever
from rag.types import Fate, Hit
from tests.cross_encoders import save_cross_encoder
from tests.doubles import HashingEmbedder
from tests.indexes import Library, make_library
from tests.shop import Shop


class Backwards:
    """Ranks passages against the order they come in; `asked` records which it was given."""

    name = "backwards"

    def __init__(self) -> None:
        self.asked: list[list[Hit]] = []

    def load(self) -> None: ...

    def scores(self, question: str, hits: Sequence[Hit]) -> Scores:
        self.asked.append(list(hits))
        return np.arange(len(hits), dtype=np.float32)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = make_library(tmp_path_factory.mktemp("library"))
    library.write("four.txt", "The minister baked bread in silence, and sold it on the market by the river.\n")
    library.build()
    return library


@pytest.fixture(scope="module")
def index(library: Library) -> OpenIndex:
    return library.open()


def sources(hits: Sequence[Hit]) -> list[str]:
    return [hit.chunk.source for hit in hits]


def test_the_reranker_orders_what_fusion_found(index: OpenIndex) -> None:
    plain = Retriever(index, HashingEmbedder(), 4).search("minister bread", 4)
    assert [hit.scores.rerank for hit in plain] == [None] * 4
    reranker = Backwards()
    hits = Retriever(index, HashingEmbedder(), 4, reranker).search("minister bread", 4)
    assert sources(hits) == sources(plain)[::-1]
    assert [hit.scores.rerank for hit in hits] == [3.0, 2.0, 1.0, 0.0]
    assert [hit.scores.fused for hit in hits] == [hit.scores.fused for hit in plain][::-1]
    assert reranker.asked == [plain]


def test_beyond_the_candidate_count_the_fused_order_stays(index: OpenIndex) -> None:
    plain = Retriever(index, HashingEmbedder(), 2).search("minister bread", 4)
    hits = Retriever(index, HashingEmbedder(), 2, Backwards()).search("minister bread", 4)
    assert sources(hits) == [sources(plain)[at] for at in (1, 0, 2, 3)]
    assert [hit.scores.rerank for hit in hits] == [1.0, 0.0, None, None]


def test_the_trace_has_the_rank_and_score_of_the_reranker(index: OpenIndex) -> None:
    retriever = Retriever(index, HashingEmbedder(), 4, Backwards())
    trace = retriever.trace("minister bread", 2)
    assert [(passage.rerank.rank, passage.rerank.score) for passage in trace.passages] == [
        (1, 3.0),
        (2, 2.0),
        (3, 1.0),
        (4, 0.0),
    ]
    assert [passage.fused.rank for passage in trace.passages] == [4, 3, 2, 1]
    assert [passage.fate for passage in trace.passages] == [Fate.SHOWN, Fate.SHOWN, Fate.CUT, Fate.CUT]
    shown = [passage.place.source for passage in trace.passages[:2]]
    assert shown == sources(retriever.search("minister bread", 2))


@pytest.mark.parametrize(("value", "expected"), [("", None), ("none", None), (" None ", None), (" a/b ", "a/b")])
def test_no_reranker_is_an_empty_name_or_none(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: str | None
) -> None:
    monkeypatch.setenv("RAG_RERANKER", value)
    assert load().reranker == expected
    assert load(reranker="other").reranker == "other"
    assert load(reranker="none").reranker is None


def test_a_cross_encoder_ranks_on_the_command_line(built: Shop, tmp_path: Path) -> None:
    folder = save_cross_encoder(tmp_path / "model")
    question = ["search", "--json", "the harbour wall and the storm"]
    plain = json.loads(built.ok(*question))["passages"]
    assert all(passage["scores"]["rerank"] is None for passage in plain)
    saved = tmp_path / "trace.json"
    ranked = json.loads(built.ok(*question, "--reranker", str(folder), "--trace", str(saved)))["passages"]
    scores = [passage["scores"]["rerank"] for passage in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores)
    assert {passage["start"] for passage in ranked} == {passage["start"] for passage in plain}
    assert json.loads(saved.read_text())["settings"]["reranker"] == str(folder)
    replayed = json.loads(built.ok("search", "--json", "--replay", str(saved)))
    assert replayed["settings"] == [f"reranker {folder} → none"]
    assert built.ok("doctor", "--reranker", str(folder)).count(f"reranker  {folder}, ready") == 1
    assert json.loads(built.ok("doctor", "--json"))["reranker"] is None


def test_a_reranker_that_is_missing_stops_every_search_and_is_a_fault(built: Shop) -> None:
    name = "cross-encoder/ms-marco-MiniLM-L6-v2"
    for arguments in (["search", "wall"], ["ask", "What did Marta Oduya say?"]):
        result = built.run("--reranker", name, *arguments)
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
        assert f"Fetch it once with `hf download {name}`" in result.stderr
    result = built.run("doctor", "--json", "--reranker", name)
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["reranker"] == {"name": name, "ready": False}
    assert [fault["subject"] for fault in found["faults"]] == ["reranker"]
    assert found["index"]["documents"] == 2
    assert "cannot be used" in built.run("doctor", "--reranker", name).stdout


def test_without_a_reranker_torch_is_not_loaded(built: Shop) -> None:
    code = "import sys; from rag.cli import commands\ntry: commands.main()\nfinally: print('torch' in sys.modules)"
    places = ["--index", str(built.index), "--sources", str(built.sources)]
    command = [sys.executable, "-c", code, *places, "search", "the wall"]
    finished = subprocess.run(command, capture_output=True, check=True, timeout=120, text=True)
    assert finished.stdout.splitlines()[-1] == "False"
