"""How well evidence is told from what is only about the same: which sentence answers, and whether any does.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.evidence [SET...] [--all | --trained] [--indexes DIR] [--fit]

The product retrieves and judges; each signal alone is measured on the same units. `hit@1` is the share of answerable
questions whose best unit overlaps a gold span, `document` of those whose best unit is in a gold document, `auroc` how
well the best score tells answerable questions from the others. The curve gives for points of confidence the share of
the answerable questions that would be answered, of the others that would be refused, and the risk. Only questions that
the evidence model was not trained on are asked, unless `--all` says so; with `--trained` only the others.

`--fit` fits the weights of `rag.evidence.confidence` to these questions and prints them beside the AUROC that the same
fit reaches on questions left out, five parts in turn.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from rag.answering import Holdings
from rag.calibration import fit
from rag.config import evaluation_data, load
from rag.engine.places import embedder_of, evidence_model
from rag.evaluation.figures import gold_spans
from rag.evaluation.questions import Question
from rag.evaluation.sets import EvaluationSet
from rag.evidence.confidence import WEIGHTS, log_odds, signals
from rag.evidence.facts import answerability
from rag.evidence.scoring import ScoredUnit
from rag.evidence.units import Unit
from rag.index_reader import open_index
from rag.retrieval import Retriever
from rag.text.questions import parse_question
from tests.benchmarks.provenance import provenance
from tests.benchmarks.retrieval import indexed
from tests.training.data import held_out

SETS = ("squad2_dev_half", "clapnq_dev")
PARTS = 5
POINTS = tuple(step / 20 for step in range(2, 19))
_STRENGTH = 0.3
"""Of the regularisation, as scikit-learn has it, over standardised signals."""

Score = Callable[[ScoredUnit], float]


def _unopposed(scored: ScoredUnit) -> float:
    """Return the fitted odds of a unit, whatever speaks against it."""
    return log_odds(scored.row, scored.score, scored.reading) if scored.reading else 0.0


SIGNALS: Mapping[str, Score] = {
    "cosine": lambda each: each["similarity"],
    "rules": lambda each: each.score,
    "rules, less what is missing": answerability,
    "evidence model": lambda each: each.reading.score if each.reading else 0.0,
    "confidence, nothing held against it": _unopposed,
    "confidence": lambda each: each.confidence,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its judged units, and the spans that answer it (none: unanswerable)."""

    judged: list[ScoredUnit]
    gold: tuple[tuple[str, tuple[int, int]], ...]
    answerable: bool

    def best(self, score: Score) -> ScoredUnit:
        """Return the unit that `score` puts first."""
        return max(self.judged, key=score)

    def is_gold(self, unit: Unit) -> bool:
        """Say whether a unit overlaps a gold span."""
        return any(unit.source == name and unit.start < end and start < unit.end for name, (start, end) in self.gold)

    def is_in_gold(self, unit: Unit) -> bool:
        """Say whether a unit stands in a gold document."""
        return any(unit.source == name for name, _ in self.gold)


def cases(folder: Path, indexes: Path, asked_of: frozenset[bool], most: int) -> Iterator[Case]:
    """Yield the questions of a set with the units of the passages that the product finds, judged.

    `asked_of` says of which: those held out of training (True), the others, or both.
    """
    asked = EvaluationSet(folder)
    assert asked.documents is not None
    settings = load()
    made = indexed(settings, asked.documents, indexes / folder.name)
    embedder = embedder_of(made)
    with closing(open_index(made.index)) as index:
        retriever = Retriever(index, embedder, made.candidate_count)
        holdings = Holdings(index, embedder, evidence_model())
        near = near_misses(asked.file)
        for question in asked.questions[:most]:
            place = near.get(question.id or "") or next(iter(question.relevant), "")
            title = holdings.document(place).title if place in index.catalog.sources() else ""
            group = title if folder.name.startswith("squad") else place.partition("#")[2]
            if held_out(folder.name, group) in asked_of:
                yield case(question, retriever, holdings, made.passage_count)


def near_misses(questions: Path) -> dict[str, str]:
    """Return for each unanswerable question the source that looks as if it answered, where the set names one."""
    rows = map(json.loads, filter(None, questions.read_text(encoding="utf-8").split("\n")))
    named = ((str(row["q_id"]), row["meta"].get("near_miss_passage")) for row in rows)
    return {number: f"docs.jsonl#{name}" for number, name in named if name}


def case(question: Question, retriever: Retriever, holdings: Holdings, passages: int) -> Case:
    """Return one question as the product sees it."""
    found: dict[tuple[str, int], Unit] = {}
    for hit in retriever.search(question.question, passages):
        for unit in holdings.units(hit.chunk.source):
            if unit.start < hit.chunk.end and hit.chunk.start < unit.end:
                found.setdefault((unit.source, unit.start), unit)
    judged = holdings.scorer.judge(parse_question(question.question), list(found.values()))
    spans = gold_spans(question, lambda source: holdings.document(source).text)
    return Case(judged, spans, bool(question.answerable))


def figures(found: Sequence[Case]) -> dict[str, Any]:
    """Return what each signal alone is worth."""
    known = [each.answerable for each in found]
    told = [each for each in found if each.gold]
    return {
        name: {
            "hit@1": _mean([each.is_gold(each.best(score).unit) for each in told]),
            "document": _mean([each.is_in_gold(each.best(score).unit) for each in told]),
            "auroc": _auroc(known, [score(each.best(score)) for each in found]),
        }
        for name, score in SIGNALS.items()
    }


def curve(name: str, found: Sequence[Case]) -> list[dict[str, Any]]:
    """Return what points of confidence do."""
    fitted = fit(name, [(max(each.confidence for each in one.judged), one.answerable) for one in found])
    points = [fitted.at(point) for point in POINTS]
    return [
        {"confidence": each.confidence, "answered": each.answered, "refused": each.refused, "risk": each.risk}
        for each in points
    ]


def fitted_weights(found: Mapping[str, Sequence[Case]]) -> dict[str, Any]:
    """Fit the confidence of the best unit of each question, every set counting the same; return weights and AUROC."""
    rows, known, sets = [], [], []
    for name, some in found.items():
        for each in some:
            rows.append(_signals(max(each.judged, key=SIGNALS["evidence model"])))
            known.append(each.answerable)
            sets.append(name)
    matrix, labels, names = np.array(rows), np.array(known), np.array(sets)
    counts = {name: sets.count(name) for name in found}
    shares = np.array([len(sets) / (len(counts) * counts[name]) for name in sets])
    parts = np.random.RandomState(0).randint(0, PARTS, len(labels))
    left_out = np.zeros(len(labels))
    for part in range(PARTS):
        rest = parts != part
        model = _fit(matrix[rest], labels[rest], shares[rest])
        left_out[~rest] = matrix[~rest] @ model[1:] + model[0]
    whole = _fit(matrix, labels, shares)
    return {
        "intercept": round(float(whole[0]), 3),
        "weights": dict(zip(WEIGHTS, whole[1:].round(3).tolist(), strict=True)),
        "auroc on parts left out": {name: _auroc(labels[names == name], left_out[names == name]) for name in found},
    }


def _fit(matrix: NDArray[np.float64], labels: NDArray[np.bool_], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return intercept and weights, for signals as they are."""
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    model = LogisticRegression(C=_STRENGTH, max_iter=2000)
    model.fit((matrix - mean) / spread, labels, sample_weight=shares)
    weights = model.coef_[0] / spread
    return np.concatenate([[model.intercept_[0] - weights @ mean], weights])


def _signals(scored: ScoredUnit) -> list[float]:
    assert scored.reading is not None
    return [signals(scored.row, scored.score, scored.reading)[name] for name in WEIGHTS]


def _mean(values: Sequence[bool]) -> float:
    return round(float(np.mean(values)), 3)


def _auroc(known: Sequence[bool] | NDArray[np.bool_], scores: Sequence[float] | NDArray[np.float64]) -> float:
    return round(float(roc_auc_score(known, scores)), 3)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=SETS)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="ask what the model was trained on too")
    which.add_argument("--trained", action="store_true", help="ask what the model was trained on alone")
    parser.add_argument("--indexes", type=Path, help="keep the indexes of the sets here")
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    data = evaluation_data()
    if data is None:
        sys.exit("RAG_EVAL_DATA is not set: name the folder of evaluation data.")
    report: dict[str, Any] = provenance()
    with tempfile.TemporaryDirectory() as scratch:
        indexes = options.indexes or Path(scratch)
        asked_of = frozenset({True, False} if options.all else {not options.trained})
        found = {name: list(cases(data / name, indexes, asked_of, options.most)) for name in options.sets}
    for name, some in found.items():
        report[name] = {"questions": len(some), "signals": figures(some), "curve": curve(name, some)}
    if options.fit:
        report["fit"] = fitted_weights(found)
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
