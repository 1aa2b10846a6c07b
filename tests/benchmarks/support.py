"""How well the check of paraphrases tells supported claims from others, on pairs that it was not fitted on.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.support [--fit]

SciFact: each claim with each of its rationales (supporting or contradicting), and claims without one with the sentence
of their abstract that holds most of their words. CLIMATE-FEVER: claim and evidence as they are. Claims are split in
halves by a hash of their words: `fitted` and `held out`. `--fit` fits the weights of `rag.verification.meaning` anew,
on the fitted half of SciFact (CC BY 4.0) and on pairs made by rule from our own articles alone, and prints them;
CLIMATE-FEVER states no licence, so it is measured on and never fitted on.

For each set: the check as it is (rules, and the fitted probability over its threshold), precision and recall of
"supported"; each signal by itself and the fitted probability: area under the ROC curve, and precision and recall at
thresholds. A pair counts as supported only where the set says that the evidence supports the claim: refuted and
undecided ones are both negatives. Prints one JSON object with the machine and the commit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from rag.config import BUNDLED_EMBEDDING_MODEL, evaluation_data
from rag.embedding import load_embedder
from rag.text.sentences import sentence_spans
from rag.types import Evidence, Verdict
from rag.verification import check_statement, objections, tell_quotations
from rag.verification.grounds import best_ground, share
from rag.verification.meaning import THRESHOLD, Embed, Signals, probability, signals_of
from tests.benchmarks.lies import FOLDERS, read_documents, sampled
from tests.benchmarks.provenance import provenance
from tests.honesty import honest_by_hand, honest_by_rule
from tests.lying import lies

SIGNALS = tuple(field.name for field in fields(Signals))
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MEANING_LIES = frozenset({"detail added", "sources merged", "wrong citation", "opposite", "report told as fact"})
"""Lies that are no matter of names, numbers or quotations: what the meaning check is for."""
PRECISION = 0.99
"""Of the pairs made by rule that reach the check of meaning; most of them have no word of their own."""
MOST_LIES = 60
"""Of each kind and folder: about as many as there are honest paraphrases in all."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim and the text cited for it."""

    claim: str
    cited: tuple[Evidence, ...]
    supported: bool
    label: str

    @property
    def is_held_out(self) -> bool:
        """Whether its claim is in the half that nothing is fitted on."""
        return hashlib.sha256(self.claim.encode()).digest()[0] % 2 == 1


class Remembering:
    """An embedding model that embeds nothing twice: the words of many pairs are the same."""

    def __init__(self, embed: Embed) -> None:
        """Take the model."""
        self._embed = embed
        self._known: dict[str, NDArray[np.float32]] = {}

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= dict(zip(new, self._embed(new), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32)


def piece(text: str) -> tuple[Evidence, ...]:
    """Return a text as the only piece of evidence."""
    return (Evidence("pair", 0, len(text), text, 1.0),)


def read_rows(path: Path) -> list[Row]:
    """Return the objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def climate_fever(data: Path) -> list[Pair]:
    """Return the pairs of CLIMATE-FEVER."""
    rows = read_rows(data / "climate_fever" / "pairs.jsonl")
    return [Pair(row["claim"], piece(row["evidence"]), row["label"] == "SUPPORTS", row["label"]) for row in rows]


def scifact(data: Path) -> list[Pair]:
    """Return the pairs of SciFact: claim and rationale, or the likeliest sentence where there is none."""
    texts = {row["doc_id"]: row["text"] for row in read_rows(data / "scifact_dev" / "docs.jsonl")}
    return [pair for row in read_rows(data / "scifact_dev" / "questions.jsonl") for pair in _scifact_pairs(row, texts)]


def _scifact_pairs(row: Row, texts: dict[str, str]) -> Iterator[Pair]:
    claim = row["question"]
    for rationale in row["meta"]["rationales"]:
        yield Pair(claim, piece(" ".join(rationale["quotes"])), rationale["label"] == "SUPPORT", rationale["label"])
    if not row["meta"]["rationales"]:
        for gold in row["gold"]:
            text = texts[gold["doc_id"]]
            sentences = [text[start:end] for start, end in sentence_spans(text)]
            yield Pair(claim, piece(max(sentences, key=lambda sentence: share(claim, sentence))), False, "NEI")


def own_pairs() -> list[Pair]:
    """Return pairs made by rule from our own articles: honest paraphrases, and lies that no rule is about."""
    pairs = []
    for folder in FOLDERS:
        documents = read_documents(folder)
        honest = [*honest_by_hand(documents), *honest_by_rule(documents)]
        pairs += [Pair(each.text, (each.cited,), True, "honest") for each in honest]
        told = sampled([lie for lie in lies(documents) if lie.kind in MEANING_LIES], MOST_LIES, seed=7)
        pairs += [Pair(lie.text, lie.cited, False, lie.kind) for lie in told]
    return pairs


def signals(pairs: Sequence[Pair], embed: Embed) -> NDArray[np.float64]:
    """Return the signals of each pair, one row each."""
    rows = [astuple(signals_of(pair.claim, best_ground(pair.claim, pair.cited), embed)) for pair in pairs]
    return np.array(rows)


def figures(pairs: Sequence[Pair], embed: Embed) -> dict[str, Any]:
    """Return how well the check and each signal do on some pairs."""
    supported = np.array([pair.supported for pair in pairs])
    rows = signals(pairs, embed)
    fitted = np.array([probability(Signals(*row)) for row in rows])
    rules = np.array([_passes(pair) for pair in pairs])
    passed = rules & (fitted >= THRESHOLD)
    shares = np.array([share(pair.claim, best_ground(pair.claim, pair.cited).text) for pair in pairs])
    scores = {name: rows[:, place] for place, name in enumerate(SIGNALS)} | {"share": shares, "fitted": fitted}
    loose = np.array([_passes_but_for_words(pair) for pair in pairs]) & (fitted >= THRESHOLD)
    return {
        "pairs": len(pairs),
        "supported": int(supported.sum()),
        "check": measured(supported, passed),
        "rules alone": measured(supported, rules),
        "without the rules on how many words are shared": measured(supported, loose),
        f"fitted >= {THRESHOLD} alone": measured(supported, fitted >= THRESHOLD),
        "passed by label": {
            label: int(sum(hit for pair, hit in zip(pairs, passed, strict=True) if pair.label == label))
            for label in sorted({pair.label for pair in pairs})
        },
        "auroc": {name: round(float(roc_auc_score(supported, score)), 3) for name, score in scores.items()},
        "curve": {
            name: [{"threshold": t, **measured(supported, score >= t)} for t in THRESHOLDS]
            for name, score in scores.items()
        },
    }


def _passes(pair: Pair) -> bool:
    return check_statement(pair.claim, pair.cited).verdict is not Verdict.UNSUPPORTED


def _passes_but_for_words(pair: Pair) -> bool:
    told = tell_quotations(pair.claim, pair.cited)
    return not {rule for rule, _ in objections(pair.claim, pair.cited, told)} - {"share", "joined"}


def measured(supported: NDArray[np.bool_], passed: NDArray[np.bool_]) -> dict[str, Any]:
    """Return precision and recall of `passed` as a judgement of `supported`; precision is None where nothing passes."""
    right, given = int((supported & passed).sum()), int(passed.sum())
    return {
        "passed": given,
        "precision": round(right / given, 3) if given else None,
        "recall": round(right / max(1, int(supported.sum())), 3),
    }


def fit(pairs: Sequence[Pair], asked: Sequence[Pair], embed: Embed) -> dict[str, float]:
    """Return intercept and weights of a logistic regression on the signals, no label outweighing the other.

    With them the lowest threshold at which, of the pairs `asked` that pass the rules, `PRECISION` are supported.
    """
    model = LogisticRegression(class_weight="balanced", C=10.0)
    model.fit(signals(pairs, embed), np.array([pair.supported for pair in pairs]))
    weights = {name: round(float(weight), 2) for name, weight in zip(SIGNALS, model.coef_[0], strict=True)}
    chances = model.predict_proba(signals(asked, embed))[:, 1]
    supported = np.array([pair.supported for pair in asked])
    reached = [t for t in np.sort(chances) if supported[chances >= t].mean() >= PRECISION]
    return {"intercept": round(float(model.intercept_[0]), 2), **weights, "threshold": round(float(min(reached)), 2)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    data = evaluation_data()
    if data is None:
        sys.exit("RAG_EVAL_DATA is not set: name the folder of evaluation data.")
    report: dict[str, Any] = provenance()
    with tempfile.TemporaryDirectory() as cache:
        embed = Remembering(load_embedder(BUNDLED_EMBEDDING_MODEL, Path(cache)).embed_passages)
        science = scifact(data)
        own = own_pairs()
        if arguments.fit:
            asked = [pair for pair in own if not pair.is_held_out and _passes(pair)]  # the check sees no others
            fitted = [pair for pair in science if not pair.is_held_out]
            report["weights"] = fit([*fitted, *asked], asked, embed)
        for name, pairs in (("scifact", science), ("own", own), ("climate_fever", climate_fever(data))):
            held_out = [pair for pair in pairs if pair.is_held_out]
            report[f"{name}, held out"] = figures(held_out, embed)
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
