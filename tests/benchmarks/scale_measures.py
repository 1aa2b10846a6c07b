"""The measurements of `tests.benchmarks.scale`, each in a process of its own, so that memory is told apart.

usage: python -m tests.benchmarks.scale_measures build|search|update|recall FOLDER

FOLDER is what `tests.benchmarks.scale` made: `sources`, `index` and `plan.json`. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.config import BUNDLED_EMBEDDING_MODEL, Settings
from rag.embedding import Embedder, EmbeddingProgress, Vectors, load_embedder
from rag.engine import Engine
from rag.engine.upkeep import build_settings
from rag.index_reader import open_index
from rag.indexing import build
from rag.retrieval import Retriever
from rag.stores.local import LocalStore
from rag.types import IndexReport
from tests.benchmarks.large import load_stock, questions
from tests.benchmarks.large_text import GrownVectors, Source, Writer, path_of, write_documents

WORDS = 760
"""Of a document on average."""
CHUNKS_PER_DOCUMENT = 10
ASKED = 200
WARMING = 20
"""Questions asked before any is timed."""
UPDATES = 5
_BLOCK = 16_384


@dataclass(frozen=True, slots=True)
class Plan:
    """One size: its folder, where the stock of sentences is, and how many documents there are."""

    folder: Path
    stock: Path
    documents: int

    @property
    def settings(self) -> Settings:
        """Return the settings that name the two folders."""
        return Settings(sources=self.folder / "sources", index=self.folder / "index")

    def save(self) -> None:
        """Write the plan into its folder."""
        values = {"stock": str(self.stock.resolve()), "documents": self.documents}
        (self.folder / "plan.json").write_text(json.dumps(values), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Plan:
        """Return the plan of a folder."""
        values = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        return cls(folder, Path(values["stock"]), values["documents"])

    def model(self) -> Embedder:
        """Return the bundled model."""
        return model_of(self.stock)

    def source(self) -> Source:
        """Return the real sentences."""
        return Source(load_stock(self.stock, self.model()))

    def build(self, embedder: Embedder) -> IndexReport:
        """Bring the index up to date in this process."""
        return build(build_settings(self.settings, embedder))


def model_of(stock: Path) -> Embedder:
    """Return the bundled model, prepared in the folder of the stock."""
    return load_embedder(BUNDLED_EMBEDDING_MODEL, stock / "encoders")


def asked() -> list[str]:
    """Return real questions, of all sets alike."""
    found = questions()
    random.Random(1).shuffle(found)
    return found[: ASKED + WARMING]


def memory(*, anew: bool = False) -> dict[str, float]:
    """Return the megabytes that this process has in memory: all, its own, and pages of files; and its peak.

    With `anew` the peak counts from now on.
    """
    if anew:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    sizes = {line.partition(":")[0]: line.split()[1] for line in lines if line.startswith(("Rss", "VmRSS", "VmHWM"))}
    names = {"resident": "VmRSS", "own": "RssAnon", "file_pages": "RssFile", "peak": "VmHWM"}
    return {name: round(int(sizes[key]) / 1024, 1) for name, key in names.items()}


class Timed:
    """Passes everything on to an object, and adds up how long each of its methods takes."""

    def __init__(self, inner: Any, name: str, taken: dict[str, list[float]]) -> None:
        """Take an object, what it is called and where milliseconds are put down."""
        self._inner, self._name, self._taken = inner, name, taken

    def __len__(self) -> int:
        return len(self._inner)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._timing(name, found) if callable(found) else found

    def _timing(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **keywords: Any) -> Any:
            start = time.perf_counter()
            try:
                return method(*arguments, **keywords)
            finally:
                self._taken[f"{self._name}.{name}"].append((time.perf_counter() - start) * 1000)

        return timed


class TimedEmbedder(GrownVectors):
    """Grown vectors, and how many seconds they took: what a build does not spend on its own work."""

    seconds = 0.0

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        """Return a unit vector for each text."""
        start = time.perf_counter()
        vectors = super().embed_passages(texts, progress)
        self.seconds += time.perf_counter() - start
        return vectors


def measure_build(plan: Plan) -> dict[str, Any]:
    """Write the documents where they are not there yet, and index them from nothing."""
    source = plan.source()
    if not plan.settings.sources.is_dir():
        write_documents(plan.settings.sources, Writer(source, plan.documents, WORDS), plan.documents)
    embedder = TimedEmbedder(plan.model(), source)
    before = memory(anew=True)["resident"]
    report = plan.build(embedder)
    seconds = report.seconds - embedder.seconds
    peak = memory()["peak"]
    files = [path for path in plan.settings.index.rglob("*") if path.is_file() and "encoders" not in path.parts]
    sizes: dict[str, int] = defaultdict(int)
    for path in files:
        part = path.parent.name if path.parent.name == "lexical" else path.name
        sizes[part] += path.stat().st_size
    return {
        "documents": report.documents,
        "chunks": report.chunks,
        "seconds": round(seconds, 1),
        "seconds_per_1000_chunks": round(seconds / report.chunks * 1000, 3),
        "embedding_left_out_seconds": round(embedder.seconds, 1),
        "memory_before_mb": before,
        "peak_mb": peak,
        "disk_mb": round(sum(sizes.values()) / 1e6, 1),
        "disk_mb_of": {name: round(size / 1e6, 1) for name, size in sorted(sizes.items()) if size > 1e5},
    }


def measure_search(plan: Plan) -> dict[str, Any]:
    """Open the index and search it, stage by stage timed, in a process that does nothing else."""
    start = time.perf_counter()
    engine = Engine.open(plan.settings)
    opening = (time.perf_counter() - start) * 1000
    taken: dict[str, list[float]] = defaultdict(list)
    times: list[float] = []
    asking = asked()
    start = time.perf_counter()
    engine.search(asking[0])
    first = (time.perf_counter() - start) * 1000
    for question in asking[1:WARMING]:
        engine.search(question)
    for question in asking[WARMING:]:
        start = time.perf_counter()
        engine.search(question)
        times.append((time.perf_counter() - start) * 1000)
    resident = memory()
    retriever = _watched(engine, plan.model(), taken)
    whole = Timed(retriever, "retriever", taken)
    for question in asking[WARMING:]:
        whole.search(question, 10)
    stages = {name: round(sum(values) / ASKED, 2) for name, values in sorted(taken.items())}
    return {
        "opening_ms": round(opening, 1),
        "first_ms": round(first, 1),
        "warm_ms": percentiles(times),
        "stages_ms": stages,
        "memory_mb": resident,
    }


def _watched(engine: Engine, model: Embedder, taken: dict[str, list[float]]) -> Retriever:
    """Return a retriever over the index of an engine, its parts timed."""
    index: Any = engine._index
    store = index.store
    assert isinstance(store, LocalStore)
    parts: Any = store
    parts._vectors, parts._lexical = Timed(parts._vectors, "vectors", taken), Timed(parts._lexical, "lexical", taken)
    index.__dict__["store"] = Timed(store, "store", taken)
    index.catalog = Timed(index.catalog, "catalog", taken)
    timed: Any = Timed(model, "embedder", taken)
    return Retriever(index, timed, engine.settings.candidate_count)


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile, to a hundredth."""
    return {"p50": round(statistics.median(times), 2), "p95": round(float(np.percentile(times, 95)), 2)}


def measure_update(plan: Plan) -> dict[str, Any]:
    """Change one document after the other, and bring the index up to date in this process each time."""
    source = plan.source()
    writer, embedder = Writer(source, plan.documents, WORDS), GrownVectors(plan.model(), source)
    seconds = []
    for run in range(UPDATES):
        number = plan.documents // 2 + run
        path_of(plan.settings.sources, number).write_text(writer.text(number, f"{time.time_ns()}"), encoding="utf-8")
        report = plan.build(embedder)
        assert (report.changed, report.added, report.removed) == (1, 0, 0), report
        seconds.append(report.seconds)
    return {"seconds": round(statistics.median(seconds), 2), "each": [round(each, 2) for each in seconds]}


def measure_recall(plan: Plan) -> dict[str, Any]:
    """Compare dense search with one through every vector, and time a flat index of FAISS over the same vectors."""
    import faiss

    queries = plan.model().embed_queries(asked()[WARMING:])
    index = open_index(plan.settings.index)
    count = len(index.vectors)
    flat: Any = faiss.IndexFlatIP(index.manifest.dimension)
    for start in range(0, count, _BLOCK):
        flat.add(index.vectors.reconstruct(np.arange(start, min(start + _BLOCK, count))))
    times, found = [], []
    for query in queries:
        start_time = time.perf_counter()
        found.append(flat.search(query[None, :], 50)[1][0])
        times.append((time.perf_counter() - start_time) * 1000)
    recalls = {
        f"recall@{depth}": round(
            float(
                np.mean(
                    [
                        len({*index.vectors.search(query, depth)[0].tolist()} & {*exact[:depth].tolist()}) / depth
                        for query, exact in zip(queries, found, strict=True)
                    ]
                )
            ),
            4,
        )
        for depth in (10, 50)
    }
    return {**recalls, "flat_faiss_ms": percentiles(times)}


MEASURES = {"build": measure_build, "search": measure_search, "update": measure_update, "recall": measure_recall}


def main() -> None:
    """Measure one thing and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measure", choices=MEASURES)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    print(json.dumps(MEASURES[arguments.measure](Plan.load(arguments.folder))))


if __name__ == "__main__":
    main()
