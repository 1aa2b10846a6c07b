"""A plain English sentence taken apart: who or what, the verb, and the rest of the first clause."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from rag.evaluation.making.phrases import PRONOUNS, decapitalised
from rag.evaluation.making.verbs import AUXILIARIES, past_base
from rag.text.words import FUNCTION_WORDS

_LONGEST_SUBJECT = 9
_LONGEST_REST = 14
_OPENERS = frozenset(
    "and but or so yet nor if when while although though because as after before since for with by despite during "
    "from at under over like unlike however meanwhile instead then also still once until according however "
    "each every both either neither some many most few several more less all any no not only even just".split()
)
"""First words of a sentence that is no plain statement about its subject."""
_RELATIVE = frozenset("who which that whose whom where".split())
_BOUNDARY = _RELATIVE | frozenset(
    "and but because while although when after before as so if until though since whereas".split()
)
_LOOSE = frozenset("of in on at by for from to into with without about over under between through against".split())


@dataclass(frozen=True, slots=True)
class Clause:
    """`subject verb rest`, the subject as it stands within a sentence."""

    subject: str
    auxiliary: str
    """`was`, `will`, …; empty for a verb in the past tense."""
    verb: str
    """The base of that verb; empty with an auxiliary."""
    rest: str


def clause_of(sentence: str, vocabulary: Collection[str]) -> Clause | None:
    """Return the first clause of a sentence, None where the rules do not see one for sure."""
    found = sentence.rstrip(".").split()
    for at, word in enumerate(found[: _LONGEST_SUBJECT + 1]):
        if at and (word in AUXILIARIES or past_base(word, vocabulary)) and found[at - 1].lower() not in FUNCTION_WORDS:
            return _clause(found, at, vocabulary)
        if word[-1:] in ",;:)" or word[:1] in '("“':
            return None
    return None


def _clause(found: list[str], at: int, vocabulary: Collection[str]) -> Clause | None:
    subject, word = found[:at], found[at]
    small = {each.lower() for each in subject}
    if subject[0].lower() in _OPENERS | PRONOUNS or small & (_RELATIVE | {"and", "or"} & small - {"and"}):
        return None
    rest = _kept(found[at + 1 :])
    if not rest or len(rest) > _LONGEST_REST or rest[-1].lower() in _LOOSE | {"the", "a", "an", "to"}:
        return None
    if any(each in AUXILIARIES or (past_base(each, vocabulary) and word not in AUXILIARIES) for each in rest):
        return None
    name = decapitalised(" ".join(subject), vocabulary)
    if word in AUXILIARIES:
        return Clause(name, word, "", " ".join(rest))
    return Clause(name, "", past_base(word, vocabulary) or "", " ".join(rest))


def _kept(rest: list[str]) -> list[str]:
    """Return the words up to where another clause, or an afterthought, begins."""
    kept: list[str] = []
    for at, word in enumerate(rest):
        if word.lower() in _BOUNDARY or re.fullmatch(r"[–—-]+", word) or word[:1] in '(“"':
            break
        if _is_inside_date(rest, at):
            kept.append(word)
            continue
        kept.append(word.rstrip(",;:"))
        if kept[-1] != word:
            break
    return kept


def _is_inside_date(rest: list[str], at: int) -> bool:
    """Say whether the comma behind a word stands between a day and its year."""
    following = rest[at + 1] if at + 1 < len(rest) else ""
    return bool(re.fullmatch(r"\d{1,2},", rest[at]) and re.match(r"\d{4}\b", following))
