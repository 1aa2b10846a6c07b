"""Whether a statement may be shown: its own words in the source, or a paraphrase that the cited text supports.

A first, strict check of paraphrases, by what can be counted: every quotation, number and name of the statement must
stand in the cited text, what is said to be somebody's words must be theirs, what one side denies the other may not
assert, and enough of the content words must come from one sentence of the cited text and the headings over it, the
rest not from its other sentences. Who did what to whom within a sentence is not checked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.text.names import DEMONYMS, Mention, find_mentions, name_tokens, same_person
from rag.text.normalise import find_whole, normalise, normalise_with_origins
from rag.text.sentences import quotation_spans, quotation_units, sentence_spans
from rag.text.words import FUNCTION_WORDS, stem, terms, words
from rag.types import Evidence, Verdict

SUPPORT_THRESHOLD = 0.7
"""Share of a paraphrase's content stems that one sentence of the cited text must hold, speaker and heading included."""

_NEGATIONS = frozenset(
    "not no never neither nor none nobody nothing nowhere without cannot refused denied declined lacks lack hardly "
    "scarcely barely seldom rarely doubt doubts doubted false unlikely".split()
)
_FAILURES = frozenset("fail fails failed refuse refuses decline declines".split())
"""Words that deny what an infinitive behind them says ('failed to agree')."""
_CONTRACTED = re.compile(r"\w+n['’]t", re.I)
_NUMBER = re.compile(r"\d[\d,.]*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split(),
        start=2,
    )
} | {
    word: str(10 * value)
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_MAGNITUDES = frozenset("dozen hundred thousand million billion trillion half third quarter twice".split())
_OUTER = "\"'“”‘’«» "
_ENDS = " .,;:!?"
_SAYS = re.compile(
    r"\b(?:said|says|told|stated|states|claims?|claimed|argues?|argued|called|calls|believes?|thinks?|wrote|writes|noted|notes|"
    r"explained|explains|described|describes|according to|added|warned)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Check:
    """What the check of one statement found.

    For `VERBATIM`, `evidence` (an index into the cited pieces) and `start:end` (offsets into that piece's text) say
    where the words stand. For `UNSUPPORTED`, `reason` says what is wrong, for people.
    """

    verdict: Verdict
    reason: str | None = None
    evidence: int = 0
    start: int = 0
    end: int = 0


def check_statement(text: str, cited: Sequence[Evidence]) -> Check:
    """Check a statement, citations taken out, against the evidence that it cites."""
    if not cited:
        return Check(Verdict.UNSUPPORTED, "it cites nothing that was given")
    verbatim = _verbatim(text, cited)
    if verbatim:
        return verbatim
    reason = _objection(text, cited)
    return Check(Verdict.UNSUPPORTED, reason) if reason else Check(Verdict.SUPPORTED)


def _verbatim(text: str, cited: Sequence[Evidence]) -> Check | None:
    wanted = normalise(text)
    for candidate in (wanted, wanted.strip(_OUTER), wanted.strip(_OUTER).strip(_ENDS)):
        for number, piece in enumerate(cited):
            source = normalise_with_origins(piece.text)
            if len(candidate.split()) < _FEWEST_WORDS and candidate != source.text:
                continue
            span = source.find(candidate, whole_words=True)
            if span:
                return Check(Verdict.VERBATIM, None, number, *span)
    return None


_FEWEST_WORDS = 2
"""A single word is nobody's quotation, unless it is all that the piece says."""


def _objection(text: str, cited: Sequence[Evidence]) -> str | None:
    """Return why a paraphrase may not be shown, None where nothing speaks against it."""
    if len(set(terms(text))) < _FEWEST_TERMS:
        return "it says too little to be checked"
    body = "\n".join(piece.text for piece in cited)
    quotes = bool(quotation_spans(text))
    sentences = [(sentence, piece) for piece in cited for sentence in _sentences(piece, quotes=quotes)]
    place = max(range(len(sentences)), key=lambda number: _share(text, sentences[number][0]))
    best, source = sentences[place]
    leans_on = sentences[place - 1][0] if place and _LEANS.search(best) and sentences[place - 1][1] == source else ""
    known = "\n".join([body, *(f"{piece.date or ''} {piece.speaker or ''} {piece.heading}" for piece in cited)])
    return (
        _open_quotation(text)
        or altered_quotation(text, body)
        or _foreign_number(text, known)
        or _foreign_name(text, known)
        or _repeated_name(text, best)
        or _wrong_speaker(text, source)
        or _too_far(text, best)
        or _turned_negation(text, best)
        or _joined(text, f"{best}\n{leans_on}", body)
    )


_FEWEST_TERMS = 2
_LEANS = re.compile(r"\n\W*(?:\w+\W+){0,2}?(?:he|she|it|they|this|that|these|those|his|her|its|their)\b", re.I)
"""A sentence whose subject stands in the one before it."""


def altered_quotation(text: str, source: str) -> str | None:
    """Return an objection when something between quotation marks in `text` does not stand in `source`."""
    plain = normalise(source)
    for start, end in quotation_spans(text):
        quoted = normalise(text[start + 1 : end - 1]).strip(_ENDS)
        if quoted and find_whole(plain, quoted) < 0:
            return f"“{quoted}” does not stand in the cited text"
    return None


def _open_quotation(text: str) -> str | None:
    return "a quotation in it is not closed" if normalise(text).count('"') % 2 else None


def _foreign_number(text: str, known: str) -> str | None:
    have = set(_numbers(known))
    extra = [number for number in _numbers(text) if number not in have]
    return f"the number {extra[0]} does not stand in the cited text" if extra else None


def _numbers(text: str) -> list[str]:
    """Return the numbers in `text`: digits without commas for thousands, words as digits, 'million' as it is."""
    found = [number.strip(",.") for number in _NUMBER.findall(_THOUSANDS.sub("", text))]
    for word in words(text):
        parts = [_NUMBER_WORDS[part] for part in word.split("-") if part in _NUMBER_WORDS]
        if parts:
            found.append(str(sum(map(int, parts))))
        elif word.removesuffix("s") in _MAGNITUDES:
            found.append(word.removesuffix("s"))
    return found


def _foreign_name(text: str, known: str) -> str | None:
    have = set(words(known))
    for mention in find_mentions(text):
        tokens = name_tokens(mention.name)
        if not set(tokens) <= have and "".join(tokens) not in have:
            return f"the name {mention.name} does not stand in the cited text"
    return None


def _repeated_name(text: str, best: str) -> str | None:
    """Object when a name stands in the statement more than once, and more often than in what it rests on.

    Small models put names in the place of pronouns, often the wrong ones ('between Putin and Putin').
    """
    ours = Counter(mention.tokens[-1] for mention in find_mentions(text) if mention.tokens)
    theirs = Counter(words(best))
    surplus = [name for name, count in ours.items() if count > 1 and count > theirs[name]]
    return f"it names {surplus[0].title()} where the cited text does not" if surplus else None


def _wrong_speaker(text: str, piece: Evidence) -> str | None:
    """Object when the statement gives the words of `piece`, on which it rests, to somebody else."""
    for start, end in quotation_spans(text):  # who is named inside a quotation does not speak it
        text = text[:start] + " " * (end - start) + text[end:]
    says = _SAYS.search(text)
    if not says:
        return None
    before = _bearers(text[: says.start()])
    after = _bearers(text[says.end() :]) if says.group().lower() == "according to" else []
    named = after[0] if after else (before[-1] if before else None)
    if named is None:
        return None
    if piece.speaker and not same_person(named.tokens, name_tokens(piece.speaker)):
        return f"the cited text gives these words to {piece.speaker}, not to {named.name}"
    if not piece.speaker and not set(named.tokens) <= set(words(f"{piece.title} {piece.heading} {piece.text}")):
        return f"the cited text does not give these words to {named.name}"
    return None


def _bearers(text: str) -> list[Mention]:
    """Return the names in `text` that somebody can bear ('American' alone is none)."""
    return [mention for mention in find_mentions("of " + text) if not set(mention.tokens) <= DEMONYMS]


def _sentences(piece: Evidence, *, quotes: bool) -> list[str]:
    """Return the sentences of a piece (a list as one), each with speaker and heading.

    For a statement with quotations (`quotes`), whose words are checked apart, sentences that share quotation marks
    are one as well.
    """
    front = f"{piece.speaker or ''} {piece.heading}"
    spans = sentence_spans(piece.text) if "\n" not in piece.text else []
    if quotes and spans:
        spans = list(dict.fromkeys([*spans, *quotation_units(piece.text)]))
    spans = spans or [(0, len(piece.text))]
    return [f"{front}\n{piece.text[start:end]}" for start, end in spans]


def _share(text: str, source: str) -> float:
    """Return the share of the content stems of `text` that stand in `source`; 1 where it has none."""
    wanted = set(terms(text))
    return len(wanted & set(terms(source))) / len(wanted) if wanted else 1.0


def _too_far(text: str, best: str) -> str | None:
    """Object when too few of the content words stand in the sentence that holds most of them."""
    share = _share(text, best)
    return "too little of it stands in one sentence of the cited text" if share < SUPPORT_THRESHOLD else None


def _joined(text: str, best: str, body: str) -> str | None:
    """Object when words that are missing in the sentence it rests on come from another one (names apart)."""
    names = {stem(token) for mention in find_mentions(text) for token in mention.tokens}
    foreign = (set(terms(text)) - set(terms(best)) - names) & set(terms(body))
    return "it joins what different sentences of the cited text say" if foreign else None


def _denied(text: str) -> set[str]:
    """Return the stems that are denied: the first content word behind each negation, adverbs passed over.

    Where a clause hangs on that word ('not true that the board …'), the first one of the clause too.
    """
    spoken = words(text)
    denied: set[str] = set()
    for number, word in enumerate(spoken):
        failure = word in _FAILURES and spoken[number + 1 : number + 2] == ["to"]
        if failure or word in _NEGATIONS or _CONTRACTED.fullmatch(word):
            at = _next_content(spoken, number)
            hangs = [place for place in range(at, at + 3) if spoken[place : place + 1] in (["that"], ["whether"])]
            places = [at, *(_next_content(spoken, place) for place in hangs)]
            denied.update(stem(spoken[place]) for place in places if place < len(spoken))
    return denied


def _next_content(spoken: Sequence[str], number: int) -> int:
    """Return the place of the first content word behind `number` within reach, else the end."""
    for place in range(number + 1, min(len(spoken), number + _REACH)):
        if spoken[place] not in FUNCTION_WORDS and not spoken[place].endswith("ly"):
            return place
    return len(spoken)


_REACH = 6


def _turned_negation(text: str, source: str) -> str | None:
    """Object when one side denies what the other asserts.

    What is denied may be said in another word ('did not approve', 'backed'): so a statement that denies nothing, of a
    sentence that does, may have no word of its own.
    """
    ours, theirs = _denied(text), _denied(source)
    added, dropped = ours - theirs, theirs - ours
    if added and (not theirs or added & set(terms(source))):
        return "it denies something that the cited text does not deny"
    if dropped & set(terms(text)) or (dropped and not ours and set(terms(text)) - set(terms(source))):
        return "it leaves out a negation of the cited text"
    return None
