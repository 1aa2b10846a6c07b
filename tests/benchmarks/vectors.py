"""What searching vectors costs and finds: exactly, through an inverted file, and through a graph (HNSW).

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.vectors FOLDER [--sizes N ...] [--families F ...] [--encoders DIR]

Prints one JSON object with the machine and the commit. The vectors are those of `tests.benchmarks.large`, the queries
are the real questions of the evaluation data. Each family is built in a process of its own and searched in another:
`build_seconds`; `megabytes` on disk, beside the vectors themselves; `resident_megabytes` of the searching process after
all queries, and how much of it the process had before it opened anything; `p50` and `p95` milliseconds of one query for
50 vectors, and `cpu` milliseconds, which other programs on the machine disturb less; recall of the 10 and the 50
nearest, by the exact similarities. `filtered` is the same with only a part of the rows admitted: by chance, or those
that are farthest from the first question.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from rag.config import BUNDLED_EMBEDDING_MODEL
from rag.embedding import load_embedder
from rag.vector_store import (
    ApproximateVectorStore,
    FaissVectorStore,
    FlatWriter,
    Mask,
    Rows,
    Vectors,
    load_inverted,
    make_inverted,
)
from rag.vector_store.base import inner_products, ordered, selector
from rag.vector_store.recall import exact_nearest
from tests.benchmarks.large import load_vectors
from tests.benchmarks.provenance import ROOT, provenance

QUERIES = 500
DEPTH = 50
FAMILIES = ("flat", "ivf", "hnsw")
LINKS, CONSTRUCTION, EXPLORED = 16, 80, 128
"""Of the graph: links of a vector (twice as many on the lowest level), and how many vectors are explored when it is
built and when it is searched."""


class Searching(Protocol):
    """What is measured."""

    def search(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return the nearest rows and their similarities."""
        ...


class Graph:
    """HNSW over 8-bit codes (Malkov and Yashunin, 2018), the candidates ranked by the exact vectors."""

    def __init__(self, path: Path, exact: FaissVectorStore) -> None:
        import faiss

        self._library: Any = faiss
        self._index = self._library.read_index(str(path), self._library.IO_FLAG_MMAP_IFC)
        self._exact = exact

    @staticmethod
    def build(vectors: FaissVectorStore, path: Path) -> None:
        """Write the graph of vectors to `path`."""
        import faiss

        library: Any = faiss
        index = library.IndexHNSWSQ(
            vectors.dimension, library.ScalarQuantizer.QT_8bit, LINKS, library.METRIC_INNER_PRODUCT
        )
        index.hnsw.efConstruction = CONSTRUCTION
        for start in range(0, len(vectors), 16_384):
            some = vectors.reconstruct(np.arange(start, min(start + 16_384, len(vectors))))
            if not start:
                index.train(some)
            index.add(some)
        library.write_index(index, str(path))

    def search(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return the nearest rows that are found."""
        restriction = None if allowed is None else selector(allowed)
        parameters = self._library.SearchParametersHNSW(efSearch=EXPLORED, sel=restriction)
        _, rows = self._index.search(query[None, :], count + count // 2, params=parameters)
        found = rows[0][rows[0] >= 0]
        return ordered(found, inner_products(query[None, :], self._exact.reconstruct(found)), count)


def resident() -> int:
    """Return the megabytes that this process holds in memory, mapped files too."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


def build(folder: Path, family: str) -> dict[str, Any]:
    """Make the file of a family in a folder that holds the flat one."""
    vectors, path = FaissVectorStore.load(folder / "vectors.faiss"), folder / f"{family}.faiss"
    start = time.perf_counter()
    record: dict[str, Any] = {}
    if family == "ivf":
        made = make_inverted(vectors, path)
        record = {"lists": made.lists, "seen": made.seen, "own_recall": [made.recall_10, made.recall_50]}
    elif family == "hnsw":
        Graph.build(vectors, path)
    seconds = round(time.perf_counter() - start, 1)
    size = path.stat().st_size if path.exists() else 0
    return {"build_seconds": seconds, "megabytes": round(size / 1e6, 1), **record}


def search(folder: Path, family: str) -> dict[str, Any]:
    """Search the file of a family."""
    before = resident()
    store = _opened(folder, family)
    queries = np.load(folder / "queries.npy")
    exact: Rows = np.load(folder / "exact.npy")
    figures = _timed(store.search, queries, exact)
    figures["resident_megabytes"] = {"after": resident(), "before": before}
    masks = {path.stem.removeprefix("mask-"): np.load(path) for path in sorted(folder.glob("mask-*.npy"))}
    for name, mask in masks.items():
        expected = np.load(folder / f"exact-{name}.npy")
        some = queries[: len(expected)]
        figures[f"filtered_{name}"] = _timed(
            lambda query, count, mask=mask: store.search(query, count, mask), some, expected
        )
    return figures


def _opened(folder: Path, family: str) -> Searching:
    exact = FaissVectorStore.load(folder / "vectors.faiss")
    if family == "hnsw":
        return Graph(folder / "hnsw.faiss", exact)
    inverted = load_inverted(folder / "ivf.faiss", exact) if family == "ivf" else None
    return ApproximateVectorStore(exact, inverted) if inverted else exact


def _timed(find: Callable[..., tuple[Rows, Vectors]], queries: Vectors, exact: Rows) -> dict[str, Any]:
    for query in queries[:20]:
        find(query, DEPTH)
    seconds, found = [], []
    processor = time.process_time()
    for query in queries:
        start = time.perf_counter()
        found.append(find(query, DEPTH)[0])
        seconds.append(time.perf_counter() - start)
    processor = time.process_time() - processor
    shares = {
        f"recall_{depth}": round(
            float(
                np.mean([np.isin(best[:depth], rows[:depth]).mean() for best, rows in zip(exact, found, strict=True)])
            ),
            4,
        )
        for depth in (10, DEPTH)
    }
    times = statistics.quantiles(seconds, n=20)
    return {
        "p50_ms": round(statistics.median(seconds) * 1000, 2),
        "p95_ms": round(times[-1] * 1000, 2),
        "cpu_ms": round(processor / len(queries) * 1000, 2),
        **shares,
    }


def prepare(folder: Path, vectors: Vectors, questions: Vectors) -> None:
    """Write the flat file, the queries, the masks and what an exact search finds."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "vectors.faiss").exists():
        with FlatWriter(folder / "vectors.faiss", vectors.shape[1]) as writer:
            for start in range(0, len(vectors), 16_384):
                writer.add(np.asarray(vectors[start : start + 16_384]))
    if (folder / "exact.npy").exists():
        return
    chooser = np.random.default_rng(2)
    queries = questions[chooser.permutation(len(questions))[:QUERIES]]
    store = FaissVectorStore.load(folder / "vectors.faiss")
    np.save(folder / "queries.npy", queries)
    likeness = np.asarray(vectors) @ queries[0]
    masks = {
        "by_chance_10%": chooser.random(len(vectors)) < 0.1,
        "by_chance_1%": chooser.random(len(vectors)) < 0.01,
        "far_10%": likeness <= np.quantile(likeness, 0.1),
    }
    for name, mask in masks.items():
        rows = np.flatnonzero(mask)
        part = FaissVectorStore(store.dimension)
        part.add(store.reconstruct(rows))
        np.save(folder / f"mask-{name}.npy", mask)
        np.save(folder / f"exact-{name}.npy", rows[exact_nearest(part, queries[:100], DEPTH)])
    np.save(folder / "exact.npy", exact_nearest(store, queries, DEPTH))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--families", nargs="+", default=list(FAMILIES), choices=FAMILIES)
    parser.add_argument("--encoders", type=Path)
    parser.add_argument("--step", choices=["build", "search"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    if arguments.step:
        step = build if arguments.step == "build" else search
        print(json.dumps(step(folder, arguments.families[0])))
        return
    embedder = load_embedder(BUNDLED_EMBEDDING_MODEL, arguments.encoders or folder / "encoders")
    vectors, questions = load_vectors(folder, max(arguments.sizes), embedder)
    figures: dict[str, Any] = {}
    for size in arguments.sizes:
        prepare(folder / str(size), vectors[:size], questions)
        for family in arguments.families:
            figures[f"{size} {family}"] = _run(folder / str(size), family)
            print(f"{size} {family}: {json.dumps(figures[f'{size} {family}'])}", file=sys.stderr, flush=True)
    print(json.dumps({**figures, **provenance()}, indent=1))


def _run(folder: Path, family: str) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for step in ("build", "search"):
        command = [sys.executable, "-m", "tests.benchmarks.vectors", str(folder), "--step", step, "--families", family]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        figures |= json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    main()
