"""Which documents a question may be answered from: those that its filter admits, near-identical ones once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.text.dates import days_of
from rag.text.source_names import names_of, plain_name
from rag.types import DocumentFacts, SourceFilter

Test = Callable[[DocumentFacts], bool]


@dataclass(frozen=True, slots=True)
class Scope:
    """The sources that a filter admits, and who answers for the copies among them."""

    sources: frozenset[str]
    """Every source that is admitted."""
    originals: Mapping[str, str]
    """Each source admitted that is a copy of another one admitted → the one that answers for it."""
    copies: Mapping[str, tuple[str, ...]]
    """Each source that has copies and answers → the other sources that are the same document, admitted or not."""
    undated: int = 0
    """How many sources are left out for nothing but having no date."""
    whole: bool = True
    """Whether every source answers."""

    @property
    def answering(self) -> frozenset[str]:
        """Return the sources that answer: those admitted without the copies."""
        return self.sources - self.originals.keys()


def make_scope(facts: Sequence[DocumentFacts], copies: Mapping[str, str], filters: Iterable[SourceFilter]) -> Scope:
    """Return what all of `filters` admit of the documents.

    `copies` has copy → original. Of a group the original answers, or else the first by name that is admitted.
    """
    tests = [_test(each, facts) for each in filters if not each.admits_all]
    named = [document for document in facts if all(by_name(document) for by_name, _ in tests)]
    sources = frozenset(document.source for document in named if all(by_date(document) for _, by_date in tests))
    undated = sum(document.source not in sources and _dates(document) is None for document in named)
    originals: dict[str, str] = {}
    others: dict[str, tuple[str, ...]] = {}
    for group in _groups(copies):
        admitted = [source for source in group if source in sources]
        if admitted:
            others[admitted[0]] = tuple(source for source in group if source != admitted[0])
            originals |= dict.fromkeys(admitted[1:], admitted[0])
    return Scope(sources, originals, others, undated, whole=not originals and len(sources) == len(facts))


def _groups(copies: Mapping[str, str]) -> list[list[str]]:
    """Return the groups of documents that are the same, each with its original first and the others by name."""
    groups: dict[str, list[str]] = {}
    for copy in sorted(copies):
        groups.setdefault(copies[copy], [copies[copy]]).append(copy)
    return list(groups.values())


def _test(chosen: SourceFilter, facts: Sequence[DocumentFacts]) -> tuple[Test, Test]:
    """Return whether a document is admitted by its names, and by its date."""
    wanted = frozenset(map(plain_name, chosen.outlets))
    known = {document.source for document in facts}
    exact = frozenset(chosen.sources) & known
    patterns = [_pattern(name) for name in chosen.sources if name not in known]
    first, last = days_of(chosen.after or ""), days_of(chosen.before or "")

    def by_name(document: DocumentFacts) -> bool:
        source = document.source
        is_named = not chosen.sources or source in exact or any(pattern.fullmatch(source) for pattern in patterns)
        return is_named and (not wanted or bool(wanted & names_of(document)))

    def by_date(document: DocumentFacts) -> bool:
        if first is None and last is None:
            return True
        days = _dates(document)
        return days is not None and (first is None or days[1] >= first[0]) and (last is None or days[0] <= last[1])

    return by_name, by_date


def _dates(document: DocumentFacts) -> tuple[str, str] | None:
    """Return the days that a document may be of: a source may state no more than the month or year."""
    return days_of(document.date or "")


def _pattern(wanted: str) -> re.Pattern[str]:
    """Return what the names of the sources admitted by `wanted`, which is no source's own name, match in any case.

    `*` and `?` stand for what they do in a shell, `**` for folders too; what has no slash may stand in any folder, a
    slash at the end admits the folder, and a file all documents in it.
    """
    anywhere = "" if "/" in wanted.rstrip("/") else "(?:.*/)?"
    inside = ".*" if wanted.endswith("/") else "(?:#.*)?"
    parts = re.split(r"(\*\*/|\*+|\?)", wanted)
    body = "".join(_GLOBS.get(part[:3], re.escape(part)) if part else "" for part in parts)
    return re.compile(anywhere + body + inside, re.IGNORECASE | re.DOTALL)


_GLOBS = {"**/": "(?:.*/)?", "**": ".*", "***": ".*", "*": "[^/]*", "?": "[^/]"}
