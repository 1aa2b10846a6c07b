"""Making a generation: the register edited, new documents in new segments, the rest taken over as it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from rag.catalog import RegisterDraft, draft_register
from rag.errors import SourceError
from rag.generations import FileEntry, Generation, Manifest, copy, new_generation, publish, writing
from rag.index_reader import REGISTER
from rag.indexing.drafting import Draft
from rag.indexing.keeping import Keeper, keeper_of
from rag.indexing.merging import settle_segments
from rag.indexing.reading import read_ahead
from rag.indexing.segments import SegmentWriter
from rag.indexing.sharing import cache_of
from rag.indexing.vectors import Embeddings
from rag.indexing.work import Work
from rag.sources import SourceReader
from rag.types import GateReport, IndexReport, Progress, Skipped

ProgressCallback = Callable[[Progress], None]
Trial = Callable[[Generation], GateReport]
"""Tries a generation that is written but not published, under a name of no meaning, while the old one still counts."""

_STEPS = 3
"""Of writing, as progress counts it."""


def make_generation(work: Work, progress: ProgressCallback, trial: Trial | None = None) -> IndexReport:
    """Write the generation that `work` asks for and make it the one that counts; `seconds` are left at 0.

    Where a `trial` does not let it pass, or raises an error, it is removed and nothing has changed.
    Raises SourceError when nothing would be in it, UsageError when it cannot be written, IndexDamagedError when
    something that is taken over is not what was written.
    """
    index, opened = work.settings.index, work.previous.opened
    with keeper_of(work.settings) as keeper, new_generation(index) as folder:
        making = _Making(work, folder, keeper, progress)
        with writing(index):
            report = making.run()
        if trial is not None:
            gate = trial(Generation(folder.name, folder, making.manifest, ""))
            report = replace(report, gate=gate, generation=gate.before or "")
            if not gate.passed:
                return replace(report, notes=(*report.notes, *keeper.tidy()))
        made = publish(
            index, folder, making.manifest, carried=making.carried, base=opened.generation if opened else None
        )
        report = replace(report, generation=made.id, notes=(*report.notes, *keeper.tidy()))
    progress(Progress("writing", _STEPS, _STEPS))
    return report


class _Making:
    """One generation on its way: `manifest` as far as it is known, and `carried`, the files that were taken over."""

    def __init__(self, work: Work, folder: Path, keeper: Keeper, progress: ProgressCallback) -> None:
        self._work, self._folder, self._keeper, self._progress = work, folder, keeper, progress
        self._skipped: list[Skipped] = list(work.passed_over)
        self.manifest: Manifest = work.settings.manifest()
        self.carried: dict[str, FileEntry] = {}
        self._notes: tuple[str, ...] = work.previous.notes

    def run(self) -> IndexReport:
        """Write everything but the manifest; the report has no generation yet."""
        settings, base = self._work.settings, self._work.base
        if base is not None:
            made = base.made
            copy(made.folder / REGISTER, self._folder / REGISTER, made.manifest.files[REGISTER])
        with ExitStack() as stack:
            register = stack.enter_context(draft_register(self._folder / REGISTER, new=base is None))
            cache = stack.enter_context(closing(cache_of(settings)))
            embeddings = Embeddings(
                settings.embedder, self._work.previous.segments(), cache, self._embedding, anew=self._work.anew
            )
            stack.enter_context(closing(embeddings))
            if self._work.fresh():
                embeddings.prepare()
            first = max(register.segments(), default=0) + 1
            writer = SegmentWriter(self._folder, embeddings, self._keeper, first)
            stack.enter_context(writer)
            draft = Draft(settings, register, writer)
            self._edit(draft, register)
            writer.flush()
            self._finish(register, writer)
            draft.mark_copies()
            self._progress(Progress("writing", 2, _STEPS))
        return self._report(draft, embeddings.embedded)

    def _edit(self, draft: Draft, register: RegisterDraft) -> None:
        """Put down and strike out files; what must be read is read."""
        work = self._work
        if work.base is None and work.previous.opened is not None:
            for document in work.previous.opened.catalog.records():
                draft.know(document.source, document.digest)
        for record in work.touched():
            register.put_file(record)
        for path in work.struck_out():
            draft.strike_out(path)
        draft.rename(work.renamed())
        fresh = work.fresh()
        self._skipped += work.still_skipped()
        if not fresh:
            return
        with SourceReader(seconds=work.settings.seconds_limit) as reader:
            for done, (file, reading) in enumerate(read_ahead(reader, fresh), start=1):
                record = replace(work.changes.records[file.source], skipped=reading.skipped)
                self._skipped += draft.put_file(record, reading.documents)
                self._progress(Progress("reading", done, len(fresh)))

    def _finish(self, register: RegisterDraft, writer: SegmentWriter) -> None:
        """Merge and take over segments, and complete the manifest. Raises SourceError where there is nothing."""
        live = register.live().values()
        documents, chunks, quotations = (sum(each[at] for each in live) for at in range(3))
        if not chunks:
            raise SourceError(self._nothing())
        self._progress(Progress("writing", 0, _STEPS))
        entries, self.carried = settle_segments(register, writer.entries, self._work.base, self._folder, self._keeper)
        self._notes += self._keeper.complete(self._folder, entries)
        self._progress(Progress("writing", 1, _STEPS))
        self.manifest = replace(
            self.manifest,
            documents=documents,
            chunks=chunks,
            quotations=quotations,
            segments=entries,
            store=self._keeper.entry(),
        )

    def _embedding(self, done: int, total: int) -> None:
        self._progress(Progress("embedding", done, total))

    def _report(self, draft: Draft, embedded: int) -> IndexReport:
        added, changed, removed = draft.counts()
        found = sorted(self._skipped, key=lambda each: each.source)
        return IndexReport(
            generation="",
            documents=self.manifest.documents,
            chunks=self.manifest.chunks,
            embedded=embedded,
            added=added,
            changed=changed,
            removed=removed,
            unchanged=self.manifest.documents - added - changed,
            skipped=tuple(each for each in found if not each.hidden),
            seconds=0.0,
            notes=self._notes,
            hidden=tuple(each for each in found if each.hidden),
        )

    def _nothing(self) -> str:
        """Return the message for a sources folder without a document."""
        skipped = [each for each in self._skipped if not each.hidden]
        first = next(iter(skipped), None)
        why = f" {len(skipped)} files were skipped; {first.source}: {first.reason}" if first else ""
        return (
            f"There is nothing to index in {self._work.settings.sources}.{why} "
            "Put documents there, or name another folder with --sources."
        )
