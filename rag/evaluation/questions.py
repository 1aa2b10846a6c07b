"""Question files: one JSON object a line, for asking and for measuring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.errors import UsageError
from rag.text.filters import in_days
from rag.text.json_lines import parse_objects, read_text
from rag.types import SourceFilter
from rag.types.exchanges import Exchange

_FILTER = frozenset({"sources", "after", "before", "outlets", "understood"})
"""The keys of a filter, as an answer object has them; what was understood is understood again."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A place that a right answer rests on. `quote` or `start` and `end` say where, if the set knows it."""

    source: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    grade: float = 1.0


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and what the set knows about its answer."""

    question: str
    id: str | None = None
    history: tuple[str | Exchange, ...] = ()
    """The earlier questions of its conversation, oldest first: bare, or with how they were understood and answered."""
    answerable: bool | None = None
    gold: tuple[Gold, ...] = ()
    line: int = 0
    """Where it stands in its file, from 1."""
    source_filter: SourceFilter = field(default_factory=SourceFilter)
    """Which sources it is asked of."""

    @property
    def grades(self) -> dict[str, float]:
        """Return the gold documents with their grades, the highest of each."""
        grades: dict[str, float] = {}
        for gold in self.gold:
            grades[gold.source] = max(gold.grade, grades.get(gold.source, 0.0))
        return grades

    @property
    def relevant(self) -> frozenset[str]:
        """Return the gold documents whose grade is above 0."""
        return frozenset(source for source, grade in self.grades.items() if grade > 0)


def read_questions(path: Path) -> Iterator[Question]:
    """Yield the questions of a file (`-` is standard input), in order; the whole file is checked first.

    Raises UsageError that names the file, the line and what is wrong with it.
    """
    questions = []
    for number, row in read_objects(path):
        try:
            questions.append(_question(row, number))
        except (TypeError, ValueError) as error:
            raise UsageError(f"{path} line {number}: {error}. Correct the line.") from error
    if not questions:
        raise UsageError(f'{path} holds no question. Each line is an object such as {{"question": "…"}}.')
    yield from questions


def read_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number (from 1) and the object of each line that is not empty.

    Raises UsageError where the file cannot be read, or a line is no JSON object.
    """
    text = read_text(path, unreadable="Name a file with one JSON object a line.", encoding="Save it as UTF-8.")
    yield from parse_objects(path, text, malformed="Correct the line.", other="Each line is an object in braces.")


def _question(row: dict[str, Any], line: int) -> Question:
    identity = row.get("id", row.get("q_id"))
    return Question(
        question=_text(row, "question"),
        id=None if identity is None else str(identity),
        history=_history(row.get("history")),
        answerable=_answerable(row.get("answerable")),
        gold=tuple(_gold(entry) for entry in _list(row, "gold")),
        line=line,
        source_filter=_filter(row.get("filter")),
    )


def _filter(value: Any) -> SourceFilter:
    """Read `{"sources": [...], "after", "before", "outlets": [...]}`, each of which may be missing."""
    if value is None:
        return SourceFilter()
    if not isinstance(value, dict) or value.keys() - _FILTER:
        raise TypeError(f"`filter` is no object of {', '.join(f'`{name}`' for name in sorted(_FILTER))}")
    after, before = (None if value.get(name) is None else _text(value, name) for name in ("after", "before"))
    sources, outlets = (
        tuple(_text({name: each}, name) for each in _list(value, name)) for name in ("sources", "outlets")
    )
    try:
        return in_days(SourceFilter(sources, after, before, outlets))
    except UsageError as error:
        raise ValueError(f"`filter`: {str(error).rstrip('.')}") from error


def _text(row: dict[str, Any], name: str) -> str:
    if name not in row:
        raise ValueError(f"there is no `{name}`")
    if not isinstance(row[name], str):
        raise TypeError(f"`{name}` is no text")
    return str(row[name]).encode("utf-8", "replace").decode("utf-8")


def _list(row: dict[str, Any], name: str) -> list[Any]:
    value = [] if row.get(name) is None else row[name]
    if not isinstance(value, list):
        raise TypeError(f"`{name}` is no list")
    return value


def _history(value: Any) -> tuple[str | Exchange, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise TypeError("`history` is no list of questions")
    return tuple(_earlier(entry) for entry in value)


def _earlier(entry: Any) -> str | Exchange:
    """Read an earlier question: its text, or its answer object, of which only `question` has to be there."""
    if not isinstance(entry, dict):
        return _text({"history": entry}, "history")
    understood = "" if entry.get("standalone_question") is None else _text(entry, "standalone_question")
    told = "\n".join(_text(said, "text") for said in _list(entry, "statements") if isinstance(said, dict))
    return Exchange(_text(entry, "question"), understood, told)


def _answerable(value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise TypeError("`answerable` is neither true nor false")
    return value


def _gold(entry: Any) -> Gold:
    if not isinstance(entry, dict):
        raise TypeError("an entry of `gold` is no object")
    source = entry.get("source", entry.get("doc_id"))
    if not isinstance(source, str):
        raise TypeError("an entry of `gold` has no `source`")
    return Gold(
        source,
        quote=None if entry.get("quote") is None else _text(entry, "quote"),
        start=_offset(entry.get("start")),
        end=_offset(entry.get("end")),
        grade=float(1.0 if entry.get("grade") is None else entry["grade"]),
    )


def _offset(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise TypeError("`start` and `end` of an entry of `gold` are whole numbers")
    return value
