"""Telling a line that is a title or heading from prose, by its length, letters and punctuation."""

from __future__ import annotations

import re

from rag.text.sentences import sentence_spans

_WORD = re.compile(r"[^\W_]+(?:[.’'-][^\W_]+)*")
_CLOSERS = " \"'”’»)]*_"
_OPENERS = " \"'“‘«*_¿¡"
_SPEAKER = re.compile(r"(?:[A-Z][A-Z.’'-]*(?: [A-Z][A-Z.’'-]*){0,3}):(?= .*[a-z])")
_TITLE_SMALL_WORDS = frozenset(
    "a an the of in on at by for from to into onto with without within about over under after before through against "
    "between among upon via per than and or but nor so yet if as vs v off out up down is are be not it its that".split()
)
_TEASER_ENDS = ("...", "…", "[…]", "[...]", "more", "»", "→")
_LONGEST_HEADING = 120
_MOST_HEADING_WORDS = 18
_CAPITAL_SHARE = 0.7


def ends_sentence(text: str) -> bool:
    """Say whether a text ends as a sentence does, closing quotation marks apart."""
    return text.rstrip(_CLOSERS).endswith((".", "!", "?", "…", "。", "！", "？"))


def is_prose(text: str) -> bool:
    """Say whether a text ends as a full sentence does, and not as the teaser of another page."""
    return ends_sentence(text) and not text.rstrip().lower().endswith(_TEASER_ENDS)


def could_be_heading(text: str) -> bool:
    """Say whether nothing in a line forbids that it is a heading: short, one sentence at most, no final point."""
    words = _WORD.findall(text)
    if not 0 < len(words) <= _MOST_HEADING_WORDS or len(text) > _LONGEST_HEADING or "\n" in text:
        return False
    if text.rstrip(_CLOSERS).endswith((".", ",", ":", ";", "…", "。", "、")) or not any(map(str.isalpha, text)):
        return False
    if _SPEAKER.match(text):
        return False
    first = text.lstrip(_OPENERS)[:1]
    return first.isalnum() and not first.islower() and len(sentence_spans(text)) == 1


def is_title_like(text: str) -> bool:
    """Say whether a line reads like a title: words with capitals, all of them or but one, and nothing against it."""
    if not could_be_heading(text):
        return False
    words = [word for word in _WORD.findall(text) if _counts(word)]
    small = sum(1 for word in words if word[0].islower())
    return bool(words) and small <= 1 and len(words) - small >= _CAPITAL_SHARE * len(words)


def _counts(word: str) -> bool:
    """Say whether titles would write a word with a capital."""
    return word.lower() not in _TITLE_SMALL_WORDS


def word_count(text: str) -> int:
    """Return the number of words in a text."""
    return len(_WORD.findall(text))
