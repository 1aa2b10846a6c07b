"""The index, seen from outside: what a build did, how the index stands, what is wrong with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rag.types.documents import Skipped

FAISS = "faiss"
"""The store that is part of the program, as settings and reports name it."""


@dataclass(frozen=True, slots=True)
class GateChange:
    """A question of a gate that the two indexes answer differently, or that could not be compared, in words."""

    id: str | None
    question: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class GateReport:
    """How an index that was just made answers the questions of a gate, against the one that counts."""

    passed: bool
    """Whether the new one may count."""
    before: str | None = None
    """The generation that it was compared with; None where there was none."""
    compared: int = 0
    """Questions that were compared."""
    tolerance: int = 0
    """How many more questions may be worse than better."""
    worse: tuple[GateChange, ...] = ()
    better: tuple[GateChange, ...] = ()
    not_compared: tuple[GateChange, ...] = ()
    """Questions that only one of the two can be asked, because the documents that they rest on were changed."""
    note: str = ""
    """Why nothing was compared, where that is so."""


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
    hidden: tuple[Skipped, ...] = ()
    """Documents out of which hidden text was left, each with how many stretches of it; they are none of `skipped`."""
    gate: GateReport | None = None
    """What the gate found, where there was one. Where it refused, `generation` is the one that stays, and the rest is
    about the one that it refused."""

    @property
    def refused(self) -> bool:
        """Whether the index stays as it was, because the new one answers worse."""
        return self.gate is not None and not self.gate.passed

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values, keys as in the contract; `gate` and `hidden` where there is some."""
        values = asdict(self)
        values["skipped"] = [{"source": each.source, "reason": each.reason} for each in self.skipped]
        values["hidden"] = [{"source": each.source, "stretches": each.hidden} for each in self.hidden]
        if not self.hidden:
            del values["hidden"]
        if self.gate is None:
            del values["gate"]
        return values


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
class VectorSearch:
    """How the vectors of an index are searched: exactly, but for `approximate` passages, through inverted files.

    The recalls were measured when the files were made: shares of the 10 and of the 50 nearest vectors of a segment that
    are found, over `queries` queries each, weighted by the sizes of the segments. None where all is exact.
    """

    approximate: int = 0
    recall_10: float | None = None
    recall_50: float | None = None
    queries: int = 0


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
    vectors: VectorSearch = VectorSearch()
    store: str = FAISS
    """What searches the chunks: as the settings name it, and the collection where it is a server."""

    @property
    def stale(self) -> bool:
        """Whether the sources have changed since the index was built."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class ShareReport:
    """What one of several workers did that embed into one store."""

    worker: str
    """Which of how many: `2/3`."""
    files: int
    """In its share."""
    chunks: int
    embedded: int
    """Texts that were not in the store yet."""
    skipped: tuple[Skipped, ...]
    seconds: float


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
