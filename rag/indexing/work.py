"""What a build has to do: which files are read, which are taken over, renamed or struck out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rag.catalog import FileRecord
from rag.index_reader import OpenIndex
from rag.indexing.changes import Changes
from rag.indexing.settings import BuildSettings, Previous
from rag.sources import SourceFile
from rag.types import Skipped


@dataclass(frozen=True, slots=True)
class Work:
    """The changes to take up, in the light of what of the index there was can be used."""

    settings: BuildSettings
    previous: Previous
    files: Mapping[str, SourceFile]
    """Those that changes are looked for in, by path."""
    known: Mapping[str, FileRecord]
    """All that the index knows, by path."""
    changes: Changes
    passed_over: tuple[Skipped, ...]
    """What was not even taken for a document."""
    anew: bool
    """Whether everything is to be embedded again."""

    @property
    def base(self) -> OpenIndex | None:
        """Return the generation whose documents are taken over, None where all are read."""
        return self.previous.opened if self.previous.documents else None

    @property
    def is_none(self) -> bool:
        """Whether the index is what it should be."""
        made_here = self.base is not None and self.base.manifest.sources == self.settings.manifest().sources
        return made_here and self.changes.none

    def fresh(self) -> list[SourceFile]:
        """Return the files that must be read, in order."""
        if self.base is None:
            return [self.files[path] for path in sorted(self.files)]
        wanted = {*self.changes.added, *self.changes.changed} - self.changes.renamed.keys()
        return [self.files[path] for path in sorted(wanted)]

    def renamed(self) -> list[tuple[FileRecord, str]]:
        """Return the files that only have another name now, each with the one before."""
        if self.base is None:
            return []
        return [
            (replace(self.changes.records[after], skipped=self._relabelled(before, after)), before)
            for after, before in sorted(self.changes.renamed.items())
        ]

    def _relabelled(self, before: str, after: str) -> tuple[Skipped, ...]:
        parts = self.known[before].skipped
        return tuple(replace(part, source=after + part.source.removeprefix(before)) for part in parts)

    def struck_out(self) -> list[str]:
        """Return the files whose documents are not what they were, or gone."""
        if self.base is None:
            return []
        return sorted({*self.changes.removed, *self.changes.changed} - set(self.changes.renamed.values()))

    def touched(self) -> list[FileRecord]:
        """Return the files that are what they were but for size or times, or that are just looked at more surely."""
        if self.base is None:
            return []
        return [
            record
            for path, record in self.changes.records.items()
            if path in self.known and record != self.known[path] and record.sha256 == self.known[path].sha256
        ]

    def still_skipped(self) -> list[Skipped]:
        """Return what of the files that are taken over could not be read, then or now."""
        fresh = {file.source for file in self.fresh()}
        names = dict(self.changes.renamed) if self.base is not None else {}
        found = [part for record, _ in self.renamed() for part in record.skipped]
        for path, record in self.changes.records.items():
            if path not in fresh and path not in names:
                found += record.skipped
        return found
