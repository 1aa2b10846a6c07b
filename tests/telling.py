"""Sentences of real articles as evidence, for those who lie about them and those who do not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.evidence.choice import speaker_of
from rag.evidence.units import units_of
from rag.quotations import extract_quotations
from rag.quotations.referents import Referents
from rag.text.names import NameTable
from rag.text.sentences import quotation_spans
from rag.types import Document, Evidence, Quotation


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a source as evidence, with what else a liar needs of its document."""

    piece: Evidence
    quotations: tuple[Quotation, ...]
    people: tuple[str, ...]
    """Full names of persons in the document."""

    @property
    def quoted(self) -> list[str]:
        """What it quotes, without marks."""
        return [self.piece.text[start + 1 : end - 1] for start, end in quotation_spans(self.piece.text)]


def tell(document: Document, shortest: int = 5) -> list[Told]:
    """Return the sentences of a document as evidence, those of at least `shortest` words."""
    quotations = tuple(extract_quotations(document))
    names = NameTable.of(document.text)
    people = sorted({name for mention in names.mentions for name in names.candidates(mention.name)})
    persons = tuple(name for name in people if " " in name and names.is_person(name))
    told, referents = [], Referents(document)
    for unit in units_of(document):
        if len(unit.text.split()) >= shortest and not unit.row and "\n" not in unit.text:
            inside = tuple(q for q in quotations if q.start < unit.end and unit.start < q.end)
            speaker = speaker_of(unit, quotations)
            piece = Evidence(
                unit.source, unit.start, unit.end, unit.text, 1.0, speaker, unit.title, unit.date, unit.heading
            )
            piece = replace(piece, refers_to=referents.meant(unit.start, unit.end))
            told.append(Told(piece, inside, persons))
    return told
