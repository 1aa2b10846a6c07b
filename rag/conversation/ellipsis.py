"""'And Lissner?', 'Why?', 'In 2022?', 'More?': questions completed from the one before."""

from __future__ import annotations

import re

from rag.conversation.lexicon import AUXILIARIES, QUESTION_WORDS, VERBS, is_participle
from rag.conversation.memory import Memory, Remembered
from rag.conversation.persons import Resolved, resolve_persons
from rag.conversation.referents import topic_of
from rag.conversation.replacing import replace_focus
from rag.text.words import FUNCTION_WORDS, words

_OPENER = re.compile(r"^(?:(?:and|but|or|what about|how about|and what about)\b[,\s]*)+", re.I)
_TOPICAL = re.compile(r"^(?:(?:and|but|or)\b[,\s]*)?(?:what|how) about\b", re.I)
_MOST_WORDS, _MOST_WORDS_BARE = 7, 5
_FRAGMENT = re.compile(
    r"^(?:and\s+|but\s+|so\s+)?(?P<what>"
    r"why not|why so (?:many|much|few|little)|how so|how come|since when|until when|by when|"
    r"(?:(?:by|to|for|with|from|of|on|in|at|within|about|against)\s+)?"
    r"(?:what|which|whose|whom|who|how (?:many|much|long))"
    r"(?:\s+(?!is\b|was\b|are\b|were\b|did\b|do\b|does\b|ones?\b)[a-z]+)?|"
    r"how(?:\s+(?:many|much|long|often|far|fast|old|big|large|high|deep|tall|hot|heavy|wide|soon|early|late)(?:\s+exactly)?)?|"
    r"(?:why|when|where)(?:\s+exactly)?|which ones?)\s*\?*$",
    re.I,
)
_ADVERBIAL = re.compile(
    r"(?:why|when|where|how|since|until|by|to|for|with|from|of|on|in|at|within|about|against)\b", re.I
)
_ASKS_ADVERB = re.compile(r"^(?:\w+\s+)?(?:when|where|why|how(?!\s+(?:many|much))|who|whom)\b", re.I)
_WHAT = re.compile(r"^(?:what|which|whom)(?=\s+(?:did|does|do)\b)", re.I)
_MORE = re.compile(
    r"^(?:and\s+|but\s+)?(?:more|any(?:thing|one|body|where) (?:else|more)|what else|who else|where else|go on|"
    r"tell me more|continue|else)[\s?.!]*$",
    re.I,
)
_LACKING = frozenset(
    "back again here now today yesterday tomorrow so too really yes no then ok okay thanks hello hi please".split()
)


def complete(question: str, memory: Memory) -> Resolved | None:
    """Return a question that is only a piece of one made whole, None for one that is whole."""
    if _MORE.match(question):
        return Resolved(_more(question, memory.last))
    fragment = _FRAGMENT.match(question)
    if fragment and _is_fragment(fragment["what"]):
        return Resolved(_ask_again(fragment["what"], memory.last))
    ones = re.match(r"^(?P<which>which|how many) ones?\b(?=\s+\w)", question, re.I)
    if ones and (asked := next((one for one in memory.last.frame.phrases if one.asked or one.is_plural), None)):
        return Resolved(f"{ones['which']} {asked.bare}{question[ones.end() :]}")
    bare = re.match(r"^how many (?=(?:are|were|have|had|do|did|can|could|will|would)\b)(?!.*\bof\b)", question, re.I)
    if bare and (several := next((one for one in memory.last.frame.phrases if one.is_plural), None)):
        return Resolved(f"{question[: bare.end()]}{several.bare} {_with_setting(question[bare.end() :], memory.last)}")
    piece = _piece(question)
    return _completed(piece, question, memory) if piece else None


def _with_setting(rest: str, previous: Remembered) -> str:
    """Return the rest of a question with the place and the time of the one before, where it names none."""
    setting = [
        f"{phrase.preposition} {phrase.text}"
        for phrase in previous.frame.phrases
        if phrase.preposition in {"in", "at", "during", "on"} and phrase.is_name
    ]
    named = any(character.isupper() or character.isdigit() for character in rest)
    return rest if named or not setting else f"{rest.rstrip('?!. ')} {' '.join(setting)}?"


def _is_fragment(what: str) -> bool:
    """Say whether question words are all there is: 'Who resigned?' is a question of its own."""
    rest = [word for word in words(what) if word not in FUNCTION_WORDS]
    plain = bool(re.match(r"(?:who|whom|whose)\s+\w+", what, re.I)) and not re.search(r"\belse\b", what, re.I)
    return not (rest and plain) and not (rest and re.match(r"(?:what|which)\s", what, re.I) and rest[0] in VERBS)


def _piece(question: str) -> str:
    """Return the piece that a question is: what stands behind 'And', or a phrase without a verb; '' for a whole one."""
    what = _OPENER.sub("", question).rstrip("?!. ")
    opened = what != question.rstrip("?!. ")
    count = len(what.split())
    if not what or count > (_MOST_WORDS if opened else _MOST_WORDS_BARE) or not (opened or question.endswith("?")):
        return ""
    first = words(what)[:1]
    if not first or first[0] in {"what", "who", "whom", "whose", "when", "where", "why", "how", "which"} | AUXILIARIES:
        return "" if first != ["when"] or not opened else what
    has_verb = any(word.lower() in AUXILIARIES and word != "May" for word in what.split())
    clause = first[0] in {"if", "when", "while", "unless", "without"}
    stated = not opened and any(is_participle(word) for word in words(what)[1:-1])
    asked = any(word in QUESTION_WORDS for word in words(what)[1:])
    if (
        (has_verb and not clause)
        or (asked and not clause)
        or stated
        or (not opened and first[0] in VERBS and count > 1)
    ):
        return ""
    return what


def _completed(piece: str, question: str, memory: Memory) -> Resolved:
    """Put a piece into the question before; a pronoun is the person it stands for, and takes the old one's place."""
    if words(piece) and all(word in _LACKING for word in words(piece)):
        return Resolved(question, "It is not clear what is asked")
    if re.fullmatch(r"(?:he|she|him|her)", piece, re.I):
        meant = resolve_persons(piece, memory)
        if meant.problem:
            return Resolved(question, meant.problem)
        piece = meant.question
    found = replace_focus(piece, memory, topical=bool(_TOPICAL.match(question)))
    return Resolved(found or f"{memory.last.question.rstrip('?!. ')}: {piece}?")


def _more(question: str, previous: Remembered) -> str:
    """Ask what else there is: 'What did …' becomes 'What else did …'."""
    first, _, rest = previous.question.partition(" ")
    if re.match(r"(?:what|who|where|why|how|which)$", first, re.I) and rest.split()[0].lower() in AUXILIARIES - {
        "is",
        "are",
        "was",
        "were",
    }:
        return previous.question if rest.startswith("else") else f"{first} else {rest}"
    if first.lower() == "who":
        return f"Who else {rest}"
    return f"What else is said about {_lower(_subject_of(previous))}?"


def _subject_of(previous: Remembered) -> str:
    return previous.frame.subject.text if previous.frame.subject else topic_of(previous)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[:4] in {"The ", "What", "Whic"} else text


def _ask_again(what: str, previous: Remembered) -> str:
    """Put other question words in front of the question before: 'Where did it end?' becomes 'When did it end?'."""
    word, question = what[:1].upper() + what[1:], previous.question
    frame = previous.frame
    start = frame.auxiliary[0] if frame.auxiliary else -1
    if word.lower() == "why not":
        return _why_not(previous)
    if word.lower().startswith("why so"):
        return f"{word} ({topic_of(previous)})?"
    if previous.parsed.yes_no and _ADVERBIAL.match(word):
        return f"{word} {question[:1].lower()}{question[1:]}"
    counted = re.match(r"^(?P<asked>which|what|how many)\s+(?=[a-z]+s\b)", question, re.I)
    if counted and re.fullmatch(r"how many|which(?: ones?)?", word, re.I):
        return f"{word.split(' one')[0]} {question[counted.end() :]}"
    adverbial = bool(_ADVERBIAL.match(word)) and not re.match(r"how (?:many|much)\b", word, re.I)
    speaks = bool(previous.parsed.speaker) and bool(_WHAT.match(question))
    if adverbial and start > 0 and not speaks and (_ASKS_ADVERB.match(question) or _drops_object(question)):
        return f"{word} {question[start:]}"
    return f"{word}: {question}"


def _drops_object(question: str) -> bool:
    """Say whether what was asked for can be left out: 'When did the council decide?' for 'What did … decide?'."""
    return bool(
        _WHAT.match(question)
        or re.match(r"^(?:at|by|for|in|on|to|with|within)\s+(?:what|which|whom|how)\b", question, re.I)
    )


def _why_not(previous: Remembered) -> str:
    subject, auxiliary, question = previous.frame.subject, previous.frame.auxiliary, previous.question
    if not (previous.parsed.yes_no and subject and auxiliary):
        return f"Why not: {question}"
    verb = question[auxiliary[0] : auxiliary[1]].lower()
    return f"Why {verb} {subject.text} not{question[subject.end :]}"
