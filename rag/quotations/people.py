"""Who is meant: by a last name that two people bear, by 'the judge', by 'she'."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from rag.text.first_names import pronoun_of
from rag.text.names import GENDERED_TITLES, Mention, NameTable

_HE = (
    "husband father son brother uncle nephew grandfather widower boyfriend man gentleman actor king chairman spokesman"
)
_SHE = "wife mother daughter sister aunt niece grandmother widow girlfriend woman actress queen chairwoman spokeswoman"
_GENDERED_NOUNS = {**dict.fromkeys(_HE.split(), "he"), **dict.fromkeys(_SHE.split(), "she")}
_APPOSITION = re.compile(
    r"\s*(?:,|—|–|\()\s*(?P<what>(?:(?:the|an?|his|her|their|its|[\w’'-]+[’']s|now|then)\s+)?[^,.;:()—–\n]{2,80})"
)
_ROLE_BEFORE = re.compile(r"(?:(?P<what>[^,.;:()—–\n]{2,80}),\s+|(?P<bare>[a-z][\w-]+)\s+)$")
_HEAD_ENDS = re.compile(r"\s+(?:of|for|at|in|on|from|to|with|who|whose|which|that|by|near|and)\b")
_DEFINITE = re.compile(r"(?:the|this|that|his|her|their|its)\b", re.I)
_WORD = re.compile(r"[\w-]+")
_MOST_RECENT = 8


class People:
    """The persons of one document, and those spoken of last, for short names, roles and pronouns."""

    def __init__(self, text: str, names: NameTable) -> None:
        """Take the document's text (quotations masked) and its names."""
        self._text = text
        self._names = names
        self._recent: list[str] = []
        self._roles: dict[str, set[str]] = defaultdict(set)
        self._gender: dict[str, str] = {}
        for mention in names.mentions:
            self._learn(mention)

    def _learn(self, mention: Mention) -> None:
        candidates = self._names.candidates(mention.name)
        if len(candidates) != 1 or not self._names.is_person(candidates[0]):
            return
        titles = _WORD.findall(self._text[mention.lead : mention.start].lower())
        nouns = [*titles, *self._descriptions(mention)]
        for noun in nouns:
            self._roles[noun].add(candidates[0])
            gender = GENDERED_TITLES.get(noun) or _GENDERED_NOUNS.get(noun)
            if gender:
                self._gender.setdefault(candidates[0], gender)

    def _descriptions(self, mention: Mention) -> list[str]:
        """Return the nouns by which the text describes a person right beside the name."""
        before = _ROLE_BEFORE.search(self._text, max(0, mention.lead - 90), mention.lead)
        behind = _APPOSITION.match(self._text, mention.end)
        phrases = [behind.group("what")] if behind else []
        phrases += [_described_in(before)] if before else []
        return [head for phrase in phrases if (head := _head(phrase))]

    def meant(self, mention: Mention) -> str:
        """Return the full name that a mention stands for, at its place in the text."""
        candidates = self._names.candidates(mention.name)
        if len(candidates) == 1:
            return candidates[0]
        title = _WORD.findall(self._text[mention.lead : mention.start].lower())[-1:]
        gender = GENDERED_TITLES.get(title[0]) if title else None
        if gender:
            candidates = self._of_gender(candidates, gender)
            if len(candidates) > 1 and not any(self._gender.get(name) for name in candidates):
                return mention.name  # 'Mr Smith' where nothing tells which of two Smiths is a man
        counts = [sum(each.name == name for each in self._names.mentions) for name in candidates]
        foremost = [name for name, count in zip(candidates, counts, strict=True) if count == max(counts)]
        return self._latest(foremost, mention.start)

    def _of_gender(self, names: Sequence[str], gender: str) -> tuple[str, ...]:
        """Return the names known to be of a gender, else those not known to be of the other."""
        known = tuple(name for name in names if self._gender.get(name) == gender)
        return known or tuple(name for name in names if name not in self._gender) or tuple(names)

    def _latest(self, names: Sequence[str], at: int) -> str:
        """Return the name that stands last before `at`, the first to come where none does."""
        before = [mention.name for mention in self._names.mentions if mention.start < at and mention.name in names]
        after = [mention.name for mention in self._names.mentions if mention.name in names]
        return before[-1] if before else after[0]

    def by_role(self, phrase: str) -> str | None:
        """Return the one person whom the text calls what a definite phrase says ('the judge'), None if none or many."""
        head = _head(phrase) if _DEFINITE.match(phrase) else None
        found = self._roles.get(head, set()) if head else set()
        return next(iter(found)) if len(found) == 1 else None

    def spoken_of(self, named: Sequence[str], about: Sequence[str]) -> None:
        """Remember the persons whom a sentence names, and over them those whom it is about."""
        before = [name for name in named if name not in self._recent and self._names.is_person(name)]
        order = [*before, *self._recent]
        for name in about:
            if self._names.is_person(name):
                order = [*(each for each in order if each != name), name]
        self._recent = order[-_MOST_RECENT:]

    def by_pronoun(self, pronoun: str) -> str | None:
        """Return the person last spoken of whom `he` or `she` fits."""
        return next((name for name in reversed(self._recent) if self.fits(name, pronoun)), None)

    def fits(self, name: str, pronoun: str) -> bool:
        """Say whether nothing known speaks against `name` being meant by `pronoun`."""
        wanted = pronoun.lower()
        known = self._gender.get(name) or pronoun_of(name.split(" ", 1)[0]) or wanted
        return wanted in {"he", "she"} and known == wanted


def _described_in(before: re.Match[str]) -> str:
    """Return the description in front of a name: a bare noun, or a phrase with an article that the clause opens with.

    'The mayor, Olga Brandt' and 'said the mayor, Olga Brandt' describe her; 'Opening the debate, Olga Brandt' does not.
    """
    if before.group("bare"):
        return before.group("bare")
    described = _OPENS_WITH_ARTICLE.match(before.group("what"))
    return described.group("what") if described else ""


_OPENS_WITH_ARTICLE = re.compile(
    r"\s*(?:(?:\w+\s+)?(?:said|says|told|asked|added|wrote|and|but|when|while|as|that|where)\s+)?"
    r"(?P<what>(?:the|an?|his|her|their|its|our|my|[\w.]+[’']s?)\s.+)",
    re.I,
)


def _head(phrase: str) -> str | None:
    """Return the noun that a phrase is about: the last word in front of 'of', 'who' and the like."""
    nouns = _WORD.findall(_HEAD_ENDS.split(" " + phrase.strip(), maxsplit=1)[0])
    return nouns[-1].lower() if nouns and nouns[-1].islower() else None
