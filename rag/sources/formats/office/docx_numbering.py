"""The numbers that Word counts itself and stores nowhere: `4.2` before a clause (ECMA-376 part 1, section 17.9)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.errors import SourceError
from rag.sources.formats.archives import GuardedZip
from rag.sources.formats.office.office import attribute, child, local_name, number
from rag.sources.formats.safe_xml import parse_xml

_PART = "word/numbering.xml"
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_ONES = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_UNNUMBERED = frozenset({"bullet", "none"})
_HIGHEST = 5_000


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """Counts the numbered paragraphs of a document, in their order."""

    schemes: Mapping[int, tuple[int, Mapping[int, _Level], frozenset[int]]]
    """For each list: the scheme that it counts by, its levels, and those that it starts anew."""
    _counts: dict[int, dict[int, int]] = field(default_factory=dict)
    _begun: set[int] = field(default_factory=set)

    def label(self, list_number: int, depth: int) -> str:
        """Count a paragraph, and return its number as it is shown; empty for a bullet."""
        if list_number not in self.schemes:
            return ""
        scheme, levels, anew = self.schemes[list_number]
        counts = self._counts.setdefault(scheme, {})
        if list_number not in self._begun:
            self._begun.add(list_number)
            for each in anew:
                counts.pop(each, None)
        level = levels.get(depth, _Level())
        counts[depth] = counts[depth] + 1 if depth in counts else level.start
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        if level.kind in _UNNUMBERED:
            return ""
        return _PLACE.sub(lambda place: self._shown(counts, levels, int(place.group(1)) - 1), level.text).strip()

    def is_of_several(self, list_number: int, depth: int) -> bool:
        """Say whether a number has those of the levels above in it, as those of clauses do: `4.2`."""
        levels = self.schemes[list_number][1] if list_number in self.schemes else {}
        return len(_PLACE.findall(levels.get(depth, _Level()).text)) > 1

    def _shown(self, counts: Mapping[int, int], levels: Mapping[int, _Level], depth: int) -> str:
        level = levels.get(depth, _Level())
        return _written(counts.get(depth, level.start), level.kind)


def read_numbering(archive: GuardedZip) -> Numbering:
    """Return the lists of a document; none where they are missing or broken."""
    try:
        root = parse_xml(archive.read(_PART))
    except SourceError:
        return Numbering({})
    abstract = {
        number(node, "abstractNumId"): {
            number(level, "ilvl") or 0: _Level(
                attribute(child(level, "numFmt"), "val") or "decimal",
                attribute(child(level, "lvlText"), "val") or "",
                number(child(level, "start")) or 0 if child(level, "start") is not None else 1,
            )
            for level in node
            if local_name(level) == "lvl"
        }
        for node in root
        if local_name(node) == "abstractNum"
    }
    schemes: dict[int, tuple[int, Mapping[int, _Level], frozenset[int]]] = {}
    for node in root:
        identifier, scheme = number(node, "numId"), number(child(node, "abstractNumId"))
        if local_name(node) == "num" and identifier is not None and scheme is not None:
            overrides = [each for each in node if child(each, "startOverride") is not None]
            anew = frozenset(number(each, "ilvl") or 0 for each in overrides)
            schemes[identifier] = scheme, abstract.get(scheme, {}), anew
    return Numbering(schemes)


def _written(count: int, kind: str) -> str:
    """Return a number in letters, in Roman numerals or in digits."""
    if not 0 < count <= _HIGHEST:
        return str(count)
    if kind in {"lowerLetter", "upperLetter"}:
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters.upper() if kind == "upperLetter" else letters
    if kind in {"lowerRoman", "upperRoman"}:
        numeral = ""
        for value, letters in (*_ROMAN, *_ROMAN_ONES):
            numeral += letters * (count // value)
            count %= value
        return numeral.upper() if kind == "upperRoman" else numeral
    return f"{count:02}" if kind == "decimalZero" else str(count)
