"""What share of a lying model's sentences is shown, by kind of lie, and what share of honest paraphrases.

usage: python -m tests.benchmarks.lies [--kind KIND] [--show N] [--rules] [--most N] [--seed N] [FOLDER ...]

The lies are made by rule (`tests.lying`) from every sentence of the bundled articles and of the invented ones under
tests/data/generality, or of the sources in FOLDER. Each is what a scripted model writes, with its citation, from
evidence that holds the sentence, others around it and one of another article; a lie is shown when it comes out as a
paraphrase. The honest paraphrases were written by hand (tests/data/paraphrases) and are made by rule
(`tests.honesty`); the share of them that is shown is what strictness costs. `--rules` goes without the embedding
model, `--most` takes as many of each kind and folder at random, `--show` prints examples of each kind. Prints one JSON
object with the machine and the commit.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from rag.answering.composing import Composer
from rag.answering.writing import Writer
from rag.config import BUNDLED_EMBEDDING_MODEL
from rag.embedding import load_embedder
from rag.sources import find_sources
from rag.sources.reading import read_file
from rag.types import Citation, Document, Evidence, Verdict
from rag.verification import Verifier
from tests.benchmarks.provenance import ROOT, provenance
from tests.doubles import ScriptedChatModel
from tests.honesty import honest_by_hand, honest_by_rule
from tests.lying import Lie, lies
from tests.telling import tell

FOLDERS = (ROOT / "seeds", ROOT / "tests" / "data" / "generality" / "sources")
_AROUND = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one scripted sentence."""

    kind: str
    text: str
    shown: bool
    """As a paraphrase."""
    kept: bool
    """As a paraphrase, or as the quotation that it turned out to be."""
    reason: str


def read_documents(folder: Path) -> list[Document]:
    """Return the documents of a folder of sources."""
    listing = find_sources(folder, 50_000_000, ("README.md",))
    return [document for file in listing.files for document in read_file(file).documents]


class Stage:
    """Where a scripted model writes from evidence: the documents, their sentences, and what checks."""

    def __init__(self, documents: Sequence[Document], verifier: Verifier) -> None:
        """Take the documents and the checks."""
        self._documents = {document.source: document for document in documents}
        self._pieces = {document.source: [each.piece for each in tell(document)] for document in documents}
        self._verifier = verifier

    def outcome(self, kind: str, text: str, cited: Sequence[Evidence], true_of: Evidence | None = None) -> Outcome:
        """Have a model write `text`, citing `cited`, and return whether it is shown, unless as true of `true_of`."""
        evidence = [*cited, *(piece for piece in self._around(cited[0]) if piece not in cited)]
        marks = "".join(f"[{number}]" for number in range(1, len(cited) + 1))
        composer = Composer()
        writer = Writer(self._documents.__getitem__, evidence, composer, self._verifier)
        list(writer.write("?", ScriptedChatModel(pieces=[f"{text} {marks}"])))
        shown = any(statement.verdict is Verdict.SUPPORTED for statement in composer.statements)
        put_right = true_of is not None and all(_is_of(citation, true_of) for citation in composer.citations)
        reason = "; ".join(each.reason or "" for each in writer.dropped)
        return Outcome(kind, text, shown and not put_right, not writer.dropped, reason)

    def _around(self, piece: Evidence) -> Iterator[Evidence]:
        near = self._pieces[piece.source]
        at = next((place for place, each in enumerate(near) if each.start == piece.start), 0)
        yield from near[max(0, at - _AROUND) : at + _AROUND + 1]
        others = [pieces for source, pieces in sorted(self._pieces.items()) if source != piece.source and pieces]
        if others:
            yield others[at % len(others)][at % len(others[at % len(others)])]


def _is_of(citation: Citation, piece: Evidence) -> bool:
    return citation.source == piece.source and citation.start < piece.end and piece.start < citation.end


def shares(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Return number and share shown, by kind."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.kind].append(outcome)
    return {
        kind: {"n": len(each), "shown": sum(one.shown for one in each), "share": _share(each)}
        for kind, each in by_kind.items()
    }


def _share(outcomes: Sequence[Outcome]) -> float:
    return round(sum(one.shown for one in outcomes) / max(1, len(outcomes)), 4)


def sampled(found: Sequence[Lie], most: int, seed: int) -> list[Lie]:
    """Return at most `most` lies of each kind, drawn at random."""
    by_kind: dict[str, list[Lie]] = defaultdict(list)
    for lie in found:
        by_kind[lie.kind].append(lie)
    return [
        lie for kind, each in by_kind.items() for lie in Random(f"{seed} {kind}").sample(each, min(most, len(each)))
    ]


def play(
    folders: Sequence[Path], verifier: Verifier, seed: int, kind: str | None, most: int
) -> tuple[list[Outcome], list[Outcome]]:
    """Return the outcomes of the lies and of the honest paraphrases."""
    told: list[Outcome] = []
    honest: list[Outcome] = []
    for folder in folders:
        documents = read_documents(folder)
        stage = Stage(documents, verifier)
        chosen = sampled([lie for lie in lies(documents, seed) if kind in {None, lie.kind}], most, seed)
        told += [stage.outcome(lie.kind, lie.text, lie.cited, lie.true_of) for lie in chosen]
        paraphrases = [*honest_by_hand(documents), *honest_by_rule(documents)] if kind is None else []
        outcomes = [stage.outcome(each.kind, each.text, [each.cited]) for each in paraphrases]
        honest += [replace(outcome, shown=outcome.kept) for outcome in outcomes]
    return told, honest


def examples(outcomes: Sequence[Outcome], count: int, *, shown: bool) -> dict[str, list[str]]:
    """Return some of those that were shown (or were not), by kind."""
    found: dict[str, list[str]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.shown is shown and len(found[outcome.kind]) < count:
            found[outcome.kind].append(f"{outcome.text}  <{outcome.reason}>")
    return {kind: each for kind, each in found.items() if each}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=FOLDERS)
    parser.add_argument("--kind")
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        embedder = None if arguments.rules else load_embedder(BUNDLED_EMBEDDING_MODEL, Path(cache))
        verifier = Verifier(embedder.embed_passages if embedder else None)
        told, honest = play(arguments.folders, verifier, arguments.seed, arguments.kind, arguments.most)
    report: dict[str, Any] = {
        **provenance(),
        "lies": shares(told),
        "all lies": {"n": len(told), "share": _share(told)},
        "honest": shares(honest),
        "all honest": {"n": len(honest), "share": _share(honest)},
    }
    if arguments.show:
        report["lies shown"] = examples(told, arguments.show, shown=True)
        report["honest dropped"] = examples(honest, arguments.show, shown=False)
    sys.stdout.write(json.dumps(report, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
