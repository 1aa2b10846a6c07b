"""Which files are passed over without a word: hidden and temporary ones, and those that the user's patterns name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pathspec import GitIgnoreSpec

from rag.errors import SourceError, UsageError

IGNORE_FILE = ".ragignore"
"""In the sources folder: patterns as in a `.gitignore`, one a line."""
PROVENANCE_ENDING = ".source.json"
"""What stands beside a fetched file, and says where it came from."""
_TEMPORARY = re.compile(
    r"\.|~\$|.*~$|#.*#$|.*\.(?:tmp|temp|bak|part|partial|crdownload|download|opdownload|swp|lock)$"
    r"|(?:thumbs\.db|ehthumbs\.db|desktop\.ini|__macosx|__pycache__|\$recycle\.bin|icon\r)$",
    re.IGNORECASE | re.DOTALL,
)
"""Hidden names (with a point in front), and what office programs, editors, browsers and systems leave behind."""
_PAGE_FOLDER = "_files"
"""Browsers put the pictures and programs of a saved page beside it, in a folder of this name."""
_PAGES = (".html", ".htm", ".xhtml")


class Ignored:
    """The patterns of one sources folder."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Take patterns in the syntax of `.gitignore`. Raises ValueError for one that is none."""
        self._spec = GitIgnoreSpec.from_lines(patterns)

    def has(self, source: str, *, folder: bool = False) -> bool:
        """Say whether a path, relative to the sources folder and with `/`, is passed over."""
        return bool(self._spec.patterns) and self._spec.match_file(f"{source}/" if folder else source)


def read_ignored(folder: Path, patterns: Sequence[str] = ()) -> Ignored:
    """Return the patterns of the folder's own ignore file, and after them those that are given.

    Raises SourceError for an ignore file that cannot be read, UsageError for a pattern that is none.
    """
    path = folder / IGNORE_FILE
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read ({error}). Save it as UTF-8, or remove it.") from error
    try:
        return Ignored([*lines, *patterns])
    except ValueError as error:
        raise UsageError(f"{error}, in {IGNORE_FILE} or RAG_IGNORE. Correct it or leave it out.") from error


def is_passed_over(name: str, beside: Iterable[str] = ()) -> bool:
    """Say whether a file or folder of this name is never a document; `beside` are the names in the same folder."""
    if _TEMPORARY.match(name) or name.endswith(PROVENANCE_ENDING):
        return True
    return name.endswith(_PAGE_FOLDER) and not set(beside).isdisjoint(
        name.removesuffix(_PAGE_FOLDER) + ending for ending in _PAGES
    )
