"""What indexing and searching cost as collections grow.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.scale CHUNKS... [--folder DIR] [--stock DIR] [--only PART]
                                                          [--json] [--plot FILE.svg] [--markdown FILE.md]

For each number of chunks, documents are written (see `tests.benchmarks.large_text`: real sentences and real vectors put
together anew), indexed by the product, searched with real questions and updated. What was measured is kept in
FOLDER/CHUNKS/figures.json with machine and commit; a part that was measured is measured again only with --again. The
vectors are not made by the model, which would take hours, so the time of a build leaves embedding out.

`cold` is a whole `rag search`, `warm` a search in a process that has the index open; `update` is what a change of one
document takes in a process that has the model loaded, and `process` a whole `rag index`. Of memory, `resident` is all
that a searching process has in memory, `own` is without the pages of the index's files, which the system can take
back. `flat` is one exact search of FAISS over the same vectors in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.large_text import Writer, path_of
from tests.benchmarks.provenance import ROOT, provenance
from tests.benchmarks.scale_measures import CHUNKS_PER_DOCUMENT, MEASURES, WORDS, Plan, asked
from tests.benchmarks.scale_report import as_markdown, as_table, draw

PARTS = ("build", "search", "recall", "cold", "update", "process")
RUNS = 5
_EVERY = 0.01
"""Seconds between two looks at a process."""


def run(command: Sequence[str]) -> tuple[str, float, float]:
    """Run a program of ours, and return what it printed, its seconds, and the most megabytes that it had in memory."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([sys.executable, "-m", *command], stdout=out, stderr=errors, cwd=ROOT)
        peak, ended, status = 0.0, 0, 0
        while not ended:
            peak = _peak(process.pid) or peak  # the system's own account has what this process had when it forked
            time.sleep(_EVERY)
            ended, status = os.waitpid(process.pid, os.WNOHANG)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} failed: {errors.read().decode()}")
        return out.read().decode(), seconds, peak


def _peak(process: int) -> float:
    """Return the most megabytes that a running process had in memory, 0 where it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)
    return int(found[1]) / 1024 if found else 0.0


def measure_cold(plan: Plan) -> dict[str, Any]:
    """Search with a process of its own for each question."""
    settings = plan.settings
    folders = ["--index", str(settings.index), "--sources", str(settings.sources)]
    every = [run(["rag.cli", "search", "--json", *folders, question]) for question in asked()[:RUNS]]
    seconds = [each for _, each, _ in every]
    peak = max(each for _, _, each in every)
    return {"seconds": round(statistics.median(seconds), 2), "first": round(seconds[0], 2), "peak_mb": round(peak, 1)}


def measure_process(plan: Plan) -> dict[str, Any]:
    """Change one document and bring the index up to date with a process of its own; then once more for nothing."""
    settings = plan.settings
    command = ["rag.cli", "index", "--json", "--index", str(settings.index), "--sources", str(settings.sources)]
    writer = Writer(plan.source(), plan.documents, WORDS)
    changed, unchanged = [], []
    for number in range(3):
        text = writer.text(number, f"{time.time_ns()}")
        path_of(settings.sources, number).write_text(text, encoding="utf-8")
        changed.append(run(command))
        unchanged.append(run(command))
    return {
        "changed_seconds": round(statistics.median(seconds for _, seconds, _ in changed), 2),
        "unchanged_seconds": round(statistics.median(seconds for _, seconds, _ in unchanged), 2),
        "peak_mb": round(max(peak for _, _, peak in changed), 1),
    }


def measure(plan: Plan, parts: Sequence[str], *, again: bool) -> dict[str, Any]:
    """Return the figures of one size, those of `parts` measured where they are not there yet."""
    path = plan.folder / "figures.json"
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for part in parts:
        if part in figures and not again:
            continue
        print(f"{plan.folder.name}: {part}", file=sys.stderr, flush=True)
        if part in MEASURES:
            values = json.loads(run(["tests.benchmarks.scale_measures", part, str(plan.folder)])[0])
        else:
            values = measure_cold(plan) if part == "cold" else measure_process(plan)
        figures[part] = {**values, **provenance()}
        path.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return figures


def prepared(folder: Path, stock: Path, chunks: int) -> Plan:
    """Return the plan for a number of chunks, its folder made."""
    plan = Plan(folder / str(chunks), stock, max(1, chunks // CHUNKS_PER_DOCUMENT))
    plan.settings.index.mkdir(parents=True, exist_ok=True)
    encoders = plan.settings.index / "encoders"
    if not encoders.exists():
        encoders.symlink_to((stock / "encoders").resolve())
    plan.save()
    return plan


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chunks", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "scale")
    parser.add_argument("--stock", type=Path, help="where the real sentences and vectors are kept (default: FOLDER)")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part only; may be repeated")
    parser.add_argument("--again", action="store_true", help="measure again what was measured before")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw cost against size")
    parser.add_argument("--markdown", type=Path, metavar="FILE.md", help="write the table as a page")
    arguments = parser.parse_args()
    plans = [prepared(arguments.folder, arguments.stock or arguments.folder, count) for count in arguments.chunks]
    figures = {plan.folder.name: measure(plan, arguments.only or PARTS, again=arguments.again) for plan in plans}
    print(json.dumps(figures, indent=1) if arguments.json else as_table(figures))
    if arguments.plot:
        arguments.plot.write_text(draw(figures), encoding="utf-8")
    if arguments.markdown:
        arguments.markdown.write_text(as_markdown(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
