"""What turns the sense of a sentence and stands outside it: a denial behind it, a condition or a 'do not' above it.

A sentence is shown together with what turns it, so that nothing is quoted out of its negation, its condition or its
'he denied that'. Only signs that are plain on the surface are known; a turn that has to be understood is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.evidence.units import Unit
from rag.types import BlockKind, Document, Evidence

FARTHEST = 300
"""Characters by which a piece is widened at most to take in the line above its list; another is named instead."""

_FALSE = (
    r"(?:false|untrue|wrong|not true|not so|not the case|not correct|not right|a lie|lies|lying|fabricated|fiction|"
    r"fictional|"
    r"incorrect|inaccurate|mistaken|a myth|myths|baseless|unfounded|groundless|disproved|disproven|debunked|refuted|"
    r"rebutted|denied|disputed|rejected|withdrawn|retracted|contradicted|invented|a hoax|hoaxes|made up|misleading|"
    r"nonsense|overturned|reversed|rescinded|revoked|cancelled|abandoned|exaggerated|without (?:evidence|foundation|"
    r"basis))"
)
_CLAIM = (
    r"(?:claims?|allegations?|accusations?|charges?|reports?|statements?|remarks?|assertions?|stor(?:y|ies)|rumou?rs?|"
    r"account|version|suggestion|figures?|comments?|findings?|conclusions?|results?|idea|theory|promise|offer|plan|"
    r"decision)"
)
_IT = (
    r"(?:(?:that|this|it|these|those|they|them)(?=\s*(?:[.,;:!?)—–]|$)|\s+(?:is|was|are|were|has|have|had|turned|"
    r"prove[ds]|would|"
    r"later|on|in|at|when|and|but|last|yesterday|to|as|by|after|\w+ly)\b)|both|all of (?:this|that|it)|"
    r"none of (?:this|that|it)|"
    rf"(?:the|that|this|his|her|their|its|such|these|those) (?:\w+ ){{0,2}}{_CLAIM}(?!\s+(?:of|to|for|by|that|from|"
    rf"made|about|with)\b))"
)
_ADVERBS = (
    r"(?:later|now|since|has|have|had|was|also|then|flatly|strongly|repeatedly|immediately|subsequently|all|both|\w+ly)"
)
_BUT = (
    r"(?:(?:But|However|Yet|Still|In fact|Actually|In reality|In truth|Later|Since then|Nevertheless|Nonetheless),?"
    r"\s+)?"
)

_TURNED_BEHIND = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_BUT}{_IT}\s+(?:is|was|are|were|has|have|had|turned|proved|proves|would|later|"
        rf"\w+ly)\b[^.;]{{0,60}}?\b{_FALSE}\b",
        rf"{_BUT}[^.;:“”\"]{{1,70}}?\b(?:{_ADVERBS}\s+)*(?:den(?:y|ies|ied)|retract(?:s|ed)|withdr(?:ew|aws|awn)|"
        rf"dismiss(?:es|ed)|"
        rf"reject(?:s|ed)|disput(?:es|ed)|disavow(?:s|ed)|recant(?:s|ed)|contradict(?:s|ed)|refut(?:es|ed)|"
        rf"rebutt?(?:s|ed)|"
        rf"took|takes|correct(?:s|ed)|disagree(?:s|d) with)\s+(?:back\s+)?{_IT}\b",
        rf"{_BUT}[^.;:“”\"]{{1,70}}?\bden(?:y|ies|ied)\s+(?:it|that|this|having|doing|saying|any|everything|"
        rf"wrongdoing|both)\b",
        rf"{_BUT}(?:there (?:is|was)|[^.;:“”\"]{{1,60}}?\b(?:found|find|finds|shows?|showed|gave|offered|had|has|"
        rf"have))\s+no\s+"
        r"(?:\w+\s+)?(?:evidence|proof|sign|trace|support|basis)\s+(?:of|for|that)\s+(?:that|this|it|the|any|these)\b",
        r"(?:This|That|It|These|They|The (?:above|foregoing|same)|(?:The|This|That) (?:\w+ ){0,3}\w+)\s+(?:do|does|"
        r"did|shall|will|is|are)"
        r"\s*(?:not|n[’']t)\s+(?:apply|applicable|cover|extend|hold|affect|include)\b",
        r"(?:But |However, )?(?:Except|Unless|Exceptions?\b|Notwithstanding|The (?:only |sole )?exceptions?\b|"
        r"Save (?:that|where)|"
        r"Provided (?:that|always))\b",
        r"(?:The )?(?:Fact|Reality|Truth|Correction|Verdict|Wrong|False|Not so|Not true|Far from it|On the contrary|"
        r"Quite the "
        r"(?:opposite|reverse)|Hardly|Untrue|Nonsense)\s*(?:[:.!,–—]|$)",
        r"(?:But |Yet )?(?:It|He|She|They|That|This|We|I)\s+(?:is|was|are|were|do|does|did|has|had|have|will|would|"
        r"can|could)\s*"
        r"(?:not|n[’']t)\s*\.?$",
    )
)
"""Sentences that turn the one before them, matched from their beginning."""
_LEANS_BACK = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_BUT}(?:that|this|it|these|both|such claims?|(?:the|this|that|these) {_CLAIM})\s+(?:is|was|are|were|"
        rf"turned out|proved)\s+"
        rf"(?:\w+\s+){{0,3}}?{_FALSE}\b",
        rf"{_BUT}[^.;:“”\"]{{1,60}}?\b(?:den(?:y|ies|ied)|retracted|withdrew|rejected|disputed|disputes|"
        rf"took back)\s+(?:that|this|it|them|the "
        rf"{_CLAIM})\s*(?:[.;,!]|$|on\b|in\b|at\b)",
        r"(?:If so|If not|In (?:that|this|such a|either|which) (?:case|event)|In such (?:cases|circumstances)|"
        r"Otherwise|Failing that|"
        r"Where this is (?:not )?the case|Under (?:those|these|such) (?:conditions|circumstances))\b",
        r"(?:Not so|Not true|Wrong|False|Far from it|On the contrary|Quite the (?:opposite|reverse)|Untrue|"
        r"Nonsense)\s*[.,!–—]",
        r"(?:This|That|It|These|The (?:above|foregoing|same))\s+(?:do|does|did|shall|will)\s*(?:not|"
        r"n[’']t)\s+(?:apply|cover|extend|hold)\b",
        r"(?:But |Yet )?(?:It|He|She|They|That|This)\s+(?:is|was|are|were|do|does|did|has|had|have)\s*(?:not|"
        r"n[’']t)\s*\.?$",
    )
)
"""Sentences that say nothing by themselves, because they turn the one before, or hang on its condition."""
_SUPPOSES = re.compile(
    r"(?:Suppose|Imagine|Assume|Assuming|Let us (?:suppose|assume|imagine)|Say that|Picture|Consider a (?:fictional|"
    r"hypothetical|"
    r"fictitious|made-up)|In (?:a|this) (?:fictional|hypothetical|fictitious)|For the sake of argument|Pretend)\b"
    r"|[^.]{0,80}\b(?:myth|misconception|rumou?r|hoax|false claim|conspiracy theory|fake (?:story|news|"
    r"report))s?\b[^.]{0,60}[:.]$"
    r"|.*\b(?:den(?:y|ies|ied)|reject(?:s|ed)|dismiss(?:es|ed)|fals(?:e|ely)|wrongly|untrue)\b[^.]*:$",
    re.I | re.S,
)
"""A sentence in front that makes what follows a supposition, a rumour or something denied."""
_TURNING_LINE = re.compile(
    r"\b(?:not|never|no longer|cannot|don[’']?ts?|n[’']t|avoid|except(?:ions?)?|exclu(?:de|des|ded|ding|sions?)|"
    r"unless|if|"
    r"myths?|misconceptions?|false(?:ly)?|untrue|fake|wrong(?:ly)?|errors?|mistakes?|den(?:y|ies|ied)|reject(?:s|ed)?|"
    r"rejections|refus(?:e|es|ed)|"
    r"withdrawn|repealed|superseded|deprecated|obsolete|revoked|cancelled|abandoned|prohibited|forbidden|banned|"
    r"hypothetical|fictional|without|lacks?|unknown|undecided|not yet|proposed|proposals?|draft|in case|in the event|"
    r"provided that|only (?:if|when|where))\b|^(?:(?:when|where)(?! to\b)|should|as long as)\b",
    re.I,
)
"""Headings and lines in front of a list under which what follows holds on a condition, or does not hold at all."""


def with_what_turns(piece: Evidence, document: Document, units: Sequence[Unit]) -> Evidence:
    """Return a piece of evidence widened by what turns its sense, and with the line above under which it holds.

    `units` are those of its document, in order.
    """
    first = next((number for number, unit in enumerate(units) if unit.end > piece.start), None)
    if first is None:
        return piece
    last = max(number for number, unit in enumerate(units) if unit.start < piece.end or number == first)
    line = _turning_line(units[first], document.text)
    start = min([piece.start, *_start_before(units, first, document.text)])
    if start < units[first].start:
        piece = replace(piece, speaker=None)  # what stands in front is somebody else's
    if line and piece.start - line[0] <= FARTHEST:
        start = min(start, line[0])
    end = max([piece.end, *_ends_behind(units, last, document.text)])
    above = [_turning_heading(document, start), line if line and line[0] < start else None]
    under = " › ".join(_bare(document.text[slice(*span)]) for span in above if span)
    return _widened(replace(piece, under=under), document, start, end)


def _start_before(units: Sequence[Unit], first: int, text: str) -> list[int]:
    """Return where the sentence in front begins, if it turns the first unit or the unit says nothing without it."""
    unit = units[first]
    before = units[first - 1] if first and _follows(units[first - 1], unit, text) else None
    turned = before and (leans_back(unit.text) or (not unit.item and _SUPPOSES.match(before.text)))
    if not (before and turned):
        return []
    earlier = units[first - 2] if first > 1 and _follows(units[first - 2], before, text) else None
    return [earlier.start if earlier and _QUOTATION_ALONE.fullmatch(before.text) else before.start]


_QUOTATION_ALONE = re.compile(r"([“\"‘«]).*[”\"’»]", re.S)
"""Words that the sentence before them gives to somebody, or the one behind."""


def _turning_line(unit: Unit, text: str) -> tuple[int, int] | None:
    """Return the line that introduces the list of an item, if it turns the items."""
    line = unit.before.split("\n", 1)[0]
    if not (unit.item and unit.list_span and line and _TURNING_LINE.search(line)):
        return None
    start = unit.list_span[0]
    return (start, start + len(line)) if text.startswith(line, start) else None


def _ends_behind(units: Sequence[Unit], last: int, text: str) -> list[int]:
    """Return where the sentences behind end, as long as each turns the one before it."""
    ends = []
    for number in range(last + 1, min(len(units), last + 1 + _MOST_BEHIND)):
        if not (_follows(units[number - 1], units[number], text) and is_turned_by(units[number].text)):
            break
        ends.append(units[number].end)
    return [*ends, *_undone_at(units, last, text)]


def _undone_at(units: Sequence[Unit], last: int, text: str) -> list[int]:
    """Return where the sentence ends that says, further in the paragraph, what became of a proposal made here."""
    for number in range(last + 1, min(len(units), last + 1 + _MOST_BETWEEN)):
        if (
            not _follows(units[number - 1], units[number], text)
            or "\n\n" in text[units[last].end : units[number].start]
        ):
            break
        undone = _UNDONE.match(units[number].text)
        if undone and re.search(rf"\b{re.escape(undone['what'][:4])}", units[last].text, re.I):
            return [units[number].end]
    return []


_MOST_BETWEEN = 3
_UNDONE = re.compile(
    r"(?:But |However, |In the end,? |Later,? )?(?:the|this|that|his|her|their|its) (?:\w+ ){0,2}?(?P<what>proposal|"
    r"plan|motion|bill|"
    r"offer|request|idea|amendment|application|suggestion|appeal|bid|order|promise|invitation|demand|complaint)s? "
    r"(?:was|were|has been|have been|is|are) (?:\w+ ){0,2}?(?:rejected|withdrawn|defeated|voted down|turned down|"
    r"dropped|overturned|"
    r"reversed|denied|dismissed|refused|blocked|vetoed|cancelled|abandoned|lost|declined|broken|ignored)\b",
    re.I,
)
_MOST_BEHIND = 2


def is_turned_by(sentence: str) -> bool:
    """Say whether a sentence turns the one before it: denies, withdraws or limits what it says."""
    return len(sentence.split()) <= _LONGEST_TURN and any(pattern.match(sentence) for pattern in _TURNED_BEHIND)


_LONGEST_TURN = 45


def leans_back(sentence: str) -> bool:
    """Say whether a sentence says nothing by itself: it denies the one before, or hangs on its condition."""
    return any(pattern.match(sentence) for pattern in _LEANS_BACK)


def _follows(one: Unit, other: Unit, text: str) -> bool:
    """Say whether a unit comes right behind another in the same section, nothing but marks of a list between them."""
    return one.heading == other.heading and bool(_GAP.fullmatch(text, one.end, max(one.end, other.start)))


_GAP = re.compile(r"[\s>]*(?:[-*•–]|\(?\w{1,3}[.)])?\s*")


def _turning_heading(document: Document, at: int) -> tuple[int, int] | None:
    """Return the nearest of the headings above a place that turns what stands under it; None where none does."""
    level = None
    for block in reversed(document.blocks):
        if block.kind is not BlockKind.HEADING or block.start >= at or (level is not None and block.level >= level):
            continue
        level = block.level
        words = _bare(document.text[block.start : block.end])
        if words != document.title and not words.endswith("?") and turns_section(words):
            return block.start, block.end
    return None


def turns_section(heading: str) -> bool:
    """Say whether what stands under a heading holds on a condition, or not at all; a long one is only a headline."""
    if _CONDITION.match(heading):
        return True
    return len(heading.split()) <= _LONGEST_HEADING and bool(_TURNING_HEADING.search(heading))


_LONGEST_HEADING = 6
_CONDITION = re.compile(
    r"(?:\W|\d)*(?:if|unless|(?:when|where)(?! to\b)|in case|in the event|provided that|should|as long as|only (?:if|"
    r"when|where))\b",
    re.I,
)
_TURNING_HEADING = re.compile(
    r"\b(?:do not|don[’']?ts?|(?:must|may|should|shall|can|will|does|are|is) not|cannot|what not|not (?:covered|"
    r"allowed|permitted|"
    r"included|yet|recommended|for|to)|avoid|exceptions?|exclu(?:ded|sions?)|myths?|misconceptions?|false|untrue|fake|"
    r"wrong|"
    r"common (?:errors|mistakes)|rejected|rejections|refused|denied|withdrawn|repealed|superseded|deprecated|obsolete|"
    r"revoked|"
    r"cancelled|abandoned|prohibited|forbidden|banned|hypothetical|fictional|undecided|proposed|proposals?|drafts?|"
    r"never)\b",
    re.I,
)


def _bare(line: str) -> str:
    """Return a heading or a line without the marks of its kind."""
    return " ".join(line.strip("# \t=*_").split())


def _widened(piece: Evidence, document: Document, start: int, end: int) -> Evidence:
    """Return a piece from `start` to `end`, its focus kept in its place."""
    shift = piece.start - start
    focus = tuple((one + shift, other + shift) for one, other in piece.focus)
    return replace(piece, start=start, end=end, text=document.text[start:end], focus=focus)
