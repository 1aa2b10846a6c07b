"""Evidence for questions of fact, for lists, comparisons and persons: the best units of what retrieval found."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.evidence.choice import Choice, as_evidence, distinct, in_reading_order
from rag.evidence.scoring import ScoredUnit
from rag.text.questions import AnswerType, Question, QuestionKind
from rag.text.names import name_tokens
from rag.text.words import fold_word, stem, words
from rag.types import Evidence, Quotation

ANSWER_THRESHOLD = 0.7
"""Least score, penalties taken off, at which a unit answers. At this point the two open sets named in
`rag.evidence.scoring` are answered for .87 and .92 of their answerable questions, and .26 and .55 of the others are
refused; `python -m tests.benchmarks.evidence` prints the whole curve."""
_MISSING_NAME = 0.25
_MISSING_NUMBER = 0.25
_MISSING_RAREST = 0.2
_MARGIN = {AnswerType.ANY: 0.22, AnswerType.REASON: 0.22}
_NARROW = 0.12
_MOST = {AnswerType.ANY: 3, AnswerType.REASON: 3}
_LIST_BONUS = 0.15
_COMPARED_SHARE = 0.6
"""In a comparison, a source has its say when its best unit reaches this share of the best of all."""
_MOST_COMPARED = 5

TextOf = Callable[[str], str]


def answerability(scored: ScoredUnit) -> float:
    """Return the score of a unit less what is taken off for names, numbers and the rarest word that it lacks."""
    penalty = _MISSING_NAME * (1 - scored["names_in_context"]) + _MISSING_NUMBER * (1 - scored["numbers"])
    return scored.score - penalty - (_MISSING_RAREST if scored["rarest"] == 0.0 else 0.0)


def choose_facts(
    question: Question, scored: Sequence[ScoredUnit], quotations: Sequence[Quotation], text_of: TextOf, known: Callable[[str], bool]
) -> Choice:
    """Return the evidence for a question that does not ask for somebody's words.

    `scored` are units of the retrieved passages, best first; `text_of` gives a source's text; `known` says whether a
    stem occurs in the sources at all. No evidence, and a reason, where nothing is over the threshold.
    """
    unknown = unknown_name(question, known)
    if unknown:
        return Choice(reason=f"The sources do not mention {unknown}.")
    ranked = sorted(scored, key=lambda each: -_rank_score(question, each))
    ranked = [each for each in ranked if answerability(each) >= ANSWER_THRESHOLD]
    if not ranked:
        return Choice(reason="No passage says enough of what the question asks for.")
    if question.kind is QuestionKind.LIST and ranked[0].unit.list_span:
        return _whole_list(ranked, quotations, text_of)
    return _sentences(question, ranked, quotations, text_of)


def unknown_name(question: Question, known: Callable[[str], bool]) -> str | None:
    """Return the first name or number of the question that stands nowhere in the sources."""
    for name in question.names:
        if not any(known(stem(word)) for word in words(name)):
            return name
    return next((number for number in question.numbers if not known(stem(fold_word(number)))), None)


def _rank_score(question: Question, scored: ScoredUnit) -> float:
    bonus = _LIST_BONUS if question.kind is QuestionKind.LIST and scored.unit.list_span else 0.0
    return answerability(scored) + bonus


def _whole_list(ranked: Sequence[ScoredUnit], quotations: Sequence[Quotation], text_of: TextOf) -> Choice:
    best = ranked[0]
    return Choice((as_evidence(best, quotations, whole_list=True, text=text_of(best.unit.source)),))


def _sentences(question: Question, ranked: Sequence[ScoredUnit], quotations: Sequence[Quotation], text_of: TextOf) -> Choice:
    margin = _MARGIN.get(question.answer_type, _NARROW)
    best = answerability(ranked[0])
    near = distinct([each for each in ranked if answerability(each) >= best - margin])
    chosen = near[: _MOST.get(question.answer_type, 2)]
    return Choice(in_reading_order(_piece(each, quotations, text_of) for each in chosen))


def _piece(scored: ScoredUnit, quotations: Sequence[Quotation], text_of: TextOf) -> Evidence:
    """Return a unit as evidence; a line that introduces a list says nothing without it, so it takes the list along."""
    introduces = scored.unit.list_span is not None and not scored.unit.item
    return as_evidence(scored, quotations, whole_list=introduces, text=text_of(scored.unit.source))


def choose_comparison(scored: Sequence[ScoredUnit], quotations: Sequence[Quotation], text_of: TextOf) -> Choice:
    """Return the best unit of each source that says something of the matter, the best source first."""
    best: dict[str, ScoredUnit] = {}
    for each in scored:
        best.setdefault(each.unit.source, each)
    leaders = sorted(best.values(), key=lambda each: -each.score)[:_MOST_COMPARED]
    if not leaders or answerability(leaders[0]) < ANSWER_THRESHOLD:
        return Choice(reason="No passage says enough of what the question asks for.")
    chosen = [each for each in leaders if each.score >= _COMPARED_SHARE * leaders[0].score]
    if len(chosen) == 1:
        return Choice((_piece(chosen[0], quotations, text_of),), "Only one of the sources speaks of this.")
    return Choice(tuple(_piece(each, quotations, text_of) for each in chosen))


def choose_person(name: str, scored: Sequence[ScoredUnit], quotations: Sequence[Quotation], text_of: TextOf) -> Choice:
    """Return the sentences that introduce a person: name with apposition, title, or `is`, best first, at most two."""
    wanted = set(name_tokens(name)) or set(words(name))
    holding = [each for each in scored if wanted <= set(words(each.unit.text))]
    if not holding:
        return Choice(reason=f"The sources do not say who {name} is.")
    ranked = sorted(holding, key=lambda each: (-_introduction(name, each.unit.text), -each.score))
    level = _introduction(name, ranked[0].unit.text)
    chosen = distinct([each for each in ranked if _introduction(name, each.unit.text) == level])[:2]
    return Choice(in_reading_order(_piece(each, quotations, text_of) for each in chosen))


def _introduction(name: str, text: str) -> int:
    """Return how a sentence introduces a name: 3 an apposition or `is a`, 2 a title in front, 1 full name, 0 not."""
    last = re.escape(name.split()[-1])
    if re.search(rf"{last}(?:,|\s*[—–(-])\s*(?:who\b|the\b|an?\b|former\b|\w+[’']s\b|one of\b)", text) or re.search(
        rf"{last}\s+(?:is|was|became|serves|served)\s+(?:the|an?|one|former)\b", text
    ):
        return 3
    first = re.escape(name.split()[0])
    if re.search(rf"\b(?:[A-Z]\w+\s+){{1,3}}{first}\b.*{last}", text) or re.search(rf"\b(?:an?|the|former)\s[^,.]{{3,60}},\s+{first}\b", text):
        return 2
    return 1 if " " in name else 0
