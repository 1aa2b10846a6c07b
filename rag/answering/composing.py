"""The text of an answer, put together statement by statement, with offsets and citations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.text.dates import date_in_words
from rag.text.pages import boxes_of, page_at
from rag.types import Citation, Document, Evidence, Statement, StatementChecked, Verdict


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a source that a statement rests on."""

    evidence: Evidence
    start: int
    end: int


@dataclass(slots=True)
class Composer:
    """An answer that grows; what was put in before never changes."""

    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Each source that has copies → the other sources that are the same document."""
    text: str = ""
    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    _lead: str = ""

    def quote(self, place: Place, document: Document) -> StatementChecked:
        """Add words of a source as a paragraph of their own, under a line that says whose and where."""
        lead = lead_line(place.evidence, document)
        shown = lead if lead != self._lead else ""
        self._lead = lead
        self.text += ("\n\n" if self.text else "") + (f"{shown}\n\n" if shown else "")
        return self._add(document.text[place.start : place.end], Verdict.VERBATIM, [self._cite(place, document)], shown)

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
        return self._add(sentence, verdict, [self._cite(place, document) for place, document in places], "")

    def remark(self, sentence: str) -> None:
        """Add a sentence of our own that states nothing of the sources, as which part is not answered."""
        self._lead = ""
        self.text += ("\n\n" if self.text else "") + sentence

    def _add(self, sentence: str, verdict: Verdict, cited: list[Citation], lead: str) -> StatementChecked:
        start = len(self.text)
        numbers = tuple(dict.fromkeys(citation.id for citation in cited))
        self.text += sentence + " " + "".join(f"[{number}]" for number in numbers)
        statement = Statement(sentence, start, start + len(sentence), verdict, numbers)
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
    """Return the line that says who speaks and where: 'John Bolton, in TITLE (DATE):'."""
    where = document.title + (f" ({date_in_words(document.date)})" if document.date else "")
    return f"{evidence.speaker}, in {where}:" if evidence.speaker else f"{where}:"
