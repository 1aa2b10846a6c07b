"""The normalisation under which a quotation counts as the source's own words.

Typographic quotation marks and apostrophes become straight ones, dashes become hyphens, the ellipsis character
three points, and every run of white space one space. Nothing else may differ: not a letter, not a comma.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SINGLE = dict.fromkeys("‘’‚‛′`´ʼ", "'")
_DOUBLE = dict.fromkeys("“”„‟″«»", '"')
_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_IGNORED = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
FOLDED = _SINGLE | _DOUBLE | _DASHES | _IGNORED | {"…": "..."}
"""Each character that the normalisation replaces, and by what."""

_TABLE = str.maketrans(FOLDED)
_WHITE = re.compile(r"\s+")


def normalise(text: str) -> str:
    """Return `text` with quotation marks, dashes and white space made plain (see the module)."""
    return _WHITE.sub(" ", text.translate(_TABLE)).strip()


def find_whole(source: str, wanted: str, start: int = 0) -> int:
    """Return where `wanted` stands in `source` from `start` on, no word of `source` cut at its ends; -1 for nowhere.

    Both in normal form. Nothing stands anywhere where `wanted` is empty.
    """
    at = source.find(wanted, start) if wanted else -1
    while at >= 0 and not _is_whole(source, at, at + len(wanted)):
        at = source.find(wanted, at + 1)
    return at


def _is_whole(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())


@dataclass(frozen=True, slots=True)
class NormalisedText:
    """A text in normalised form that remembers where each character came from."""

    text: str
    origins: tuple[int, ...]
    """`origins[i]` is the offset in the original of the character that became `text[i]`."""

    def find(self, quotation: str, *, whole_words: bool = False) -> tuple[int, int] | None:
        """Return the span in the original whose normal form is that of `quotation`, None where there is none.

        With `whole_words`, only where no word, and no character of the original ('…'), is cut at its ends.
        """
        wanted = normalise(quotation)
        if not whole_words:
            at = self.text.find(wanted) if wanted else -1
        else:
            at = find_whole(self.text, wanted)
            while at >= 0 and self._cuts_character(at, at + len(wanted)):
                at = find_whole(self.text, wanted, at + 1)
        if at < 0:
            return None
        return self.origins[at], self.origins[at + len(wanted) - 1] + 1

    def _cuts_character(self, start: int, end: int) -> bool:
        cut_before = start > 0 and self.origins[start - 1] == self.origins[start]
        cut_behind = end < len(self.origins) and self.origins[end - 1] == self.origins[end]
        return cut_before or cut_behind


def normalise_with_origins(text: str) -> NormalisedText:
    """Return the normal form of `text` together with the origin of every character in it."""
    characters: list[str] = []
    origins: list[int] = []
    for offset, original in enumerate(text):
        if original.isspace():
            if characters and characters[-1] != " ":
                characters.append(" ")
                origins.append(offset)
            continue
        for character in FOLDED.get(original, original):
            characters.append(character)
            origins.append(offset)
    if characters and characters[-1] == " ":
        characters.pop()
        origins.pop()
    return NormalisedText("".join(characters), tuple(origins))
