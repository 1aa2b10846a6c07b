"""What an update costs: of nothing, and of one document among few and among many.

usage: python -m tests.benchmarks.updates [--unchanged N] [--few N] [--many N] [--words N] [--runs N]

Prints one JSON object with the machine and the commit; times are seconds. The documents are made of the words of the
bundled articles, each as often as there, in folders of a hundred. Their index is made with vectors that are made up,
because embedding them would take an hour and they are only taken over afterwards; what changes is embedded by the
bundled model. `build` is the time of one build in a process that has the model loaded, `process` that of a whole
`rag index` from its start to its end; each is the median of runs that take turns between few and many documents.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.config import BUNDLED_EMBEDDING_MODEL, Settings
from rag.embedding import Embedder, EmbeddingProgress, Vectors, load_embedder
from rag.engine.upkeep import build_settings
from rag.indexing import build
from rag.text.words import words
from rag.types import IndexReport
from tests.benchmarks.provenance import ROOT, provenance

PER_FOLDER = 100
SENTENCE = 16
"""Words of a sentence."""


class MadeUpVectors:
    """The embedder that it wraps, but for passages, which get vectors of no meaning at no cost."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.fingerprint = embedder.name, embedder.fingerprint
        self.dimension, self.max_pieces = embedder.dimension, embedder.max_pieces
        self.count_pieces, self.embed_queries = embedder.count_pieces, embedder.embed_queries
        self._random = np.random.default_rng(1)

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        """Return unit vectors in random directions."""
        vectors = self._random.normal(size=(len(texts), self.dimension)).astype(np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


@dataclass(frozen=True, slots=True)
class Shelf:
    """A sources folder of `count` made-up documents, and its index."""

    folder: Path
    count: int
    words: int
    vocabulary: tuple[str, ...]

    @property
    def settings(self) -> Settings:
        """Return the settings that name the two folders."""
        return Settings(sources=self.folder / "sources", index=self.folder / "index")

    def write(self, number: int, seed: str) -> None:
        """Write a document, another one for another seed."""
        chooser = random.Random(f"{number} {seed}")
        path = self.settings.sources / f"{number // PER_FOLDER:03}" / f"document {number:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        sentences = [
            " ".join(chooser.choices(self.vocabulary, k=SENTENCE)).capitalize() + "."
            for _ in range(0, self.words, SENTENCE)
        ]
        paragraphs = [" ".join(sentences[start : start + 4]) for start in range(0, len(sentences), 4)]
        path.write_text("\n\n".join([f"Report {number} of the year {seed}", *paragraphs]), encoding="utf-8")

    def build(self, embedder: Embedder) -> IndexReport:
        """Bring the index up to date in this process."""
        return build(build_settings(self.settings, embedder))

    def run(self) -> tuple[float, IndexReport]:
        """Bring the index up to date by a process of its own, and return how long that took."""
        settings = self.settings
        folders = ["--index", str(settings.index), "--sources", str(settings.sources)]
        command = [sys.executable, "-m", "rag.cli", "index", "--json", *folders]
        start = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        seconds = time.perf_counter() - start
        return seconds, IndexReport(**json.loads(done.stdout))


def vocabulary() -> tuple[str, ...]:
    """Return the words of the bundled articles, each as often as it stands there."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))]
    return tuple(word for text in texts for word in words(text))


def make_shelf(folder: Path, count: int, size: int, embedder: Embedder, encoders: Path) -> Shelf:
    """Make documents and index them."""
    shelf = Shelf(folder, count, size, vocabulary())
    for number in range(count):
        shelf.write(number, "2024")
    shelf.settings.index.mkdir(parents=True)
    (shelf.settings.index / "encoders").symlink_to(encoders)
    shelf.build(MadeUpVectors(embedder))
    return shelf


def unchanged(shelf: Shelf, embedder: Embedder, runs: int) -> dict[str, object]:
    """Return what builds of nothing take."""
    reports = [shelf.build(embedder) for _ in range(runs)]
    processes = [shelf.run() for _ in range(runs)]
    every = [*reports, *(report for _, report in processes)]
    return {
        "documents": shelf.count,
        "embedded": sum(report.embedded for report in every),
        "build": round(statistics.median(report.seconds for report in reports), 3),
        "process": round(statistics.median(seconds for seconds, _ in processes), 3),
    }


def changed(shelves: Sequence[Shelf], embedder: Embedder, runs: int) -> dict[str, object]:
    """Return what a change of one document takes, in turn on each of two shelves."""
    builds: list[list[float]] = [[], []]
    processes: list[list[float]] = [[], []]
    for run in range(2 * runs + 2):
        for which, shelf in enumerate(shelves):
            shelf.write(shelf.count // 2 + run, f"2025 {run}")
            if run % 2:
                seconds, report = shelf.run()
            else:
                report = shelf.build(embedder)
                seconds = report.seconds
            assert (report.changed, report.added, report.removed) == (1, 0, 0), report
            if run > 1:  # the first of each reads files that the system has not in memory
                (processes if run % 2 else builds)[which].append(seconds)
    medians = {
        "build": [round(statistics.median(values), 3) for values in builds],
        "process": [round(statistics.median(values), 3) for values in processes],
    }
    ratios = {f"{name}_ratio": round(many / few, 2) for name, (few, many) in medians.items()}
    return {"documents": [shelf.count for shelf in shelves], **medians, **ratios}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unchanged", type=int, default=1000)
    parser.add_argument("--few", type=int, default=500)
    parser.add_argument("--many", type=int, default=5000)
    parser.add_argument("--words", type=int, default=400, help="words of a document")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="updates-"))
    try:
        encoders = folder / "encoders"
        embedder = load_embedder(BUNDLED_EMBEDDING_MODEL, encoders)
        shelves = {
            count: make_shelf(folder / str(count), count, arguments.words, embedder, encoders)
            for count in sorted({arguments.unchanged, arguments.few, arguments.many})
        }
        figures = {
            "words": arguments.words,
            "chunks": {count: shelf.build(embedder).chunks for count, shelf in shelves.items()},
            "unchanged": unchanged(shelves[arguments.unchanged], embedder, arguments.runs),
            "changed": changed([shelves[arguments.few], shelves[arguments.many]], embedder, arguments.runs),
            **provenance(),
        }
        print(json.dumps(figures, indent=1))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
