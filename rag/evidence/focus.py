"""The words of a sentence that a question asks for: the date, the number with its unit, the name, the description.

Rules by the kind of answer: what could be it is found by its form, without what the question says itself; of several
the one that stands nearest to the words of the question is taken, and what its neighbours show of it counts. Where
nothing is sure, nothing is returned: a wrong stress misleads more than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from rag.evidence.quantities import find_durations, find_numbers, find_times
from rag.text.names import DEMONYMS, Mention, find_mentions, is_organisation, name_tokens
from rag.text.questions import AnswerType, Question, QuestionKind
from rag.text.words import FUNCTION_WORDS, fold_word, stem, word_spans, words

Span = tuple[int, int]
Rated = tuple[Span, float]
"""A span of a text and what speaks for it beside its place."""

_UNFOCUSED = frozenset({QuestionKind.OVERVIEW, QuestionKind.COMPARE, QuestionKind.LIST})
_REACH = 30.0
"""Characters over which the nearness of a word of the question halves."""


def focus_of(
    question: Question, text: str, proposed: Span | None = None, *, speaker: str | None = None
) -> tuple[Span, ...]:
    """Return the spans of `text`, in order, that hold what `question` asks for; none where that cannot be told.

    `proposed` is the span that a model took for the answer: it goes before the rules, unless what it holds is not of
    the kind asked for while something else is. `speaker` is who says the words, for a question after whose they are.
    """
    if question.yes_no or question.kind in _UNFOCUSED:
        return ()
    if question.kind is QuestionKind.WHO_SAID:
        return _named(text, speaker)
    if question.kind is QuestionKind.WHO_IS:
        return _description(question.topic, text)
    if question.kind is QuestionKind.SAID and question.answer_type in {AnswerType.ANY, AnswerType.PERSON}:
        return ()
    found = [span for find in _finders(question) if (span := _best(question, text, find(question, text), proposed))]
    if not found and proposed and question.answer_type not in _TYPED and not _TOLD_AT_LENGTH.match(question.text):
        found = [span for span in (_taken(text, *proposed),) if span and not _is_asked(question, text, span)]
    return tuple(sorted({span for span in found if not any(_inside(span, other) for other in found)}))


def _finders(question: Question) -> list[Callable[[Question, str], Iterable[Rated]]]:
    """Return how what is asked for is found: for 'where and when' in two ways."""
    if _WHERE_AND_WHEN.search(question.text):
        return [_times, _places]
    return [_TYPED.get(question.answer_type, _anything)]


_TOLD_AT_LENGTH = re.compile(r"(?:and\s+)?(?:how\b|what happen|what should|what do(?:es)?\b|tell\b|describe\b)", re.I)
"""Questions that no few words of a sentence answer."""
_WHERE_AND_WHEN = re.compile(r"\bwhere and when\b|\bwhen and where\b", re.I)


def _best(question: Question, text: str, rated: Iterable[Rated], proposed: Span | None) -> Span | None:
    """Return the candidate that speaks most for itself; of those that a model proposed, where there are such."""
    candidates = [(span, rate) for span, rate in rated if not _is_asked(question, text, span)]
    agreed = [each for each in candidates if proposed and each[0][0] < proposed[1] and proposed[0] < each[0][1]]
    anchors = _anchors(question, text)
    ranked = sorted(
        ((rate + _nearness(text, span, anchors), span) for span, rate in agreed or candidates),
        key=lambda each: -each[0],
    )
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _SURE and question.answer_type in _OFTEN_SEVERAL:
        return None
    return ranked[0][1] if ranked else None


_SURE = 0.1
"""By how much the best of several names must be better than the next."""
_OFTEN_SEVERAL = frozenset({AnswerType.PERSON, AnswerType.PLACE, AnswerType.ANY})


def _anchors(question: Question, text: str) -> dict[str, list[Span]]:
    """Return where the words of the question stand, by their stems."""
    wanted = set(question.terms)
    found: dict[str, list[Span]] = {}
    for start, end in word_spans(text):
        folded = stem(fold_word(text[start:end]))
        if folded in wanted:
            found.setdefault(folded, []).append((start, end))
    return found


def _nearness(text: str, span: Span, anchors: dict[str, list[Span]]) -> float:
    """Return how near the words of the question stand on average: 1 right beside, falling by halves."""
    if not anchors:
        return 0.0
    near = [min(_distance(text, span, place) for place in places) for places in anchors.values()]
    direct = any(
        place[1] <= span[0] and _DIRECTLY.fullmatch(text, place[1], span[0]) for at in anchors.values() for place in at
    )
    return float(sum(2.0 ** -(distance / _REACH) for distance in near)) / len(near) + _MIDDLE * direct


_DIRECTLY = re.compile(r"\s+(?:(?:in|on|at|by|for|since|until|of|to|from|is|was|are|were|about)\s+)?(?:the\s+)?", re.I)
"""What may stand between a word of the question and what it takes: 'closed in 1987'."""


def _distance(text: str, one: Span, other: Span) -> int:
    """Return the characters between two spans; a comma, and what else ends a clause, counts for many."""
    first, last = sorted((one, other))
    between = text[first[1] : last[0]]
    return len(between) + _CLAUSE_END * sum(mark in ",;:—–(" for mark in between)


_CLAUSE_END = 20


def _is_asked(question: Question, text: str, span: Span) -> bool:
    """Say whether a span holds nothing but what the question says itself."""
    spoken = [word for word in words(text[slice(*span)]) if word not in FUNCTION_WORDS]
    asked = set(words(question.text))
    return not spoken or all(word in asked for word in spoken)


def _inside(span: Span, other: Span) -> bool:
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def _taken(text: str, start: int, end: int) -> Span | None:
    """Return what a model proposed for a question that any kind of thing can answer, as far as it says enough.

    It is widened to whole words and names. One common word alone is none: it is a guess at what matters.
    """
    if not 0 <= start < end <= len(text):
        return None
    touched = [span for span in word_spans(text) if span[0] < end and start < span[1]]
    names = [(each.start, each.end) for each in _mentions(text) if each.start < end and start < each.end]
    if not names and len(touched) < _FEWEST_WORDS and not any(map(str.isdigit, text[start:end])):
        return None
    if len(touched) > _MOST_WORDS:
        return None
    spans = [*touched, *names]
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    return first - (text[first - 1 : first] in _CURRENCIES), last + text.startswith("%", last)


_CURRENCIES = ("$", "£", "€", "¥")
_FEWEST_WORDS, _MOST_WORDS = 2, 10


# ---------------------------------------------------------------- by the kind of answer


def _times(question: Question, text: str) -> Iterable[Rated]:
    wants_year = re.search(r"\b(?:what|which) year\b", question.text, re.I)
    wants_hour = re.search(r"\b(?:time|hour|o[’']clock|open|clos)", question.text, re.I)
    for start, end in find_times(text):
        has_year = bool(re.search(r"\d{4}", text[start:end]))
        is_hour = bool(_HOUR.search(text[start:end])) and not wants_hour
        yield (start, end), _STRONG * bool(has_year and wants_year) + _WEAK * has_year - _MIDDLE * is_hour


_HOUR = re.compile(r"\d ?[ap]\.?m\b|\d:\d\d|\bno(?:on)\b|\bmidnight\b", re.I)


def _durations(question: Question, text: str) -> Iterable[Rated]:
    del question  # any stretch of time will do
    return ((span, 0.0) for span in find_durations(text))


def _numbers(question: Question, text: str) -> Iterable[Rated]:
    counted = _COUNTED.search(question.text)
    nouns = {stem(word) for word in words(counted["what"]) if word not in FUNCTION_WORDS} if counted else set()
    sort = next((pattern for asked, pattern in _SORTS if asked.search(question.text)), None)
    for found in find_numbers(text):
        behind = [stem(word) for word in words(text[found.start : found.end + _UNIT_NEAR])[:_UNIT_WORDS]]
        fits = bool(nouns & set(behind)) or bool(sort and sort.search(text[found.start : found.end + 2]))
        rate = _STRONG * fits - _STRONG * found.year - _WEAK * found.small
        end = found.end
        if nouns & set(behind):
            end = next(end for start, end in word_spans(text, found.start) if stem(fold_word(text[start:end])) in nouns)
        yield (found.start, max(end, found.end)), rate


_COUNTED = re.compile(
    r"\bhow many (?:(?:more|other|different|of the|of) )?(?P<what>[\w-]+)|"
    r"\b(?:what|which) (?:number|share) of (?:the )?(?P<of>[\w-]+)",
    re.I,
)
_MONEY = re.compile(r"[$£€¥]|\b(?:dollars?|euros?|pounds?|crowns?|francs?|yen|cents?|pence|USD|EUR|GBP)\b", re.I)
_SORTS = (
    (re.compile(r"\bpercent(?:age)?\b|\bshare\b|\bproportion\b", re.I), re.compile(r"%|\bper ?cent", re.I)),
    (
        re.compile(r"\bhow much\b.*\b(?:cost|pay|paid|earn|spend|spent|worth|price|money|raise|owe|charge|make)", re.I),
        _MONEY,
    ),
    (re.compile(r"\bhow old\b", re.I), re.compile(r"\byears?\b|\baged?\b|\b\d\d,", re.I)),
    (
        re.compile(r"\bhow (?:far|tall|high|wide|deep|large|big)\b", re.I),
        re.compile(r"\b(?:km|kilomet|met(?:re|er)|mile|f(?:ee|oo)t|inch|cm|hectare|acre|square|yard)", re.I),
    ),
)
_UNIT_NEAR, _UNIT_WORDS = 40, 5
_STRONG, _WEAK = 0.6, 0.1


def _persons(question: Question, text: str) -> Iterable[Rated]:
    asked = {token for name in question.names for token in name_tokens(name)}
    for mention in _mentions(text):
        if _is_nobody(text, mention) or set(mention.tokens) & asked:
            continue
        before, behind = text[max(0, mention.lead - 12) : mention.lead], text[mention.end : mention.end + 12]
        rate = _WEAK * (" " in mention.name) + _WEAK * mention.titled - _WEAK * is_organisation(mention.name)
        rate += _MIDDLE * bool(re.search(r"\bby\s+(?:the\s+)?$", before)) - _MIDDLE * bool(_AT_OR_OF.search(before))
        rate -= _MIDDLE * bool(re.match(r"[’']s?\b", behind))
        yield (mention.start, mention.end), rate


def _places(question: Question, text: str) -> Iterable[Rated]:
    named = _PLACE_KIND.search(question.text)
    for mention in _mentions(text):
        if _is_nobody(text, mention) or mention.titled or any(map(str.isdigit, mention.name)):
            continue
        at = bool(_AT.search(text[max(0, mention.lead - 14) : mention.lead]))
        end = mention.end
        while follows := _PART_OF.match(text, end):
            end = follows.end()
        if at or named:
            yield (mention.start, end), _STRONG * at
    for phrase in _LOCATIVE.finditer(text):
        yield phrase.span("place"), 0.0


_PLACE_KIND = re.compile(r"\b(?:what|which) (?:city|country|place)\b", re.I)
_MIDDLE = 0.3
_AT = re.compile(r"\b(?:in|at|near|from|to|outside|inside|around|across|off|on|into|towards?)\s+(?:the\s+)?$", re.I)
_AT_OR_OF = re.compile(rf"{_AT.pattern}|\bof\s+(?:the\s+)?$", re.I)
_PART_OF = re.compile(r", (?:[A-Z][\w’'-]+)(?: [A-Z][\w’'-]+)*(?=[\s,.;:)!?]|$)")
_LOCATIVE = re.compile(
    r"\b(?:in|at|on|inside|near|behind|under|beneath|outside|along|off|beside|above|below)\s+"
    r"(?P<place>(?:the|an?|his|her|their|its|one)\s+[a-z][\w’'-]*(?:\s+(?!(?:and|or|but|that|which|who|is|are|was|were|"
    r"has|had|have|for|to|with|by|when|while|because|after|before|in|on|at)\b)[a-z][\w’'-]*){0,3})"
)


def _is_nobody(text: str, mention: Mention) -> bool:
    """Say whether capitalised words are the adjective of a country, people or creed, and no name."""
    last = mention.tokens[-1] if mention.tokens else ""
    adjective = last in DEMONYMS or _ADJECTIVE.search(last)
    return set(mention.tokens) <= DEMONYMS or bool(adjective and _NOUN_NEXT.match(text, mention.end))


_ADJECTIVE = re.compile(r"(?:ish|ese|ists?|ic|ian|ean|ine)$")
_NOUN_NEXT = re.compile(
    r"\s+(?!(?:and|or|in|on|at|of|to|for|by|from|with|as|than|that|which|who|is|are|was|were|has|have|had|will|would|"
    r"said|"
    r"says|told|did|does|do|can|could|may|must)\b)[a-z]"
)


def _mentions(text: str) -> list[Mention]:
    """Return the names in a text; where there are none, its first word if that is capitalised."""
    front = "of "
    found = find_mentions(text)
    if found or text[:1].islower():
        return found
    return [
        Mention(each.start - len(front), each.end - len(front), each.name, each.lead - len(front))
        for each in find_mentions(front + text)
    ]


def _reasons(question: Question, text: str) -> Iterable[Rated]:
    del question  # what a cause is the cause of stands in front of it
    for clause in _CLAUSE_OF_REASON.finditer(text):
        yield clause.span(), _WEAK * clause.group().lower().startswith("because")


_CLAUSE_OF_REASON = re.compile(
    r"\b(?:because|due to|owing to|thanks to|as a result of|on the grounds that|in order to|so that|so as to|"
    r"in response to"
    r"|on account of)\b[^.;:!?—“”\"]{3,}?(?=[.;:!?—“”\"]|,[”\"]|,? (?:but|although|though|while|whereas|which)\b|"
    r", (?:he|she|they|\w+) (?:said|added|wrote|told)\b|$)",
    re.I,
)


def _anything(question: Question, text: str) -> Iterable[Rated]:
    """Yield, for 'which law' and 'what company', the names that the question does not give."""
    kind = _WHICH.match(question.text)
    if kind is None:
        return
    noun = stem(words(kind["noun"])[-1])
    for mention in _mentions(text):
        around = text[max(0, mention.lead - _KIND_NEAR) : mention.end + _KIND_NEAR]
        if not _is_nobody(text, mention) and (noun in {stem(word) for word in words(around)}):
            yield (mention.start, mention.end), _WEAK * (noun in {stem(token) for token in mention.tokens})


_WHICH = re.compile(
    r"^(?:and\s+|in |at |on |for |by |to |from )?(?:which|what)\s+(?P<noun>(?!(?:is|are|was|were|do|does|did|has|have|"
    r"had|"
    r"can|will|would|should|caus\w+|made|led|happen\w*|kind|sort|type|way|part)\b)[\w-]+)",
    re.I,
)
_KIND_NEAR = 25

_TYPED: dict[AnswerType, Callable[[Question, str], Iterable[Rated]]] = {
    AnswerType.TIME: _times,
    AnswerType.NUMBER: _numbers,
    AnswerType.DURATION: _durations,
    AnswerType.PERSON: _persons,
    AnswerType.PLACE: _places,
    AnswerType.REASON: _reasons,
}


# ---------------------------------------------------------------- persons


def _named(text: str, speaker: str | None) -> tuple[Span, ...]:
    """Return where the speaker is named, the fullest mention."""
    wanted = set(name_tokens(speaker or ""))
    fitting = [each for each in find_mentions(f"of {text}") if wanted and set(each.tokens) <= wanted]
    best = max(fitting, key=lambda each: len(each.name), default=None)
    return ((best.start - len("of "), best.end - len("of ")),) if best else ()


def _description(name: str, text: str) -> tuple[Span, ...]:
    """Return what a sentence says that somebody is: behind the name, or in front of it."""
    last = re.escape(name.rsplit(maxsplit=1)[-1])
    first = re.escape(name.split(maxsplit=1)[0])
    for pattern in (_BEHIND_NAME.format(last=last), _IS_A.format(last=last), _BEFORE_NAME.format(first=first)):
        match = re.search(pattern, text, re.I)
        if match:
            return (match.span("what"),)
    return ()


_WHAT = (
    r"(?P<what>(?:the|an?|one of|former|then an?|now an?|then|now|his|her|their|its|our|my|[\w.]+[’']s)"
    r"\s(?:[^;:()—–.!?]|\.(?=\w)|(?<=\.[A-Z])\.(?= [a-z])){{2,120}}?)"
)
_BEHIND_NAME = (
    r"\b{last}(?:,\s+|\s*[—–(]\s*)(?:who\s+(?:is|was)\s+)?" + _WHAT + r"(?=,|\s*[—–);:!?]|\.(?!\w)(?! [a-z])|$)"
)
_IS_A = r"\b{last}\s+(?:is|was|became|serves as|served as)\s+" + _WHAT + r"(?=,|\s*[—–);:!?]|\.(?!\w)(?! [a-z])|$)"
_BEFORE_NAME = r"(?:^|[\s“\"(])" + _WHAT + r"(?=,\s+(?:[A-Z]\w*\s+)?{first}\b)"
