"""The last figures of each evaluation set, kept where the chat page can show them.

One JSON file a set in `<index>/evaluations/`, beside the generations and no part of any: what was asked, when, of what,
with which settings, the figures, and the questions that went wrong with the reason in words.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from rag.disk import write_whole

FOLDER = "evaluations"
FORMAT = 1
"""Raised whenever the keys change their meaning."""


class ProblemKind(StrEnum):
    """What went wrong with a question."""

    NOT_FOUND = "not_found"
    """No gold document is among the first ten."""
    REFUSED = "refused"
    """Refused, although the sources answer it."""
    ANSWERED = "answered"
    """Answered, although the sources do not."""
    CITATION = "citation"
    """Answered, but no citation is of a gold place."""
    ERROR = "error"
    """It could not be asked, or not be answered."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong, by kind and in words: a whole sentence."""

    kind: ProblemKind
    words: str


@dataclass(frozen=True, slots=True)
class FailedQuestion:
    """A question with which something went wrong."""

    id: str | None
    question: str
    problems: tuple[Problem, ...]
    """At least one."""
    history: tuple[str, ...] = ()
    """The earlier questions of its conversation, oldest first."""
    gold: tuple[str, ...] = ()
    """The sources that a right answer rests on, each once, in the order of the set."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run of one evaluation set."""

    name: str
    """Of the set, for people: the name of its folder or file."""
    path: str
    """Where it was, absolute."""
    fingerprint: str
    """SHA-256 of its questions, and of its documents where it brings its own."""
    date: str
    """When it ended: ISO 8601, UTC."""
    generation: str | None
    """The generation of the index that was asked; None where the set brought its own documents."""
    retrieval_only: bool
    """Whether only the passages were looked for, and no question was answered."""
    settings: Mapping[str, str | int | float | bool | None]
    """Those that decide the figures, by name."""
    figures: Mapping[str, Any]
    """The figures object of `rag eval --json`."""
    failed: tuple[FailedQuestion, ...] = field(default=())
    """In the order of the set."""
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Evaluations:
    """What is kept of every set, the latest first, and which files cannot be read, each with the reason."""

    evaluations: tuple[Evaluation, ...]
    unreadable: tuple[str, ...]


def save_evaluation(index: Path, evaluation: Evaluation) -> Path:
    """Keep a run in place of the last one of the same set, whole or not at all, and return the file.

    Raises OSError when it cannot be written.
    """
    path = index / FOLDER / _file_name(evaluation)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(asdict(evaluation), indent=1, allow_nan=False).encode())
    return path


def read_evaluations(index: Path) -> Evaluations:
    """Return the last run of each set that was measured with this index folder."""
    found, unreadable = [], []
    for path in sorted((index / FOLDER).glob("*.json")):
        try:
            found.append(_parsed(json.loads(path.read_bytes())))
        except (OSError, ValueError, TypeError, KeyError) as error:
            unreadable.append(f"{path.name}: {error}")
    return Evaluations(tuple(sorted(found, key=lambda each: each.date, reverse=True)), tuple(unreadable))


def _file_name(evaluation: Evaluation) -> str:
    """Return the name of a set made harmless, with what tells sets of one name apart."""
    plain = re.sub(r"[^\w.-]+", "-", evaluation.name, flags=re.ASCII).strip(".-")[:60] or "set"
    return f"{plain}-{hashlib.sha256(evaluation.path.encode()).hexdigest()[:8]}.json"


def _parsed(values: dict[str, Any]) -> Evaluation:
    if values["format"] != FORMAT:
        raise ValueError(f"it has format {values['format']}, this program reads format {FORMAT}")
    return Evaluation(**{**values, "failed": tuple(map(_failed, values["failed"]))})


def _failed(values: dict[str, Any]) -> FailedQuestion:
    return FailedQuestion(
        values["id"],
        values["question"],
        tuple(Problem(ProblemKind(each["kind"]), each["words"]) for each in values["problems"]),
        tuple(values["history"]),
        tuple(values["gold"]),
    )
