"""A question put as a clause, to say what the sources do not say: 'who won', 'that Russia accepted the cease-fire'."""

from __future__ import annotations

import re

from rag.text.names import find_mentions
from rag.text.verbs import past_of
from rag.text.words import FUNCTION_WORDS

_SUBJECT_QUESTION = re.compile(
    r"^(?P<wh>who|which\s+[\w-]+|what)\s+(?!(?:did|does|do|is|are|was|were|has|have|had|can|could|will|would|should|may|"
    r"might|must|about|of|if|for|with|on|in|at)\b)(?P<rest>\w.*)$",
    re.I,
)
_INVERTED = re.compile(
    r"^(?:(?P<wh>(?:why|when|where|how(?:\s+(?:many|much|long|often|far)\b[\w\s-]*?)?|who|whom|what|which)(?:\s+[\w-]+){0,3}?)\s+)?"
    r"(?P<aux>did|does|do|is|are|was|were|has|have|had|can|could|will|would|should)\s+(?P<rest>.+)$",
    re.I,
)
_OWNS = re.compile(r"[’'](?:s\b)?")
_BE = frozenset({"is", "are", "was", "were"})
_HAS_DO = re.compile(r"\b(?:did|does|do)\b", re.I)
_PREMISED = frozenset({"why", "when", "where", "how"})
"""Question words that take what follows them as given."""
_LONGEST = 160


def indirect(question: str) -> str | None:
    """Return a question as a clause ('when Lissner resigned'), None where the rules cannot turn it round."""
    text = _plain(question)
    match = _INVERTED.match(text)
    told = _told(match) if match else None
    if match is None or told is None:
        subject = None if _HAS_DO.search(text) else _SUBJECT_QUESTION.match(text)
        return _short(f"{subject['wh'].lower()} {subject['rest']}") if subject else None
    return _short(f"{match['wh'].lower()} {told}" if match["wh"] else f"that {told}")


def premise(question: str) -> str | None:
    """Return what a question takes as given: `Why did Russia accept it?` → `Russia accepted it`; None where nothing."""
    match = _INVERTED.match(_plain(question))
    if match is None or (match["wh"] and match["wh"].lower() not in _PREMISED):
        return None
    told = _told(match)
    return _short(told) if told else None


def _told(match: re.Match[str]) -> str | None:
    """Return auxiliary and what follows in the order of a statement, where the subject is a name or a pronoun."""
    auxiliary, rest = match["aux"].lower(), match["rest"]
    end = _subject_end(rest)
    if end is None:
        return None
    if _OWNS.match(rest, end):
        return f"{rest} {auxiliary}" if auxiliary in _BE and (match["wh"] or "").lower() in {"who", "what"} else None
    subject, behind = rest[:end].strip(), rest[end:].strip()
    if auxiliary not in {"did", "does", "do"}:
        return f"{subject} {auxiliary} {behind}".strip()
    verb, _, others = behind.partition(" ")
    if not verb.isalpha() or not verb.islower() or (verb in FUNCTION_WORDS and verb not in {"do", "have", "be"}):
        return None
    form = past_of(verb) if auxiliary == "did" else _third_person(verb) if auxiliary == "does" else verb
    return f"{subject} {form} {others}".strip()


def _subject_end(text: str) -> int | None:
    """Return where the subject ends that a text opens with, None where that cannot be told for sure."""
    article = re.match(r"the\s+", text, re.I)
    start = article.end() if article else 0
    shielded = "of "
    for mention in find_mentions(shielded + text):
        if mention.start - len(shielded) == start:
            return mention.end - len(shielded)
    pronoun = re.match(r"(?:he|she|they|it)\b", text, re.I)
    return pronoun.end() if pronoun else None


def _third_person(verb: str) -> str:
    if verb in {"do", "go"} or verb.endswith(("s", "sh", "ch", "x", "z")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in set("aeiou"):
        return f"{verb[:-1]}ies"
    return "has" if verb == "have" else f"{verb}s"


def _plain(question: str) -> str:
    return " ".join(question.split()).rstrip("?!. ")


def _short(clause: str) -> str | None:
    return clause if len(clause) <= _LONGEST else None
