"""'The pump', 'that section', 'the company': the full phrase, or the name, of what is called so."""

from __future__ import annotations

import re

from rag.conversation.lexicon import COLLECTIVES, KINDS, is_base_form, is_plural, is_verb_form
from rag.conversation.memory import Memory, is_date
from rag.conversation.persons import Resolved
from rag.conversation.phrases import Phrase
from rag.conversation.referents import is_personal, lower_article, persons_of, things_in_answer
from rag.text.names import find_mentions
from rag.text.words import FUNCTION_WORDS, words

_POINTING = re.compile(r"\b(?:this|that|these|those)\s+(?P<noun>(?-i:[a-z]+))\b(?!['’])(?=\s*(?:[?.!,]|$|\w+))", re.I)
_DEFINITE = re.compile(r"\bthe\s+(?P<noun>[a-z]+)\b(?!['’])(?P<behind>\s+[\w-]+)?", re.I)
_MODIFIERS = frozenset("of for in from at who whose that which to with on between and against".split())
_REPORTING = frozenset(
    "say said says argue argued argues claim claimed claims state stated states think thought thinks believe believed "
    "believes know knew knows show showed shows shown suggest suggested suggests report reported reports find found "
    "finds mean means prove proved proven deny denied denies warn warned note noted add added insist insisted tell "
    "told agree agreed conclude concluded true fact so such assume assumed likely possible clear".split()
)
"""Words behind which 'that' begins a clause and points at nothing."""
_TIMES = frozenset("time year day month way thing case moment".split())


def resolve_definites(question: str, memory: Memory) -> Resolved:
    """Put the full phrase in the place of its bare head, and what is meant in the place of 'that section'."""
    return Resolved(_pointing(_definite(question, memory), memory))


def _definite(question: str, memory: Memory) -> str:
    """Put the full phrase in the place of its bare head ('the pump'), the name in the place of its kind."""

    def replaced(match: re.Match[str]) -> str:
        noun, behind = match["noun"].lower(), (match["behind"] or "").strip().lower()
        if behind in _MODIFIERS or (behind and behind not in FUNCTION_WORDS and not is_verb_form(behind)):
            return match.group()
        fuller = _fuller(noun, memory) or (_named_kind(question, memory) if noun in KINDS | COLLECTIVES else "")
        return f"{fuller}{match['behind'] or ''}" if fuller else match.group()

    named = any(mention.start > _LEAD for mention in find_mentions(f"of {question}"))
    return question if named else _DEFINITE.sub(replaced, question)


_LEAD = 3


def _fuller(noun: str, memory: Memory) -> str:
    """Return the latest phrase with that head and more words, where the latest with that head has more."""
    for turn in reversed(memory.turns if noun not in _TIMES else []):
        for phrase in turn.frame.phrases:
            whole = turn.frame.whole(phrase)
            named = whole.text.split(" of ")[0].split()
            if named and named[-1].lower() == noun and not phrase.asked:
                return with_article(whole) if len(whole.bare.split()) > 1 else ""
    return ""


def with_article(phrase: Phrase) -> str:
    """Return a phrase with `the` in the place of `a`, and in front where it has none and is no name."""
    if phrase.determiner in {"a", "an", ""} and not phrase.text[:1].isupper():
        return f"the {phrase.bare}"
    return f"the {phrase.text}" if phrase.text[:1].isupper() and " of " in phrase.text else phrase.text


def _named_kind(question: str, memory: Memory) -> str:
    """Return the one name of a thing that the latest question with names has, '' where there are several."""
    for turn in reversed(memory.turns):
        persons = persons_of(turn, memory)
        named = [
            phrase.text
            for phrase in turn.frame.phrases
            if phrase.is_name and not is_personal(phrase, persons) and not is_date(phrase.text)
        ]
        if named:
            subject = turn.frame.subject.text if turn.frame.subject else turn.frame.phrases[0].text
            return named[0] if named == [subject] and named[0] not in question else ""
    return ""


def _pointing(question: str, memory: Memory) -> str:
    """Put what is meant in the place of 'that section', 'those rules'."""

    def replaced(match: re.Match[str]) -> str:
        noun = match["noun"].lower()
        pointed = match.group().split()[0].lower()
        before = words(question[: match.start()])[-1:]
        if pointed == "that" and before and before[0] in _REPORTING:
            return match.group()
        if noun in FUNCTION_WORDS or noun in _TIMES or (is_base_form(noun) and pointed == "that"):
            return match.group()
        if is_plural(noun) != (pointed in {"these", "those"}):
            return match.group()
        for turn in reversed(memory.turns):
            for phrase in turn.frame.phrases:
                answered = things_in_answer(turn, persons_of(turn, memory)) if phrase.asked else []
                if noun in phrase.bare.lower().split() and len(answered) == 1:
                    return lower_article(answered[0])
                if noun in phrase.bare.lower().split():
                    whole = turn.frame.whole(phrase)
                    return with_article(whole) if len(whole.bare.split()) > 1 else match.group()
        named = _named_kind(question, memory) if noun in KINDS | COLLECTIVES else ""
        return named or match.group()

    return _POINTING.sub(replaced, question)
