"""Sentence boundaries with exact offsets.

A rule-based splitter: a sentence ends at `.`, `!`, `?` or `…`, with the closing marks that follow, before white
space and something that can open a sentence. Abbreviations, initials, acronyms and numbers do not end one.
`quotation_units` joins the sentences that one pair of quotation marks holds together, so that what is cut out of
a text never holds half a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLOSING = "\"'”’»)]*"
_OPENING = "\"'“‘«([*"
_END = re.compile(rf"[.!?…]+[{re.escape(_CLOSING)}]*(?:\[\d{{1,3}}\])*(?=\s|$)|[。！？]+[」』”]*")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sen rep gov gen lt col sgt capt cmdr adm maj rev hon st sr jr vs etc al fig figs eq no nos vol "
    "pp ed eds inc ltd co corp dept est approx jan feb mar apr jun jul aug sep sept oct nov dec mt ft pres amb "
    "e.g i.e cf ca viz a.m p.m u.s u.k u.n".split()
)
_TITLES = frozenset(
    "mr mrs ms dr prof sen rep gov gen lt col sgt capt cmdr adm maj rev hon st pres amb vs e.g i.e cf ca viz".split()
)
_SENTENCE_OPENERS = frozenset(
    "the a an this that these those he she it they we you i in on at by for from but and or if when while as after "
    "before since although though however there here his her its their our my what who how why where yet so "
    "then".split()
)
_BEFORE_NUMBERS = frozenset("no nos fig figs eq vol p pp ch sec art para".split())
_BEFORE_WORD = frozenset("\"'“‘«([")
_LONGEST_ABBREVIATION = 20
_LONGEST_ATTRIBUTION = 80
_LIST_NUMBER = re.compile(r"\d{1,3}")
_NUMBER_NEXT = re.compile(r"\s*[\dIVXivx]")
_ATTRIBUTION = re.compile(
    r"\s+(?:[\w’'.-]+\s+){0,4}?(?:said|says|asked|asks|told|added|adds|wrote|replied|responded)\b(?!,)"
)
_FIRST_WORD = re.compile(rf"[\s{re.escape(_OPENING)}]*([\w’']*)")
_ACRONYM = re.compile(r"^(?:[A-Za-z]\.)+[A-Za-z]?$")


def _opens_sentence(text: str, at: int) -> bool:
    """Say whether what stands at `at` (past white space) can begin a sentence."""
    while at < len(text) and (text[at].isspace() or text[at] in _OPENING):
        at += 1
    return at >= len(text) or not text[at].islower()


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    """Say whether the punctuation that `match` found ends the sentence that began at `start`."""
    mark = match.group()
    if not _opens_sentence(text, match.end()):
        return False
    point = mark.partition("[")[0].rstrip(_CLOSING)
    if point != ".":
        return point == mark or not _ATTRIBUTION.match(text, match.end(), match.end() + _LONGEST_ATTRIBUTION)
    if mark != ".":
        return True
    return not _is_abbreviation(text, start, match.start(), match.end())


def _is_abbreviation(text: str, start: int, end: int, after: int) -> bool:
    """Say whether the point at `end`, after a word of the sentence that began at `start`, belongs to that word."""
    word = _last_word(text, start, end)
    folded = word.lower().rstrip(".")
    if folded in _TITLES:
        return True
    if _LIST_NUMBER.fullmatch(word) and end - start <= _LONGEST_ABBREVIATION and text[start:end].strip() == word:
        return True
    if folded in _BEFORE_NUMBERS:
        return bool(_NUMBER_NEXT.match(text, after))
    if len(word) == 1 and word.isupper() and word != "I":
        return True
    return bool(_ACRONYM.match(word) or word == "I" or folded in _ABBREVIATIONS) and not _begins_anew(text, after)


def _last_word(text: str, start: int, end: int) -> str:
    """Return the word that ends at `end`, '' for one that is too long to be an abbreviation."""
    at = end
    while at > start and not text[at - 1].isspace() and text[at - 1] not in _BEFORE_WORD:
        at -= 1
        if end - at > _LONGEST_ABBREVIATION:
            return ""
    return text[at:end]


def _begins_anew(text: str, at: int) -> bool:
    """Say whether the word after an abbreviation is one that opens sentences rather than a name."""
    match = _FIRST_WORD.match(text, at)
    word = match.group(1) if match else ""
    return word[:1].isupper() and word.lower() in _SENTENCE_OPENERS


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the spans of the sentences in `text[start:end]`, in order, without the white space between them.

    A line break of two or more line ends always ends a sentence.
    """
    stop = len(text) if end is None else end
    return [span for part in _paragraphs(text, start, stop) for span in _split(text, *part)]


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for gap in re.compile(r"\n[ \t]*(?:\r?\n[ \t]*)+").finditer(text, start, end):
        yield at, gap.start()
        at = gap.end()
    yield at, end


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _END.finditer(text, start, end):
        if match.start() >= at and _is_end(text, at, match):
            yield from _trimmed(text, at, match.end())
            at = match.end()
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def quotation_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the spans between matching double (or clear single) quotation marks in `text[start:end]`, marks included.

    Straight marks alternate; curly ones pair open with close. A single mark opens only after white space or the
    start, and closes only where no letter follows, so that apostrophes do not count. Nesting is not followed: the
    outer pair counts. A quotation that goes on in the next paragraph, which opens with the same mark, is left open at
    the end of the first: the span ends there, without a closing mark.
    """
    stop = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    unclosed: dict[str, int] = {}
    at = limit = start
    for match in _QUOTATION_MARK.finditer(text, start, stop):
        opening = match.group()
        if match.start() < max(at, unclosed.get(opening, 0)) or not _may_open(text, match.start(), start):
            continue
        if match.start() >= limit:
            limit = _paragraph_end(text, match.start(), stop)
        closing = _closing(text, match.start(), limit)
        if closing is None and _goes_on(text, opening, limit):
            at = limit
            spans.append((match.start(), limit))
        elif closing is None:
            unclosed[opening] = limit
        else:
            at = closing + 1
            spans.append((match.start(), at))
    return spans


CLOSING_MARKS = {"“": "”", '"': '"', "„": "“”", "«": "»", "‘": "’", "'": "'"}
"""Opening quotation marks with those that close them."""
_SINGLE_MARKS = "‘'"
_QUOTATION_MARK = re.compile(f"[{''.join(CLOSING_MARKS)}]")
_CLOSING_MARK = {opening: re.compile(f"[{closing}]") for opening, closing in CLOSING_MARKS.items()}


def _may_open(text: str, at: int, start: int) -> bool:
    before = text[at - 1] if at > start else " "
    after = text[at + 1 : at + 2]
    return not before.isalnum() and bool(after) and not after.isspace()


def quotation_goes_on(text: str, end: int, start: int) -> bool:
    """Say whether the paragraph that ends at `end` leaves a quotation open that goes on at `start`, in the next one."""
    if text[start : start + 1] not in CLOSING_MARKS:
        return False
    spans = quotation_spans(text, text.rfind("\n\n", 0, end) + 1, end)
    return bool(spans) and spans[-1][1] == end and text[end - 1] not in CLOSING_MARKS[text[start]]


def _goes_on(text: str, opening: str, end: int) -> bool:
    """Say whether the paragraph that ends at `end` leaves a quotation open that the next one opens again."""
    return bool(re.compile(rf"[ \t]*(?:\r?\n[ \t]*){{2,}}{opening}\w").match(text, end))


def _paragraph_end(text: str, at: int, stop: int) -> int:
    end = text.find("\n\n", at, stop)
    return stop if end < 0 else end


def _closing(text: str, at: int, limit: int) -> int | None:
    """Return where the quotation that opens at `at` closes, None where it does not before `limit`."""
    opening = text[at]
    for match in _CLOSING_MARK[opening].finditer(text, at + 1, limit):
        position = match.start()
        if opening in _SINGLE_MARKS and text[position + 1 : position + 2].isalnum():
            continue
        if opening == "'" and text[position - 1].isspace():
            continue
        return position
    return None


def quotation_units(text: str, start: int = 0, end: int | None = None, most: int = 6) -> list[tuple[int, int]]:
    """Return sentence spans, those joined that share a pair of quotation marks; at most `most` sentences a unit."""
    stop = len(text) if end is None else end
    sentences = sentence_spans(text, start, stop)
    quotes = quotation_spans(text, start, stop)
    units: list[tuple[int, int]] = []
    count = 0
    at = 0
    for sentence_start, sentence_end in sentences:
        while at < len(quotes) and quotes[at][1] <= sentence_start:
            at += 1
        inside = units and at < len(quotes) and quotes[at][0] < min(units[-1][1], sentence_start)
        if inside and count < most:
            units[-1] = (units[-1][0], sentence_end)
            count += 1
        else:
            units.append((sentence_start, sentence_end))
            count = 1
    return units
