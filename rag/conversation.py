"""Follow-up questions made to stand alone, by rules: pronouns, ellipsis, and what the earlier questions were about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text.dates import DATE
from rag.text.names import find_mentions, is_organisation, strip_title
from rag.text.questions import parse_question
from rag.text.words import FUNCTION_WORDS, fold_word, words

_SUBJECT = re.compile(r"\b(?:he|she)\b(?!['’])", re.I)
_CONTRACTED = re.compile(r"\b(he|she)['’](s|d|ll)\b", re.I)
_POSSESSIVE = re.compile(r"\b(his|her)\b(?=\s+\w)", re.I)
_OBJECT = re.compile(r"\b(him|her)\b", re.I)
_THING = re.compile(r"\b(?:it|that|this|those|these|they|them|there|then)\b", re.I)
_ABOUT_THING = re.compile(r"\b(about|on|regarding) (?:it|that|this)(?=[\s?!.]*$)", re.I)
_OPENER = re.compile(r"^(?:and|but|so|ok(?:ay)?|then|also)\b[,\s]*", re.I)
_ELLIPSIS = re.compile(r"^(?:(?:and|but|what about|how about|or)\b[,\s]*)+(?P<what>[^?]+)\??$", re.I)
_BARE = re.compile(
    r"^(?:and\s+|but\s+)?(?P<word>why|when|where|how|who|how so|how come|since when|how many|how much)\s*\??$", re.I
)
_QUESTION_WORD = re.compile(r"^(?:when|where|why|how|who)\b(?=\s+(?:did|does|do|is|are|was|were|has|have|had)\b)", re.I)
_MOST_WORDS_OF_ELLIPSIS = 6
_DATED = rf"(?:since|after|before|until|up to|in|between)\s+{DATE}(?:\s+and\s+{DATE})?"
_CONDITION = re.compile(rf"{_DATED}|according to\s+.+", re.I)
_CONDITION_BEHIND = re.compile(rf"\s+(?:{_DATED}|according to\s+[^,?]+)$", re.I)


def standalone(question: str, history: Sequence[str], people: Sequence[str] = ()) -> str:
    """Return `question` so that it can be understood without `history` (the earlier questions, oldest first).

    `people` are names that the sources know, so that a name written in lower case is still seen. A question that
    already stands alone comes back unchanged, white space made single apart.
    """
    earlier: list[str] = []
    for each in history:
        earlier.append(_alone(" ".join(each.split()), earlier, people))
    return _alone(" ".join(question.split()), earlier, people)


def _alone(question: str, earlier: list[str], people: Sequence[str]) -> str:
    """Return `question` made to stand alone with the help of the questions before it, which do already."""
    if not earlier:
        return question
    return _about_what(_elliptical(question, earlier, people) or _with_names(question, earlier, people), earlier[-1])


def mentioned_people(question: str, people: Sequence[str] = ()) -> list[str]:
    """Return the names of persons in a question: first whoever speaks in it, then the others in order."""
    parsed = parse_question(question)
    names = [
        mention.name for mention in find_mentions("of " + question) if not _is_article_name(question, mention.name)
    ]
    last_names = {fold_word(name.split()[-1]): name for name in people if name}
    lowered = [last_names[word] for word in words(question) if word in last_names]
    speaker = [parsed.speaker] if parsed.speaker and not _is_pronoun(parsed.speaker) else []
    bare = [strip_title(name)[1] or name for name in speaker]
    found = [name for name in [*bare, *names, *lowered] if not is_organisation(name)]
    return list(dict.fromkeys(found))


def _is_article_name(question: str, name: str) -> bool:
    return bool(re.search(rf"\bthe {re.escape(name)}\b", question, re.I))


def _is_pronoun(phrase: str) -> bool:
    return phrase.lower() in {"he", "she", "they", "it", "i", "we", "you", "him", "her"}


def _elliptical(question: str, earlier: list[str], people: Sequence[str]) -> str | None:
    """Complete 'And Lissner?', 'Why?', 'What about NATO?' from the question before."""
    previous = earlier[-1]
    bare = _BARE.match(question)
    if bare:
        return _ask_again(bare.group("word").capitalize(), previous)
    match = _ELLIPSIS.match(question)
    if not match or len(match.group("what").split()) > _MOST_WORDS_OF_ELLIPSIS or _asks(match.group("what")):
        return None
    is_topic = bool(re.match(r"(?:and|but)?\s*(?:what|how) about\b", question, re.I))
    return _replace_focus(match.group("what").strip(), previous, people, is_topic)


def _asks(phrase: str) -> bool:
    """Say whether a phrase is a question of its own ('what did he say') rather than a name or topic."""
    first = words(phrase)[:1]
    return bool(first) and first[0] in {
        "what", "who", "whom", "whose", "when", "where", "why", "how", "which", "did", "does", "do", "is",
        "are", "was", "were", "has", "have", "had", "can", "could", "will", "would", "should",
    }  # fmt: skip


def _ask_again(word: str, previous: str) -> str:
    """Put another question word in front of the question before: 'Where did it end?' becomes 'When did it end?'."""
    if parse_question(previous).yes_no:
        return f"{word} {previous[:1].lower()}{previous[1:]}"
    swapped = _QUESTION_WORD.sub(word, previous)
    return swapped if swapped != previous else f"{word}: {previous}"


def _replace_focus(what: str, previous: str, people: Sequence[str], is_topic: bool) -> str:
    """Put a new person in the place of the old one, a new topic behind the old person, a condition behind it all."""
    if _CONDITION.fullmatch(what):
        return f"{_CONDITION_BEHIND.sub('', previous.rstrip('?!. '))} {what}?"
    known = {fold_word(part) for name in people for part in name.split()}
    is_person = all(fold_word(word) in known for word in what.split())
    parsed = parse_question(previous)
    about = re.match(r"(?:about|on|regarding)\s+(?P<topic>.+)$", what, re.I)
    unknown_name = bool(find_mentions("of " + what)) and not what.isupper() and not is_topic
    if parsed.speaker and not about and (is_person or unknown_name):
        return previous.replace(parsed.speaker, what)
    if parsed.speaker:
        return f"What did {parsed.speaker} say about {about.group('topic') if about else what}?"
    old = mentioned_people(previous, people)
    if is_person and old and old[0] in previous:
        return previous.replace(old[0], what)
    return f"{previous.rstrip('?!. ')}: {what}?"


def _with_names(question: str, earlier: list[str], people: Sequence[str]) -> str:
    """Replace the pronouns for persons by the person whom the latest question is about."""
    if not (
        _SUBJECT.search(question)
        or _POSSESSIVE.search(question)
        or _OBJECT.search(question)
        or _CONTRACTED.search(question)
    ):
        return _with_topic(question, earlier)
    own = {name.lower() for name in mentioned_people(question, people)}
    others = (
        name for previous in reversed(earlier) for name in mentioned_people(previous, people) if name.lower() not in own
    )
    person = next(others, None)
    if person is None:
        return question
    resolved = _CONTRACTED.sub(lambda match: f"{person} {_LONG[match.group(2).lower()]}", question)
    subject = _SUBJECT.search(question) or _CONTRACTED.search(question)
    resolved = _SUBJECT.sub(person, resolved)
    if subject:
        own_form = "his" if subject.group()[:2].lower() == "he" else "her"
        return re.sub(rf"\b{own_form}\b(?=\s+\w)", f"{person}’s", resolved, flags=re.I)
    if _POSSESSIVE.search(question):
        # 'What did Reyes say about his club?' needs nobody from before, and is found with the pronoun as it is.
        return question if own else _POSSESSIVE.sub(f"{person}’s", question)
    return _OBJECT.sub(person, question)


_LONG = {"s": "is", "d": "would", "ll": "will"}


def _with_topic(question: str, earlier: list[str]) -> str:
    """Name what a short question with 'it' or 'that' is about, from the question before."""
    content = [word for word in words(question) if word not in FUNCTION_WORDS]
    if not _THING.search(question) or len(content) > _FEW_WORDS or find_mentions("of " + question):
        return question
    topic = parse_question(earlier[-1]).topic
    return f"{question.rstrip('?!. ')} ({topic})?" if topic else question


_FEW_WORDS = 2


def _about_what(question: str, previous: str) -> str:
    """Say for 'about it' at the end of a question what the one before was about."""
    topic = parse_question(previous).topic
    return _ABOUT_THING.sub(lambda match: f"{match.group(1)} {topic}", question) if topic else question
