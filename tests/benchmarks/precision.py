"""What bfloat16 costs in retrieval and saves in time, against 32-bit floating point, on whole evaluation sets.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.precision [SET...] [--encoders DIR] [--json]

Each set is indexed and asked by `rag eval --retrieval-only` in either precision, everything else the same. Prints the
figures of each, the difference in nDCG@10, and machine and commit. Exit status 1 where a difference is as large as
LIMIT: then bfloat16 must not be taken by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rag.config import BUNDLED_EMBEDDING_MODEL, evaluation_data
from rag.embedding import load_embedder
from rag.embedding.precision import has_bfloat16
from rag.types import Precision
from tests.benchmarks.provenance import ROOT, provenance

SETS = ("claude_docs", "cranfield", "scifact_dev")
LIMIT = 0.002


def evaluate(folder: Path, precision: Precision, encoders: Path) -> dict[str, Any]:
    """Return the figures of one set in one precision, nothing taken over from another run."""
    with tempfile.TemporaryDirectory(prefix="precision-") as index:
        (Path(index) / "encoders").symlink_to(encoders.resolve())
        command = [sys.executable, "-m", "rag.cli", "eval", str(folder), "--retrieval-only", "--json", "--index", index]
        done = subprocess.run(
            command,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"RAG_EMBEDDING_PRECISION": precision.value},
        )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def compare(folder: Path, encoders: Path) -> dict[str, Any]:
    """Return what came of a set in either precision, and how far apart they are."""
    each = {precision: evaluate(folder, precision, encoders) for precision in (Precision.FLOAT32, Precision.BFLOAT16)}
    exact, coarse = (figures["retrieval"]["ndcg@10"] for figures in each.values())
    return {
        "questions": each[Precision.FLOAT32]["n"],
        "ndcg@10": {precision.value: figures["retrieval"]["ndcg@10"] for precision, figures in each.items()},
        "difference": round(coarse - exact, 4),
        "recall@5": {precision.value: figures["retrieval"]["recall@5"] for precision, figures in each.items()},
        "index_seconds": {precision.value: figures["index"]["seconds"] for precision, figures in each.items()},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=SETS, metavar="SET")
    parser.add_argument("--encoders", type=Path, help="a folder of prepared models, for none to be prepared anew")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    arguments = parser.parse_args()
    data = evaluation_data()
    if data is None:
        raise SystemExit("Name the folder of the evaluation data: RAG_EVAL_DATA=DIR")
    if not has_bfloat16():
        raise SystemExit("This processor does not compute in bfloat16, so there is nothing to compare.")
    with tempfile.TemporaryDirectory(prefix="precision-") as scratch:
        encoders = arguments.encoders or Path(scratch)
        load_embedder(BUNDLED_EMBEDDING_MODEL, encoders)
        sets = {}
        for name in arguments.sets:
            sets[name] = compare(data / name, encoders)
            print(f"{name}: {json.dumps(sets[name])}", file=sys.stderr, flush=True)
    worst = max(abs(figures["difference"]) for figures in sets.values())
    figures = {"sets": sets, "worst_difference": worst, "limit": LIMIT, **provenance()}
    print(json.dumps(figures, indent=None if arguments.json else 1))
    sys.exit(int(worst >= LIMIT))


if __name__ == "__main__":
    main()
