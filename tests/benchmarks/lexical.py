"""Lexical search compared with other engines, on the same texts and questions.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.lexical ROWS... [--stock DIR] [--engine NAME] [--json]

The texts are paragraphs of made-up documents (see `tests.benchmarks.large_text`), the questions real ones. Every engine
is given the same stems of content words, so that only the engines differ, and is measured in a process of its own:
building, bytes on disk, opening, searching for the best 50 (wall clock and processor time), memory after that, and the
update of ten rows until a search finds them. `same_top_10` is the share of the ten best that are the same as ours with
the same constants: bm25s is given ours, SQLite and tantivy have theirs fixed, so ours are set to these for that.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import rag.lexical.weighing
from rag.text.words import terms
from tests.benchmarks.large import load_stock
from tests.benchmarks.large_text import Source, Writer
from tests.benchmarks.lexical_engines import ENGINES, UPDATED, OurEngine
from tests.benchmarks.provenance import ROOT, provenance
from tests.benchmarks.scale_measures import WARMING, asked, memory, model_of, percentiles

_ROWS_PER_DOCUMENT = 6
_WORDS = 760
_AGREED = 50
"""Questions whose ten best are compared."""


def texts(stock: Path, rows: int) -> list[str]:
    """Return paragraphs as a long text of their stems."""
    documents = rows // _ROWS_PER_DOCUMENT + 1
    writer = Writer(Source(load_stock(stock, model_of(stock))), documents, _WORDS)
    found: list[str] = []
    number = 0
    while len(found) < rows:
        found += (" ".join(terms(part)) for part in writer.text(number).split("\n\n")[1:])
        number += 1
    return found[:rows]


def measure(name: str, folder: Path, stock: Path, rows: int) -> dict[str, Any]:
    """Build with one engine in this process, and search and update in another one."""
    found = texts(stock, rows)
    before = memory(anew=True)["resident"]
    start, cpu = time.perf_counter(), time.process_time()
    ENGINES[name].build(found, folder)
    seconds, processor = time.perf_counter() - start, time.process_time() - cpu
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "build_seconds": round(seconds, 1),
        "build_processor_seconds": round(processor, 1),
        "build_memory_mb": round(memory()["peak"] - before, 1),
        "disk_mb": round(size / 1e6, 1),
    }


def search(name: str, folder: Path) -> dict[str, Any]:
    """Open, search and update; return the figures, and the ten best of some questions under `best`."""
    queries = [terms(question) for question in asked()]
    engine_type = ENGINES[name]
    before = memory()
    start = time.perf_counter()
    engine = engine_type(folder)
    engine.search(queries[0])
    opening = (time.perf_counter() - start) * 1000
    for query in queries[1:WARMING]:
        engine.search(query)
    times, processor, best = [], [], []
    for query in queries[WARMING:]:
        start, cpu = time.perf_counter(), time.process_time()
        best.append([int(row) for row in engine.search(query)[:10]])
        times.append((time.perf_counter() - start) * 1000)
        processor.append((time.process_time() - cpu) * 1000)
    after = memory()
    start = time.perf_counter()
    engine.update([f"entirely new word{number} {' '.join(queries[number])}" for number in range(UPDATED)])
    engine.search(["word3"])
    updating = time.perf_counter() - start
    return {
        "opening_ms": round(opening, 1),
        "search_ms": percentiles(times),
        "search_processor_ms": round(statistics.mean(processor), 2),
        "resident_mb": round(after["resident"] - before["resident"], 1),
        "own_mb": round(after["own"] - before["own"], 1),
        "update_seconds": round(updating, 3),
        "best": best[:_AGREED],
    }


def agreement(name: str, folder: Path, best: Sequence[Sequence[int]]) -> float:
    """Return the share of the ten best that ours finds too, with the constants of the engine."""
    rag.lexical.weighing.K1, rag.lexical.weighing.B = ENGINES[name].constants
    ours = OurEngine(folder)
    queries = [terms(question) for question in asked()[WARMING:]]
    shares = [
        len({*found} & {*ours.search(query)[:10].tolist()}) / len(found)
        for query, found in zip(queries, best, strict=False)
        if found
    ]
    return round(float(np.mean(shares)), 3)


def _child(*command: str) -> Any:
    full = [sys.executable, "-m", "tests.benchmarks.lexical", *command]
    done = subprocess.run(full, check=True, capture_output=True, text=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1])


def compare(rows: int, names: Sequence[str], stock: Path) -> dict[str, Any]:
    """Return the figures of every engine at one size."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folders = {name: Path(temporary) / name for name in dict.fromkeys(["ours", *names])}
        for name, folder in folders.items():
            print(f"{rows}: {name}", file=sys.stderr, flush=True)
            common = ["--step-folder", str(folder), "--engine", name, "--stock", str(stock)]
            built = _child(str(rows), *common, "--step", "build")
            searched = _child(str(rows), *common, "--step", "search")
            figures[name] = {**built, **searched}
        for name, values in figures.items():
            values["same_top_10"] = agreement(name, folders["ours"], values.pop("best"))
    return figures


def as_table(figures: dict[str, Any]) -> str:
    """Return the figures of one size as a table of Markdown."""
    rows: dict[str, Callable[[Any], Any]] = {
        "build, s": lambda each: each["build_seconds"],
        "on disk, MB": lambda each: each["disk_mb"],
        "open and first search, ms": lambda each: each["opening_ms"],
        "search p50, ms": lambda each: each["search_ms"]["p50"],
        "search p95, ms": lambda each: each["search_ms"]["p95"],
        "processor time of a search, ms": lambda each: each["search_processor_ms"],
        "memory, MB": lambda each: each["resident_mb"],
        "memory without pages of files, MB": lambda each: each["own_mb"],
        "update of 10 rows, s": lambda each: each["update_seconds"],
        "same ten best": lambda each: each["same_top_10"],
    }
    lines = ["| | " + " | ".join(figures) + " |", "|---|" + "---:|" * len(figures)]
    lines += [
        f"| {name} | " + " | ".join(str(take(each)) for each in figures.values()) + " |" for name, take in rows.items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int, nargs="+")
    parser.add_argument("--stock", type=Path, default=Path(tempfile.gettempdir()) / "scale")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this one; may be repeated")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--step", choices=("build", "search"), help=argparse.SUPPRESS)
    parser.add_argument("--step-folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step == "build":
        print(json.dumps(measure(arguments.engine[0], arguments.step_folder, arguments.stock, arguments.rows[0])))
        return
    if arguments.step == "search":
        print(json.dumps(search(arguments.engine[0], arguments.step_folder)))
        return
    names = arguments.engine or list(ENGINES)
    figures = {rows: compare(rows, names, arguments.stock) for rows in arguments.rows}
    if arguments.json:
        print(json.dumps({**figures, **provenance()}, indent=1))
        return
    for rows, values in figures.items():
        print(f"{rows:,} rows\n\n{as_table(values)}\n")
    print(json.dumps(provenance()))


if __name__ == "__main__":
    main()
