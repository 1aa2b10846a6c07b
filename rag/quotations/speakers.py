"""Whose words: the subject of a reporting verb, found by rules on the clause in front of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from rag.quotations.people import People
from rag.quotations.speech import is_speech_verb
from rag.text.names import DEMONYMS, Mention, NameTable
from rag.text.words import FUNCTION_WORDS

MASK = "\x00"
"""What stands in place of every character between quotation marks."""
_PREPOSITIONS = (
    "about against among at before between beyond by concerning despite during for from in into like near of off on "
    "onto over regarding since than through throughout to toward towards under unlike upon via with within without"
).split()
_PREPOSITION_BEFORE = re.compile(
    rf"\b(?i:{'|'.join(_PREPOSITIONS)})\s+(?:(?:the|a|an|former|late|then|its|his|her|their|(?:[A-Z]\.)+|"
    rf"[A-Z]\w*)[ \u00a0]+)*$"
)
_ROLE_NOUN = (
    r"(?:spokes\w+|officials?|aides?|advis[eo]rs?|administration|allies|ally|lawmakers?|leaders?|president|minister|senators?|"
    r"ambassador|agency|agencies|campaign|government|chief|expansion|secretary|representatives?|critics|supporters)"
)
_MODIFIES = re.compile(rf"\s+(?:\w+\s+)?{_ROLE_NOUN}\b")
_DETERMINER_START = re.compile(
    r"[^\w]*(?:(?:[A-Z]\w*ly|However|Still|Yet|But|And|Meanwhile|For (?:example|instance)),?\s+)*"
    r"(?:this|that|these|those|the|a|an|his|her|their|its|such|some|many|most|several|any|no)\b",
    re.I,
)
_NAMED_ROLE = re.compile(r"[^\w]*(?:(?i:a|an|the|one))\s+[^,.;:]{2,60},\s+$")
_PERSON_ROLE = re.compile(
    r"the (?:[\w.]+ )?(?:president|senator|minister|secretary|chancellor|governor|spokes\w+|leader|king|queen|judge|"
    r"general|mayor|professor|author|official|man|woman|diplomat|congress\w+)$",
    re.I,
)
_SUBORDINATE_PRONOUN = re.compile(
    r"\b(?:when|if|after|before|that|whether|because|while|as|since|though|until)\s+$", re.I
)
_PRONOUN = re.compile(r"\b(he|she|they|i|we)\b", re.I)
_PRONOUN_END = re.compile(r"\b(he|she|they|i|we|it)$", re.I)
_AUXILIARIES = (
    r"(?:has|have|had|is|was|were|are|did|does|do|will|would|could|can|may|might|also|additionally|later|"
    r"recently|once more|once again|"
    r"often|still|then|again|repeatedly|reportedly|frequently|openly|publicly|privately|soon|even|further|long|"
    r"continues? to|continued to|went on to|began to|tends? to|\w+ly|been|being)"
)
_TRAILING = re.compile(rf"(?:\s*\b{_AUXILIARIES})+\s*$", re.I)
_ROLE = re.compile(
    r"(?:^|[\s,(—–-])((?:the|a|an|some|many|several|most|one|two|three|critics|supporters|analysts|officials|observers)\b"
    r"[^,;:()—–]*|[A-Za-z’'.\- ]*?\b(?:critics|defenders|supporters|analysts|officials|agencies|experts|observers|"
    r"officials|lawmakers|allies|democrats|republicans|aides|advisers|advisors|sources|authors|researchers)\b[^,;:()—–]*)$",
    re.I,
)
_DESCRIBED = re.compile(r"[^\w]*((?:the|an?|one|his|her|their|its|my|our)\s+[^,.;:()—–]{2,60}),", re.I)
_BELONGS = re.compile(r"\s+(?:of|from|at|with|for|in)\s[^,;:()—–]{2,60}")
"""What may stand between a name and its verb: 'Ann Roe of the Gazette said'."""
_RELATIVE = re.compile(r"\b(?:who|which|that)$", re.I)
_CONJUNCTION = re.compile(r"(?:\b(?:and|but|or|then|yet)|,)$", re.I)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is said to speak: the span of the mention, the name if the source gives one."""

    start: int
    end: int
    name: str | None


class SpeakerFinder:
    """Finds the subjects of verbs in one document; keeps the person last spoken of, for pronouns."""

    def __init__(self, text: str, names: NameTable) -> None:
        """Take the document's text (quotations masked, other lengths kept) and its names."""
        self._text = text
        self._names = names
        self._people = People(text, names)
        self._outside = [mention for mention in names.mentions if text[mention.start] != MASK]
        self._starts = [mention.start for mention in self._outside]

    def _within(self, start: int, end: int) -> list[Mention]:
        """Return the names in `start:end` that stand outside quotation marks."""
        first, behind = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return [mention for mention in self._outside[first:behind] if mention.end <= end]

    def named(self, mention: Mention) -> Speaker:
        """Return a mention as a speaker under the fullest name of the document."""
        return Speaker(mention.start, mention.end, self._people.meant(mention))

    def _is_subject(self, mention: Mention) -> bool:
        follows = self._text[mention.end : mention.end + 2]
        possessive = follows[:1] in "’'" and bool(follows[:1])
        modifier = _MODIFIES.match(self._text, mention.end) or self._is_adjective(mention)
        return not possessive and not modifier and not self._governed(mention)

    def _is_adjective(self, mention: Mention) -> bool:
        """Say whether a name is an adjective of a people or creed in front of a noun (`Radical Islamist groups`)."""
        last = mention.tokens[-1] if mention.tokens else ""
        if last not in DEMONYMS and not _ADJECTIVE.search(last):
            return False
        noun = _NEXT_WORD.match(self._text, mention.end)
        word = noun.group(1) if noun else ""
        return bool(word) and word not in FUNCTION_WORDS and not word.endswith("ly") and not is_speech_verb(word)

    def _governed(self, mention: Mention) -> bool:
        before = self._text[max(0, mention.lead - 60) : mention.lead]
        return bool(_PREPOSITION_BEFORE.search(before))

    def main_subject(self, start: int, end: int) -> Speaker | None:
        """Return the first name or pronoun in `start:end` that no preposition and no possessive governs."""
        mention = next((each for each in self._within(start, end) if self._is_subject(each)), None)
        if _DETERMINER_START.match(self._text, start, end):
            named_role = mention and _NAMED_ROLE.match(self._text, start, mention.start)
            return self.named(mention) if mention and named_role else None
        for pronoun in _PRONOUN.finditer(self._text, start, mention.start if mention else end):
            subordinate = _SUBORDINATE_PRONOUN.search(self._text, max(0, pronoun.start() - 12), pronoun.start())
            if pronoun.group().lower() in {"he", "she"} and not subordinate:
                return self.pronoun(pronoun.start(), pronoun.end())
        return self.named(mention) if mention else None

    def pronoun(self, start: int, end: int) -> Speaker:
        """Resolve `he` or `she` at `start:end` to the person last spoken of."""
        return Speaker(start, end, self._people.by_pronoun(self._text[start:end]))

    def note(self, start: int, end: int, speaker: Speaker | None = None) -> None:
        """Remember whom the sentence `start:end` is about: its `speaker`, else its subject."""
        subject = self.main_subject(start, end)
        if subject is None:
            owner = next((m for m in self._within(start, end) if not self._governed(m)), None)
            subject = self.named(owner) if owner else None
        others = [self.named(mention).name or "" for mention in self._within(start, end)]
        about = [each.name for each in (subject, speaker) if each and each.name]
        self._people.spoken_of(others, about)

    def subject(self, start: int, verb_start: int, sentence_start: int, of_sentence: bool) -> Speaker | None:
        """Return the subject of the verb at `verb_start`, whose clause begins at `start`.

        With `of_sentence` (a participle, an infinitive), and after `and`, that is the subject of the sentence.
        """
        clause_end = _trimmed_end(self._text, start, verb_start)
        clause = self._text[start:clause_end]
        if _RELATIVE.search(clause):
            return self._antecedent(start, start + len(_RELATIVE.sub("", clause).rstrip(" ,")))
        if of_sentence or not clause or (_CONJUNCTION.search(clause) and not clause.endswith(",")):
            return self.main_subject(sentence_start, verb_start)
        pronoun = _PRONOUN_END.search(clause)
        if pronoun:
            at = start + pronoun.start(1)
            subject = self.main_subject(sentence_start, at)
            if subject and subject.name and self._people.fits(subject.name, pronoun.group(1)):
                return Speaker(at, at + len(pronoun.group(1)), subject.name)
            return self.pronoun(at, at + len(pronoun.group(1)))
        if clause.endswith(","):
            return self._before_apposition(start, clause_end)
        return self._phrase(start, clause_end, sentence_start)

    def _antecedent(self, start: int, end: int) -> Speaker | None:
        return next((self.named(m) for m in reversed(self._within(start, end)) if m.end == end), None)

    def _before_apposition(self, start: int, end: int) -> Speaker | None:
        for mention in self._within(start, end):
            if self._is_subject(mention) and self._text[mention.end : mention.end + 1] == ",":
                return self.named(mention)
        return self.main_subject(start, end) or self._described(start, end)

    def _described(self, start: int, end: int) -> Speaker | None:
        """Return the noun phrase in front of the first comma of `start:end` ('His daughter, who …,') as a speaker."""
        phrase = _DESCRIBED.match(self._text, start, end)
        return Speaker(*phrase.span(1), self._people.by_role(phrase.group(1))) if phrase else None

    def _phrase(self, start: int, end: int, sentence_start: int) -> Speaker | None:
        """Return the name or noun phrase that ends at `end`; 'the president' is whom the sentence is about."""
        ending = next((m for m in self._within(start, end) if m.end == end), None)
        if ending and self._is_subject(ending):
            return self.named(ending)
        belonging = next((m for m in self._within(start, end) if _BELONGS.fullmatch(self._text, m.end, end)), None)
        if belonging and self._is_subject(belonging) and self._names.is_person(belonging.name):
            return self.named(belonging)
        role = _ROLE.search(self._text[start:end])
        if role:
            phrase = role.group(1).strip()
            at = start + role.start(1) + len(role.group(1)) - len(role.group(1).lstrip())
            return Speaker(at, at + len(phrase), self._role_name(phrase, sentence_start, at))
        last = re.search(r"(\S+)$", self._text[start:end])
        return self.main_subject(start, end) if last and last.group(1)[:1].isupper() else None

    def _role_name(self, phrase: str, sentence_start: int, at: int) -> str | None:
        """Return who 'the president' at `at` is: whom the text calls so, else whom the sentence is about."""
        called = self._people.by_role(phrase)
        about = self.main_subject(sentence_start, at) if not called and _PERSON_ROLE.search(phrase) else None
        return called or (about.name if about and about.name and self._names.is_person(about.name) else None)

    def following(self, start: int, end: int) -> Speaker | None:
        """Return the name that `start:end` begins with (after `according to`, `said`).

        Titles, roles ('chief executive') and a description with its comma ('the Harriers manager, ') are passed over;
        where no name comes, a description alone is the speaker ('said the spokesman').
        """
        for mention in self._within(start, end):
            between = self._text[start : mention.start]
            if self._is_adjective(mention):
                break
            if self._text[mention.end : mention.end + 1] in "’'" or _MODIFIER_END.match(self._text, mention.end):
                if _OPENS_DESCRIPTION.fullmatch(between):
                    continue
                break
            if _BEFORE_NAME.fullmatch(between):
                return self.named(mention)
            break
        role = _FOLLOWING_ROLE.match(self._text, start, end)
        return Speaker(*role.span(1), self._people.by_role(role.group(1))) if role else None


_ADJECTIVE = re.compile(r"(?:ish|ese|ists?|ic|ian|ean)$")
_NEXT_WORD = re.compile(r"\s+([a-z][\w-]*)")
_OPENS_DESCRIPTION = re.compile(r"\s*(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts)?\s*(?:[\w.’'-]+\s+){0,3}")
_MODIFIER_END = re.compile(
    r"(?: (?!and\b|or\b|in\b|on\b|at\b|to\b|of\b|from\b|with\b|after\b|before\b|during\b)[a-z][\w-]*){1,4},? [A-Z]"
)
_BEFORE_NAME = re.compile(
    r"\s*(?:(?:the|an?|former|then|of|for|[A-Z][\w.’'-]*|[a-z]+(?:-[a-z]+)?)\s+){0,5}"
    r"|\s*(?:the|an?|his|her|their|its|[A-Z][\w.]*[’']s?)\s[^.;:,()—–]{2,70},\s+(?:[A-Z][\w.]*\s+){0,2}"
)
_FOLLOWING_ROLE = re.compile(
    r"\s*((?:the|an?|one|his|her|their)\s+[a-z][\w’'-]*(?:\s+[a-z][\w’'-]*){0,3})(?=[\s]*[.,;:\"“‘(—–])", re.I
)


def _trimmed_end(text: str, start: int, end: int) -> int:
    """Return where `text[start:end]` ends without trailing auxiliaries, adverbs and white space."""
    clause = text[start:end]
    return start + len(_TRAILING.sub("", clause).rstrip())
