"""What the README shows of a real answer, made anew: `make readme`.

The terminal answer stands there whole, folded to the page; the answer object with its lists and texts cut short.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

README = Path(__file__).resolve().parents[1] / "README.md"
QUESTION = "What did Bolton say?"
TERMINAL = re.compile(rf'(?<=^ {{4}}\$ rag ask "{re.escape(QUESTION)}"\n)(?: {{4}}.*\n|\n)*?(?=\n^\S)', re.M)
OBJECT = re.compile(r"(?<=^```json\n).*?(?=^```$)", re.M | re.S)
_WIDTH, _TEXT = 110, 60
_LISTS = ("statements", "citations", "passages")


def folded(printed: str) -> str:
    """Return what `rag ask` printed, folded and indented as a block."""
    lines: list[str] = []
    for line in printed.rstrip("\n").split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        lines += textwrap.wrap(line, _WIDTH, subsequent_indent=indent) or [""]
    return "".join(f"    {line}".rstrip() + "\n" for line in lines)


def shortened(answer: dict[str, Any]) -> str:
    """Return an answer object as JSON for people: one entry a list, texts cut."""
    shown = {name: value[:1] if name in _LISTS else value for name, value in _cut(answer).items()}
    rows = []
    for name, value in shown.items():
        listed = name in _LISTS and value
        rows.append(f'  "{name}": ' + (f"[\n    {_entry(value[0])}\n  ]" if listed else _json(value)))
    return "{\n" + ",\n".join(rows) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _entry(entry: dict[str, Any]) -> str:
    parts = [f'"{name}": {_json(value)}' for name, value in entry.items()]
    lines = [""]
    for part in parts:
        if lines[-1] and len(lines[-1]) + len(part) > _WIDTH - 8:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + part + ","
    return "{" + "\n     ".join(lines).rstrip(",") + "}"


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _TEXT else value[:_TEXT].rsplit(" ", 1)[0] + " …"
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: _cut(inner) for name, inner in value.items()}
    return [_cut(inner) for inner in value] if isinstance(value, list) else value


def _rag(*arguments: str) -> str:
    command = [sys.executable, "-m", "rag.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=README.parent).stdout


def main() -> None:
    """Put a fresh answer into the README."""
    _rag("index")
    terminal, shown = folded(_rag("ask", QUESTION)), shortened(json.loads(_rag("ask", "--json", QUESTION)))
    text = README.read_text(encoding="utf-8")
    text = OBJECT.sub(lambda _: shown, TERMINAL.sub(lambda _: terminal, text, count=1), count=1)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
