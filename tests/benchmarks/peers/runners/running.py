"""What the runners of the systems share: their command line, what they are given, and the figures that they write.

A runner is started as a script by the Python of the system's own environment, so this module imports nothing but the
standard library. `runner.py index|search|prepare --data DIR --model DIR --store DIR --out FILE` reads `docs.jsonl` and
`questions.jsonl` of DIR and writes one JSON object to FILE.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

PASSAGES = 50
"""How many passages a timed search asks for."""
DOCUMENTS = 10
"""How many documents a ranking must reach; a search that stays below is asked again for more, off the clock."""

Search = Callable[[str, int], Sequence[str]]
"""From a question and a count of passages to the documents of the passages found, best first, repeats and all."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a set."""

    id: str
    title: str
    text: str

    @property
    def content(self) -> str:
        """Return title and text as one text, the title once, as the file of such a document would have it."""
        return self.text if self.text.lstrip().startswith(self.title) else f"{self.title}\n\n{self.text}"


@dataclass(frozen=True, slots=True)
class Place:
    """What a system is given: the folder of the set, the folder of the model, and the folder that it may write to."""

    data: Path
    model: Path
    store: Path
    prepared: Path

    def documents(self) -> list[Document]:
        """Return the documents of the set that have any text."""
        rows = list(_rows(self.data / "docs.jsonl"))
        documents = [Document(str(row["doc_id"]), row.get("title") or "", row["text"]) for row in rows]
        return [document for document in documents if document.content.strip()]

    def questions(self) -> list[tuple[str, str]]:
        """Return identity and words of each question of the set."""
        rows = _rows(self.data / "questions.jsonl")
        return [(str(row.get("q_id", row.get("id"))), row["question"]) for row in rows]


class Runner(Protocol):
    """One system, as its documentation sets it up."""

    @property
    def packages(self) -> Sequence[str]:
        """Return the names of the installed packages whose versions are reported."""
        ...

    def index(self, place: Place) -> int:
        """Index the documents of the set in `place.store`, and return how many passages they became."""
        ...

    def open(self, place: Place) -> Search:
        """Open what `index` stored."""
        ...


def main(runner: Runner, arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["prepare", "index", "search", "first"])
    for name in ("data", "model", "store", "prepared", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args(arguments)
    place = Place(given.data, given.model, given.store, given.prepared)
    if given.command == "prepare":
        figures = prepared(runner, place)
    elif given.command == "index":
        figures = indexed(runner, place)
    else:
        figures = searched(runner, place, first=given.command == "first")
    versions = {name: importlib.metadata.version(name) for name in runner.packages}
    figures |= {"versions": versions, "python": sys.version.split()[0], "peak_bytes": peak_bytes()}
    given.out.write_text(json.dumps(figures), encoding="utf-8")


def prepared(runner: Runner, place: Place) -> dict[str, Any]:
    """Do what the system does once on a machine, before it indexes anything: nothing, for most of them."""
    prepare = getattr(runner, "prepare", None)
    if prepare is not None:
        prepare(place)
    return {}


def indexed(runner: Runner, place: Place) -> dict[str, Any]:
    """Index the documents of the set."""
    return {"passages": runner.index(place), "documents": len(place.documents())}


def searched(runner: Runner, place: Place, *, first: bool) -> dict[str, Any]:
    """Open the index and ask the first question, then, unless `first` is all that is wanted, every question."""
    questions = place.questions()
    started = time.perf_counter()
    first_search = getattr(runner, "first", None)
    if first and first_search is not None:
        first_search(place, questions[0][1])
        return {"first_ms": _milliseconds_since(started)}
    search = runner.open(place)
    search(questions[0][1], PASSAGES)
    figures: dict[str, Any] = {"first_ms": _milliseconds_since(started)}
    if not first:
        documents = len(place.documents())
        figures["questions"] = [_asked(search, *question, documents) for question in questions]
    return figures


def _asked(search: Search, identity: str, question: str, documents: int) -> dict[str, Any]:
    started = time.perf_counter()
    found = search(question, PASSAGES)
    milliseconds = _milliseconds_since(started)
    count = PASSAGES
    while len(set(found)) < min(DOCUMENTS, documents) and len(found) >= count:
        count *= 2
        found = search(question, count)
    return {"id": identity, "ms": milliseconds, "documents": ranked(found)}


def ranked(found: Sequence[str]) -> list[str]:
    """Return the documents of passages that are in order, each at the rank of its best passage."""
    return list(dict.fromkeys(found))


def peak_bytes() -> int:
    """Return the most memory that this process had resident, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def server_address() -> str:
    """Return the address of the server of embeddings that the benchmark started for this system."""
    return os.environ["PEER_EMBEDDING_SERVER"]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _milliseconds_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
