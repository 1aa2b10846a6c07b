"""Words of a question in the candidates for it."""

from __future__ import annotations

import numpy as np

from rag.evidence import UnitScorer
from rag.evidence.matching import WordMatcher
from rag.evidence_model import EvidenceModel
from rag.text.questions import parse_question
from tests.doubles import HashingEmbedder
from tests.shelf import SHELF

NEAR = {"ship": [1.0, 0.0], "boat": [0.8, 0.6], "harbour": [0.0, 1.0], "zebra": [-1.0, 0.0]}


def embed(texts: object) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    assert isinstance(texts, list)
    return np.array([NEAR[word] for word in texts], dtype=np.float32)


def test_a_shared_stem_is_one_and_a_near_word_as_near_as_it_is() -> None:
    match = WordMatcher(embed).among(["boat", "harbour", "zebra"], ["harbour ship"])
    assert match.degrees("harbour ship").tolist() == [np.float32(0.8), 1.0, 0.0]


def test_words_of_an_earlier_question_change_nothing() -> None:
    matcher = WordMatcher(embed)
    matcher.among(["zebra"], ["boat ship harbour"])
    match = matcher.among(["boat"], ["ship", "boat harbour"])
    assert match.degrees("ship").tolist() == [0.0], "the stem stands in another candidate, so nearness is not tried"


def test_a_unit_scores_the_same_whatever_was_asked_before() -> None:
    def scores(*earlier: str) -> list[float]:
        embedder = HashingEmbedder(64)
        scorer = UnitScorer(embedder.embed_passages, embedder.embed_queries, SHELF.weight, EvidenceModel())
        for question in (*earlier, "Who built boats?"):
            scored = scorer.score(parse_question(question), SHELF.all)
        return [each.score for each in scored]

    assert scores() == scores("Which zebra burned the bridge?", "What do ferries cost?")
