"""A folder with two invented documents and an index of them, and the command line set to both."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from rag.cli import commands

HARBOUR = """Council Approves New Harbour Wall

By Jane Fielding

March 3, 2025

The town council of Eastmere voted on Monday to build a new harbour wall after two winters of floods.

“The wall will protect four hundred homes,” said Marta Oduya, the town’s engineer. “We could not wait longer.”

Fishermen were less pleased. Tomas Brandt, who leads them, said that the wall would close the north slip until 2027.
"""
GARDEN = """# A Garden on the Roof

The library of Eastmere opened a garden on its roof in May 2024.

- tomatoes and beans
- a row of bee hives
- benches for readers

Ruth Adeyemi, the head librarian, said that the hives had survived their first winter.
"""
QUESTIONS = [
    {"id": "b", "question": "What did Tomas Brandt say?"},
    {"question": "What did he say about the slip?", "history": ["What did Tomas Brandt say?"]},
    {"id": "a", "question": "What did Ruth Adeyemi say?"},
]
PASSAGE_KEYS = {"rank", "source", "start", "end", "text", "scores", "used"}
"""What every passage of the contract has at least."""


class Shop:
    """A folder with documents and an index, and the command line set to them."""

    def __init__(self, folder: Path) -> None:
        self.sources = folder / "documents"
        self.index = folder / "index"

    def run(self, *arguments: str, **options: Any) -> Result:
        """Run `rag` with these folders; a traceback fails the test."""
        result = CliRunner().invoke(
            commands, ["--index", str(self.index), "--sources", str(self.sources), *arguments], **options
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def ok(self, *arguments: str, **options: Any) -> str:
        """Run `rag`, expect status 0, and return what it printed."""
        result = self.run(*arguments, **options)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def process(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run `rag` as a process of its own."""
        command = [sys.executable, "-m", "rag.cli", *arguments]
        environment = os.environ | {"RAG_INDEX": str(self.index), "RAG_SOURCES": str(self.sources)}
        return subprocess.run(command, capture_output=True, env=environment, check=False, timeout=120)
