"""One citation against the sources as they are now: it holds, or moved, changed, vanished, or its source is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.auditing.nearest import nearest_passage
from rag.auditing.texts import SourceTexts
from rag.errors import SourceError
from rag.text.normalise import normalise
from rag.types import CitationCheck, CitationState


def check_citation(citation: Mapping[str, Any], texts: SourceTexts) -> CitationCheck:
    """Look a citation up. Raises KeyError or TypeError for what is none."""
    made = CitationCheck(
        int(citation["id"]), str(citation["source"]), citation["start"], citation["end"], CitationState.HOLDS
    )
    quote = str(citation["quote"])
    try:
        text = texts.text(made.source)
    except SourceError as error:
        return _elsewhere(made, quote, str(error), texts)
    if stands(quote, text, made.start, made.end):
        return made
    at = _nearest_occurrence(quote, text, made.start)
    if at is not None:
        return _moved(made, at, at + len(quote))
    return _changed(made, quote, text)


def stands(part: str, text: str, start: int, end: int) -> bool:
    """Say whether `text[start:end]` is `part`, and something."""
    return 0 <= start < end <= len(text) and text[start:end] == part


def _nearest_occurrence(quote: str, text: str, start: int) -> int | None:
    """Return where the words stand that is nearest to `start`, None for nowhere."""
    if not quote:
        return None
    start = min(max(start, 0), len(text))
    found = [at for at in (text.rfind(quote, 0, start + len(quote)), text.find(quote, start)) if at >= 0]
    return min(found, key=lambda at: abs(at - start), default=None)


def _with(made: CitationCheck, state: CitationState, problem: str, **more: Any) -> CitationCheck:
    return CitationCheck(made.id, made.source, made.start, made.end, state, problem, **more)


def _moved(made: CitationCheck, start: int, end: int) -> CitationCheck:
    problem = f"its words moved in {made.source}: now at {start} to {end}, not {made.start} to {made.end}"
    return _with(made, CitationState.MOVED, problem, found_source=made.source, found_start=start, found_end=end)


def _changed(made: CitationCheck, quote: str, text: str) -> CitationCheck:
    """Tell how the source words it now, or that it says nothing of the kind."""
    nearest = nearest_passage(quote, text)
    if nearest is None:
        return _with(made, CitationState.VANISHED, f"its words do not stand in {made.source} any more")
    start, end = nearest.start, nearest.end
    same = normalise(text[start:end]) == normalise(quote)
    pairs = () if same else nearest.differences
    how = "it reads the same but for quotation marks, dashes or white space" if same else _told(pairs)
    return _with(
        made,
        CitationState.CHANGED,
        f"its words changed in {made.source}: {how} (now at {start} to {end})",
        found_source=made.source,
        found_start=start,
        found_end=end,
        before=quote,
        now=text[start:end],
        differences=pairs,
    )


_FEWEST_WORDS = 3
"""With fewer, the same words stand in other sources by chance."""
_MOST_TOLD = 3
_LONGEST_TOLD = 80
_MARKS = ".,;:!?\"'“”‘’«»"
"""Left out around the words that differ."""


def _told(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return the first differences in words."""
    told = []
    for before, now in pairs[:_MOST_TOLD]:
        old, new = (_short(words.strip(_MARKS) or words) for words in (before, now))
        told.append(f"“{old}” became “{new}”" if old and new else f"“{old}” went" if old else f"“{new}” came")
    more = len(pairs) - _MOST_TOLD
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD].rstrip()}…"


def _elsewhere(made: CitationCheck, quote: str, problem: str, texts: SourceTexts) -> CitationCheck:
    """Tell whether another source has the words of one that is gone. One outside the folder is not looked for."""
    if "outside the sources folder" in problem or len(quote.split()) < _FEWEST_WORDS:
        return _with(made, CitationState.GONE, problem)
    found = texts.successor(made.source, quote)
    if found is None:
        partly = "" if texts.searched_all else " Not all of the folder was searched for its words, for want of time."
        return _with(made, CitationState.GONE, f"{problem}{partly}")
    source, start = found
    told = f"{problem} The same words stand in {source} at {start} to {start + len(quote)}."
    return _with(
        made, CitationState.RENAMED, told, found_source=source, found_start=start, found_end=start + len(quote)
    )
