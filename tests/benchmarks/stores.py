"""The two stores side by side: the same documents in FAISS and in Milvus Lite, built, updated, searched and weighed.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.stores [--documents N] [--runs N] [--encoders DIR]

The documents are those of `claude_docs` and the first N of `scifact_dev` beside them (about 10,000 passages with the
default), the questions those of `claude_docs`. Everything is embedded once before, into the cache of embeddings, so
that building is what the store costs. Each store is driven by a process of its own; Milvus Lite runs in a server, as
a cluster would, and is reached over the loopback. `client_mb` is the memory of the process that asks, the embedding
model in it. Milvus Lite is written in Python: its speed says nothing of a cluster's.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rag.config import Settings, evaluation_data
from rag.engine import Engine, build_index
from rag.evaluation.measures import mean, ndcg, percentile
from rag.evaluation.sets import EvaluationSet
from tests.benchmarks.provenance import ROOT, provenance

_DEPTH = 10
_PASSAGES = 50
_STARTING_SECONDS = 60
_CACHE = "embeddings.sqlite"


def make_sources(folder: Path, data: Path, documents: int) -> None:
    """Write the documents of both sets into a folder."""
    folder.mkdir()
    shutil.copyfile(data / "claude_docs" / "docs.jsonl", folder / "docs.jsonl")
    with (data / "scifact_dev" / "docs.jsonl").open(encoding="utf-8") as lines:
        (folder / "others.jsonl").write_text("".join(line for _, line in zip(range(documents), lines, strict=False)))


@contextmanager
def milvus_server(folder: Path) -> Iterator[str]:
    """Lend a Milvus Lite server on the loopback, as a store's setting names it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen([*command, "--data-dir", str(folder)], stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(_STARTING_SECONDS * 10):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"milvus:http://127.0.0.1:{port}"
        finally:
            process.terminate()


def measured(settings: Settings, data: Path, runs: int) -> dict[str, Any]:
    """Build an index, update one document of it, ask all questions, and return the figures and what was found."""
    report = build_index(settings)
    (settings.sources / "one.txt").write_text("A new document about evaluation and prompts.\n", encoding="utf-8")
    update = build_index(settings)
    (settings.sources / "one.txt").unlink()
    build_index(settings)
    questions = EvaluationSet(data / "claude_docs").questions
    with closing(Engine.open(settings)) as engine:
        engine.search(questions[0].question, _PASSAGES)
        gains, found, milliseconds = [], [], []
        for question in questions * runs:
            started = time.perf_counter()
            passages = engine.search(question.question, _PASSAGES)
            milliseconds.append(1000 * (time.perf_counter() - started))
            ranked = list(dict.fromkeys(passage.source for passage in passages))
            gains.append(ndcg(ranked, question.grades, _DEPTH))
            found.append([(passage.source, passage.start) for passage in passages[:_DEPTH]])
    return {
        "passages": report.chunks,
        "embedded": report.embedded,
        "build_seconds": round(report.seconds, 2),
        "update_seconds": round(update.seconds, 2),
        "search_p50_ms": round(percentile(milliseconds, 50) or 0, 1),
        "search_p95_ms": round(percentile(milliseconds, 95) or 0, 1),
        "ndcg@10": round(mean(gains) or 0, 4),
        "client_mb": _resident_megabytes(),
        "folder_bytes_a_passage": _bytes_of(settings.index / "generations") // report.chunks,
        "found": found[: len(questions)],
    }


def _resident_megabytes() -> int | None:
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


def _bytes_of(folder: Path) -> int:
    """Return what the newest generation in a folder takes."""
    newest = max(folder.iterdir())
    return sum(path.stat().st_size for path in newest.rglob("*") if path.is_file())


def in_process(folder: Path, store: str, runs: int) -> dict[str, Any]:
    """Measure one store in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.stores", "--runs", str(runs), "--one", str(folder), store]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def alike(first: list[list[Any]], second: list[list[Any]]) -> dict[str, float]:
    """Return how much of the first ten passages the two have in common, and how often they are the same in order."""
    pairs = list(zip(first, second, strict=True))
    common = [len({*map(tuple, one)} & {*map(tuple, other)}) / max(len(one), 1) for one, other in pairs]
    return {
        "common_in_top_10": round(mean(common) or 0, 4),
        "same_top_10_in_order": round(mean([float(one == other) for one, other in pairs]) or 0, 4),
    }


def compare(data: Path, documents: int, runs: int, encoders: Path | None) -> dict[str, Any]:
    """Return the figures of both stores over the same documents."""
    with TemporaryDirectory(prefix="stores-") as name:
        folder = Path(name)
        make_sources(folder / "sources", data, documents)
        for index in ("warm", "faiss", "milvus"):
            (folder / index).mkdir()
            if encoders is not None:
                (folder / index / "encoders").symlink_to(encoders.resolve())
        build_index(Settings(sources=folder / "sources", index=folder / "warm"))
        for index in ("faiss", "milvus"):
            shutil.copyfile(folder / "warm" / _CACHE, folder / index / _CACHE)
        files = in_process(folder, "faiss", runs)
        with milvus_server(folder / "server") as store:
            engine = in_process(folder, store, runs)
            engine["server_bytes_a_passage"] = _bytes_in(folder / "server") // engine["passages"]
        shared = alike(files.pop("found"), engine.pop("found"))
        return {"faiss": files, "milvus_lite": engine, **shared, **provenance()}


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=3_700)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--encoders", type=Path, help="The folder `encoders` of an index, so that none is made.")
    parser.add_argument("--one", nargs=2, metavar=("FOLDER", "STORE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    data = evaluation_data()
    if data is None:
        parser.error("RAG_EVAL_DATA names no folder of evaluation data.")
    if arguments.one:
        folder, store = Path(arguments.one[0]), arguments.one[1]
        settings = Settings(sources=folder / "sources", index=folder / store.partition(":")[0], store=store)
        print(json.dumps(measured(settings, data, arguments.runs)))
    else:
        print(json.dumps(compare(data, arguments.documents, arguments.runs, arguments.encoders), indent=1))


if __name__ == "__main__":
    main()
