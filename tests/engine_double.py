"""A scripted engine for tests of the page: real text of the bundled articles, true offsets, answers by keyword."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.config import Settings
from rag.engine import check_saved
from rag.errors import ModelUnreachableError, RagError, SourceError, UsageError
from rag.text.pages import boxes_of, page_at
from rag.types import (
    Answer,
    AnswerEvent,
    AppliedFilter,
    Block,
    BlockKind,
    Citation,
    Document,
    DocumentFacts,
    Finished,
    IndexReport,
    IndexStatus,
    Passage,
    Progress,
    Quotation,
    QuoteKind,
    Retrieved,
    Scores,
    Skipped,
    SourceChanges,
    SourceFilter,
    Statement,
    StatementChecked,
    Status,
    Verdict,
)
from rag.types.exchanges import Exchange, History
from rag.ui.backend import AnsweringEngine, Backend
from tests.paged_documents import png
from tests.traced_double import ScriptedTraces

ALL = SourceFilter()
BOLTON = (
    "“I do detect indicators that he’s making an attempt to place some blue water between himself and Putin. He "
    "thought, as a result of they had been good mates, he might wrap up the deal in 24 hours. Clearly none of that got "
    "here near being true,”",
    "“Now Putin has began to push him a little bit bit. They’re beginning to mock him.”",
    "“He actually needs a Nobel Peace Prize,”",
)
HILL = ("Russia’s economy is stagnant and brittle", "Human capital is being destroyed by war")
SCRIPTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "bolton": ("John Bolton, Trump’s former nationwide safety adviser", BOLTON),
    "hill": ("According to Fiona Hill", HILL),
}
"""What a word in the question brings: the line that leads to the quotations, and these."""
CHANGED: tuple[str, ...] = ()
"""Sources that `index_status` says have changed."""


def read_seeds(folder: Path) -> tuple[Document, ...]:
    """Read the articles, a block for each line."""
    return tuple(read_lines(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.txt")))


def read_lines(source: str, text: str, title: str | None = None) -> Document:
    """Make a document of a text: a block for each line, lines with a bullet as items, short ones as headings."""
    spans = [(line.start(), line.end()) for line in re.finditer(r"[^\n]+", text) if line.group().strip()]
    blocks = tuple(Block(_kind(text[start:end]), start, end, 2) for start, end in spans)
    first = text[slice(*spans[0])] if spans else source
    return Document(source, text, title or first[:90], None, "The Daily", "2025-05-31", blocks)


def _kind(line: str) -> BlockKind:
    if line.lstrip().startswith("•"):
        return BlockKind.LIST_ITEM
    return BlockKind.HEADING if len(line) < 90 and line.rstrip()[-1].isalnum() else BlockKind.PARAGRAPH


GONE = "gone.pdf"
"""A file that has changed since it was indexed."""
HEARD = "since May 2025"
"""Words of a question that are understood as a filter."""
UNREAD = Skipped("scan.pdf", "it has no text layer: install OCR")


def applied(question: str, chosen: SourceFilter, *, understand: bool) -> AppliedFilter:
    """Return the filter that a question is answered under, HEARD being the only words that are understood as one."""
    heard = (HEARD,) if understand and HEARD in question else ()
    after = "2025-05-01" if heard else chosen.after
    return AppliedFilter(chosen.sources, after, chosen.before, chosen.outlets, heard)


@dataclass
class ScriptedEngine(ScriptedTraces):
    """Answers what SCRIPTS has, refuses the rest. `gate`, where given, is waited for before each statement."""

    texts: tuple[Document, ...]
    generation: str = "g1"
    gate: threading.Event | None = None
    unread: tuple[Skipped, ...] = ()
    trouble: str | None = None
    asked: list[tuple[str, tuple[str, ...], str | None]] = field(default_factory=list)
    histories: list[tuple[str | Exchange, ...]] = field(default_factory=list)
    filters: list[tuple[SourceFilter, bool]] = field(default_factory=list)
    traced: list[tuple[str, int, SourceFilter, bool, bool]] = field(default_factory=list)
    closed: bool = False

    def ask(self, question: str, history: History = (), llm: str | None = None) -> Answer:
        *_, last = self.stream(question, history, llm)
        assert isinstance(last, Finished)
        return last.answer

    def stream(
        self,
        question: str,
        history: History = (),
        llm: str | None = None,
        *,
        source_filter: SourceFilter = ALL,
        understand: bool = True,
        meant: str | None = None,
    ) -> Iterator[AnswerEvent]:
        earlier = tuple(one if isinstance(one, str) else one.question for one in history)
        self.asked.append((question, earlier, llm))
        self.histories.append(tuple(history))
        self.filters.append((source_filter, understand))
        if not question.strip() or len(question) > 4000:
            raise UsageError(f"The question has {len(question)} characters; ask one of 1 to 4000.")
        if llm and llm.startswith("ollama:"):
            raise ModelUnreachableError(f"The model {llm} does not answer on http://127.0.0.1:11434. Start it.")
        answer = self.compose(question, earlier, llm or "extractive", meant)
        answer = replace(answer, filter=applied(question, source_filter, understand=understand))
        yield Retrieved(answer.standalone_question, tuple(replace(one, used=False) for one in answer.passages))
        for number, statement in enumerate(answer.statements):
            if self.gate is not None:
                assert self.gate.wait(20)
            cited = tuple(one for one in answer.citations if one.id in statement.citations)
            yield StatementChecked(statement, cited, answer.text.splitlines()[0] if number == 0 else "")
        yield Finished(answer)

    def compose(self, question: str, history: Sequence[str], llm: str, meant: str | None = None) -> Answer:
        """Make the whole answer: a lead, then a line for each quotation with its marker."""
        standalone = " ".join([*history[-1:], question]) if question.startswith("And ") else question
        standalone = meant or standalone
        script = next((value for key, value in SCRIPTS.items() if key in standalone.lower()), None)
        if script is None:
            return self._refuse(question, standalone, llm)
        lead, quotes = script
        citations = tuple(self.cite(number, quote) for number, quote in enumerate(quotes, 1))
        text, statements = f"{lead}:\n", []
        for citation in citations:
            start = len(text)
            text += citation.quote
            statements.append(Statement(citation.quote, start, len(text), Verdict.VERBATIM, (citation.id,)))
            text += f" [{citation.id}]\n"
        dropped = (Statement("He is very pleased.", 0, 19, Verdict.UNSUPPORTED, (1,), "the cited words do not say it"),)
        return Answer(
            question,
            standalone,
            Status.ANSWERED,
            text,
            tuple(statements),
            citations,
            self._passages(citations),
            (),
            llm,
            self.generation,
            {"retrieve": 8.1, "answer": 20.4, "total": 28.5},
            notes=("One statement of the model was dropped.",) if ":" in llm else (),
            dropped=dropped if ":" in llm else (),
        )

    def cite(self, number: int, quote: str) -> Citation:
        """Find a quotation in the articles."""
        document = next(one for one in self.texts if quote in one.text)
        start = document.text.index(quote)
        place = (start, start + len(quote), quote)
        page = page_at(document.pages, start)
        facts = (document.author, document.date, page.number if page else None)
        boxes = boxes_of(document.pages, start, start + len(quote))
        return Citation(
            number,
            document.source,
            document.title,
            *facts,
            *place,
            speaker="John Bolton",
            outlet=document.outlet,
            boxes=boxes,
        )

    def _passages(self, citations: Sequence[Citation]) -> tuple[Passage, ...]:
        return tuple(
            Passage(
                number,
                one.source,
                one.start,
                one.end,
                one.quote,
                Scores(0.61 / number, 9.2 / number, 0.033 / number),
                number < 3,
                one.title,
                "Heading",
            )
            for number, one in enumerate(citations, 1)
        )

    def _refuse(self, question: str, standalone: str, llm: str) -> Answer:
        nearest = self._passages([self.cite(number, quote) for number, quote in enumerate(HILL, 1)])
        said = "The sources do not answer this question."
        return Answer(
            question, standalone, Status.REFUSED, said, (), (), nearest, nearest, llm, self.generation, {"total": 9.0}
        )

    def documents(self) -> tuple[Document, ...]:
        return self.texts

    def facts(self) -> tuple[DocumentFacts, ...]:
        said = ((one.source, one.title, one.author, one.outlet, one.date, one.language) for one in self.texts)
        return tuple(DocumentFacts(*facts) for facts in said)

    def document(self, source: str) -> Document:
        found = next((one for one in self.texts if one.source == source), None)
        if found is None:
            raise SourceError(f"There is no source {source} in the index.")
        return found

    def skipped(self) -> tuple[Skipped, ...]:
        return self.unread

    def has_page_pictures(self, source: str) -> bool:
        return bool(self.document(source).pages) and source.endswith(".pdf")

    def page_picture(self, source: str, number: int) -> bytes:
        if source == GONE:
            raise SourceError(f"{source} has changed since it was indexed. Update the index, then ask again.")
        return png(60, 80, shade=240 + number)

    def quotations(self, speaker: str | None = None, about: str | None = None) -> tuple[Quotation, ...]:
        cited = [self.cite(number, quote) for number, quote in enumerate(BOLTON, 1)]
        return tuple(
            Quotation(
                one.source,
                one.start,
                one.end,
                one.quote,
                "John Bolton",
                None,
                None,
                QuoteKind.DIRECT,
                "advised",
                one.date,
                one.start,
                one.end,
            )
            for one in cited
        )

    def index_status(self) -> IndexStatus:
        built = "2026-11-22T00:18:00+00:00"
        return IndexStatus(self.generation, built, len(self.texts), 63, "all-MiniLM-L6-v2", (), CHANGED, ())

    def close(self) -> None:
        self.closed = True


@dataclass
class ScriptedBackend:
    """A place that engines come from: `trouble` is raised by opening, until a build has succeeded.

    What is added is saved into the folder of the settings, and read line by line at the next build.
    """

    texts: tuple[Document, ...]
    trouble: RagError | None = None
    build_trouble: RagError | None = None
    gate: threading.Event | None = None
    build_gate: threading.Event | None = None
    generation: str | None = "g1"
    unread: tuple[Skipped, ...] = ()
    engine_trouble: str | None = None
    engines: list[ScriptedEngine] = field(default_factory=list)
    builds: list[bool] = field(default_factory=list)
    saved: list[Path] = field(default_factory=list)
    rolled_back: int = 0
    changes: queue.Queue[SourceChanges | None] = field(default_factory=queue.Queue)
    """What is noticed of the sources; None is the end."""
    settled: bool = False
    """Whether the first build takes everything up, so that the others find nothing to do."""

    def open(self, settings: Settings) -> AnsweringEngine:
        if self.trouble is not None:
            raise self.trouble
        engine = ScriptedEngine(self.texts, self.generation or "g1", self.gate, self.unread, self.engine_trouble)
        self.engines.append(engine)
        return engine

    def build(
        self, settings: Settings, *, rebuild: bool = False, progress: Callable[[Progress], None] | None = None
    ) -> IndexReport:
        self.builds.append(rebuild)
        if progress:
            progress(Progress("embedding", 12, 63))
        if self.build_gate is not None:
            assert self.build_gate.wait(20)
        if self.build_trouble is not None:
            raise self.build_trouble
        self.trouble = None
        known = {document.source for document in self.texts}
        for path in self.saved:
            self._read(path, known)
        if not (self.settled and len(self.builds) > 1):
            self.generation = f"g{len(self.builds) + 1}"
        assert self.generation is not None
        return IndexReport(self.generation, len(self.texts), 63, 63, 0, 0, 0, len(self.texts), self.unread, 2.1)

    def _read(self, path: Path, known: set[str]) -> None:
        if b"\x00" in path.read_bytes():
            self.unread = (*self.unread, Skipped(path.name, UNREAD.reason))
        elif path.name not in known:
            self.texts = (*self.texts, read_lines(path.name, path.read_text(encoding="utf-8")))

    def add_file(self, settings: Settings, name: str, data: bytes) -> Path:
        if len(data) > 1000:
            raise UsageError(f"{name} has {len(data):,} bytes, more than the limit of 1,000. Split it.")
        path = settings.sources / name
        path.write_bytes(data)
        self.saved.append(path)
        return path

    def add_url(self, settings: Settings, url: str) -> Path:
        if "127.0.0.1" in url:
            raise UsageError(f"{url} leads to a private address. Give one of a page on the web.")
        return self.add_file(settings, "page.html", f"The page\n\nIt was fetched from {url} today.".encode())

    def watch(self, settings: Settings, stop: threading.Event) -> Iterator[SourceChanges]:
        while not stop.is_set() and threading.main_thread().is_alive():
            with suppress(queue.Empty):
                change = self.changes.get(timeout=0.05)
                if change is None:
                    return
                yield change

    def rollback(self, settings: Settings) -> None:
        if self.rolled_back:
            raise UsageError("There is no generation before this one. Run rag index.")
        self.rolled_back += 1
        self.generation = "g0"

    def backend(self) -> Backend:
        """Return the functions in the shape that the page takes them."""
        return Backend(
            open=self.open,
            build=self.build,
            current_generation=lambda settings: self.generation,
            available_models=lambda settings: ("extractive", "local:smollm2"),
            readable_endings=lambda: (".html", ".pdf", ".txt"),
            add_file=self.add_file,
            add_url=self.add_url,
            watch=self.watch,
            check=check_saved,
            rollback=self.rollback,
        )
