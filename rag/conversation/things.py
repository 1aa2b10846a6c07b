"""'It', 'they', 'there', 'then', 'that' and 'the company': the thing, the group, the place and the time meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.conversation.lexicon import (
    ADJECTIVES,
    AUXILIARIES,
    COLLECTIVES,
    KINDS,
    PREPOSITIONS,
    acts,
    is_base_form,
    is_participle,
    is_person_noun,
    is_plural,
    is_verb_form,
)
from rag.conversation.memory import Memory, Remembered, is_date, is_thing_name, items_of, named_items
from rag.conversation.persons import Resolved
from rag.conversation.phrases import Frame, Phrase, clause_starts, is_statement, read_frame, without_possessive
from rag.text.dates import DATE, days_of
from rag.text.first_names import pronoun_of
from rag.text.names import find_mentions, name_tokens
from rag.text.questions import AnswerType
from rag.text.words import FUNCTION_WORDS, words

_IT = re.compile(r"\bit\b(?!['’])", re.I)
_ITS = re.compile(r"\bits\b(?=\s+\w)", re.I)
_ACTING_IT = re.compile(
    r"\b(?:did|does|do|has|have|had|will|would|can|could|should|may|must)\s+it\s+(?:\w+ly\s+)?(?P<verb>\w+)", re.I
)
_THEY = re.compile(r"\b(?:they|them)\b(?!['’])", re.I)
_THEIR = re.compile(r"\btheir\b(?=\s+\w)", re.I)
_THERE = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )(?<!\bbeen )\b(?:(?P<to>get|go|travel|come|fly|drive|sail|move)\s+)?"
    r"there\b(?=\s*(?:[?.!]*$|,|(?:in|on|at|when|during|now|today|then|and|before|since|by|with)\b))",
    re.I,
)
_THEN = re.compile(r"\b(?:then|at (?:the|that) time|(?:in )?that (?:year|day|month))(?=[\s?.!]*$)", re.I)
_NOTHING_IT = re.compile(
    r"\b(?:is|was|would|will|be|might|may|can|could|should|must|['’]s)\s+it\s+(?:be\s+)?(?:\w+ly\s+)?\w+\s+"
    r"(?:that|whether|if|for\s+\w+.*\bto|to)\b|\bit\s+(?:is|was)\s+(?:\w+ly\s+)?\w+\s+(?:that|to)\b|"
    r"\bit\s+(?:gets?|got|becomes?|became|is|was)\s+(?:dark|light|cold|hot|warm|late)\b|"
    r"\bit\s+(?:take|takes|took|cost|costs|mean|means)\s+(?:\w+\s+){0,3}?to\b|"
    r"\bwhat (?:time|day|year) (?:is|was) it\b|\bit\s+(?:rain|snow|rained|snowed)\b",
    re.I,
)
_BARE_THAT = re.compile(
    r"\b(?P<lead>about|of|for|on|with|by|to|from|after|before|do|undo|mean|called|say|said|is|was|did|does|know)\s+"
    r"(?P<that>this|that)\b(?=[\s?.!]*$|\s+(?P<behind>\w+)(?:\s+\w+){0,2}[\s?.!]*$)|"
    r"\b(?:said|says|say|thinks?|why|do|did) (?P<so>so)\b(?=[\s?.!]*$)",
    re.I,
)
_POINTING = re.compile(r"\b(?:this|that|these|those)\s+(?P<noun>(?-i:[a-z]+))\b(?!['’])(?=\s*(?:[?.!,]|$|\w+))", re.I)
_DEFINITE = re.compile(r"\bthe\s+(?P<noun>[a-z]+)\b(?!['’])(?P<behind>\s+[\w-]+)?", re.I)
_MODIFIERS = frozenset("of for in from at who whose that which to with on between and against".split())
_FEW = 3
_RECENT = 3
"""Questions back to which a group is still the one that acts."""
_TIMES = frozenset("time year day month way thing case moment".split())


def resolve_things(question: str, memory: Memory) -> Resolved:
    """Put what is meant in the place of the words that point back to it."""
    for rule in (_they, _it, _definite, _pointing, _there, _then, _that):
        question = rule(question, memory)
    return Resolved(question)


def topic_of(turn: Remembered) -> str:
    """Return what a question was about, in its own words without the question words."""
    if turn.parsed.speaker and turn.parsed.topic:
        return turn.parsed.topic
    kept = [word for word in turn.question.split() if re.sub(r"\W", "", word.lower()) not in FUNCTION_WORDS]
    return " ".join(kept).strip("?!.,: ")


def with_topic(question: str, memory: Memory) -> str:
    """Name behind a short question what the one before was about."""
    content = [word for word in words(question) if word not in FUNCTION_WORDS]
    topic = topic_of(memory.last)
    return (
        question if len(content) > _FEW or not topic or topic in question else f"{question.rstrip('?!. ')} ({topic})?"
    )


_FRONT_CLAUSE = re.compile(rf"(?:if|when|while|although|because|once)\s+(?!(?:{'|'.join(AUXILIARIES)})\b)", re.I)


def _own(question: str, at: int) -> bool:
    """Say whether what stands before `at` in the question, in a clause of its own, can be what is meant."""
    if is_statement(question) or _FRONT_CLAUSE.match(question):
        return any(phrase.end <= at for phrase in read_frame(question).phrases)
    starts = clause_starts(question[:at])
    return bool(starts) and any(phrase.end <= starts[-1] for phrase in read_frame(question).phrases)


def _has_owner(question: str, at: int, *, several: bool) -> bool:
    """Say whether something that `its` (or, of several, `their`) can belong to stands before `at` in the question."""
    before = [phrase for phrase in read_frame(question).phrases if phrase.end <= at]
    if several:
        return any(phrase.is_plural or phrase.head in COLLECTIVES or phrase.is_name for phrase in before)
    return any(not phrase.is_plural and not is_person_noun(phrase.head) for phrase in before)


def _it(question: str, memory: Memory) -> str:
    found = _IT.search(question) or _ITS.search(question)
    if not found or _own(question, found.start()):
        return question
    if found.re is _ITS and _has_owner(question, found.start(), several=False):
        return question
    if _NOTHING_IT.search(question):
        last = words(question)[-1:]
        leads = [word for word in words(question) if word not in FUNCTION_WORDS]
        return with_topic(question, memory) if last and leads and len(leads) < _FEW else question
    acting = _ACTING_IT.search(question)
    does = bool(acting and is_base_form(acting["verb"].lower()) and acts(acting["verb"].lower()))
    thing = next(_things(memory, question, acting=does), "")
    if not thing:
        return with_topic(question, memory)
    named = _IT.sub(lambda _: thing, question)
    return _ITS.sub(lambda _: f"{without_possessive(thing)}’s", named)


def _things(memory: Memory, question: str, *, acting: bool) -> Iterator[str]:
    """Yield what `it` can be, the likeliest first."""
    own = set(words(question)) - FUNCTION_WORDS
    if acting:
        for turn in memory.turns[: -_RECENT - 1 : -1]:
            yield from (phrase.text for phrase in _phrases_of(turn) if phrase.head in COLLECTIVES)
    for turn in reversed(memory.turns):
        persons = {token for person in memory.asked(turn) if person.sure for token in name_tokens(person.name)}
        answered = _named_in_answer(turn, persons)
        asked = [phrase for phrase in turn.frame.phrases if phrase.asked and not phrase.is_plural]
        if asked and len(answered) == 1:
            yield answered[0]
        found = [phrase for phrase in _phrases_of(turn) if not _is_personal(phrase, persons) and not phrase.is_plural]
        groups = [phrase for phrase in found if phrase.head in COLLECTIVES]
        rest = [phrase for phrase in found if phrase not in groups]
        ranked = [*rest, *groups]
        yield from (phrase.text for phrase in ranked if not set(words(phrase.text)) <= own)
        yield from (f"the {phrase.bare}" for phrase in asked if not _is_amount(phrase, turn.frame))


def _is_amount(phrase: Phrase, frame: Frame) -> bool:
    """Say whether a phrase stands behind 'how much': what is measured, not a thing spoken of."""
    return frame.question[: phrase.start].lower().rstrip().endswith(("much", "many"))


def _phrases_of(turn: Remembered) -> list[Phrase]:
    """Return the phrases of a question that can be spoken of again, its subject first."""
    frame = turn.frame
    ordered: list[Phrase] = []
    if frame.subject:
        inside = [phrase for phrase in frame.phrases if frame.subject.start <= phrase.start < frame.subject.end]
        head = inside[0]
        thing = frame.thing_of(head)
        whole = thing if thing != head or frame.of(head) else _with_what_follows(frame, head)
        ordered.append(whole)
    for phrase in frame.phrases:
        if phrase.asked or is_date(phrase.text) or any(one.start <= phrase.start < one.end for one in ordered):
            continue
        ordered.append(frame.thing_of(phrase))
    return ordered


def _with_what_follows(frame: Frame, head: Phrase) -> Phrase:
    """Return a subject with what stands behind it up to its verb, dates apart: 'the ferry to Brenna'."""
    end = head.end
    subject = frame.subject or head
    for phrase in frame.phrases:
        if head.end <= phrase.start < subject.end:
            if is_date(phrase.text) or not phrase.preposition:
                break
            end = phrase.end
    return (
        Phrase(frame.question[head.start : end], head.start, end)
        if end > head.end and not _is_plural_head(head)
        else head
    )


def _is_plural_head(head: Phrase) -> bool:
    return head.is_plural, is_verb_form


def _is_personal(phrase: Phrase, persons: set[str]) -> bool:
    tokens = set(name_tokens(phrase.text))
    by_name = phrase.is_name and not phrase.determiner and (tokens & persons or pronoun_of(phrase.text.split()[0]))
    return bool(by_name and not is_thing_name(phrase.text, "")) or (is_person_noun(phrase.head) and not phrase.is_name)


def _named_in_answer(turn: Remembered, persons: set[str]) -> list[str]:
    """Return the names of things that the answer adds to the question, with the article that they stand with."""
    question = set(words(turn.question))
    found = []
    for mention in find_mentions(turn.answer[:2000]):
        tokens = set(name_tokens(mention.name))
        if (
            not tokens & question
            and not tokens & persons
            and not pronoun_of(mention.name.split()[0])
            and not mention.titled
        ):
            article = "the " if turn.answer[: mention.start].lower().endswith("the ") else ""
            found.append(article + mention.name)
    return list(dict.fromkeys(found))


def _they(question: str, memory: Memory) -> str:
    found = _THEY.search(question) or _THEIR.search(question)
    if not found or _own(question, found.start()):
        return question
    if found.re is _THEIR and _has_owner(question, found.start(), several=True):
        return question
    group = next(_groups(memory), "")
    if not group:
        return with_topic(question, memory)
    named = re.sub(r"\b(?:the two|both|all three) of them\b", lambda _: group, question, flags=re.I)
    named = _THEY.sub(lambda _: group, named)
    end = "’" if group.endswith("s") else "’s"
    return _THEIR.sub(lambda _: f"{group}{end}", named)


def _groups(memory: Memory) -> Iterator[str]:
    """Yield what `they` can be: those named side by side, a plural, and what acts as several do."""
    for turn in reversed(memory.turns):
        side_by_side = items_of(turn.question, turn.frame)
        if side_by_side:
            yield _joined(side_by_side)
        elif turn.asks_person and named_items(turn):
            yield _joined(named_items(turn))
        for phrase in sorted(turn.frame.phrases, key=lambda one: not one.asked):
            if phrase.is_plural and not is_date(phrase.text):
                yield f"the {phrase.bare}" if phrase.asked else turn.frame.whole(phrase).text
        for phrase in turn.frame.phrases:
            if phrase.head in COLLECTIVES:
                yield turn.frame.whole(phrase).text


def _joined(items: tuple[str, ...]) -> str:
    return f"{', '.join(items[:-1])} and {items[-1]}"


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
        persons = {token for person in memory.asked(turn) if person.sure for token in name_tokens(person.name)}
        named = [
            phrase.text
            for phrase in turn.frame.phrases
            if phrase.is_name and not _is_personal(phrase, persons) and not is_date(phrase.text)
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
        if noun in FUNCTION_WORDS or noun in _TIMES or is_base_form(noun) and pointed == "that":
            return match.group()
        if is_plural(noun) != (pointed in {"these", "those"}):
            return match.group()
        for turn in reversed(memory.turns):
            for phrase in turn.frame.phrases:
                if noun in phrase.bare.lower().split():
                    whole = turn.frame.whole(phrase)
                    return with_article(whole) if len(whole.bare.split()) > 1 else match.group()
        named = _named_kind(question, memory) if noun in KINDS | COLLECTIVES else ""
        return named or match.group()

    return _POINTING.sub(replaced, question)


def _there(question: str, memory: Memory) -> str:
    found = _THERE.search(question)
    if not found:
        return question
    place = next(_places(memory), "")
    if not place:
        return with_topic(question, memory)
    if found["to"]:
        named = place.split(" ", 1)[1]
        return question[: found.start()] + f"{found['to']} to {named}" + question[found.end() :]
    return question[: found.start()] + place + question[found.end() :]


def _places(memory: Memory) -> Iterator[str]:
    """Yield where 'there' can be, with its preposition."""
    for turn in reversed(memory.turns):
        persons = {token for person in memory.asked(turn) for token in name_tokens(person.name) if person.sure}
        asks_name = turn.parsed.answer_type is AnswerType.PLACE or re.match(r"(?:what|which)\b", turn.question, re.I)
        answered = _named_in_answer(turn, persons)
        if asks_name and len(answered) == 1:
            yield f"in {answered[0]}"
        phrases = [phrase for phrase in turn.frame.phrases if not is_date(phrase.text) and not phrase.asked]
        for phrase in phrases:
            if phrase.preposition in {"in", "at", "on", "to", "from", "near"} and (phrase.is_name or phrase.determiner):
                kept = phrase.preposition if phrase.preposition in {"at", "on", "near"} else "in"
                yield f"{kept} {turn.frame.whole(phrase).text}"
        for phrase in phrases:
            if phrase.is_name and not _is_personal(phrase, persons) and not phrase.determiner:
                yield f"in {phrase.text}"


def _then(question: str, memory: Memory) -> str:
    found = _THEN.search(question)
    if not found:
        return question
    for turn in reversed(memory.turns):
        for text in (turn.question, turn.answer[:2000]):
            date = re.search(DATE, text, re.I)
            if date and days_of(date.group()):
                first, last = days_of(date.group()) or ("", "")
                word = "on" if first == last else "in"
                return f"{question[: found.start()]}{word} {date.group()}{question[found.end() :]}"
    return with_topic(question, memory)


def _that(question: str, memory: Memory) -> str:
    """Say what 'that' was: behind 'about' in its place, else behind the question."""
    about = re.search(r"\b(?P<word>about|on|regarding) (?:it|that|this)(?=[\s?!.]*$)", question, re.I)
    topic = topic_of(memory.last)
    if about and memory.last.parsed.topic:
        return f"{question[: about.start()]}{about['word']} {memory.last.parsed.topic}{question[about.end() :]}"
    found = _BARE_THAT.search(question)
    if not found or not topic:
        return question
    behind = (found["behind"] or "").lower()
    if behind and not (behind in ADJECTIVES or is_participle(behind) or behind in PREPOSITIONS):
        return question
    if found["that"] and found["lead"].lower() in {"is", "was"}:
        subject = memory.last.frame.subject
        if subject and not question.lower().startswith("why"):
            thing = next(_things(memory, question, acting=False), "")
            return f"{question[: found.start('that')]}{thing}{question[found.end() :]}" if thing else question
    return with_topic(question, memory)
