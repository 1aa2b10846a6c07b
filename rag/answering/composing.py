"""The text of an answer, put together statement by statement, with offsets and citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.text.dates import date_in_words
from rag.text.names import name_tokens, same_person
from rag.text.pages import boxes_of, page_at
from rag.types import Citation, Document, Evidence, Statement, StatementChecked, Verdict


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a source that a statement rests on."""

    evidence: Evidence
    start: int
    end: int

    @property
    def whole(self) -> bool:
        """Say whether it holds all of the evidence, so that what other sources say as well is said here too."""
        return self.start <= self.evidence.start and self.evidence.end <= self.end


@dataclass(slots=True)
class Composer:
    """An answer that grows; what was put in before never changes."""

    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Each source that has copies → the other sources that are the same document."""
    text: str = ""
    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    _lead: str = ""

    def quote(self, place: Place, document: Document, also: Sequence[tuple[Place, Document]] = ()) -> StatementChecked:
        """Add words of a source as a paragraph of their own, under a line that says whose and where.

        `also` are places of other sources that say the same: they are cited with it.
        """
        lead = lead_line(place.evidence, document)
        shown = lead if lead != self._lead else ""
        self._lead = lead
        self.text += ("\n\n" if self.text else "") + (f"{shown}\n\n" if shown else "")
        words = document.text[place.start : place.end]
        quoted = Statement(words, 0, 0, Verdict.VERBATIM, (), focus=_focus(place), refers_to=_refers_to(place))
        return self._add(quoted, [self._cite(*each) for each in ((place, document), *also)], shown)

    def holds(self, place: Place) -> bool:
        """Say whether a quotation that was put in holds the words of `place`."""
        return any(
            statement.verdict is Verdict.VERBATIM
            and (citation.source == place.evidence.source)
            and citation.start <= place.start
            and place.end <= citation.end
            for statement in self.statements
            for citation in self.citations
            if citation.id in statement.citations
        )

    def say(
        self, sentence: str, verdict: Verdict, places: list[tuple[Place, Document]], paragraph: bool
    ) -> StatementChecked:
        """Add a sentence of prose; `paragraph` begins a new one, as does whatever follows a quotation."""
        if self.text:
            self.text += "\n\n" if paragraph or self._lead else " "
        self._lead = ""
        focus = _focus_in(sentence, [place.evidence for place, _ in places])
        said = Statement(sentence, 0, 0, verdict, (), focus=focus)
        return self._add(said, [self._cite(place, document) for place, document in places], "")

    def remark(self, sentence: str) -> None:
        """Add a sentence of our own that states nothing of the sources, as which part is not answered."""
        self._lead = ""
        self.text += ("\n\n" if self.text else "") + sentence

    def _add(self, statement: Statement, cited: list[Citation], lead: str) -> StatementChecked:
        """Put a statement at the end of the text, with whom it means in front and its citations behind."""
        self.text += statement.resolution
        start, numbers = len(self.text), tuple(dict.fromkeys(citation.id for citation in cited))
        self.text += statement.text + " " + "".join(f"[{number}]" for number in numbers)
        statement = replace(statement, start=start, end=start + len(statement.text), citations=numbers)
        self.statements.append(statement)
        return StatementChecked(statement, tuple(dict.fromkeys(cited)), lead)

    def _cite(self, place: Place, document: Document) -> Citation:
        for citation in self.citations:
            if (citation.source, citation.start, citation.end) == (document.source, place.start, place.end):
                return citation
        page = page_at(document.pages, place.start)
        citation = Citation(
            id=len(self.citations) + 1,
            source=document.source,
            title=document.title,
            author=document.author,
            date=document.date,
            page=page.number if page else None,
            start=place.start,
            end=place.end,
            quote=document.text[place.start : place.end],
            speaker=place.evidence.speaker,
            outlet=document.outlet,
            language=document.language,
            url=document.url,
            boxes=boxes_of(document.pages, place.start, place.end),
            copies=self.copies.get(document.source, ()),
        )
        self.citations.append(citation)
        return citation


def lead_line(evidence: Evidence, document: Document) -> str:
    """Return the line that says who speaks and where: 'John Bolton, in TITLE (DATE):', and under what it holds."""
    where = document.title + (f" ({date_in_words(document.date)})" if document.date else "")
    where += f", under “{evidence.under}”" if evidence.under else ""
    return f"{evidence.speaker}, in {where}:" if evidence.speaker else f"{where}:"


def _focus(place: Place) -> tuple[tuple[int, int], ...]:
    """Return the focus of the evidence as spans of the place, as far as it lies there."""
    shift, length = place.evidence.start - place.start, place.end - place.start
    spans = [(start + shift, end + shift) for start, end in place.evidence.focus]
    return tuple((start, end) for start, end in spans if 0 <= start < end <= length)


def _focus_in(sentence: str, cited: Sequence[Evidence]) -> tuple[tuple[int, int], ...]:
    """Return where the focus of what is cited stands in a sentence of prose; what stands there twice is left out."""
    words = {piece.text[start:end] for piece in cited for start, end in piece.focus}
    found = {(at, at + len(word)) for word in words if sentence.count(word) == 1 and (at := sentence.find(word)) >= 0}
    return tuple(sorted(a for a in found if not any(b != a and b[0] < a[1] and a[0] < b[1] for b in found)))


def _refers_to(place: Place) -> str | None:
    """Return whom the place opens by meaning, where the line above does not say so already."""
    meant, speaker = place.evidence.refers_to, place.evidence.speaker
    if meant is None or place.start != place.evidence.start:
        return None
    return None if speaker and same_person(name_tokens(meant), name_tokens(speaker)) else meant
