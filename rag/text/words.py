"""Words, stems and function words, the same for search, evidence and checks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+(?:[.,'’-](?=\w)[^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$|['’]$")
_ACRONYM = re.compile(r"^(?:[^\W\d_]\.)+[^\W\d_]$")
_FISCAL_YEAR = re.compile(r"fy(\d{4}|\d{2})")
_stemmer = Stemmer.Stemmer("english")

FUNCTION_WORDS = frozenset(
    "a an the this that these those there here of in on at by for from to into onto with without within about over "
    "under after before during since until between among through against and or but nor so if then than as while "
    "because although though unless whether when where who whom whose which what why how i me my we us our ours "
    "you your yours he him his she her hers it its they them their theirs one ones is am are was were be been being do "
    "does did done doing have has had having will would shall should can could may might must not no yes n't also too "
    "very just only even ever never more most much many some any all each every both either neither other another such "
    "own same out up down off again once s t m re ve ll d don didn doesn isn aren wasn weren won wouldn couldn shouldn "
    "hasn haven hadn ain".split()
)
"""English words that carry no topic of their own."""


def words(text: str) -> list[str]:
    """Return the words of `text` in order, lower case, without accents, possessive endings or acronym points."""
    return [fold_word(match.group()) for match in _WORD.finditer(text)]


def word_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the spans of the words in `text[start:end]`."""
    return [match.span() for match in _WORD.finditer(text, start, len(text) if end is None else end)]


@lru_cache(maxsize=100_000)
def fold_word(word: str) -> str:
    """Return one word in lower case, without accents, possessive ending and the points of an acronym."""
    folded = unicodedata.normalize("NFKD", word.lower().replace("’", "'"))
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    folded = _POSSESSIVE.sub("", folded)
    return folded.replace(".", "") if _ACRONYM.match(folded) else folded


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the stem of a folded word by Snowball's English (Porter 2) algorithm."""
    return str(_stemmer.stemWord(word))


def _parts(word: str) -> list[str]:
    """Return a hyphenated word and its parts, so that `cease-fire` is found by `ceasefire` and by `fire`.

    Of a fiscal year (`FY2017`, `FY17`) that is the word and the year.
    """
    if "-" not in word:
        year = _FISCAL_YEAR.fullmatch(word)
        return [word, year[1] if len(year[1]) == 4 else f"20{year[1]}"] if year else [word]
    return [*word.split("-"), word.replace("-", "")]


def terms(text: str) -> list[str]:
    """Return the stems of the content words of `text`, in order, with repetitions: what lexical search indexes."""
    return [term for word in _WORD.findall(text) for term in _terms_of(word)]


@lru_cache(maxsize=100_000)
def _terms_of(word: str) -> tuple[str, ...]:
    """Return the terms of one word as it stands in a text: several for one with hyphens, none for a function word."""
    parts = _parts(fold_word(word))
    return tuple(stem(part) for part in parts if part and part not in FUNCTION_WORDS)
