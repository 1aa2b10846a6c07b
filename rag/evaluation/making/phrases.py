"""Phrases of English by rules: what a noun phrase is, what a sentence speaks of, what makes a question stand alone."""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.text.names import DEMONYMS, Mention, find_mentions
from rag.text.words import FUNCTION_WORDS, terms, words

PRONOUNS = frozenset(
    "he she it they this that these those such here there i we you me us him her them who which what our my your one "
    "another others former latter same".split()
)
_OWNERS = frozenset("his her hers its their theirs".split())
_NO_NOUN = re.compile(r"(?:ly|ed|ing|est)$")
_NO_TOPIC = frozenset(
    "way ways thing things lot kind sort time times day days year years week weeks month months moment point end part "
    "fact case question answer reason number people man woman person world country place problem issue matter idea "
    "first second last next only same other rest most least best worst whole".split()
)
_NOUN_PHRASE = re.compile(r"\b[Tt]he\s+((?:[a-z][a-z-]+\s+){0,2}[a-z][a-z-]{2,})(?=\s+(?P<next>[a-z]+)|[.,;:!?”\"’]|$)")
_ARTICLE_BEFORE = re.compile(r"\b(?:the|a|an|its|his|her|their|our)\s+$", re.I)
_NOUN_BEHIND = re.compile(r"\s+([a-z]+)")
_AFTER_NOUN = FUNCTION_WORDS - frozenset("a an the this these those his her its their our my your of".split())
"""What stands behind a noun phrase that is whole; where an article does, the word before it is a verb."""
_ADJECTIVE = re.compile(r"\w+(?:ic|ish|ese|ian)$")
_LONGEST_ACRONYM = 4
_PLURAL_OR_VERB = re.compile(r"[^sui]s$")


def topics_of(text: str) -> list[str]:
    """Return what a stretch of text speaks of: names first, then noun phrases, each as it can follow 'about'."""
    names = [topic for mention in find_mentions(text) if (topic := _named_topic(text, mention))]
    phrases = [f"the {match[1]}" for match in _NOUN_PHRASE.finditer(text) if _is_topic(match[1], match["next"])]
    return list(dict.fromkeys([*names, *phrases]))


def _named_topic(text: str, mention: Mention) -> str | None:
    """Return a name with the article that it needs, None where it only describes a noun behind it."""
    if describes(mention.name):
        return None
    article = _ARTICLE_BEFORE.search(text, 0, mention.lead)
    behind = _NOUN_BEHIND.match(text, mention.end)
    if behind and behind[1] not in FUNCTION_WORDS and (article or "-" in mention.name):
        return None
    return f"the {mention.name}" if article else mention.name


def describes(name: str) -> bool:
    """Say whether a name only says of what kind or country something is, or is no name but shouted."""
    if name.isupper() and len(name) > _LONGEST_ACRONYM:
        return True
    return {word.lower() for word in name.split()} <= DEMONYMS or bool(_ADJECTIVE.fullmatch(name))


def _is_topic(phrase: str, following: str | None) -> bool:
    """Say whether words after an article are a noun phrase that ends where it seems to."""
    found = phrase.split()
    last = found[-1]
    if following is not None and (following not in _AFTER_NOUN or _PLURAL_OR_VERB.search(last)):
        return False
    plain = not any(word in FUNCTION_WORDS for word in found)
    return plain and not _NO_NOUN.search(last) and last not in _NO_TOPIC and len(last) > 3


def stands_alone(question: str, frequencies: dict[str, int], documents: int) -> bool:
    """Say whether a question can be understood by somebody who has not the text before them.

    It has no pronoun that points out of it, and it names somebody or something, or has several rare words.
    """
    found = words(question)
    if PRONOUNS & set(found[1:]):
        return False
    named = bool(names_in(question))
    if _OWNERS & set(found) and not named:
        return False
    rare = [stem for stem in set(terms(question)) if frequencies.get(stem, 0) <= max(_SELDOM, documents // 50)]
    return named or len(rare) >= _RARE_WORDS


_RARE_WORDS = 3
_SELDOM = 2


def names_in(question: str) -> list[str]:
    """Return the names in a question, its first word apart."""
    _, _, rest = question.partition(" ")
    return [mention.name for mention in find_mentions(f"of {rest}") if not describes(mention.name)]


def decapitalised(phrase: str, vocabulary: Collection[str]) -> str:
    """Return the beginning of a sentence as it stands within one: in lower case, unless it begins with a name."""
    first, space, rest = phrase.partition(" ")
    small = first[:1].lower() + first[1:]
    if (first[1:].islower() or len(first) == 1) and (
        small in FUNCTION_WORDS or (small in vocabulary and not rest[:1].isupper())
    ):
        return small + space + rest
    return phrase
