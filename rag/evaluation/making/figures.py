"""Questions from sentences with a date or a number: the same without it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.evaluation.making.clauses import Clause, clause_of
from rag.evaluation.making.material import Made, Material, prose
from rag.evaluation.making.phrases import stands_alone
from rag.evaluation.making.verbs import AUXILIARIES, past_base
from rag.text.sentences import CLOSING_MARKS
from rag.text.words import terms

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_YEAR = r"(?:1[0-9]|20)\d\d"
_DATE = (
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:,\s*{_YEAR})?|\d{{1,2}}\s+{_MONTH}(?:\s+{_YEAR})?|(?:(?:early|late|mid)[ -])?"
    rf"{_MONTH}(?:,?\s+{_YEAR})?|(?:the\s+)?(?:spring|summer|autumn|fall|winter)\s+of\s+{_YEAR}|"
    rf"(?:(?:early|late|mid)[ -])?{_YEAR})(?![\w,.]*\d)"
)
_WHEN = re.compile(rf"(?:^|\s)(?:in|on)\s+(?P<date>{_DATE})(?=$|\s+(?:at|by|in|to|for|with|from|on|of)\b)")
_FRONT = re.compile(rf"^(?:In|On)\s+(?P<date>{_DATE}),\s+(?=\w)")
_SMALL = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety"
_NUMBER = (
    rf"(?:\d[\d,]*(?:\.\d+)?(?:\s+(?:million|billion|thousand))?|(?:{_SMALL})(?:[ -](?:one|{_SMALL}))?"
    r"(?:\s+(?:hundred|thousand|million|billion))?)"
)
_ABOUT = r"(?:(?:more than|at least|about|around|nearly|almost|over|some|up to|only|approximately|roughly)\s+)?"
_PLURAL = r"(?:(?:[a-z][a-z-]+\s+){0,2}?(?:[a-z-]+(?<![sui])s|people|men|women|children))"
_COUNTED = re.compile(rf"^(?P<before>.*?)\b(?P<figure>{_ABOUT}{_NUMBER})\s+(?P<noun>{_PLURAL})(?P<after>(?:\s.*)?)$")
_FIRST = re.compile(
    rf"^(?P<figure>{_ABOUT}{_NUMBER})\s+(?P<noun>{_PLURAL}|of\s+the\s+[a-z-]+)\s+(?P<after>\S.*)$", re.I
)
_SHARE = re.compile(rf"^(?P<figure>{_ABOUT}\d[\d.,]*\s?(?:%|per\s?cent))\s+of\s+(?P<after>\S.*)$", re.I)
_MONEY = re.compile(
    r"^(?P<before>.*?)(?P<figure>(?:[$£€])\d[\d,.]*(?:\s?(?:million|billion|trillion|thousand|m|bn))?)(?P<after>(?:\s.*)?)$"
)
_UNITS = re.compile(r"^(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|percent|per|cents?|times|o'clock)\b")
_PREPOSITION = re.compile(
    r"(?:^|\s)(?:of|in|on|at|by|for|from|to|into|with|about|over|under|between|after|than|as)\s*$"
)
_DETERMINER = re.compile(r"\b(?:a|an|the|further|another|other|first|last|next|its|his|her|their)\b")
_FAR = 3
"""Words that may stand between a verb and the number."""
_WORDS = range(6, 41)
_ASKED_WORDS = range(5, 21)
_MARKS = frozenset("".join([*CLOSING_MARKS, *CLOSING_MARKS.values(), "()[]{}<>=_@#*|/;…"])) - {"'", "’"}
_LEFT_OUT = 2
"""Content words of the sentence that a question after a number must not have, the number's among them."""


def questions_of_figures(material: Material) -> Iterator[Made]:
    """Yield a question for each sentence with a figure that can be asked about."""
    for document in material.documents:
        for start, end in prose(document):
            sentence = " ".join(document.text[start:end].split())
            if not _is_plain(sentence):
                continue
            for question, figure in asked(sentence, material.vocabulary):
                if _is_good(question, sentence, document.source, material):
                    yield Made(question, "figure", document.source, (document.text[start:end],), (figure,))
                    break


def _is_plain(sentence: str) -> bool:
    """Say whether a sentence is a whole statement, without quotations and brackets, and has a figure."""
    whole = sentence[:1].isalnum() and not sentence[:1].islower() and sentence.endswith(".")
    return whole and len(sentence.split()) in _WORDS and not _MARKS & set(sentence)


def _is_good(question: str, sentence: str, source: str, material: Material) -> bool:
    if len(question.split()) not in _ASKED_WORDS or question[:-1].rstrip() != question[:-1]:
        return False
    if not stands_alone(question, material.frequencies, len(material.documents)):
        return False
    shared = " ".join(word for word in question.split() if set(terms(word)) <= set(terms(sentence)))
    missing = set(terms(sentence)) - set(terms(question))
    homes = material.homes(shared)
    dated = _has_date(f"{sentence} ") and not _has_date(question)
    return (dated or len(missing) >= _LEFT_OUT) and set(homes) == {source} and len(homes) <= 2


def asked(sentence: str, vocabulary: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield questions after figures of a sentence, each with the figure that answers it."""
    front = _FRONT.match(sentence)
    plain = sentence[front.end() :] if front else sentence
    clause = clause_of(plain[:1].upper() + plain[1:], vocabulary)
    if clause is not None:
        yield from _when(clause, front["date"] if front else None)
        yield from _how_much(clause)
        yield from _how_many(clause)
    yield from _first(sentence, vocabulary)


def _when(clause: Clause, date: str | None) -> Iterator[tuple[str, str]]:
    rest = clause.rest
    if date is None:
        match = _WHEN.search(rest)
        if match is None:
            return
        date, rest = match["date"], rest[: match.start()]
    if _has_date(rest) or _has_date(clause.subject) or clause.subject[0].isdigit():
        return
    if clause.verb:
        yield _put("When did", clause.subject, clause.verb, rest), date
    elif clause.auxiliary in {"was", "were", "is", "are", "will"} and rest:
        yield _put("When", clause.auxiliary, clause.subject, rest), date


def _has_date(text: str) -> bool:
    return re.search(rf"\b(?:{_YEAR}|{_MONTH}\s+\d)\b", text) is not None


def _how_many(clause: Clause) -> Iterator[tuple[str, str]]:
    match = _COUNTED.match(clause.rest)
    if match is None or _UNITS.match(match["noun"]) or _PREPOSITION.search(match["before"]):
        return
    if re.fullmatch(_YEAR, match["figure"]) or len(match["before"].split()) > _FAR:
        return
    if _DETERMINER.search(match["before"]):
        return
    before, after, noun = match["before"].strip(), match["after"].strip(), match["noun"]
    if clause.subject == "there":
        yield _put("How many", noun, clause.auxiliary, "there", after), match["figure"]
    elif clause.verb:
        yield _put("How many", noun, "did", clause.subject, clause.verb, before, after), match["figure"]
    elif clause.auxiliary in {"has", "have", "had"} and not before:
        do = {"has": "does", "have": "do", "had": "did"}[clause.auxiliary]
        yield _put("How many", noun, do, clause.subject, "have", after), match["figure"]
    elif before:
        yield _put("How many", noun, clause.auxiliary, clause.subject, before, after), match["figure"]


def _how_much(clause: Clause) -> Iterator[tuple[str, str]]:
    match = _MONEY.match(clause.rest)
    if match is None or re.match(
        r"\s+[a-z]+s?\b(?<!for)(?<!to)(?<!in)(?<!on)(?<!by)(?<!from)(?<!a)(?<!per)", match["after"]
    ):
        return
    before, after = match["before"].strip(), match["after"].strip()
    lead = "How much"
    if before == "for" or before.endswith(" for"):
        lead, before = "For how much", before[:-3].strip()
    if _PREPOSITION.search(f" {before}"):
        return
    if clause.verb:
        yield _put(lead, "did", clause.subject, clause.verb, before, after), match["figure"]
    elif before and clause.auxiliary not in {"is", "are"}:
        yield _put(lead, clause.auxiliary, clause.subject, before, after), match["figure"]


def _first(sentence: str, vocabulary: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield what asks for a figure that the sentence begins with."""
    for pattern, lead in ((_SHARE, "What percentage of"), (_FIRST, "How many")):
        match = pattern.match(sentence)
        if match is None:
            continue
        noun = match["noun"] if "noun" in pattern.groupindex else ""
        if _UNITS.match(noun):
            return
        after = re.split(r"[,;:]\s|\s(?:and|but|while|because|which|although|–|—)\s", match["after"].rstrip("."))[0]
        if any(word in AUXILIARIES or past_base(word, vocabulary) for word in after.split()):
            yield _put(lead, noun, after), match["figure"]
        return


def _put(*parts: str) -> str:
    return " ".join(part for part in parts if part) + "?"
