"""Evidence for questions of fact, for lists, comparisons and persons: the best units of what retrieval found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from rag.evidence.choice import Choice, as_evidence, between, distinct, in_reading_order, run_together
from rag.evidence.confidence import ANSWER_CONFIDENCE
from rag.evidence.refusing import false_premise, refusal
from rag.evidence.scoring import ScoredUnit
from rag.evidence.units import Unit
from rag.text.names import find_mentions, name_tokens
from rag.text.questions import AnswerType, Question, QuestionKind
from rag.text.words import fold_word, stem, terms, words
from rag.types import Evidence, Quotation

ANSWER_THRESHOLD = 0.7
"""Least score, penalties taken off, at which what somebody said, or a comparison, is on the matter asked about.

Whether a fact is answered is decided by its confidence (`rag.evidence.confidence`)."""
_MISSING_NAME = 0.25
_MISSING_NUMBER = 0.25
_MISSING_RAREST = 0.2
_ONLY_NAMES = 0.3
"""Taken off where nothing but the question's names is met. On SQuAD 2 this refuses .03 more of the unanswerable
questions and .01 fewer of the others are answered by the right sentence."""
_MARGIN = {AnswerType.ANY: 3.0, AnswerType.REASON: 1.5}
_NARROW = 0.7
"""How much less sure than the best (in the logarithm of the odds) a sentence may be that is shown beside it."""
_MOST = {AnswerType.ANY: 6, AnswerType.REASON: 3}
_LIST_BONUS = 0.7
_HEADING_COVERAGE = 0.6
_LONGEST_SECTION = 800
"""Characters up to which a section whose heading is the question is shown whole."""

TextOf = Callable[[str], str]


def answerability(scored: ScoredUnit) -> float:
    """Return the score of a unit less what is taken off for names, numbers and the rarest word that it lacks."""
    penalty = _MISSING_NAME * (1 - scored["names_in_context"]) + _MISSING_NUMBER * (1 - scored["numbers"])
    penalty += _MISSING_RAREST * (scored["rarest"] == 0.0) + _ONLY_NAMES * (scored["beyond_names"] == 0.0)
    return scored.score - penalty


def choose_facts(
    question: Question,
    judged: Sequence[ScoredUnit],
    quotations: Sequence[Quotation],
    text_of: TextOf,
    weight: Callable[[str], float],
    *,
    least: float = ANSWER_CONFIDENCE,
) -> Choice:
    """Return the evidence for a question that does not ask for somebody's words.

    `judged` are units of the retrieved passages, the surest first; `text_of` gives a source's text; `weight` the
    inverse document frequency of a stem. No evidence, and a reason, where none is as sure as `least`.
    """
    unseen = weight("\0")
    unknown = unknown_name(question, lambda stem: weight(stem) < unseen, [each.unit.text for each in judged])
    if unknown:
        return Choice(reason=f"The sources do not mention {unknown}.")
    false = false_premise(question, [each.unit.text for each in judged])
    if false:
        return Choice(reason=false)
    asked = _asked_section(question, judged, text_of, weight)
    if asked:
        return Choice((asked,))
    ranked = [_doubted(question, each) for each in judged if _may_answer(question, each)]
    ranked.sort(key=lambda each: -_rank_odds(question, each))
    sure = max((each.confidence for each in ranked), default=0.0)
    if sure < least or not ranked:
        return Choice(reason=refusal(question, [each.unit.text for each in judged]), confidence=sure)
    return replace(_shape(question, ranked, judged, quotations, text_of, weight=weight), confidence=sure)


def _shape(
    question: Question,
    ranked: Sequence[ScoredUnit],
    judged: Sequence[ScoredUnit],
    quotations: Sequence[Quotation],
    text_of: TextOf,
    *,
    weight: Callable[[str], float],
) -> Choice:
    """Return the evidence that the question asks for: a whole list, a section, or sentences."""
    if question.kind is QuestionKind.LIST and ranked[0].unit.list_span:
        return _whole_list(ranked, quotations, text_of)
    if question.answer_type in {AnswerType.ANY, AnswerType.REASON} and _heading_asks(question, ranked[0].unit, weight):
        section = _section(ranked[0], judged, text_of)
        if section:
            return Choice((section,))
    return _sentences(question, ranked, judged, quotations, text_of)


def _may_answer(question: Question, scored: ScoredUnit) -> bool:
    """Say whether a unit holds the kind of thing asked for, where that can be told for sure."""
    if scored.unit.text.endswith("?") or not _holds_numbers(question, scored):
        return False
    if scored["counted"] < _COUNTED_NEAR:
        return False
    if question.answer_type is AnswerType.TIME and _TEMPORAL.search(scored.unit.text):
        return True
    return question.answer_type not in _COUNTABLE or scored["no_answer_type"] == 0.0


_TEMPORAL = re.compile(
    r"\b(?:when(?:ever)?|once|after|before|until|till|while|during|since|as soon as|every|each|daily|weekly|monthly|"
    r"annual(?:ly)?|yearly|seasons?|episodes?|chapters?|reign|era|periods?|early|late[rs]?|then|now|ago|recently|next|last|"
    r"days?|weeks?|months?|years?|decades?|mornings?|evenings?|nights?|weekends?|hours?|minutes?|"
    r"at the (?:time|end|beginning|start)|by the|begins?|ends?)\b|\d",
    re.I,
)
"""What tells a time without a date: 'once the crust is baked', 'in its second season'."""


def _doubted(question: Question, scored: ScoredUnit) -> ScoredUnit:
    """Return a unit, less sure where it has too little of what is to be confirmed or denied."""
    unconfirmed = question.yes_no and scored["coverage_with_context"] < _YES_NO_COVERAGE
    return replace(scored, odds=scored.odds - _DOUBT) if unconfirmed else scored


def _holds_numbers(question: Question, scored: ScoredUnit) -> bool:
    """Say whether the measures of the question ('300 litres') stand there; years may be those of the whole text."""
    measures = [number for number in question.numbers if not _YEAR.fullmatch(number)]
    return set(measures) <= {*words(scored.unit.text), *words(scored.unit.context)}


_YEAR = re.compile(r"(?:1[0-9]|20)\d\d")
_COUNTED_NEAR = 0.7
"""Nearness in meaning at which another word may stand for what is counted ('workers' for 'employees')."""
_YES_NO_COVERAGE = 0.8
"""Share of what is asked to be confirmed that mostly stands where it is confirmed or denied."""
_COUNTABLE = frozenset({AnswerType.TIME, AnswerType.NUMBER, AnswerType.DURATION})
_DOUBT = 1.0
"""Taken off the logarithm of the odds: some of it is confirmed in other words."""


def unknown_name(question: Question, known: Callable[[str], bool], texts: Sequence[str]) -> str | None:
    """Return the first name or number of the question that stands nowhere in the sources.

    Initials count as known where one of `texts` has a name that they may stand for ('EU', 'European Union').
    """
    for name in question.names:
        if not any(_known_word(word, known) for word in words(name)) and not _spelt_out(name, texts):
            return name
    return next((number for number in question.numbers if not known(stem(fold_word(number)))), None)


def _known_word(word: str, known: Callable[[str], bool]) -> bool:
    """Say whether the sources have a word; of one with a hyphen, the whole or all its parts."""
    *parts, whole = terms(word) or [stem(word)]
    return known(whole) or (bool(parts) and all(known(part) for part in parts))


def _spelt_out(name: str, texts: Iterable[str]) -> bool:
    """Say whether initials are those of words that follow each other in a text, small words between them apart."""
    if not _INITIALS.fullmatch(name):
        return False
    spelt = r"(?:\s+(?:of|the|and|for|on|in|to))*\s+".join(rf"{letter}[\w’'-]+" for letter in name.replace(".", ""))
    return any(re.search(rf"\b{spelt}", text) for text in texts)


_INITIALS = re.compile(r"(?:[A-Z]\.?){2,6}")


def _rank_odds(question: Question, scored: ScoredUnit) -> float:
    bonus = _LIST_BONUS if question.kind is QuestionKind.LIST and scored.unit.list_span else 0.0
    return scored.odds + bonus


def _whole_list(ranked: Sequence[ScoredUnit], quotations: Sequence[Quotation], text_of: TextOf) -> Choice:
    best = ranked[0]
    return Choice((as_evidence(best, quotations, whole_list=True, text=text_of(best.unit.source)),))


def _heading_asks(question: Question, unit: Unit, weight: Callable[[str], float]) -> bool:
    """Say whether the heading above a unit holds most of what the question asks about."""
    wanted = question.terms
    total = sum(weight(term) for term in wanted)
    have = set(terms(unit.heading))
    return bool(total) and sum(weight(term) for term in wanted if term in have) >= _HEADING_COVERAGE * total


def _asked_section(
    question: Question, scored: Sequence[ScoredUnit], text_of: TextOf, weight: Callable[[str], float]
) -> Evidence | None:
    """Return the section whose heading asks or names just what the question does, where there is one.

    The heading holds nothing else, and with the title all that the question asks for; or the best unit is itself a
    question (of an interview), and the section what was answered.
    """
    if question.answer_type not in {AnswerType.ANY, AnswerType.REASON} or not scored:
        return None
    best = max(scored, key=answerability)
    if best.unit.text.endswith("?") and answerability(best) >= ANSWER_THRESHOLD:
        answers = [each for each in scored if each.unit.heading and each.unit.heading in best.unit.text]
        return _section(answers[0], scored, text_of) if answers else None
    for each in scored:
        if _heading_is_question(question, each.unit, weight):
            return _section(each, scored, text_of)
    return None


def _heading_is_question(question: Question, unit: Unit, weight: Callable[[str], float]) -> bool:
    wanted, heading = set(question.terms) - _STRUCTURAL, set(terms(unit.heading))
    named = heading | set(terms(unit.title))
    held = sum(weight(term) for term in wanted if term in named)
    return bool(heading) and heading <= wanted and held >= _NAMED_WHOLE * sum(weight(term) for term in wanted)


_STRUCTURAL = frozenset(terms("step way"))
"""What a list is a list of, which its heading need not say."""
_NAMED_WHOLE = 0.8


def _section(best: ScoredUnit, scored: Sequence[ScoredUnit], text_of: TextOf) -> Evidence | None:
    """Return the section that a unit stands in, as far as it was retrieved, where it is short enough to be shown."""
    unit = best.unit
    together = [each.unit for each in scored if each.unit.source == unit.source and each.unit.heading == unit.heading]
    start, end = min(each.start for each in together), max(each.end for each in together)
    if end - start > _LONGEST_SECTION:
        listed = next((each.list_span for each in together if each.list_span and each.item), None)
        if listed is None:
            return None
        start, end = listed
    piece = as_evidence(best)
    return replace(piece, start=start, end=end, text=text_of(unit.source)[start:end], item=False)


def _sentences(
    question: Question,
    ranked: Sequence[ScoredUnit],
    judged: Sequence[ScoredUnit],
    quotations: Sequence[Quotation],
    text_of: TextOf,
) -> Choice:
    several = question.answer_type in _MARGIN and not question.yes_no
    margin = _MARGIN[question.answer_type] if several else _NARROW
    near = [each for each in ranked if each.odds >= ranked[0].odds - margin]
    if several:
        near = [each for each in near if each.odds >= ranked[0].odds - _NARROW or _stands_with(each, ranked[0])]
    chosen = distinct(near)[: _MOST[question.answer_type] if several else 2]
    chosen += between(chosen, judged, text_of) if several else []
    chosen += _second_source(ranked, chosen) if len({each.unit.source for each in chosen}) == 1 else []
    return Choice(run_together((_piece(each, quotations, text_of) for each in chosen), text_of))


def _stands_with(scored: ScoredUnit, best: ScoredUnit) -> bool:
    """Say whether a unit is of the source and section of the best one."""
    return (scored.unit.source, scored.unit.heading) == (best.unit.source, best.unit.heading)


def _second_source(ranked: Sequence[ScoredUnit], chosen: Sequence[ScoredUnit]) -> list[ScoredUnit]:
    """Return the best unit of another source where it holds all that was asked for, so that it stands by itself."""
    for each in ranked:
        other = each.unit.source != chosen[0].unit.source
        whole = each["names_in_context"] == each["numbers"] == 1.0 and each["coverage_with_context"] >= _WHOLE_COVERAGE
        if other and whole and len(distinct([*chosen, each])) > len(chosen):
            return [each]
    return []


_WHOLE_COVERAGE = 0.7


def _piece(scored: ScoredUnit, quotations: Sequence[Quotation], text_of: TextOf) -> Evidence:
    """Return a unit as evidence; a line that introduces a list says nothing without it, so it takes the list along."""
    unit = scored.unit
    short = unit.row and unit.list_span is not None and unit.list_span[1] - unit.list_span[0] <= _LONGEST_SECTION
    return as_evidence(scored, quotations, whole_list=unit.introduces_list or short, text=text_of(unit.source))


def choose_person(name: str, scored: Sequence[ScoredUnit], quotations: Sequence[Quotation], text_of: TextOf) -> Choice:
    """Return the sentences that introduce a person: name with apposition, title, or `is`, best first, at most two."""
    name = name.title() if name.islower() else name
    holding = [each for each in scored if holds_name(name, each.unit.text)]
    if not holding:
        return Choice(reason=f"The sources do not say who {name} is.")
    ranked = sorted(holding, key=lambda each: (-_introduction(name, each.unit.text), -each.score))
    level = _introduction(name, ranked[0].unit.text)
    chosen = distinct([each for each in ranked if _introduction(name, each.unit.text) == level])[:2]
    return Choice(in_reading_order(_piece(each, quotations, text_of) for each in chosen))


def holds_name(name: str, text: str) -> bool:
    """Say whether every word of a name, titles apart, stands in `text`."""
    return (set(name_tokens(name)) or set(words(name))) <= set(words(text))


def _introduction(name: str, text: str) -> int:
    """Return how a sentence introduces a name: 3 an apposition or `is a`, 2 a title in front, 1 full name, 0 not."""
    last = re.escape(name.rsplit(maxsplit=1)[-1])
    if re.search(rf"{last}(?:,|\s*[—–(-])\s*(?:who\b|the\b|an?\b|former\b|\w+[’']s\b|one of\b)", text) or re.search(
        rf"{last}\s+(?:is|was|became|serves|served)\s+(?:the|an?|one|former)\b", text
    ):
        return 3
    first = re.escape(name.split(maxsplit=1)[0])
    titled = any(each.titled and set(name_tokens(name)) <= set(each.tokens) for each in find_mentions(text))
    if titled or re.search(rf"\b(?:an?|the|former)\s[^,.]{{3,60}},\s+{first}\b", text):
        return 2
    return 1 if " " in name else 0
