"""How often the page that answers a question on PDF files is found, and whether citations name the right page.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.pages [--index DIR] [--count N] [--each]

All files of `files/pdf` are put into one index, as `rag index` does it (a temporary one, or DIR, which is brought up to
date and kept). Each question of `pdf_questions.jsonl` is asked through `Engine.search`. `found` is the share of the
questions for which a gold page of the gold document (counted from 0 there) is among the pages of the N best passages,
5 if nothing else is said; `document` the share for which the right document is. A passage counts for every page that
it touches. `every_page` asks for all gold pages of a question. Then each question is answered, and `right_page` is the
share of the citations whose words all stand on the page that the citation names (and the ones that it goes on to), as
pdfium gives the page's text, nothing of ours in between; `right_pages` is the same of the passages found. `--each` adds
the pages found for each question. Printed as one JSON object with the machine and the commit.

What paid, of 22 questions (`found`): text in the order of drawing 11 · tables by layout, columns named in each row, a
title with company, form and period, levels of headings 12 · passages ranked by page, fiscal years found by year 15 ·
rows of a table kept together as far as the model reads 17 · short names of columns, nothing headed by a cover 18.
What did not: figures left out of what is embedded, chunks of 250 tokens for prose too, reciprocal ranks.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import pypdfium2 as pdfium

from rag.config import evaluation_data, load
from rag.engine import Engine, build_index
from rag.text.normalise import normalise
from rag.text.words import words
from rag.types import Citation, Document, IndexReport, Passage
from tests.benchmarks.provenance import provenance

Row = Mapping[str, Any]
Place = tuple[str, int]
"""A document, by the name of its file without ending, and a page of it, counted from 1."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question, its gold pages, and the pages that each of the best passages touches."""

    question: str
    gold: frozenset[Place]
    found: tuple[frozenset[Place], ...]

    @property
    def pages(self) -> frozenset[Place]:
        """Return all pages that were found."""
        return frozenset().union(*self.found)

    @property
    def has_document(self) -> bool:
        """Say whether a passage of the right document was found."""
        return bool({name for name, _ in self.gold} & {name for name, _ in self.pages})


def read_questions(data: Path) -> list[Row]:
    """Return the questions whose files are here."""
    rows = [json.loads(line) for line in (data / "pdf_questions.jsonl").read_text("utf-8").splitlines()]
    return [row for row in rows if any((data / "pdf" / f"{gold['doc_id']}.pdf").exists() for gold in row["gold"])]


def search(engine: Engine, row: Row, count: int) -> Outcome:
    """Ask one question of the index."""
    found = []
    for passage in engine.search(row["question"], count):
        document = engine.document(passage.source)
        name = PurePosixPath(passage.source).stem
        touched = touched_pages(document, passage.start, passage.end)
        found.append(frozenset((name, number) for number in touched))
    gold = frozenset((each["doc_id"], int(each["page"]) + 1) for each in row["gold"])
    return Outcome(row["question"], gold, tuple(found))


def touched_pages(document: Document, start: int, end: int) -> list[int]:
    """Return the numbers of the pages that a span touches."""
    return [page.number for page in document.pages if page.start < end and start < page.end]


def stands_there(path: Path, text: str, first: int | None, last: int) -> bool:
    """Say whether the words of a text stand on the pages from `first` to `last` of the file itself."""
    if first is None:
        return False
    there = "".join(page_letters(path, number) for number in range(first, last + 1))
    return all(letters(word) in there for word in words(text))


def right_page(engine: Engine, folder: Path, citation: Citation) -> bool:
    """Say whether a citation stands on the page that it names, and on those that it goes on to."""
    pages = touched_pages(engine.document(citation.source), citation.start, citation.end)
    return stands_there(folder / citation.source, citation.quote, citation.page, max(pages, default=0))


def right_pages(engine: Engine, folder: Path, passage: Passage) -> bool:
    """Say whether a passage stands on the pages that it is counted for."""
    pages = touched_pages(engine.document(passage.source), passage.start, passage.end)
    return stands_there(folder / passage.source, passage.text, min(pages, default=None), max(pages, default=0))


@cache
def page_letters(path: Path, number: int) -> str:
    """Return the letters and digits of a page (from 1) of a PDF as pdfium reads them."""
    document = pdfium.PdfDocument(path)
    try:
        text_page = document[number - 1].get_textpage()
        return letters(text_page.get_text_range())
    finally:
        document.close()


def letters(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return "".join(filter(str.isalnum, normalise(text).lower()))


def share(outcomes: Sequence[bool]) -> float | None:
    """Return the share of the outcomes that are true, None where there are none."""
    return round(sum(outcomes) / len(outcomes), 3) if outcomes else None


def measure(engine: Engine, rows: Sequence[Row], folder: Path, count: int, *, each: bool) -> dict[str, Any]:
    """Return the figures of the questions."""
    outcomes = [search(engine, row, count) for row in rows]
    passages = [passage for row in rows for passage in engine.search(row["question"], count)]
    cited = [citation for row in rows for citation in engine.ask(row["question"]).citations]
    report: dict[str, Any] = {
        "questions": len(rows),
        "found": share([bool(each.gold & each.pages) for each in outcomes]),
        "every_page": share([each.gold <= each.pages for each in outcomes]),
        "document": share([each.has_document for each in outcomes]),
        "citations": len(cited),
        "right_page": share([right_page(engine, folder, citation) for citation in cited]),
        "passages": len(passages),
        "right_pages": share([right_pages(engine, folder, passage) for passage in passages]),
    }
    if each:
        report["each"] = [
            {
                "question": outcome.question,
                "found": bool(outcome.gold & outcome.pages),
                "gold": sorted(outcome.gold),
                "pages": [sorted(pages) for pages in outcome.found],
            }
            for outcome in outcomes
        ]
    return report


def run(data: Path, index: Path, count: int, *, each: bool) -> dict[str, Any]:
    """Bring the index up to date, ask, and return the report."""
    settings = load(index=index, sources=data / "pdf")
    started = time.perf_counter()
    built: IndexReport = build_index(settings)
    seconds = round(time.perf_counter() - started, 1)
    engine = Engine.open(settings)
    try:
        figures = measure(engine, read_questions(data), settings.sources, count, each=each)
        pages = sum(len(document.pages) for document in engine.documents())
    finally:
        engine.close()
    built_in = {"seconds": seconds, "documents": built.documents, "pages": pages, "chunks": built.chunks}
    return {**provenance(), "index": {**built_in, "embedded": built.embedded}, "count": count, **figures}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, help="a folder to keep the index in")
    parser.add_argument("--count", type=int, default=5, help="passages of which one must touch a gold page")
    parser.add_argument("--each", action="store_true", help="list the pages found for each question")
    arguments = parser.parse_args()
    data = evaluation_data()
    if data is None:
        parser.error("set RAG_EVAL_DATA to the folder that holds files/pdf and files/pdf_questions.jsonl")
    with tempfile.TemporaryDirectory() as temporary:
        index = arguments.index or Path(temporary)
        report = run(data / "files", index, arguments.count, each=arguments.each)
    sys.stdout.write(json.dumps(report, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
