"""Evidence for questions about what somebody said: all of their words, or those that concern the topic."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from rag.evidence.called import content_stems, find_speaker
from rag.evidence.choice import Choice, in_reading_order
from rag.evidence.facts import ANSWER_THRESHOLD, answerability
from rag.evidence.quantities import find_times
from rag.evidence.scoring import ScoredUnit, UnitScorer
from rag.evidence.turning import leans_back
from rag.evidence.units import Unit
from rag.text.names import name_tokens, strip_title
from rag.text.questions import AnswerType, Question
from rag.text.sentences import quotation_goes_on
from rag.text.words import fold_word, stem, terms, words
from rag.types import Document, Evidence, Quotation, QuoteKind

_MOST_NEAR = 3
_MOST_CONFIRMING = 3
"""Pieces that show whether somebody said a thing."""
MOST_SHOWN = 40
"""Pieces of one speaker that an answer shows at most: more is no answer that anybody reads."""
_OPINION = frozenset("believe think consider deem regard feel suspect expect hope fear doubt view".split())
_TOPIC_COVERAGE = 0.5
_TOPIC_SIMILARITY = 0.45
_PRECISE = frozenset({AnswerType.TIME, AnswerType.PLACE, AnswerType.NUMBER, AnswerType.DURATION})
_PRONOUNS = frozenset("he she him his her they them their it its".split())


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of a source in which one speaker is quoted or reported."""

    unit: Unit
    speaker: str | None
    direct: bool
    opinion: bool


def stretches(
    quotations: Sequence[Quotation], documents: dict[str, Document], units: Callable[[str], list[Unit]]
) -> list[Said]:
    """Return the stretches in which the quotations stand, adjacent ones of a speaker joined, items of a list apart."""
    said: list[Said] = []
    for quotation in sorted(quotations, key=lambda q: (q.source, q.sentence_start)):
        unit = _unit_of(quotation, units(quotation.source))
        text = documents[quotation.source].text
        opinion = quotation.verb in _OPINION and quotation.kind is QuoteKind.INDIRECT
        piece = Said(unit, quotation.speaker, quotation.kind is QuoteKind.DIRECT, opinion)
        if said and said[-1].unit.source == unit.source and said[-1].unit.end >= unit.end:
            said[-1] = replace(
                said[-1], direct=said[-1].direct or piece.direct, opinion=said[-1].opinion and piece.opinion
            )
        elif said and _continues(said[-1], piece, text):
            whole = replace(said[-1].unit, end=unit.end, text=text[said[-1].unit.start : unit.end])
            said[-1] = replace(said[-1], unit=whole, direct=True, opinion=False)
        else:
            said.append(piece)
    return said


def _continues(one: Said, other: Said, text: str) -> bool:
    between = text[one.unit.end : other.unit.start]
    same = one.unit.source == other.unit.source and one.speaker == other.speaker
    if not (same and one.direct and other.direct) or between.strip():
        return False
    return "\n" not in between or quotation_goes_on(text, one.unit.end, other.unit.start)


def _unit_of(quotation: Quotation, units: list[Unit]) -> Unit:
    """Return the unit that the quotation's sentence is, or one that holds it where units were cut otherwise."""
    start, end = quotation.sentence_start, quotation.sentence_end
    inside = [unit for unit in units if unit.start < end and start < unit.end]
    for unit in inside:
        if (unit.start, unit.end) == (start, end):
            return unit
    first = inside[0]
    joined = "\n".join([first.text, *(unit.text for unit in inside[1:])])
    return (
        replace(first, start=min(start, first.start), end=max(end, inside[-1].end), text=joined)
        if len(inside) > 1
        else first
    )


def choose_said(  # noqa: PLR0917
    question: Question,
    quotations: Sequence[Quotation],
    documents: dict[str, Document],
    units: Callable[[str], list[Unit]],
    scorer: UnitScorer,
    mentioned: Callable[[str], bool],
) -> Choice:
    """Return what the speaker whom the question names said, on its topic if it has one.

    `documents` holds the documents of the quotations by source; `mentioned` says whether a word's stem occurs in the
    sources. No evidence, and a reason, where the sources do not quote the speaker, or not on that.
    """
    speaker, theirs = find_speaker(question.speaker, quotations, lambda source: documents[source].text)
    who = speaker or question.speaker
    if question.speaker.lower() in _PRONOUNS:
        return Choice(reason=f"Whom “{question.speaker}” means is not clear: name them.")
    if not theirs:
        known = all(mentioned(term) for term in terms(strip_title(question.speaker)[1] or question.speaker))
        silent = f"The sources mention {who}, but quote nothing they said."
        return Choice(reason=silent if known else f"The sources do not mention {who}.")
    said = stretches(theirs, documents, units)
    if not question.terms and not question.names:
        return Choice(_shown(said, speaker, documents), _more(said))
    worded = [each for each in said if not each.opinion]
    said = said if question.opinion or not worded else worded
    scored = {
        id(each): each_scored
        for each, each_scored in zip(said, scored_on_topic(question, said, scorer, documents), strict=True)
    }
    people = {name_tokens(q.speaker)[-1:] for q in quotations if q.speaker}
    fitting = [each for each in said if _on_topic(question, scored[id(each)], each, documents, people)]
    fitting = _at_the_time(question, fitting, documents)
    if not fitting:
        topic = question.topic.rstrip("?!. ")
        nearest = sorted(said, key=lambda each: -scored[id(each)].score)[:_MOST_NEAR]
        near = tuple(said_evidence(each, speaker, documents, scored[id(each)].score) for each in nearest)
        return Choice(reason=f"The sources quote {who}, but not on this: {topic}.", near=near)
    if question.answer_type in _PRECISE:
        fitting = sorted(fitting, key=lambda each: -scored[id(each)].score)[:1]
    elif question.yes_no:
        fitting = sorted(fitting, key=lambda each: -scored[id(each)].score)[:_MOST_CONFIRMING]
    pieces = [said_evidence(each, speaker, documents, scored[id(each)].score) for each in fitting]
    return Choice(in_date_order(sorted(pieces, key=lambda piece: -piece.score)[:MOST_SHOWN]), _more(pieces))


def in_date_order(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return evidence in the order in which it was published, undated last, and in each source as it stands there."""
    return tuple(sorted(evidence, key=lambda piece: (piece.date or "9999", piece.source, piece.start)))


def scored_on_topic(
    question: Question, said: Sequence[Said], scorer: UnitScorer, documents: dict[str, Document]
) -> list[ScoredUnit]:
    """Score the stretches, in their own order, against the topic alone: that the speaker speaks is settled."""
    order = {(each.unit.source, each.unit.start, each.unit.end): number for number, each in enumerate(said)}
    wanted = set(question.terms)
    units = [
        _with_what_leads_up(each.unit, documents[each.unit.source].text)
        if wanted & set(terms(each.unit.text))
        else each.unit
        for each in said
    ]
    scored = scorer.score(question, units, text=question.topic)
    return sorted(scored, key=lambda each: order[(each.unit.source, each.unit.start, each.unit.end)])


def _with_what_leads_up(unit: Unit, text: str) -> Unit:
    """Return a unit that opens a paragraph with the paragraph before as its context: words answer what precedes them.

    Only for words that hold a part of the topic themselves: what others said before is not theirs.
    """
    leading = text[:0] if unit.before else text[max(0, unit.start - _LEADS_UP) : unit.start].rstrip()
    paragraph = leading.rsplit("\n\n", maxsplit=1)[-1].strip()
    return replace(unit, before=paragraph) if paragraph else unit


_LEADS_UP = 400


def _at_the_time(question: Question, said: list[Said], documents: dict[str, Document]) -> list[Said]:
    """Return what was said at the time that the question gives ('on Sunday'); all of it where nothing tells."""
    asked = {word for start, end in find_times(question.topic) for word in words(question.topic[start:end])}
    then = [
        each
        for each in said
        if asked <= set(words(documents[each.unit.source].text[max(0, each.unit.start - _NEAR_NUMBER) : each.unit.end]))
    ]
    return then or said


def _on_topic(
    question: Question,
    scored: ScoredUnit,
    said: Said,
    documents: dict[str, Document],
    people: Collection[tuple[str, ...]] = (),
) -> bool:
    """Say whether a stretch concerns the topic: its names are there, and it is near in words or meaning.

    `people` are the last names of all who speak.
    """
    if question.according:
        return answerability(scored) >= ANSWER_THRESHOLD
    text = documents[said.unit.source].text
    if not all(_has_name(name, question.topic, said, text, people) for name in question.names):
        return False
    around = text[max(0, said.unit.start - _NEAR_NUMBER) : said.unit.end + _NEAR_NUMBER]
    if not all(number in words(around) for number in question.numbers):
        return False
    found = {stem(word) for part in (*question.names, *question.numbers) for word in words(part)}
    words_left = [term for term in question.terms if term not in found]
    if not words_left:
        return True
    answers = said.unit.heading.endswith("?")
    leans = bool(_PRONOUNS & set(words(said.unit.text))) or leans_back(said.unit.text)
    here = answers or scored["coverage"] > 0 or leans
    covered = here and scored["coverage_with_context"] >= _TOPIC_COVERAGE
    return covered or scored["similarity"] >= _TOPIC_SIMILARITY


def _has_name(name: str, topic: str, said: Said, text: str, people: Collection[tuple[str, ...]]) -> bool:
    """Say whether a name is spoken of: in the stretch, or by a pronoun after a sentence with it.

    A pronoun is nobody else's only where the stretch names none of `people` but who speaks.
    A name that the question gives as place or time ('… in Hamburg') may also stand in what leads up to a report.
    """
    wanted = stem(words(name)[-1])
    here = [*words(said.unit.text), *(part for word in words(said.unit.text) for part in word.split("-"))]
    if wanted in {stem(word) for word in here}:
        return True
    others = {last[0] for last in people if last} - set(name_tokens(said.speaker or ""))
    if _PRONOUNS & set(here) and not others & set(here) and wanted in set(terms(said.unit.before)):
        return True
    circumstance = re.search(rf"\b(?:in|at|on|during|after|before)\s+(?:the\s+)?{re.escape(name)}", topic)
    leading = text[max(0, said.unit.start - _LEANS_ON) : said.unit.start]
    return bool(circumstance) and not said.direct and wanted in set(terms(leading))


_LEANS_ON = 800
"""Characters in front of a report in which the circumstances of a question may stand."""
_NEAR_NUMBER = 200


def said_evidence(said: Said, speaker: str | None, documents: dict[str, Document], score: float) -> Evidence:
    """Return a stretch as evidence, under its own speaker or the one given; the line before a list takes it along."""
    unit = said.unit
    end = unit.list_span[1] if unit.introduces_list and unit.list_span else unit.end
    return Evidence(
        source=unit.source,
        start=unit.start,
        end=end,
        text=documents[unit.source].text[unit.start : end],
        score=score,
        speaker=said.speaker or speaker,
        title=unit.title,
        date=unit.date,
        heading=unit.heading,
        item=unit.item,
    )


def _shown(said: Sequence[Said], speaker: str | None, documents: dict[str, Document]) -> tuple[Evidence, ...]:
    """Return all that was said, lists whole; where that is too much, the speaker's own words before reports of them."""
    pieces = _lists_joined(
        [said_evidence(each, speaker, documents, 1.0 if each.direct else 0.5) for each in said], said, documents
    )
    return in_date_order(sorted(pieces, key=lambda piece: -piece.score)[:MOST_SHOWN])


def _lists_joined(pieces: list[Evidence], said: Sequence[Said], documents: dict[str, Document]) -> list[Evidence]:
    """Join the items of a list, and the line that introduces it, into one piece."""
    joined: list[Evidence] = []
    spans: list[tuple[str, int, int] | None] = []
    for piece, each in zip(pieces, said, strict=True):
        span = (piece.source, *each.unit.list_span) if each.unit.list_span else None
        if span and spans and spans[-1] and spans[-1][0] == span[0] and spans[-1][1] == span[1]:
            last = joined[-1]
            text = documents[piece.source].text[last.start : max(last.end, piece.end)]
            joined[-1] = replace(last, end=max(last.end, piece.end), text=text)
        else:
            joined.append(piece)
            spans.append(span)
    return joined


def _more(said: Sequence[object]) -> str | None:
    return f"The {MOST_SHOWN} most direct of {len(said)} passages are shown." if len(said) > MOST_SHOWN else None


def choose_who_said(
    question: Question,
    quotations: Sequence[Quotation],
    documents: dict[str, Document],
    units: Callable[[str], list[Unit]],
    scorer: UnitScorer,
) -> Choice:
    """Return the quotation or report that the question describes, with whoever it is given to; at most two."""
    attributed = [q for q in quotations if q.speaker_start is not None]
    said = stretches(attributed, documents, units)
    scored = scored_on_topic(question, said, scorer, documents) if said else []
    verb = _WHO_VERB.match(question.text)
    as_asked = stem(fold_word(verb.group(1))) if verb else ""

    def rank(pair: tuple[Said, ScoredUnit]) -> float:
        return answerability(pair[1]) + _SAME_VERB * (as_asked in content_stems(pair[0].unit.text))

    ranked = sorted(zip(said, scored, strict=True), key=lambda pair: -rank(pair))
    ranked = [pair for pair in ranked if answerability(pair[1]) >= ANSWER_THRESHOLD]
    if not ranked:
        return Choice(reason="The sources give these words to nobody.")
    near = [pair for pair in ranked if rank(pair) >= rank(ranked[0]) - _NEAR][:2]
    if verb and verb.group(1).lower() not in _PLAIN_VERBS and as_asked in content_stems(near[0][0].unit.text):
        near = [pair for pair in near if as_asked in content_stems(pair[0].unit.text)]
    return Choice(in_reading_order(said_evidence(each, None, documents, s.score) for each, s in near))


_NEAR = 0.12
_PLAIN_VERBS = frozenset("said says say told wrote stated".split())
_SAME_VERB = 0.2
"""What is added where the report has the verb of the question ('who joked …')."""
_WHO_VERB = re.compile(r"^(?:and\s+)?who\s+(?:(?:else|first|has|have)\s+)*(\w+)", re.I)
