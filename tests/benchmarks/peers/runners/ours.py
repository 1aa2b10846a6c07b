"""This program, through its own commands: `rag index`, `rag search`, and one warm engine."""

from __future__ import annotations

import contextlib
import io
import json
import os
from typing import Any

from running import PASSAGES, Place, Search, main

COLLECTION = "docs.jsonl#"
"""In front of the name of a document of a collection."""


class Ours:
    """Defaults everywhere; the set's folder is the sources folder, its questions passed over."""

    packages = ("faiss-cpu", "openvino", "tokenizers")

    def prepare(self, place: Place) -> None:
        """Export the model, which is done once on a machine: by indexing one short document."""
        sources = place.prepared / "sources"
        sources.mkdir(parents=True)
        (sources / "one.txt").write_text("One document, so that the model is made ready.", encoding="utf-8")
        _command(["index", "--json", "--index", str(place.prepared / "index"), "--sources", str(sources)])

    def index(self, place: Place) -> int:
        """Run `rag index`."""
        place.store.mkdir(parents=True)
        (place.store / "encoders").symlink_to((place.prepared / "index" / "encoders").resolve())
        report = _command(["index", "--json", *_folders(place)])
        return int(report["chunks"])

    def first(self, place: Place, question: str) -> None:
        """Run `rag search`."""
        _command(["search", "--json", "-k", str(PASSAGES), *_folders(place), question])

    def open(self, place: Place) -> Search:
        """Open the engine."""
        from rag.config import load
        from rag.engine import Engine

        engine = Engine.open(load(index=place.store, sources=place.data))

        def search(question: str, count: int) -> list[str]:
            return [passage.source.removeprefix(COLLECTION) for passage in engine.search(question, count)]

        return search


def _folders(place: Place) -> list[str]:
    return ["--index", str(place.store), "--sources", str(place.data)]


def _command(arguments: list[str]) -> dict[str, Any]:
    """Run a command of the product in this process, and return the object that it prints."""
    from rag.cli import commands

    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            commands.main(arguments)
    except SystemExit as end:
        if end.code:
            raise
    result: dict[str, Any] = json.loads(output.getvalue())
    return result


if __name__ == "__main__":
    os.environ["RAG_IGNORE"] = "questions.jsonl"
    main(Ours())
