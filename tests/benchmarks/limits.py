"""How near this program is to what the machine can do: indexing against the bare encoder, searching against bare FAISS.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.limits [--set NAME] [--documents N] [--chunks N] [--runs N]
                                     [--folder DIR] [--encoders DIR] [--only indexing|searching|cold]... [--json]

`indexing`: the documents of an evaluation set are indexed from nothing, in turn with the bare encoder over the texts of
the same chunks (same model, precision, batches by length; already loaded, nothing read, cut or written). `ratio` is the
median of the ratios of the pairs; processor seconds are given beside seconds, since they matter on a busy machine.

`searching`: an index of --chunks chunks (see `tests.benchmarks.scale`; made in --folder where it is not there) is
searched with real questions, in turn with embedding the same question and one flat search of FAISS, k = 50, over the
same vectors in memory. Milliseconds; `ratio` is the median of the ratios of the pairs.

`cold`: seconds of a whole `rag search` process over the bundled articles, from its start to its end; the first of all,
which may read files that the system has not cached, stands apart.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.config import BUNDLED_EMBEDDING_MODEL, Settings, evaluation_data
from rag.embedding import Embedder, load_embedder
from rag.engine import Engine
from rag.engine.upkeep import build_settings
from rag.index_reader import open_index
from rag.indexing import build
from tests.benchmarks.provenance import ROOT, provenance
from tests.benchmarks.scale import prepared, run
from tests.benchmarks.scale_measures import WARMING, asked, percentiles

PARTS = ("indexing", "searching", "cold")
LIMITS = {"indexing_ratio": 1.15, "searching_ratio": 1.5, "searching_p95_ms": 50, "cold_seconds": 1.2}
"""What is aimed at, on a machine that has nothing else to do."""
QUESTION = "What did Bolton say?"
_DEPTH = 50
_BLOCK = 16_384


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took: on the clock, and of the processor in this process and those that it waited for."""

    seconds: float
    processor_seconds: float


def timed(work: Callable[[], object]) -> Took:
    """Do something and return how long it took."""
    processor, start = time.process_time(), time.perf_counter()
    work()
    return Took(time.perf_counter() - start, time.process_time() - processor)


def settings_for(index: Path, sources: Path, encoders: Path) -> Settings:
    """Return the settings for a new index folder, whose encoder is there already."""
    index.mkdir(parents=True)
    (index / "encoders").symlink_to(encoders.resolve())
    return Settings(index=index, sources=sources)


def index_once(settings: Settings, embedder: Embedder) -> int:
    """Index from nothing and return the number of chunks."""
    report = build(build_settings(settings, embedder))
    assert report.embedded, report
    return report.chunks


def embedded_texts(index: Path) -> list[str]:
    """Return what was embedded of each chunk, each text once."""
    opened = open_index(index)
    try:
        texts = [text for segment in opened.segments for text in segment.catalog.embedded_texts()]
    finally:
        opened.close()
    return list(dict.fromkeys(texts))


def indexing(folder: Path, documents: Path, most: int | None, runs: int, encoders: Path) -> dict[str, Any]:
    """Measure indexing against the bare encoder."""
    sources = folder / "sources"
    sources.mkdir()
    lines = documents.read_text(encoding="utf-8").splitlines(keepends=True)[:most]
    (sources / "docs.jsonl").write_text("".join(lines), encoding="utf-8")
    embedder = load_embedder(BUNDLED_EMBEDDING_MODEL, encoders)
    first = settings_for(folder / "first", sources, encoders)
    chunks = index_once(first, embedder)
    texts = embedded_texts(first.index)
    pairs: list[tuple[Took, Took]] = []
    for number in range(runs):
        settings = settings_for(folder / f"index-{number}", sources, encoders)
        whole = timed(lambda settings=settings: index_once(settings, embedder))  # type: ignore[misc]
        pairs.append((whole, timed(lambda: embedder.embed_passages(texts))))
        shutil.rmtree(settings.index)
    return {
        "documents": len(lines),
        "chunks": chunks,
        "precision": getattr(embedder, "precision", "float32"),
        "index_seconds": _median([whole.seconds for whole, _ in pairs], 2),
        "encoder_seconds": _median([bare.seconds for _, bare in pairs], 2),
        "ratio": _median([whole.seconds / bare.seconds for whole, bare in pairs], 3),
        "processor_ratio": _median([one.processor_seconds / other.processor_seconds for one, other in pairs], 3),
        "passages_per_second": round(chunks / statistics.median(whole.seconds for whole, _ in pairs), 1),
    }


def searching(folder: Path, chunks: int) -> dict[str, Any]:
    """Measure warm searches against embedding the question and one flat search of FAISS."""
    import faiss

    load_embedder(BUNDLED_EMBEDDING_MODEL, folder / "encoders")
    plan = prepared(folder, folder, chunks)
    if not (plan.settings.index / "current.json").is_file():
        run(["tests.benchmarks.scale_measures", "build", str(plan.folder)])
    engine, model = Engine.open(plan.settings), plan.model()
    index = open_index(plan.settings.index)
    flat: Any = faiss.IndexFlatIP(index.manifest.dimension)
    for start in range(0, len(index.vectors), _BLOCK):
        flat.add(index.vectors.reconstruct(np.arange(start, min(start + _BLOCK, len(index.vectors)))))
    pairs = []
    for question in asked():
        ours = timed(lambda question=question: engine.search(question))  # type: ignore[misc]
        bare = timed(lambda question=question: flat.search(model.embed_queries([question]), _DEPTH))  # type: ignore[misc]
        pairs.append((ours.seconds * 1000, bare.seconds * 1000))
    kept = pairs[WARMING:]
    return {
        "chunks": len(index.vectors),
        "search_ms": percentiles([ours for ours, _ in kept]),
        "embedding_and_flat_faiss_ms": percentiles([bare for _, bare in kept]),
        "ratio": _median([ours / bare for ours, bare in kept], 3),
    }


def cold(folder: Path, runs: int, encoders: Path) -> dict[str, Any]:
    """Measure whole `rag search` processes."""
    settings = settings_for(folder / "cold", ROOT / "seeds", encoders)
    index_once(settings, load_embedder(BUNDLED_EMBEDDING_MODEL, encoders))
    command = [sys.executable, "-m", "rag.cli", "search", "--json", "--index", str(settings.index), QUESTION]
    times = [
        timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)).seconds
        for _ in range(runs + 1)
    ]
    rest = times[1:]
    return {
        "first_seconds": round(times[0], 2),
        "seconds": _median(rest, 2),
        "least": round(min(rest), 2),
        "most": round(max(rest), 2),
    }


def _median(values: Sequence[float], digits: int) -> float:
    return round(statistics.median(values), digits)


def measured(arguments: argparse.Namespace, data: Path, scratch: Path) -> dict[str, Any]:
    """Return the figures of the parts that are asked for."""
    encoders = arguments.encoders or scratch / "encoders"
    load_embedder(BUNDLED_EMBEDDING_MODEL, encoders)
    parts = arguments.only or PARTS
    figures: dict[str, Any] = {}
    if "indexing" in parts:
        documents = data / arguments.set / "docs.jsonl"
        figures["indexing"] = indexing(scratch, documents, arguments.documents, arguments.runs, encoders)
    if "searching" in parts:
        figures["searching"] = searching(arguments.folder, arguments.chunks)
    if "cold" in parts:
        figures["cold"] = cold(scratch, 7, encoders)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="scifact_dev", help="the evaluation set whose documents are indexed")
    parser.add_argument("--documents", type=int, help="index so many of them only")
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3, help="pairs of indexing and bare encoding")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "scale")
    parser.add_argument("--encoders", type=Path, help="a folder of prepared models, for none to be prepared anew")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part only; may be repeated")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    arguments = parser.parse_args()
    data = evaluation_data()
    if data is None:
        raise SystemExit("Name the folder of the evaluation data: RAG_EVAL_DATA=DIR")
    with tempfile.TemporaryDirectory(prefix="limits-") as scratch:
        figures = measured(arguments, data, Path(scratch))
    print(json.dumps({**figures, "limits": LIMITS, **provenance()}, indent=None if arguments.json else 1))


if __name__ == "__main__":
    main()
