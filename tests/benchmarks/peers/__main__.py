"""This program beside others, in one run: same weights, same documents, same questions, same machine.

usage: python -m tests.benchmarks.peers install [--environments DIR] [--systems NAME ...]
       python -m tests.benchmarks.peers run [--environments DIR] [--systems NAME ...] [--sets NAME ...]
           [--documents N] [--model DIR] [--cold-runs N] [--page FILE] [--json FILE]

`install` makes a virtual environment for each peer, with pinned packages. `run` prints a page in Markdown, or writes it
to `--page`; `--json` keeps every figure too. The sets are folders of the evaluation data that RAG_EVAL_DATA names;
`--documents` takes a part of each, for trials. A peer that is not installed or fails is listed with the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from rag.config import BUNDLED_EMBEDDING_MODEL, evaluation_data
from rag.embedding.weights import find_model
from tests.benchmarks.peers.document_sets import DocumentSet, take_set
from tests.benchmarks.peers.environments import Environments
from tests.benchmarks.peers.measuring import Bench, SystemFailedError
from tests.benchmarks.peers.page import Report, SetReport, page
from tests.benchmarks.peers.systems import OURS, SYSTEMS, System
from tests.benchmarks.provenance import ROOT, provenance

SETS = ("claude_docs", "cranfield", "scifact_dev")


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["install", "run"])
    parser.add_argument("--environments", type=Path, default=ROOT / "build" / "peers")
    parser.add_argument("--systems", nargs="+", default=[system.name for system in SYSTEMS])
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--documents", type=int)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--cold-runs", type=int, default=3)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> None:
    """Install, or measure and print."""
    given = arguments()
    systems = [system for system in SYSTEMS if system.name in given.systems]
    environments = Environments(given.environments.resolve())
    if given.command == "install":
        install(environments, systems)
        return
    data = evaluation_data()
    if data is None:
        sys.exit("RAG_EVAL_DATA does not name the folder of the evaluation data. Set it.")
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        model = given.model or find_model(BUNDLED_EMBEDDING_MODEL).folder
        bench = Bench(environments, model.resolve(), Path(name), given.cold_runs, given.model is not None)
        sets = [take_set(data / each, Path(name) / "sets" / each, given.documents) for each in given.sets]
        for report in run(bench, systems, sets, shown_command(given)):
            write(report, given)
    if given.page is None:
        print(page(report))


def write(report: Report, given: argparse.Namespace) -> None:
    """Keep what is done so far, where files for it are named."""
    if given.page is not None:
        given.page.write_text(page(report), encoding="utf-8")
    if given.json is not None:
        given.json.write_text(json.dumps(asdict(report), indent=1), encoding="utf-8")


def shown_command(given: argparse.Namespace) -> str:
    """Return the command to repeat a run, without the folders of this machine."""
    words = ["python", "-m", "tests.benchmarks.peers", "run", "--sets", *given.sets]
    if given.documents is not None:
        words += ["--documents", str(given.documents)]
    if len(given.systems) < len(SYSTEMS):
        words += ["--systems", *given.systems]
    return shlex.join(words)


def install(environments: Environments, systems: list[System]) -> None:
    """Make the environments that are wanted, each once, and say what came of it."""
    for system in {system.environment: system for system in systems if system.environment}.values():
        print(f"{system.environment}: {environments.install(system) or 'ready'}", flush=True)


def run(bench: Bench, systems: list[System], sets: list[DocumentSet], command: str) -> Iterator[Report]:
    """Measure every system on every set, one after the other, and yield what there is after each."""
    load = os.getloadavg()[0]
    prepared = bench.prepare(OURS, sets[0]) if OURS in systems else None
    done: list[SetReport] = []
    for each in sets:
        for so_far in measured_set(bench, systems, each):
            parts = (*done, so_far)
            yield Report(**provenance(), load=load, prepared_seconds=prepared, sets=parts, command=command)
        done.append(so_far)


def measured_set(bench: Bench, systems: list[System], document_set: DocumentSet) -> Iterator[SetReport]:
    """Measure the systems on a set, and yield what there is after each; one that cannot run is listed."""
    report = SetReport(document_set.name, document_set.documents, len(document_set.questions), {}, {}, {})
    for system in systems:
        print(f"{document_set.name}: {system.title}", file=sys.stderr, flush=True)
        fault = bench.environments.fault(system)
        started = time.perf_counter()
        try:
            if fault is None:
                report.results[system.name] = bench.measure(system, document_set)
        except SystemFailedError as error:
            fault = str(error)
        report.seconds[system.name] = time.perf_counter() - started
        if fault is not None:
            report.faults[system.name] = fault
        yield report


if __name__ == "__main__":
    main()
