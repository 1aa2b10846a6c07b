"""How long an answer takes: from a cold shell, and in a process that has the models loaded.

usage: python -m tests.benchmarks.latency [--index DIR] [--sources DIR] [--runs N] ["QUESTION"]

Prints one JSON object with the machine and the commit. `cold` is a whole `rag ask --json` process, from its start to
its end; the first one is listed apart, since it may read files that the system has not cached. `warm` asks the same
question again and again in one process: until the first checked statement, and until the answer is whole.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from rag.config import Settings, load
from rag.engine import Engine
from rag.types import StatementChecked
from tests.benchmarks.provenance import ROOT, provenance

QUESTION = "What did Bolton say?"


def cold_seconds(settings: Settings, question: str) -> float:
    """Return how long a whole process takes to answer `question`."""
    folders = ["--index", str(settings.index), "--sources", str(settings.sources)]
    command = [sys.executable, "-m", "rag.cli", "ask", "--json", *folders, question]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return time.perf_counter() - start


def warm_milliseconds(engine: Engine, question: str) -> tuple[float, float]:
    """Return the milliseconds until the first checked statement (or the end, without one), and until the end."""
    start = time.perf_counter()
    first = None
    for event in engine.stream(question):
        if first is None and isinstance(event, StatementChecked):
            first = time.perf_counter()
    end = time.perf_counter()
    return ((first or end) - start) * 1000, (end - start) * 1000


def summary(values: list[float], digits: int) -> dict[str, float]:
    """Return the median and the extremes."""
    return {
        "median": round(statistics.median(values), digits),
        "least": round(min(values), digits),
        "most": round(max(values), digits),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question", nargs="?", default=QUESTION)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    settings = load(index=arguments.index, sources=arguments.sources)
    cold = [cold_seconds(settings, arguments.question) for _ in range(arguments.runs + 1)]
    engine = Engine.open(settings)
    warm = [warm_milliseconds(engine, arguments.question) for _ in range(5 * arguments.runs)]
    figures = {
        "question": arguments.question,
        "cold_first_seconds": round(cold[0], 2),
        "cold_seconds": summary(cold[1:], 2),
        "warm_first_statement_ms": summary([first for first, _ in warm[1:]], 1),
        "warm_answer_ms": summary([end for _, end in warm[1:]], 1),
        **provenance(),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
