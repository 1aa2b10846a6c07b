"""Trying an index that was just made against the one that counts, before it takes that one's place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.engine.opened import Engine
from rag.engine.places import embedder_of, reranker_of, store_of
from rag.errors import IndexMismatchError, IndexUnusableError
from rag.generations import Generation, Manifest
from rag.index_reader import OpenIndex, open_generation, open_index
from rag.types import GateReport

if TYPE_CHECKING:
    from rag.embedding import Embedder


@dataclass(frozen=True, slots=True)
class Contest:
    """Two indexes to be asked the same."""

    new: Engine
    """The one that was just made."""
    old: Engine | None
    """The one that counts; None where there is none to compare with."""
    reason: str = ""
    """Why there is none to compare with."""
    same_files: frozenset[str] = frozenset()
    """The source files that are the same, byte for byte, in both."""

    def is_same(self, source: str) -> bool:
        """Say whether a document was read from the same bytes in both."""
        return source in self.same_files or any(source.startswith(f"{path}#") for path in self.same_files)


Gate = Callable[[Contest], GateReport]
"""Says whether the new index may count. What it raises leaves the old one, too."""


def trial_of(settings: Settings, gate: Gate) -> Callable[[Generation], GateReport]:
    """Return what tries a generation that is written and does not count yet; both indexes are closed after that.

    What is returned raises IndexMismatchError where the old index needs an embedding model that is not there any more.
    """

    def tried(made: Generation) -> GateReport:
        store, embedder, reranker = store_of(settings), embedder_of(settings), reranker_of(settings)

        def engine_on(index: OpenIndex) -> Engine:
            engine = Engine(settings, index, _embedder(settings, embedder, index.manifest), reranker)
            stack.callback(engine.close)
            return engine

        with ExitStack() as stack:
            fresh = open_generation(made, store=store)
            fresh.exact = settings.vector_index == "exact"
            new = engine_on(fresh)
            try:
                before = open_index(settings.index, exact=fresh.exact, store=store)
            except IndexUnusableError as error:
                return gate(Contest(new, None, str(error)))
            same = {path for path, _ in _files(fresh) & _files(before)}
            return gate(Contest(new, engine_on(before), same_files=frozenset(same)))

    return tried


def _files(index: OpenIndex) -> set[tuple[str, str]]:
    """Return the files that an index was made from, each with the hash of its bytes."""
    return {(record.path, record.sha256) for record in index.catalog.files() if record.sha256}


def _embedder(settings: Settings, embedder: Embedder, made: Manifest) -> Embedder:
    """Return the model that an index was made with: `embedder`, which is set, or else the one that it names."""
    if embedder.fingerprint != made.fingerprint:
        embedder = embedder_of(settings.model_copy(update={"embedding_model": made.embedding_model}))
    if embedder.fingerprint != made.fingerprint:
        raise IndexMismatchError(
            f"The index there is was made with another {made.embedding_model} ({made.fingerprint[:12]}) than is "
            f"installed ({embedder.fingerprint[:12]}), so it cannot be asked and nothing compared. Leave --gate out, "
            "or put that model back."
        )
    return embedder
