"""How well the score of evidence finds the answering sentence, and tells answerable questions from others.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.evidence [--passages N] [--most N] [SET ...]

For each question of a set, the units of the passages that dense search finds are scored: `hit@1` is the share of
answerable questions whose best unit overlaps the gold span, `auroc` how well the best score tells answerable questions
from the others, and the curve gives, for thresholds of `rag.evidence.facts.answerability`, the share of answerable
questions that would be answered and of the others that would be refused. Printed as one JSON object with the machine
and the commit; the cosine of question and unit alone stands beside it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from rag.config import BUNDLED_EMBEDDING_MODEL, evaluation_data
from rag.embedding import Embedder, load_embedder
from rag.evidence import UnitScorer, units_of
from rag.evidence.facts import answerability
from rag.evidence.scoring import ScoredUnit
from rag.evidence.units import Unit
from rag.lexical import inverse_document_frequency
from rag.text.questions import parse_question
from rag.text.words import terms
from rag.types import Block, BlockKind, Document
from tests.benchmarks.provenance import provenance

SETS = ("squad2_dev_half", "clapnq_dev")
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its scored units, and the spans that answer it (none: unanswerable)."""

    scored: list[ScoredUnit]
    gold: list[tuple[str, int, int]]

    def best(self, score: Callable[[ScoredUnit], float]) -> ScoredUnit:
        """Return the unit that `score` puts first."""
        return max(self.scored, key=score)

    def answered_by(self, unit: Unit) -> bool:
        """Say whether a unit overlaps a gold span."""
        return any(unit.source == source and unit.start < end and start < unit.end for source, start, end in self.gold)


def read_rows(path: Path) -> list[Row]:
    """Return the objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def gold_spans(row: Row, texts: dict[str, str]) -> list[tuple[str, int, int]]:
    """Return the gold spans of a question, found by their quotation where no offsets are given."""
    spans = []
    for gold in row["gold"]:
        quote = gold.get("quote") or "\0"
        start = gold["start"] if gold.get("start") is not None else texts[gold["doc_id"]].find(quote)
        if start >= 0:
            spans.append((gold["doc_id"], start, start + len(quote)))
    return spans


def cases(folder: Path, embedder: Embedder, passages: int, most: int) -> Iterator[Case]:
    """Yield the questions of a set with their candidate units scored."""
    documents = [
        Document(row["doc_id"], row["text"], row["title"], blocks=(Block(BlockKind.PARAGRAPH, 0, len(row["text"])),))
        for row in read_rows(folder / "docs.jsonl")
    ]
    texts = {document.source: document.text for document in documents}
    frequency = Counter(term for document in documents for term in set(terms(document.text)))
    total = len(documents)
    scorer = UnitScorer(
        embedder.embed_passages,
        embedder.embed_queries,
        lambda stem: inverse_document_frequency(frequency[stem], total),
    )
    units = [units_of(document) for document in documents]
    whole = embedder.embed_passages([f"{document.title}\n{document.text}" for document in documents])
    for row in read_rows(folder / "questions.jsonl")[:most]:
        gold = gold_spans(row, texts)
        if row["answerable"] and not gold:
            continue
        query = embedder.embed_queries([row["question"]])[0]
        candidates = [unit for place in np.argsort(-(whole @ query))[:passages] for unit in units[place]]
        yield Case(scorer.score(parse_question(row["question"]), candidates), gold)


def figures(found: list[Case], score: Callable[[ScoredUnit], float]) -> dict[str, Any]:
    """Return hit@1 and AUROC of one way of scoring."""
    answerable = [case for case in found if case.gold]
    hits = [case.answered_by(case.best(score).unit) for case in answerable]
    tops = [score(case.best(score)) for case in found]
    auroc = roc_auc_score([bool(case.gold) for case in found], tops)
    return {"hit@1": round(float(np.mean(hits)), 3), "auroc": round(float(auroc), 3)}


def curve(found: list[Case]) -> list[dict[str, float]]:
    """Return the shares answered and refused for each threshold."""
    tops = [(bool(case.gold), answerability(case.best(answerability))) for case in found]
    return [
        {
            "threshold": threshold,
            "answered": round(float(np.mean([top >= threshold for gold, top in tops if gold])), 3),
            "refused": round(float(np.mean([top < threshold for gold, top in tops if not gold])), 3),
        }
        for threshold in THRESHOLDS
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--passages", type=int, default=5)
    parser.add_argument("--most", type=int, default=100_000)
    arguments = parser.parse_args()
    data = evaluation_data()
    if data is None:
        sys.exit("RAG_EVAL_DATA is not set: name the folder of evaluation data.")
    report: dict[str, Any] = provenance()
    with tempfile.TemporaryDirectory() as cache:
        embedder = load_embedder(BUNDLED_EMBEDDING_MODEL, Path(cache))
        for name in arguments.sets:
            found = list(cases(data / name, embedder, arguments.passages, arguments.most))
            report[name] = {
                "questions": len(found),
                "cosine alone": figures(found, lambda each: each["similarity"]),
                "score": figures(found, lambda each: each.score),
                "answerability": figures(found, answerability),
                "curve": curve(found),
            }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
