"""A million real vectors, or as many as are asked for, grown out of those of real sentences.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.large FOLDER [--count N] [--encoders DIR]

Writes into FOLDER what is not there yet: `sentences.json` (the sentences of the evaluation documents, each with the
number of its document), `sentences.npy` (their vectors, by the bundled model), `questions.npy` (those of the
evaluation questions), `recipes-N.npy` (shape (N, PARTS): the rows of the sentences that each passage is made of) and
`vectors-N.npy` (shape (N, 384), float32).

A passage is PARTS sentences: some out of one stretch of one document, one or two out of a document near it in meaning.
Its vector is the mean of the vectors of its sentences, weighted by their lengths and brought to length 1. That is
nearly what a model that takes the mean over tokens gives for the text of these sentences (`python -m
tests.benchmarks.large FOLDER --compare` prints how nearly), and fills the space between real documents as a larger
collection would. No two passages are made of the same sentences.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.config import BUNDLED_EMBEDDING_MODEL, evaluation_data
from rag.embedding import Embedder, Vectors, load_embedder
from rag.text.sentences import sentence_spans

PARTS = 3
"""Sentences of a passage."""
STRETCH = 8
"""Sentences that those of one document are taken from."""
NEAR = 32
"""Documents that the sentences from elsewhere are taken from."""
SHORTEST, LONGEST = 30, 400
"""Characters of a sentence; what is longer is cut between words."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stock:
    """Real sentences and questions with their vectors."""

    texts: tuple[str, ...]
    documents: Rows
    """The number of the document of each sentence; those of one document stand together."""
    vectors: Vectors
    questions: Vectors


def sentences() -> Iterator[tuple[int, str]]:
    """Yield the sentences of the evaluation documents with the number of the document."""
    paths = sorted(_evaluation_data().glob("*/docs.jsonl"))
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    for number, line in enumerate(lines):
        text = json.loads(line)["text"]
        for start, end in sentence_spans(text):
            words, part = text[start:end].split(), ""
            for word in words:
                if len(part) + len(word) >= LONGEST:
                    yield number, part
                    part = ""
                part = f"{part} {word}".lstrip()
            if len(part) >= SHORTEST:
                yield number, part


def questions() -> list[str]:
    """Return the questions of the evaluation data, each once."""
    paths = sorted(_evaluation_data().glob("*/questions.jsonl"))
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return list(dict.fromkeys(json.loads(line)["question"] for line in lines))


def _evaluation_data() -> Path:
    folder = evaluation_data()
    if folder is None:
        raise SystemExit("Name the folder of the evaluation data: RAG_EVAL_DATA=DIR")
    return folder


def load_stock(folder: Path, embedder: Embedder) -> Stock:
    """Return the real sentences, embedded at the first call and kept in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {name: folder / f"{name}.npy" for name in ("sentences", "questions")}
    listing = folder / "sentences.json"
    if not listing.is_file():
        unique = {text: number for number, text in sentences()}
        listing.write_text(json.dumps([[number, text] for text, number in unique.items()]), encoding="utf-8")
    pairs = json.loads(listing.read_text(encoding="utf-8"))
    texts = tuple(text for _, text in pairs)
    if not names["questions"].is_file():
        np.save(names["questions"], embedder.embed_queries(questions()))
    if not names["sentences"].is_file():
        np.save(names["sentences"], embedder.embed_passages(texts))
    documents = np.array([number for number, _ in pairs], dtype=np.int64)
    order = np.argsort(documents, kind="stable")
    return Stock(
        tuple(texts[at] for at in order),
        documents[order],
        np.load(names["sentences"])[order],
        np.load(names["questions"]),
    )


def make_recipes(stock: Stock, count: int) -> Rows:
    """Return `count` different ways to put sentences together, shape (count, PARTS), in random order."""
    chooser = np.random.default_rng(1)
    starts, ends = _stretches(stock.documents)
    near = _near_documents(stock)
    recipes = np.zeros((0, PARTS), dtype=np.int64)
    while len(recipes) < count:
        wanted = count - len(recipes) + 1000
        home = stock.documents[chooser.integers(0, len(stock.documents), wanted)]
        base = starts[home] + (chooser.random(wanted) * np.maximum(ends[home] - starts[home] - STRETCH, 1)).astype(int)
        other = near[home, chooser.integers(0, NEAR, wanted)]
        columns = [base + (chooser.random(wanted) * np.minimum(ends[home] - base, STRETCH)).astype(int)]
        for share in (0.5, 1.0):  # half of the second sentences, and every third, come from elsewhere
            away = chooser.random(wanted) < share
            inside = base + (chooser.random(wanted) * np.minimum(ends[home] - base, STRETCH)).astype(int)
            outside = starts[other] + (chooser.random(wanted) * (ends[other] - starts[other])).astype(int)
            columns.append(np.where(away, outside, inside))
        found = np.sort(np.stack(columns, axis=1), axis=1)
        recipes = np.concatenate([recipes, found[(np.diff(found, axis=1) > 0).all(axis=1)]])
        _, first = np.unique(recipes, axis=0, return_index=True)
        recipes = recipes[np.sort(first)]
    return recipes[:count]


def _stretches(documents: Rows) -> tuple[Rows, Rows]:
    """Return the first row of each document, and the row behind its last one; equal for one without sentences."""
    numbers = np.arange(int(documents.max()) + 1)
    return np.searchsorted(documents, numbers, "left"), np.searchsorted(documents, numbers, "right")


def _near_documents(stock: Stock) -> Rows:
    """Return for each document the NEAR nearest others that have sentences, shape (documents, NEAR)."""
    count = int(stock.documents.max()) + 1
    means = np.zeros((count, stock.vectors.shape[1]), dtype=np.float32)
    np.add.at(means, stock.documents, stock.vectors)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    nearness = means @ means.T
    np.fill_diagonal(nearness, -2)
    nearness[:, np.setdiff1d(np.arange(count), stock.documents)] = -2
    near: Rows = np.argpartition(-nearness, NEAR, axis=1)[:, :NEAR].astype(np.int64)
    return near


def mixed(stock: Stock, recipes: Rows) -> Vectors:
    """Return the vectors of passages, shape (len(recipes), dimension)."""
    weights = np.array([len(text) for text in stock.texts], dtype=np.float32)[recipes]
    vectors = np.zeros((len(recipes), stock.vectors.shape[1]), dtype=np.float32)
    for part in range(recipes.shape[1]):
        vectors += weights[:, part, None] * stock.vectors[recipes[:, part]]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def load_vectors(folder: Path, count: int, embedder: Embedder) -> tuple[Vectors, Vectors]:
    """Return `count` vectors, mapped into memory, and those of the questions; made at the first call."""
    stock = load_stock(folder, embedder)
    path = folder / f"vectors-{count}.npy"
    if not path.is_file():
        recipes = make_recipes(stock, count)
        np.save(folder / f"recipes-{count}.npy", recipes.astype(np.int32))
        np.save(path, mixed(stock, recipes))
    return np.load(path, mmap_mode="r"), stock.questions


def compare(folder: Path, embedder: Embedder, sample: int = 500) -> dict[str, object]:
    """Return how near mixed vectors are to those that the model gives for the same texts, and how they lie."""
    stock = load_stock(folder, embedder)
    recipes = make_recipes(stock, 100_000)
    grown = mixed(stock, recipes)
    real = embedder.embed_passages([" ".join(stock.texts[row] for row in each) for each in recipes[:sample]])
    agreement = (real * grown[:sample]).sum(axis=1)
    return {
        "cosine_to_the_models_own": [round(float(value), 3) for value in np.percentile(agreement, [5, 50, 95])],
        "similarity_of_rank_1_10_50": {
            name: [round(float(value), 3) for value in _ranked(vectors, stock.questions[:sample])]
            for name, vectors in (("sentences", stock.vectors), ("passages", grown))
        },
        "local_dimension": {
            name: round(_local_dimension(vectors, stock.questions[:sample]), 1)
            for name, vectors in (("sentences", stock.vectors), ("passages", grown))
        },
    }


def _ranked(vectors: Vectors, queries: Vectors) -> Vectors:
    best = -np.sort(-(queries @ vectors.T), axis=1)[:, [0, 9, 49]]
    ranked: Vectors = best.mean(axis=0)
    return ranked


def _local_dimension(vectors: Vectors, queries: Vectors, count: int = 50) -> float:
    """Return the dimension of the neighbourhood of the queries (Levina and Bickel, 2004), its median."""
    similarities = -np.sort(-(queries @ vectors.T), axis=1)[:, :count]
    distances = np.sqrt(np.maximum(2 - 2 * similarities, 1e-9))
    logs = np.log(distances[:, -1:] / distances[:, :-1])
    return float(np.median(1 / logs.mean(axis=1)))


def main() -> None:
    """Make the vectors, or say how like real ones they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--encoders", type=Path, help="where the prepared model is kept (default: FOLDER/encoders)")
    parser.add_argument("--compare", action="store_true", help="say how like real vectors they are")
    arguments = parser.parse_args()
    embedder = load_embedder(BUNDLED_EMBEDDING_MODEL, arguments.encoders or arguments.folder / "encoders")
    if arguments.compare:
        print(json.dumps(compare(arguments.folder, embedder), indent=1))
    else:
        vectors, asked = load_vectors(arguments.folder, arguments.count, embedder)
        print(json.dumps({"vectors": list(vectors.shape), "questions": list(asked.shape)}))


if __name__ == "__main__":
    main()
