"""An answer cut into lines and parts, so that each statement is drawn with its citations. Pure functions.

A line is `{"kind": …, "parts": […]}`: `lead`, `quote`, `text` or `item` (with its `bullet`), marked `verbatim` where
all its statements are the source's own words, and `continues` where it goes on with the statement of the line before.
A part is `{"text": …}` (words of the answer around its statements), `{"text": …, "statement": n, "verdict": …}`, with
`"strong"` for the words that the question asks for, or `{"chip": citation id}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rag.types import Answer, Statement, StatementChecked, Verdict
from rag.ui.wording import displayable

_MARKER = re.compile(r"[ \t]*\[(\d+(?:[ \t]*,[ \t]*\d+)*)\]")
_TRAILING_MARKERS = re.compile(r"(?:[ \t]*\[\d+(?:[ \t]*,[ \t]*\d+)*\])+(?=[ \t]*[.!?,;:]?[ \t]*$)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_BULLET = re.compile(r"^[ \t]*([-•*–]|\d{1,3}[.)])[ \t]+")

Part = dict[str, Any]
Line = dict[str, Any]


def lay_out_answer(answer: Answer) -> list[Line]:
    """Return the text of an answer as lines: its statements where they stand, `[n]` markers as chips."""
    known = {citation.id for citation in answer.citations}
    parts = list(_parts(answer, known))
    return _finish(_split_lines(parts))


def lay_out_statements(statements: Iterable[StatementChecked]) -> list[Line]:
    """Return the statements of an answer in the making as lines, each after the words that introduce it."""
    lines: list[Line] = []
    for number, event in enumerate(statements):
        if event.lead:
            lines.append({"kind": "lead", "parts": [{"text": displayable(event.lead)}]})
        known = {citation.id for citation in event.citations} | set(event.statement.citations)
        meant: list[Part] = [{"text": displayable(event.statement.resolution)}] if event.statement.refers_to else []
        lines += _finish(_split_lines([*meant, *_statement_parts(number, event.statement, known)]))
    return lines


def _parts(answer: Answer, known: set[int]) -> Iterator[Part]:
    """Yield the parts of the whole text in order; newlines are still inside the texts."""
    position = 0
    shown: list[int] = []
    for number, statement in enumerate(sorted(answer.statements, key=lambda one: one.start)):
        if statement.start < position:
            continue
        yield from _around(answer.text[position : statement.start], known, shown)
        shown = []
        for part in _statement_parts(number, statement, known):
            shown += [part["chip"]] if "chip" in part else []
            yield part
        position = statement.end
    yield from _around(answer.text[position:], known, shown)


def _around(text: str, known: set[int], shown: Sequence[int]) -> Iterator[Part]:
    """Yield what stands between statements. Markers that repeat the chips of the statement before are left out."""
    position, repeated = 0, set(shown)
    for marker in _MARKER.finditer(text):
        numbers = _numbers(marker.group(1))
        if not numbers <= known:
            continue
        if marker.start() > position:
            yield {"text": displayable(text[position : marker.start()])}
            repeated = set() if text[position : marker.start()].strip() else repeated
        yield from ({"chip": number} for number in sorted(numbers - repeated))
        position = marker.end()
    if position < len(text):
        yield {"text": displayable(text[position:])}


def _statement_parts(number: int, statement: Statement, known: set[int]) -> list[Part]:
    """Return a statement's words, then a chip for each of its citations.

    Brackets inside the words are the source's own unless they close the statement and name its citations.
    """
    words = statement.text
    markers = _TRAILING_MARKERS.search(words)
    if markers and {n for m in _MARKER.finditer(markers.group()) for n in _numbers(m.group(1))} <= known:
        words = words[: markers.start()] + words[markers.end() :]
    style = {"statement": number, "verdict": statement.verdict.value}
    chips: list[Part] = [{"chip": citation} for citation in statement.citations if citation in known]
    return [*({**part, **style} for part in _strong_parts(words, statement.focus)), *chips]


def _strong_parts(words: str, focus: Sequence[tuple[int, int]]) -> Iterator[Part]:
    """Yield the words of a statement, those in focus apart and marked `strong`."""
    at = 0
    for start, end in focus:
        if at <= start < end <= len(words):
            yield from [{"text": displayable(words[at:start])}] * (start > at)
            yield {"text": displayable(words[start:end]), "strong": True}
            at = end
    if at < len(words) or not words:
        yield {"text": displayable(words[at:])}


def _numbers(listed: str) -> set[int]:
    return {int(number) for number in listed.split(",")}


def _split_lines(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Yield the parts of each line that has any words."""
    line: list[Part] = []
    for part in parts:
        if "chip" in part:
            line.append(part)
            continue
        first, *rest = _LINE_END.split(part["text"])
        line.append({**part, "text": first})
        for text in rest:
            yield from _worth_showing(line)
            line = [{**part, "text": text}]
    yield from _worth_showing(line)


def _worth_showing(line: list[Part]) -> Iterator[list[Part]]:
    kept = [part for part in line if "chip" in part or part["text"]]
    if any("chip" in part or part["text"].strip() for part in kept):
        yield kept


def _finish(lines: Iterable[list[Part]]) -> list[Line]:
    """Give each line its kind; a line that goes on with the statement of the line before says so."""
    finished: list[Line] = []
    before: int | None = None
    for parts in lines:
        statements = [part["statement"] for part in parts if "statement" in part]
        continues = {"continues": True} if statements and statements[0] == before else {}
        finished.append({**_line(parts), **continues})
        before = statements[-1] if statements else None
    return finished


def _line(parts: list[Part]) -> Line:
    """Tell what a line is: an item of a list, quotations, other statements, or words that lead to them."""
    verdicts = {part["verdict"] for part in parts if part.get("text", "").strip() and "verdict" in part}
    verbatim = {"verbatim": True} if verdicts == {Verdict.VERBATIM.value} else {}
    first = parts[0]
    bullet = _BULLET.match(first.get("text", ""))
    if bullet and first["text"][bullet.end() :].strip():
        words = [{**first, "text": first["text"][bullet.end() :]}, *parts[1:]]
        return {"kind": "item", "bullet": bullet.group(1), "parts": words, **verbatim}
    kind = "lead" if not verdicts else "quote" if verbatim else "text"
    return {"kind": kind, "parts": parts, **verbatim}
