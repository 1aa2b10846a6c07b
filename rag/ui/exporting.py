"""A conversation as a file: to be read by people, and checked again by `rag verify`. Pure functions.

Markdown in which nothing of a question, a source or a model is markup, with each answer object on one line in a fence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from rag.types import Answer, Verdict
from rag.ui.wording import VERDICTS, citation_line, displayable

_FENCE, _END = "```json", "```"
"""As `rag verify` looks for them (`rag.auditing.saved`)."""
_MARK_UP = re.compile(r"([\\`*_\[\]<>#|~!&$@])")
_ADDRESS = re.compile(r"(\b[a-z][a-z+-]*(?=://)|\bwww(?=\.))([:.])", re.I)
_LINE_MARK = re.compile(r"^(\d*)([-+=.)])")
_HOW = (
    "What stands in the fences are the answers with their citations. "
    "`rag verify FILE` looks every citation up in the sources again."
)


def conversation_file(answers: Sequence[Answer]) -> str:
    """Return the file of a conversation: each question, its answer, the citations, and the answer object."""
    turns = "\n".join(_turn(number, answer) for number, answer in enumerate(answers, 1))
    return f"# Conversation\n\n{_HOW}\n\n{turns}"


def literal(text: str) -> str:
    """Return `text` on one line for a place where Markdown is read, so that none of it is mark-up or a live address."""
    line = _ADDRESS.sub(r"\1\\\2", _MARK_UP.sub(r"\\\1", " ".join(displayable(text).split())))
    return _LINE_MARK.sub(r"\1\\\2", line)


def _turn(number: int, answer: Answer) -> str:
    checked = [
        f"- {VERDICTS[statement.verdict]}: {_cited(statement.citations)}"
        for statement in answer.statements
        if statement.verdict is not Verdict.UNSUPPORTED
    ]
    parts = [
        f"## {number}. {literal(answer.question)}",
        "\n\n".join(literal(paragraph) for paragraph in displayable(answer.text).split("\n") if paragraph.strip()),
        "\n".join(dict.fromkeys(checked)),
        "\n".join(f"- {literal(citation_line(citation))}" for citation in answer.citations),
        f"{_FENCE}\n{json.dumps(answer.to_dict(), ensure_ascii=True)}\n{_END}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _cited(numbers: Sequence[int]) -> str:
    return "".join(f"\\[{number}\\]" for number in numbers)
