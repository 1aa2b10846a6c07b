"""Whom a question means by a name or a description: 'Bolton', 'the Kremlin spokesman', 'critics of the plan'."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence

from rag.text.names import name_tokens, same_person, strip_title
from rag.text.words import FUNCTION_WORDS, stem, words
from rag.types import Quotation

_SPELLING = 0.84
"""Likeness of a last name over which it can be a misspelling."""


def find_speaker(
    phrase: str, quotations: Sequence[Quotation], text_of: Callable[[str], str]
) -> tuple[str | None, list[Quotation]]:
    """Return the speaker that a phrase of the question means, as the sources name them, and their quotations.

    First by name ('Bolton' is 'John Bolton'), then by what the sources call them ('the Kremlin spokesman', 'critics'),
    last by a name spelt nearly so.
    """
    bare = strip_title(phrase)[1] or phrase
    for wanted in dict.fromkeys((bare, _OF.split(bare)[0])):
        named = [q for q in quotations if q.speaker and _same_name(wanted, q.speaker)]
        if named:
            return _fullest(named), named
    called = [q for q in quotations if _is_called(phrase, q, text_of)]
    if called:
        names = {q.speaker for q in called if q.speaker}
        same = [q for q in quotations if q.speaker in names] if len(names) == 1 else called
        return (names.pop() if len(names) == 1 else None), same
    near = _near_spelling(bare, {q.speaker for q in quotations if q.speaker})
    return near, [q for q in quotations if near and q.speaker == near]


_OF = re.compile(r"\s+(?:of|from|at|in|to)\s+")


def _same_name(wanted: str, speaker: str) -> bool:
    """Compare without regard to case or titles; a phrase that is more than a name is nobody's name."""
    if _OF.search(wanted) or (
        len(wanted.split()) > 1 and any(word.islower() for word in wanted.split()) and not wanted.islower()
    ):
        return False
    return same_person(name_tokens(wanted.title() if wanted.islower() else wanted), name_tokens(speaker))


def _fullest(quotations: Iterable[Quotation]) -> str:
    return max((q.speaker for q in quotations if q.speaker), key=lambda name: (len(name.split()), name))


def _is_called(phrase: str, quotation: Quotation, text_of: Callable[[str], str]) -> bool:
    """Say whether the source describes the speaker, where it mentions them, as `phrase` does.

    What stands in front of an 'of' must stand in the description itself ('critics of the plan' are critics), the rest
    may stand near. A bare name describes nobody.
    """
    if (
        quotation.speaker_start is None
        or quotation.speaker_end is None
        or not any(word.islower() for word in _nouns(phrase))
    ):
        return False
    text = text_of(quotation.source)
    owned = _OWNED.match(phrase)
    head, *rest = [*_OF.split(owned.group("what")), owned.group("owner")] if owned else _OF.split(phrase)
    mention = text[quotation.speaker_start : quotation.speaker_end]
    if quotation.speaker:
        in_front = re.split(r"[.,;:!?”\"]", text[max(0, quotation.speaker_start - _BEFORE) : quotation.speaker_start])[
            -1
        ]
        apposition = re.match(
            r"\s*[,—–(]([^,.;:—–()]{1,80})", text[quotation.speaker_end : quotation.speaker_end + _BEHIND]
        )
        before_name = re.search(
            r"((?:[Aa]n?|[Tt]he)\s[^,.;:]{2,60}),\s*$",
            text[max(0, quotation.speaker_start - _BEHIND) : quotation.speaker_start],
        )
        mention = " ".join([in_front, *(match.group(1) for match in (apposition, before_name) if match)])
    near = text[max(0, quotation.speaker_start - _NEARBY) : quotation.sentence_end]
    return content_stems(head) <= content_stems(mention) and content_stems(" ".join(rest)) <= content_stems(near)


_OWNED = re.compile(r"(?P<owner>.+)(?:[’']s|s[’'])\s+(?P<what>[^’']+)$")
_BEFORE, _BEHIND, _NEARBY = 60, 90, 400


def _nouns(phrase: str) -> list[str]:
    return [word for word in re.findall(r"[\w’'-]+", phrase) if word.lower() not in FUNCTION_WORDS]


def content_stems(text: str) -> set[str]:
    """Return the stems of the content words of a text."""
    return {stem(word) for word in words(text) if word not in FUNCTION_WORDS}


def _near_spelling(wanted: str, speakers: set[str]) -> str | None:
    """Return the speaker whose name is spelt nearly so: the last name, and the first where the question gives one."""
    asked = name_tokens(wanted) or tuple(words(wanted))
    by_last = {
        name_tokens(speaker)[-1]: speaker
        for speaker in sorted(speakers)
        if _first_names_near(asked, name_tokens(speaker))
    }
    if not asked or len(asked[-1]) <= _SHORT_NAME:
        return None
    close = difflib.get_close_matches(asked[-1], by_last, n=1, cutoff=_SPELLING)
    return by_last[close[0]] if close else None


def _first_names_near(asked: Sequence[str], speaker: Sequence[str]) -> bool:
    if not speaker or len(asked) == 1 or len(speaker) == 1:
        return bool(speaker)
    return difflib.SequenceMatcher(None, asked[0], speaker[0]).ratio() >= _SPELLING_OF_FIRST


_SPELLING_OF_FIRST = 0.7
_SHORT_NAME = 4
