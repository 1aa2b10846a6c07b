"""The index, seen from outside: what a build did, how the index stands, what is wrong with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rag.types.documents import Skipped


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run of the indexer did. `embedded` counts chunks, `added` to `unchanged` count documents."""

    generation: str
    documents: int
    chunks: int
    embedded: int
    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    seconds: float
    notes: tuple[str, ...] = ()
    """Why more was done than the changes asked for, e.g. that the index there was could not be read."""

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values, keys as in the contract."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Rollback:
    """Which generation of the index answers again, when it was made, and which one answered until now."""

    generation: str
    built_at: str
    """ISO 8601, UTC."""
    before: str
    notes: tuple[str, ...] = ()
    """Generations that were passed over, because they are damaged."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` in the stage named (`reading`, `embedding`, `writing`)."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The index against the sources as they are now."""

    generation: str
    built_at: str
    """ISO 8601, UTC."""
    documents: int
    chunks: int
    embedding_model: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def stale(self) -> bool:
        """Whether the sources have changed since the index was built."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """What happened in the sources folder between two looks at it; all by path relative to it, sorted."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether something happened."""
        return bool(self.added or self.changed or self.removed)

    def summary(self, most: int = 3) -> str:
        """Return it in words, up to `most` names a kind: `2 added (a.txt, b.txt), 1 removed (c.txt)`."""
        kinds = (("added", self.added), ("changed", self.changed), ("removed", self.removed))
        return ", ".join(
            f"{len(names)} {kind} ({', '.join(names[:most])}{', …' if len(names) > most else ''})"
            for kind, names in kinds
            if names
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that `rag doctor` or `rag verify` found wrong, and the command that mends it."""

    subject: str
    problem: str
    remedy: str
