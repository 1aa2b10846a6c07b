"""Conditions on the sources that a question states: 'since May 2025', 'according to The Atlantic', 'in report.pdf'.

Only what is said of sources counts, never what is said of events: 'What happened in 2019?' asks of all sources, 'What
did articles published in 2019 say?' of some. Who said something since a day said it in what was published since then,
so a verb of saying with 'since' is such a condition; with 'in' or 'before' it is none, as what was said in a year is
quoted for years. Names count only where the index has a source of that outlet, author, title or file name. Dates that
hang on today ('last year') are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.errors import UsageError
from rag.text.dates import DATE, day_after, day_before, days_of
from rag.text.questions import QuestionKind, parse_question
from rag.text.source_names import NameTable
from rag.text.words import words
from rag.types import SourceFilter


@dataclass(frozen=True, slots=True)
class Understood:
    """A question with its conditions on the sources taken out."""

    question: str
    """What is left to search for; the whole question where it states no condition."""
    filter: SourceFilter = field(default_factory=SourceFilter)
    phrases: tuple[str, ...] = ()
    """The words taken as conditions, as they stood in the question."""


@dataclass(frozen=True, slots=True)
class _Condition:
    """A condition found: what of the question states it, and what is left in its place."""

    start: int
    end: int
    phrase: str
    filter: SourceFilter
    left: str = ""


NOUN = r"(?:articles?|documents?|sources?|posts?|files?|texts?|pages?|reports?|stor(?:y|ies)|pieces?|columns?|essays?)"
_ARTICLES = r"(?:articles|documents|sources|posts|files|texts|pages|stories|pieces|columns|essays|reports)"
_PUBLISHED = r"(?:(?:that|which)\s+(?:were|was)\s+)?(?:published|written|printed|dated|posted|issued|released)"
_PUBLISHED_THEN = re.compile(rf"\b{_PUBLISHED}\s+$", re.IGNORECASE)
_DATED = re.compile(
    rf"\b(?:(?P<how>between)\s+(?P<low>{DATE})\s+and\s+(?P<high>{DATE})|"
    rf"from\s+(?P<first>{DATE})\s+(?:to|until|till|through)\s+(?P<last>{DATE})|"
    rf"(?P<word>since|after|before|until|up to|in|during|from|of|on)\s+(?P<date>{DATE})"
    r"(?P<on>\s+(?:onwards?\b|on(?=\s*[,?.]|$)))?)",
    re.IGNORECASE,
)
_IS_ARTICLES = re.compile(rf"\b(?:{NOUN}\s+{_PUBLISHED}|(?P<bare>{_ARTICLES}))\s+$", re.IGNORECASE)
_OF_ARTICLES = frozenset({"since", "after", "before", "until", "up to", "from", "between"})
"""What in front of a date makes it a condition right behind 'articles'; with 'in' it may be part of the event."""
_SOURCES_SAY = re.compile(
    rf"\b(?:(?:has|have) been (?:said|written|reported|published)|"
    rf"(?:do|did|have) (?:the |these |your |all )?{_ARTICLES}\s+"
    r"(?:say|said|report|reported|write|written|mention|mentioned))\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:said|say|told|tell|written|write|stated|state|claimed|claim|warned|warn|argued|argue|commented|reported|"
    r"announced|declared|predicted|promised)\s+$",
    re.IGNORECASE,
)
_ACCORDING = re.compile(r"[,\s]*\baccording to\s+", re.IGNORECASE)
_AND = re.compile(r"(?:\s*,)?\s+(?:and|or)\s+|\s*,\s+", re.IGNORECASE)
_NEXT_IS_NAME = re.compile(r"\s+[A-Z]")
_ENDS = re.compile(
    r"\s*(?:$|[,.?!;:)]|\b(?:and|or|in|on|who|whom|whose|what|why|when|where|how|which|"
    r"is|are|was|were|did|does|do|has|have)\b)",
    re.IGNORECASE,
)
"""What may stand behind a name: with another noun there it was but the front of a longer one ('the Times theorem')."""
_OWN_NOUN = re.compile(rf"(?:[’']s?)?\s+{NOUN}\b|[’']s?(?=\W|$)", re.IGNORECASE)
_NAMED_NOUN = re.compile(rf"(?:[’']s?)?\s+(?P<noun>(?!reports\b){NOUN})\b", re.IGNORECASE)
_DETERMINER = re.compile(r"(?:\b(?P<lead>in|from)\s+)?(?P<the>\b(?:the|an?|that|this|one)\s+)?$", re.IGNORECASE)
_NOUN_OF = re.compile(rf"\b{NOUN}\s+(?:{_PUBLISHED}\s+)?(?:in|from|by|of)\s+", re.IGNORECASE)
_IN = re.compile(r"\bin\s+(?=[A-Z]|the\s+[A-Z])")
_QUOTED = re.compile(
    rf"(?P<lead>\b(?:in|from|according to)\s+)?(?:the\s+)?(?:{NOUN}\s+)?(?:(?:titled|entitled|called)\s+)?"
    r"[\"“‘'](?P<title>[^\"“”]{3,200}?)[\"”’'](?=\W|$)",
    re.IGNORECASE,
)
_QUOTE_BEHIND = re.compile(r"[\"”’']?(?P<rest>,?)")
_FILE_LEAD = re.compile(rf"\b(?:in|from|according to)\s+(?:the\s+)?(?:{NOUN}\s+)?[\"“']?$", re.IGNORECASE)
_FEWEST_WORDS = 2
"""Words that must be left of a question for it to be asked without its conditions."""

Speaks = Callable[[str], bool]


def understand(question: str, names: NameTable, speaks: Speaks = lambda name: False) -> Understood:
    """Return the conditions on the sources that `question` states, and the question without them.

    `names` are those of the sources there are; `speaks` says whether the sources quote somebody of a name: 'according
    to' an author who is quoted too asks for their words, wherever they stand.
    """
    named = _apart([*_titles(question, names), *_files(question, names), *_according(question, names, speaks)])
    named = _apart([*named, *_outlets(question, names)])
    left = _without(question, named)
    dated = _apart(_dates(left)) if names.dated else []
    if not named and not dated:
        return Understood(question)
    rest = _without(left, dated)
    return Understood(
        rest if len(words(rest)) >= _FEWEST_WORDS else question,
        joined([condition.filter for condition in (*named, *dated)]),
        tuple(dict.fromkeys(condition.phrase for condition in (*named, *dated))),
    )


def _apart(conditions: Iterable[_Condition]) -> list[_Condition]:
    """Return the conditions in order, without those that overlap one given before."""
    found: list[_Condition] = []
    for condition in conditions:
        if not any(other.start < condition.end and condition.start < other.end for other in found):
            found.append(condition)
    return sorted(found, key=lambda each: each.start)


def _without(question: str, conditions: Sequence[_Condition]) -> str:
    """Return what is left of a question without the words of its conditions."""
    left = question
    for condition in reversed(conditions):
        left = f"{left[: condition.start]}{condition.left or ' '}{left[condition.end :]}"
    return _tidied(left) if conditions else question


def joined(filters: Sequence[SourceFilter]) -> SourceFilter:
    """Return the filter that joins several: all the dates hold, and one of the names of each kind."""
    return SourceFilter(
        tuple(dict.fromkeys(name for each in filters for name in each.sources)),
        max((each.after for each in filters if each.after), default=None),
        min((each.before for each in filters if each.before), default=None),
        tuple(dict.fromkeys(name for each in filters for name in each.outlets)),
    )


def in_days(chosen: SourceFilter) -> SourceFilter:
    """Return a filter with the first day of a month or year to begin with, and the last of one to end with.

    Raises UsageError for what is no date.
    """
    return replace(chosen, after=_day(chosen.after, "after", 0), before=_day(chosen.before, "before", 1))


def _day(value: str | None, name: str, which: int) -> str | None:
    if value is None:
        return None
    days = days_of(value)
    if days is None:
        raise UsageError(f"{name} {value!r}: that is no date. Write a day, month or year: 2025-05-31, 2025-05 or 2025.")
    return days[which]


def filter_in_words(chosen: SourceFilter) -> str:
    """Return which sources a filter admits, in words: `report.pdf, from The Atlantic, since 2025-05-01`."""
    parts = [*chosen.sources]
    parts += [f"from {' or '.join(chosen.outlets)}"] if chosen.outlets else []
    parts += [f"since {chosen.after}"] if chosen.after else []
    parts += [f"until {chosen.before}"] if chosen.before else []
    return ", ".join(parts)


def _tidied(text: str) -> str:
    plain = re.sub(r"\s+([?.!,])", r"\1", " ".join(text.split()))
    plain = re.sub(r"^[\s,]+|,(?=[,?.!])", "", plain)
    return plain[:1].upper() + plain[1:]


# ---------------------------------------------------------------- dates


def _dates(question: str) -> Iterator[_Condition]:
    for match in _DATED.finditer(question):
        bounds = _bounds(match)
        if bounds and _is_of_sources(question, match):
            verb = _PUBLISHED_THEN.search(question, 0, match.start())
            start = verb.start() if verb else match.start()
            yield _Condition(start, match.end(), question[start : match.end()], SourceFilter((), *bounds))


def _bounds(match: re.Match[str]) -> tuple[str | None, str | None] | None:
    """Return the first and last day that a phrase admits, None for what is no date."""
    low, high = (match["low"] or match["first"] or match["date"], match["high"] or match["last"] or match["date"])
    first, last = days_of(low), days_of(high)
    if first is None or last is None:
        return None
    word = (match["word"] or "").lower()
    if word == "since" or match["on"]:
        return first[0], None
    if word == "after":
        return day_after(last[1]), None
    if word == "before":
        return None, day_before(first[0])
    return (None, last[1]) if word in {"until", "up to"} else (first[0], last[1])


def _is_of_sources(question: str, match: re.Match[str]) -> bool:
    """Say whether a phrase with a date is about when sources were published."""
    before, behind = question[: match.start()], question[match.end() :]
    how = (match["word"] or "between").lower()
    articles = _IS_ARTICLES.search(before)
    if articles:
        return articles["bare"] is None or how in _OF_ARTICLES
    if how not in {"since", "after"}:
        return False
    rest = _tidied(f"{before} {behind}")
    if not (_SOURCES_SAY.search(rest) or parse_question(rest).kind is QuestionKind.SAID):
        return False
    at_start, at_end = not before.strip(), not behind.strip(" ?.!")
    return at_start or bool(_VERB.search(before)) or (at_end and how == "since")


# ---------------------------------------------------------------- names


def _according(question: str, names: NameTable, speaks: Speaks) -> Iterator[_Condition]:
    """Find 'according to' outlets, and authors whom nobody quotes."""
    for match in _ACCORDING.finditer(question):
        found: list[str] = []
        at, joint = match.end(), re.match("", "")
        while joint:
            name, end = names.at(question, joint.end() if found else at)
            noun = _OWN_NOUN.match(question, end)
            end = noun.end() if noun else end
            if name is None or (not names.is_outlet(name) and speaks(name)) or not _ENDS.match(question, end):
                break
            found.append(name)
            at = end
            joint = _AND.match(question, at)
        if found:
            comma = re.compile(r"\s*,").match(question, at)
            phrase = question[match.start() : at].strip(" ,")
            yield _Condition(match.start(), comma.end() if comma else at, phrase, SourceFilter(outlets=tuple(found)))


def _outlets(question: str, names: NameTable) -> Iterator[_Condition]:
    """Find 'the Gazette article', 'articles in the Gazette', and 'said in The Gazette'."""
    for noun in _NAMED_NOUN.finditer(question):
        name, start = names.before(question, noun.start())
        front = _DETERMINER.search(question, 0, start)
        if name and front and (front["the"] or question[noun.start()] in "’'"):
            phrase = question[front.start() : noun.end()]
            left = "" if front["lead"] else f"the {noun['noun']}"
            end = _behind_comma(question, noun.end()) if front["lead"] else noun.end()
            yield _Condition(front.start(), end, phrase, SourceFilter(outlets=(name,)), left)
    for noun in _NOUN_OF.finditer(question):
        name, end = names.at(question, noun.end())
        if name:
            start = noun.end() - len(re.split(r"\s", noun.group().rstrip())[-1]) - 1
            yield _Condition(start, end, question[start:end], SourceFilter(outlets=(name,)))
    for word in _IN.finditer(question):
        name, end = names.at(question, word.end(), exactly=True)
        if name and parse_question(question).kind is QuestionKind.SAID and not _NEXT_IS_NAME.match(question, end):
            yield _Condition(word.start(), end, question[word.start() : end], SourceFilter(outlets=(name,)))


def _behind_comma(question: str, at: int) -> int:
    return at + 1 if question[at : at + 1] == "," else at


def _titles(question: str, names: NameTable) -> Iterator[_Condition]:
    """Find titles in quotation marks."""
    for match in _QUOTED.finditer(question):
        sources = names.titled(match["title"])
        if sources and match["lead"]:
            end = _behind_comma(question, match.end())
            yield _Condition(match.start(), end, match.group(), SourceFilter(sources=sources))


def _files(question: str, names: NameTable) -> Iterator[_Condition]:
    """Find names of files; where the question has several, they stay in it."""
    found = list(names.files_in(question))
    for start, end, sources in found:
        chosen = SourceFilter(sources=sources)
        lead = _FILE_LEAD.search(question, 0, start)
        if len(found) > 1:
            yield _Condition(start, end, question[start:end], chosen, question[start:end])
        elif lead:
            behind = _QUOTE_BEHIND.match(question, end)
            phrase = question[lead.start() : behind.start("rest") if behind else end]
            yield _Condition(lead.start(), behind.end() if behind else end, phrase, chosen)
        else:
            yield _Condition(start, end, question[start:end], chosen, "the document")
