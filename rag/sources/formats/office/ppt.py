"""PowerPoint presentations of 1997 to 2003: PPT ([MS-PPT]). Each slide is a page of the document.

The stream is a tree of records, of which older versions stay behind when a file is saved: the last edit names the
directory of the records that hold (section 2.1.2).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from rag.errors import SourceError
from rag.sources.formats.archives import DAMAGED, PASSWORD
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.office.compound import FAULTS, compound_properties, open_compound, stream
from rag.sources.formats.office.office import add_heading
from rag.sources.formats.office.properties import with_properties
from rag.sources.formats.office.slides import Deck

_DOCUMENT, _CURRENT_USER = "PowerPoint Document", "Current User"
_ENCRYPTED_TOKEN = 0xF3D1C4DF
_LIST, _SLIDE_ENTRY, _NOTES_ATOM = 4080, 1011, 1009
_HEADER, _WIDE, _NARROW, _REFERENCE = 3999, 4000, 4008, 3998
_SHAPE, _ANCHOR, _TEXT_BOX = 0xF004, 0xF010, 0xF00D
_CONTAINER = 0xF
_TITLES, _BODIES = frozenset({0, 6}), frozenset({1, 5, 7, 8})
_SLIDES, _NOTES = 0, 2
_MOST_EDITS = 1_000


def read_ppt(raw: RawFile) -> Reading:
    """Read a PowerPoint presentation of 1997 to 2003."""
    with open_compound(raw) as compound:
        try:
            deck = _deck(_Presentation(stream(compound, _DOCUMENT), stream(compound, _CURRENT_USER)))
        except FAULTS as error:
            raise SourceError(DAMAGED) from error
        properties = compound_properties(compound)
    if not deck.composer.length:
        raise SourceError("it has no text, pictures at most: save it as PDF to have the pictures read")
    return Reading((with_properties(deck.document(raw), properties),))


def _deck(presentation: _Presentation) -> Deck:
    deck = Deck()
    notes = dict(presentation.notes())
    for slide in presentation.entries(_SLIDES):
        texts = presentation.texts(slide)
        for text in texts:
            if text.kind in _TITLES:
                add_heading(deck.composer, " ".join(text.words.split()), deck.title_level)
        for text in texts:
            if text.kind not in _TITLES:
                _compose(deck, text)
        for text in notes.get(slide.identifier, []):
            _compose(deck, text)
        deck.end_slide()
    return deck


def _compose(deck: Deck, text: _Text) -> None:
    lines = [line for line in text.words.split("\r") if line.strip()]
    for line in lines:
        if text.kind in _BODIES and len(lines) > 1:
            deck.composer.item(line.replace("\v", "\n"))
        else:
            deck.composer.paragraph(line.replace("\v", "\n"))


@dataclass(frozen=True, slots=True)
class _Record:
    kind: int
    instance: int
    start: int
    end: int
    is_container: bool


@dataclass(frozen=True, slots=True)
class _Text:
    kind: int
    """0 and 6 are titles, 1, 5, 7 and 8 bodies, 2 notes (section 2.13.33)."""
    words: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A slide in the list of slides: its number in the directory, its identifier, and the texts that stand there."""

    reference: int
    identifier: int
    texts: list[_Text]


class _Presentation:
    def __init__(self, data: bytes, current_user: bytes) -> None:
        self._data = data
        token, edit = struct.unpack_from("<II", current_user, 12)
        if token == _ENCRYPTED_TOKEN:
            raise SourceError(PASSWORD)
        self._places: dict[int, int] = {}
        document = 0
        for _ in range(_MOST_EDITS):
            before, directory, root = struct.unpack_from("<III", data, edit + 16)
            document = document or root
            self._read_directory(directory)
            if not before or before >= edit:
                break
            edit = before
        self._document = self._record(self._places[document])

    def _read_directory(self, place: int) -> None:
        directory = self._record(place)
        at = directory.start
        while at + 4 <= directory.end:
            (head,) = struct.unpack_from("<I", self._data, at)
            first, count = head & 0xFFFFF, head >> 20
            for number, found in enumerate(struct.unpack_from(f"<{count}I", self._data, at + 4), first):
                self._places.setdefault(number, found)
            at += 4 + 4 * count

    def _record(self, place: int) -> _Record:
        options, kind, length = struct.unpack_from("<HHI", self._data, place)
        end = min(place + 8 + length, len(self._data))
        return _Record(kind, options >> 4, place + 8, end, options & 0xF == _CONTAINER)

    def _children(self, record: _Record) -> Iterator[_Record]:
        at = record.start
        while at + 8 <= record.end:
            child = self._record(at)
            yield child
            at = child.end

    def _within(self, record: _Record, kind: int) -> Iterator[_Record]:
        """Yield the records of a kind within another, however deep, in their order."""
        waiting = [record]
        while waiting:
            current = waiting.pop()
            if current.kind == kind and current != record:
                yield current
            elif current.is_container:
                waiting.extend(reversed(list(self._children(current))))

    def entries(self, which: int) -> Iterator[_Entry]:
        """Yield the slides, or the pages of notes, in their order."""
        for record in self._children(self._document):
            if record.kind != _LIST or record.instance != which:
                continue
            entry: _Entry | None = None
            kind = 0
            for child in self._children(record):
                if child.kind == _SLIDE_ENTRY:
                    if entry is not None:
                        yield entry
                    reference, _, _, identifier = struct.unpack_from("<IIiI", self._data, child.start)
                    entry = _Entry(reference, identifier, [])
                elif child.kind == _HEADER:
                    (kind,) = struct.unpack_from("<I", self._data, child.start)
                    if entry is not None:
                        entry.texts.append(_Text(kind, ""))
                elif child.kind in {_WIDE, _NARROW} and entry is not None and entry.texts:
                    entry.texts[-1] = _Text(kind, self._words(child))
            if entry is not None:
                yield entry

    def texts(self, entry: _Entry) -> list[_Text]:
        """Return the texts of a slide, from top to bottom."""
        if entry.reference not in self._places:
            return entry.texts
        slide = self._record(self._places[entry.reference])
        placed: list[tuple[tuple[int, int], _Text]] = []
        for shape in self._within(slide, _SHAPE):
            children = list(self._children(shape))
            anchor = next((child for child in children if child.kind == _ANCHOR), None)
            top, left = struct.unpack_from("<hh", self._data, anchor.start) if anchor else (0, 0)
            for box in (child for child in children if child.kind == _TEXT_BOX):
                placed += [((top, left), text) for text in self._box(box, entry.texts)]
        return [text for _, text in sorted(placed, key=lambda each: each[0])]

    def _box(self, box: _Record, listed: list[_Text]) -> Iterator[_Text]:
        kind = 4
        for child in self._children(box):
            if child.kind == _HEADER:
                (kind,) = struct.unpack_from("<I", self._data, child.start)
            elif child.kind in {_WIDE, _NARROW}:
                yield _Text(kind, self._words(child))
            elif child.kind == _REFERENCE:
                (index,) = struct.unpack_from("<I", self._data, child.start)
                yield from listed[index : index + 1]

    def notes(self) -> Iterator[tuple[int, list[_Text]]]:
        """Yield the identifiers of slides, each with the texts of its notes."""
        for entry in self.entries(_NOTES):
            if entry.reference not in self._places:
                continue
            page = self._record(self._places[entry.reference])
            for atom in self._within(page, _NOTES_ATOM):
                (slide,) = struct.unpack_from("<I", self._data, atom.start)
                yield slide, [text for text in self.texts(entry) if text.kind == _NOTES]

    def _words(self, record: _Record) -> str:
        data = self._data[record.start : record.end]
        return data.decode("utf-16-le", "replace") if record.kind == _WIDE else data.decode("latin-1")
