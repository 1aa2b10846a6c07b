"""How much of the main text of web pages is kept, and how much of what surrounds it is dropped.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.web_pages [--errors]

Counted as trafilatura's own evaluation counts (https://trafilatura.readthedocs.io/en/latest/evaluation.html): a segment
that is to be there and is, is a true positive, one that is to be there and is not a false negative; one that is not to
be there and is, a false positive. The text is the canonical text without its furniture, which is never retrieved.
`normalised` is the same with white space and soft hyphens of text and segments made equal. `facts` counts the pages of
which each is known, `median_ms` and `longest_ms` are the time that reading a page takes. `--errors` lists the segments.
Printed as one JSON object with the machine and the commit.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.config import evaluation_data
from rag.errors import SourceError
from rag.sources.formats import RawFile
from rag.sources.formats.web.html import read_html
from rag.types import BlockKind, Document
from tests.benchmarks.provenance import provenance

FACTS = ("title", "author", "outlet", "date", "language", "url")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its gold segments, and what came of it (None: no text found)."""

    gold: Row
    document: Document | None
    seconds: float

    def text(self) -> str:
        """Return what can be retrieved of the page."""
        if self.document is None:
            return ""
        text = self.document.text
        parts = [(block.start, block.end) for block in self.document.blocks if block.kind is not BlockKind.FURNITURE]
        return "\n".join(text[start:end] for start, end in parts)


def read_pages(folder: Path) -> list[Page]:
    """Read every page of the gold file."""
    return [_read(folder, json.loads(line)) for line in (folder / "html_gold.jsonl").read_text("utf-8").splitlines()]


def _read(folder: Path, gold: Row) -> Page:
    data = (folder / "html" / gold["file"]).read_bytes()
    began = time.perf_counter()
    try:
        documents = read_html(RawFile(gold["file"], data)).documents
    except SourceError:
        documents = ()
    return Page(gold, next(iter(documents), None), time.perf_counter() - began)


def verdicts(pages: Sequence[Page], fold: Callable[[str], str] = str) -> list[tuple[str, bool, bool, str]]:
    """Return file, whether it is to be there, whether it is, and the segment, for every gold segment."""
    found = []
    for page in pages:
        text = fold(page.text())
        for wanted, name in ((True, "with"), (False, "without")):
            found += [(page.gold["file"], wanted, fold(each) in text, each) for each in page.gold[name]]
    return found


def scores(outcomes: Sequence[tuple[str, bool, bool, str]]) -> dict[str, float]:
    """Return precision, recall, F-score and accuracy of the verdicts."""
    positive = sum(wanted and there for _, wanted, there, _ in outcomes)
    spurious = sum(there and not wanted for _, wanted, there, _ in outcomes)
    missing = sum(wanted and not there for _, wanted, there, _ in outcomes)
    precision, recall = positive / max(positive + spurious, 1), positive / max(positive + missing, 1)
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f_score": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
        "accuracy": round((len(outcomes) - spurious - missing) / len(outcomes), 4),
    }


def plainly(text: str) -> str:
    """Return text with single blanks and without soft hyphens and invisible separators."""
    return " ".join(text.translate(dict.fromkeys(map(ord, "\xad\u200b\u2063"))).split())


def measure(pages: Sequence[Page]) -> dict[str, Any]:
    """Return the figures of the pages."""
    milliseconds = [1000 * page.seconds for page in pages]
    return {
        "pages": len(pages),
        "without_text": [page.gold["file"] for page in pages if page.document is None],
        **scores(verdicts(pages)),
        "normalised": scores(verdicts(pages, plainly)),
        "facts": {name: sum(bool(getattr(page.document, name, None)) for page in pages) for name in FACTS},
        "median_ms": round(statistics.median(milliseconds), 1),
        "longest_ms": round(max(milliseconds), 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="list the segments that are wrong")
    arguments = parser.parse_args()
    data = evaluation_data()
    if data is None:
        parser.error("set RAG_EVAL_DATA to the folder that holds files/html and files/html_gold.jsonl")
    pages = read_pages(data / "files")
    report = {**provenance(), **measure(pages)}
    if arguments.errors:
        wrong = [each for each in verdicts(pages) if each[1] is not each[2]]
        report["errors"] = [f"{'missing' if wanted else 'kept'} {file}: {words}" for file, wanted, _, words in wrong]
    sys.stdout.write(json.dumps(report, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
