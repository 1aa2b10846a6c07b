"""What the candidates tell: pairs of words, and the best passage as feedback, checked against sums done by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from rag.lexical import K1, B
from rag.retrieval.refining import Refinement, refined
from rag.stores.base import Candidates

NOTHING = Refinement(pairs=0, share=0, terms=0, pull=0)
WEIGHTS: Mapping[str, float] = {"storm": 2.0, "harbour": 3.0, "ship": 1.0, "mast": 4.0, "bread": 1.5}


def candidates(dense: Sequence[float], lexical: Sequence[float], vectors: Sequence[Sequence[float]]) -> Candidates:
    rows = np.arange(len(dense))
    values = (np.array(each, dtype=np.float32) for each in (dense, lexical, vectors))
    return Candidates(rows, rows, rows, *values)


def weigh(term: str) -> float:
    return WEIGHTS.get(term, 0.5)


FOUND = candidates([0.6, 0.8, 0.0], [2.0, 1.0, 0.0], [[0.6, 0.8], [0.8, 0.6], [0.0, 1.0]])
TEXTS = ("storm at the harbour", "harbour storm, harbour storm", "mast")


def test_without_weights_nothing_is_changed() -> None:
    seen = refined("harbour storm", FOUND, TEXTS, weigh, NOTHING)
    assert seen.dense.tolist() == FOUND.dense.tolist()
    assert seen.lexical.tolist() == FOUND.lexical.tolist()


@pytest.mark.parametrize("question", ["", "?", "who is it"])
def test_a_question_without_content_words_is_left_as_it_is(question: str) -> None:
    assert refined(question, FOUND, TEXTS, weigh) is FOUND


def test_without_candidates_there_is_nothing_to_learn_from() -> None:
    none = candidates([], [], np.zeros((0, 2)).tolist())
    assert refined("harbour storm", none, (), weigh) is none


def test_a_pair_counts_where_it_stands_in_the_order_of_the_question() -> None:
    seen = refined("harbour storm", FOUND, TEXTS, weigh, Refinement(pairs=0.5, share=0, terms=0, pull=0))
    pair = (WEIGHTS["harbour"] + WEIGHTS["storm"]) / 2
    assert seen.lexical.tolist() == pytest.approx([2.0, 1.0 + 0.5 * pair * 2 / (2 + K1), 0.0])


def test_a_word_said_twice_is_no_pair() -> None:
    seen = refined("storm storm", FOUND, ("storm storm", "", ""), weigh, Refinement(pairs=1, share=0, terms=0, pull=0))
    assert seen.lexical.tolist() == FOUND.lexical.tolist()


def test_the_telling_words_of_the_best_passage_are_looked_for_in_the_others() -> None:
    found = candidates([0.9, 0.5, 0.4], [3.0, 1.0, 0.0], [[1, 0], [0, 1], [0, 1]])
    texts = ("ship mast mast bread", "bread", "mast ship")
    seen = refined("ship", found, texts, weigh, Refinement(pairs=0, share=0.3, terms=2, pull=0))
    # mast (2 × 4.0) and bread (1 × 1.5) tell most of the first; ship (1 × 1.0) is third
    shares = {"mast": 2 / 3, "bread": 1 / 3}
    average = (4 + 1 + 2) / 3
    expected = []
    for lexical, counts, length in ((3.0, {"mast": 2, "bread": 1}, 4), (1.0, {"bread": 1}, 1), (0.0, {"mast": 1}, 2)):
        room = K1 * (1 - B + B * length / average)
        gains = sum(shares[term] * WEIGHTS[term] * count / (count + room) for term, count in counts.items())
        expected.append(0.7 * lexical + 0.3 * gains)
    assert seen.lexical.tolist() == pytest.approx(expected)


def test_the_vector_of_the_best_passage_pulls_the_question_towards_it() -> None:
    query = np.array([0.0, 0.6, 0.8])
    vectors = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.6, 0.0, 0.8]])
    found = candidates((vectors @ query).tolist(), [1.0, 0.0, 0.5], vectors.tolist())
    seen = refined("ship", found, ("ship", "", "ship"), weigh, Refinement(pairs=0, share=0, terms=0, pull=0.5))
    pulled = query + 0.5 * vectors[0]
    assert seen.dense.tolist() == pytest.approx((vectors @ (pulled / math.hypot(*pulled))).tolist(), abs=1e-6)


def test_the_scores_that_are_shown_stay_what_they_were() -> None:
    seen = refined("harbour storm", FOUND, TEXTS, weigh)
    assert (seen.rows is FOUND.rows, seen.vectors is FOUND.vectors) == (True, True)
    assert FOUND.dense.tolist() == pytest.approx([0.6, 0.8, 0.0])
