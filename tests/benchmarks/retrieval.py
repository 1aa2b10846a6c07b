"""What each part of retrieval is worth: the parts alone and together, on whole evaluation sets.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.retrieval [SET...] [--indexes DIR] [--sizes TOKENS...] [--most N]

Each set is indexed by the product, once for each chunk size, and asked in every way of `VARIANTS`: what is not named
there is as in the product. A document counts at the rank of its best passage. Prints a table in Markdown with nDCG@10,
recall@5 and hit@1 of each, and machine and commit.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from rag.config import Settings, evaluation_data, load
from rag.engine import build_index
from rag.engine.places import embedder_of
from rag.evaluation.measures import mean, ndcg, recall, reciprocal_rank
from rag.evaluation.questions import Question
from rag.evaluation.sets import DOCUMENTS, EvaluationSet
from rag.index_reader import OpenIndex, open_index
from rag.retrieval import Refinement, Retriever
from rag.retrieval.candidates import CandidateSearch
from tests.benchmarks.provenance import provenance

SETS = ("scifact_dev", "claude_docs", "cranfield", "squad2_dev_half", "clapnq_dev")
SIZES = (96, 256)
"""Chunk sizes that are tried beside the product's own."""
DEPTH = 10
PASSAGES = 50
RANK_CONSTANT = 60
"""Of reciprocal rank fusion: Cormack, Clarke and Büttcher, 2009."""

Rank = Callable[[str], list[str]]
"""From a question to the sources of the passages found, best first, with repetitions."""

NOTHING = Refinement(pairs=0, share=0, terms=0, pull=0)
WHOLE = Refinement()
VARIANTS: Mapping[str, Refinement] = {
    "both, mean of scores": NOTHING,
    "… and pairs of words": replace(NOTHING, pairs=WHOLE.pairs),
    "… and words of the best passage": replace(NOTHING, share=WHOLE.share, terms=WHOLE.terms),
    "… and vector of the best passage": replace(NOTHING, pull=WHOLE.pull),
    "all but pairs": replace(WHOLE, pairs=0),
    "all but words of the best passage": replace(WHOLE, share=0),
    "all but its vector": replace(WHOLE, pull=0),
    "all: the product": WHOLE,
}


def indexed(settings: Settings, documents: Path, folder: Path) -> Settings:
    """Return settings that name an index of a collection in `folder`, made where there is none yet."""
    made = settings.model_copy(update={"sources": folder / "sources", "index": folder / "index"})
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        made.sources.mkdir(parents=True)
        made.index.mkdir()
        (made.index / "encoders").symlink_to((settings.index / "encoders").resolve())
        shutil.copyfile(documents, made.sources / DOCUMENTS)
        build_index(made)
        (folder / "done").touch()
    return made


def searches(index: OpenIndex, settings: Settings) -> dict[str, Rank]:
    """Return every way to search that is compared."""
    embedder, count = embedder_of(settings), settings.candidate_count
    candidates = CandidateSearch(index, embedder)

    def sources(rows: Iterable[int]) -> list[str]:
        return [chunk.source for chunk in index.catalog.chunks(list(rows))]

    def reciprocal_ranks(question: str) -> list[str]:
        found = candidates.find(question, count, None)
        scores: dict[int, float] = {}
        for ranked in (found.nearest, found.matching):
            for rank, row in enumerate(ranked.tolist(), start=1):
                scores[row] = scores.get(row, 0.0) + 1 / (RANK_CONSTANT + rank)
        return sources(sorted(scores, key=lambda row: -scores[row]))

    def product(refinement: Refinement) -> Rank:
        retriever = Retriever(index, embedder, count, refinement=refinement)
        return lambda question: [hit.chunk.source for hit in retriever.search(question, PASSAGES)]

    return {
        "by meaning alone": lambda question: sources(candidates.find(question, count, None).nearest.tolist()),
        "by words alone": lambda question: sources(candidates.find(question, count, None).matching.tolist()),
        "both, reciprocal ranks": reciprocal_ranks,
        **{name: product(refinement) for name, refinement in VARIANTS.items()},
    }


def figures(rank: Rank, questions: Sequence[Question]) -> tuple[float, ...]:
    """Return the means of nDCG@10, recall@5 and hit@1."""
    rows = []
    for question in questions:
        grades = {gold.source: gold.grade for gold in question.gold}
        found = list(dict.fromkeys(rank(question.question)))
        relevant = question.relevant
        rows.append((ndcg(found, grades, DEPTH), recall(found, relevant, 5), reciprocal_rank(found, relevant, 1)))
    return tuple(mean(values) or 0.0 for values in np.array(rows).T.tolist())


def measured(
    settings: Settings, evaluation: EvaluationSet, folder: Path, most: int | None, only: str | None = None
) -> dict[str, str]:
    """Return a cell of the table for each way to search, or the one named `only`."""
    assert evaluation.documents is not None, "a set without documents of its own"
    made = indexed(settings, evaluation.documents, folder)
    questions = [question for question in evaluation.questions if question.relevant][:most]
    index = open_index(made.index)
    try:
        ways = searches(index, made)
        return {
            name: " / ".join(f"{value:.3f}" for value in figures(rank, questions))
            for name, rank in ways.items()
            if only in {None, name}
        }
    finally:
        index.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=SETS, metavar="SET")
    parser.add_argument("--indexes", type=Path, help="keep the indexes of the sets here")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="other chunk sizes, in tokens")
    parser.add_argument("--most", type=int, help="questions of each set")
    arguments = parser.parse_args()
    data = evaluation_data()
    if data is None:
        raise SystemExit("Name the folder of the evaluation data: RAG_EVAL_DATA=DIR")
    settings = load()
    (settings.index / "encoders").mkdir(parents=True, exist_ok=True)
    table: dict[str, list[str]] = {}
    with ExitStack() as stack:
        folder = arguments.indexes or Path(stack.enter_context(TemporaryDirectory(prefix="retrieval-")))
        for name in arguments.sets:
            evaluation = EvaluationSet(data / name)
            cells = measured(settings, evaluation, folder / name, arguments.most)
            for size in arguments.sizes:
                update = {"chunk_tokens": size, "chunk_overlap_tokens": size // 5}
                whole = "all: the product"
                other = settings.model_copy(update=update)
                found = measured(other, evaluation, folder / f"{name}-{size}", arguments.most, whole)
                cells[f"all, chunks of {size} tokens"] = found[whole]
            for way, cell in cells.items():
                table.setdefault(way, []).append(cell)
    print("| nDCG@10 / recall@5 / hit@1 |", " | ".join(arguments.sets), "|")
    print("|---" * (1 + len(arguments.sets)) + "|")
    for way, row in table.items():
        print(f"| {way} |", " | ".join(row), "|")
    print("\n" + ", ".join(f"{key}: {value}" for key, value in provenance().items()))


if __name__ == "__main__":
    main()
