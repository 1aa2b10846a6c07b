"""What tells an answering sentence from one that is only about the same thing: a row of numbers for each unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.evidence.matching import WordMatch, WordMatcher, content_words
from rag.evidence.units import Unit
from rag.text.names import find_mentions
from rag.text.questions import AnswerType, Question
from rag.text.words import stem, words

Matrix = NDArray[np.float64]

FEATURES = (
    "similarity",
    "coverage",
    "coverage_exact",
    "coverage_with_context",
    "names_here",
    "names_in_context",
    "numbers",
    "answer_type",
    "no_answer_type",
    "item",
    "length",
    "rarest",
    "beyond_names",
    "counted",
)
"""Names of the columns.

Cosine of question and unit; weighted share of the question's words met by the unit (by meaning, by stem alone, with its
context counted for half); share of the question's names in the unit, and in unit and context; share of its numbers;
whether the kind of thing asked for stands in the unit, or is asked for and does not; list item; length in tens of words
(at most 5); how well the question's rarest word is met; the best match of a word that is neither name nor number, in
the unit or what it stands under, the title apart; how well what is to be counted is met ('how many senators').
"""

COLUMN = {name: number for number, name in enumerate(FEATURES)}
"""Where each of them stands."""

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_PATTERNS: dict[AnswerType, re.Pattern[str]] = {
    AnswerType.TIME: re.compile(
        rf"\b(?:1[0-9]|20)\d\d\b|\b{_MONTH}\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\bcentury\b|\b\d\ds\b|\b(?:yesterday|today|tomorrow)\b"
        r"|\b(?:spring|summer|autumn|winter|midnight|noon)\b|\b\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\b"
        r"|\b(?:before|after|until) the (?:\w+ )?\w+"
    ),
    AnswerType.NUMBER: re.compile(
        r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|billions?|half|thirds?|"
        r"quarters?|percent|twice|several|majority)\b",
        re.I,
    ),
    AnswerType.DURATION: re.compile(
        r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies)|\d+-\w+)\b", re.I
    ),
    AnswerType.REASON: re.compile(
        r"\b(?:because|since|due to|as a result|therefore|so that|in order to|reasons?|caused?|explains?|"
        r"explanation|owing|thanks to|"
        r"why|thus|to (?:help|make|get|avoid|protect|ensure|keep|bring|pressure|stop|prevent|show))\b",
        re.I,
    ),
}


def features(
    question: Question,
    units: Sequence[Unit],
    similarities: Sequence[float],
    matcher: WordMatcher,
    weight: Callable[[str], float],
) -> Matrix:
    """Return one row for each unit, columns as in `FEATURES`.

    `similarities` are the cosines of the question's vector with the units'; `weight` gives the inverse document
    frequency of a stem.
    """
    wanted = question_words(question)
    match = matcher.among(wanted, [text for unit in units for text in (unit.text, unit.context)])
    weights = np.array([weight(stem(word)) for word in wanted])
    rows = [_row(question, unit, near, wanted, weights, match) for unit, near in zip(units, similarities, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(len(units), len(FEATURES))


def question_words(question: Question) -> list[str]:
    """Return the folded content words that evidence has to meet, one for each stem."""
    kept = set(question.terms)
    by_stem = {
        stem(word): word for word in reversed(content_words(question.topic)) if "-" not in word and stem(word) in kept
    }
    return list(by_stem.values())


def _row(  # noqa: PLR0917
    question: Question, unit: Unit, similarity: float, wanted: list[str], weights: Matrix, match: WordMatch
) -> list[float]:
    here, around = match.degrees(unit.text), match.degrees(unit.context)
    total = float(weights.sum()) or 1.0
    have = {stem(word) for word in words(unit.text)}
    near = have | {stem(word) for word in words(unit.context)}
    fits = _fits(question, unit.text)
    return [
        similarity,
        float(weights @ here) / total,
        float(weights @ (here == 1.0)) / total,
        float(weights @ np.maximum(here, around / 2)) / total,
        _share(question.names, have),
        _share(question.names, near),
        _share(question.numbers, set(words(unit.text)) | set(words(unit.context))),
        1.0 if fits else 0.0,
        1.0 if fits is False else 0.0,
        1.0 if unit.item else 0.0,
        min(len(unit.text.split()) / 10, 5.0),
        float(np.maximum(here, around)[int(weights.argmax())]) if wanted else 0.0,
        _beyond_names(question, unit, wanted, here, match),
        _counted(question, unit, wanted, here, near),
    ]


def _beyond_names(question: Question, unit: Unit, wanted: list[str], here: Matrix, match: WordMatch) -> float:
    """Return the best match of what the question says of its names.

    It is 1 where the question says no more than names, or where a number that it gives stands there ('Helsinki, 2018').
    """
    known = {stem(word) for name in (*question.names, *question.numbers) for word in words(name)}
    others = [number for number, word in enumerate(wanted) if stem(word) not in known]
    if not others or set(question.numbers) & set(words(unit.text)):
        return 1.0
    around = match.degrees(f"{unit.heading}\n{unit.before}")
    return float(np.maximum(here, around)[others].max())


_COUNTED = re.compile(r"\bhow many (?:(?:more|other|different|of the|of) )?(?P<what>[\w-]+(?: [\w-]+){0,2})", re.I)
_PLURAL = re.compile(r"\w+[^su'’\W]s$|(?:children|women|men|mice|feet|teeth)$", re.I)


def _counted(question: Question, unit: Unit, wanted: list[str], here: Matrix, near: set[str]) -> float:
    """Return how well the unit meets the noun that 'how many' counts: exact around it, or near in meaning in it."""
    match = _COUNTED.search(question.text)
    noun = next((word for word in words(match.group("what")) if _PLURAL.match(word)), None) if match else None
    if noun is None or noun not in wanted or stem(noun) in near:
        return 1.0
    return float(here[wanted.index(noun)])


def _share(names: Sequence[str], have: set[str]) -> float:
    """Return the share of names (or numbers) of which the last word is in `have`; 1 where none are asked for."""
    if not names:
        return 1.0
    return sum(stem(words(name)[-1]) in have for name in names if words(name)) / len(names)


def _fits(question: Question, text: str) -> bool | None:
    """Say whether the kind of thing asked for stands in `text`, beyond the question's own; None where any will do."""
    asked = set(words(question.text))
    if question.answer_type in {AnswerType.PERSON, AnswerType.PLACE}:
        return any(not set(mention.tokens) <= asked for mention in find_mentions(text))
    pattern = _PATTERNS.get(question.answer_type)
    if pattern is None:
        return None
    return any(match.group().lower() not in asked for match in pattern.finditer(text))
