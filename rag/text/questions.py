"""What a question asks for: its kind, the kind of answer, who is to have spoken, about what.

Rules over English questions; what no rule knows is a plain question of fact, answered by relevance alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.text.broad_questions import SOURCES, read_broad
from rag.text.names import find_mentions
from rag.text.words import FUNCTION_WORDS, fold_word, terms, words


class QuestionKind(StrEnum):
    """The shape of the answer that a question asks for."""

    SAID = "said"
    """What somebody said, wrote, thinks: all of it, or what concerns a topic."""
    WHO_SAID = "who_said"
    """Whose words something is."""
    WHO_IS = "who_is"
    LIST = "list"
    COMPARE = "compare"
    """What several sources say of the same thing, a line each."""
    OVERVIEW = "overview"
    """What the sources are about."""
    FACT = "fact"


class AnswerType(StrEnum):
    """What must stand in a sentence that answers."""

    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    DURATION = "duration"
    PERSON = "person"
    REASON = "reason"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read. Fields that a question does not have are empty."""

    text: str
    kind: QuestionKind
    answer_type: AnswerType
    speaker: str = ""
    """The words that name who is to have spoken ('Bolton', 'the critics')."""
    topic: str = ""
    """What is asked about: for `SAID` what the words are to be about, else the question without its question words."""
    opinion: bool = False
    """Whether views count as well as words ('what does she think')."""
    yes_no: bool = False
    according: bool = False
    """Whether the speaker is named by 'according to', so that the topic is a question of its own."""
    sides: tuple[str, ...] = ()
    """For `COMPARE`, the persons ('Hale', 'Abara') or the group ('analysts') whose views are set side by side."""
    new: bool = False
    """For `OVERVIEW`, whether what is latest is asked for."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Return the distinct stems of the topic's content words, in order."""
        return tuple(dict.fromkeys(term for term in terms(self.topic) if term not in _EMPTY_TERMS))

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names that the answer has to do with, the speaker's apart, each once, in order."""
        said = self.kind in {QuestionKind.SAID, QuestionKind.WHO_SAID}
        shielded = f"of {self.topic if said and not _ACCORDING.search(self.text) else _ACCORDING.sub(' ', self.text)}"
        return tuple(dict.fromkeys(m.name for m in find_mentions(shielded)))

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the numbers in the topic (years among them), as written."""
        return tuple(dict.fromkeys(re.findall(r"(?<![\w.])\d[\d,.]*\b", self.topic)))


_SPEAK = (
    "say|tell|state|write|claim|think|believe|argue|add|mention|call|describe|characteri[sz]e|explain|note|warn|announce|"
    "insist|reply|respond|react|comment|remark|suggest|emphasi[sz]e|stress|admit|acknowledge|deny|conclude|predict|promise|"
    "criticis[e]|criticize|praise|blame|accuse|reveal|report|feel|view|see|answer|tweet|post|point out|put it|declare|"
    "complain|assert|allege|testify|express|defend|dismiss|recommend|propose|demand|ask|quote|talk|speak|portray|judge"
)
_SPOKEN = (
    "said|told|written|called|claimed|stated|argued|added|mentioned|described|characteri[sz]ed|explained|noted|warned|"
    "announced|insisted|replied|responded|reacted|commented|remarked|suggested|stressed|admitted|acknowledged|denied|"
    "concluded|predicted|promised|critici[sz]ed|praised|blamed|accused|revealed|reported|answered|declared|complained|"
    "alleged|testified|defended|dismissed|recommended|proposed|demanded|spoken|talked|thought|tweeted|posted"
)
_OPINION_VERBS = frozenset("think believe feel view see judge".split())
_JUDGING_VERBS = frozenset(
    "criticise criticize praise blame accuse defend dismiss recommend propose demand deny predict promise".split()
)
_DID_SAY = re.compile(
    rf"^(?P<lead>.*?)\b(?:did|does|do|has|have|had)\s+(?P<who>(?:(?!\bto\b)[^?,])+?)(?<!\bthe)(?<!\ba)\s+(?:(?:ever|also|actually|really|exactly|once|"
    rf"publicly|later|have to|had to)\s+)*(?P<verb>(?-i:{_SPEAK}|{_SPOKEN}))\b(?P<rest>.*)$",
    re.I | re.S,
)
_ACCORDING = re.compile(r"[,\s]*\baccording to (?P<who>[^,?]+)[,?]?\s*", re.I)
_VIEW_OF = re.compile(
    r"^(?:what|how|which)\b.*?\b(?:is|was|are|were)\s+(?P<who>[^?]+?)[’']s?\s+(?:own\s+|main\s+|exact\s+)?"
    r"(?:views?|opinions?|comments?|remarks?|statements?|reactions?|responses?|criticisms?|take|position|stance|words|thoughts|"
    r"claims?|assessments?|explanations?|argument|arguments)\b(?P<rest>.*)$",
    re.I | re.S,
)
_QUOTE_OF = re.compile(
    r"^(?:please\s+)?(?:quote|(?:show|give|list|find)(?: me)? (?:all |every |the )?(?:quotes?|quotations?|"
    r"statements?) (?:by|from|of)|"
    r"(?:all|everything|anything)(?: that)?)\s+(?P<who>[^?]+?)(?:\s+(?:said|says|wrote))?(?P<rest>\s+(?:about|"
    r"on|regarding)\b.*)?$",
    re.I | re.S,
)
_WHAT_SAID = re.compile(
    r"^(?:(?:please|can you|could you)\s+)*(?:summari[sz]e|sum up|tell me|show me|list|give me|explain)\s+what\s+"
    rf"(?P<who>[^?,]+?)\s+(?:(?:has|have|had)\s+)?(?P<verb>says?|thinks?|writes?|claims?|{_SPOKEN}|wrote|spoke)\b"
    r"(?P<rest>.*)$",
    re.I | re.S,
)
_WHO_SAID = re.compile(
    r"^(?:and\s+)?(?:whose\s+(?:words?|remarks?|quotes?|quotations?|statements?)\s+(?:is|are|was|were)|"
    r"(?:who|which\s+\w+)\s+(?:else\s+|first\s+|has\s+|have\s+)*(?:said|says|say|called|calls|described|describes|"
    r"wrote|writes|claimed|claims|thinks|believes|argued|argues|warned|stated|told|mentioned|compared|characteri[sz]ed|"
    r"mused|joked|suggested|accused|critici[sz]ed|praised))\b(?P<rest>.*)$",
    re.I | re.S,
)
_WHO_IS = re.compile(r"^who(?:\s+(?:is|was|are|were)|[’']s)\s+(?P<rest>[^?]+)\??$", re.I | re.S)
_RELATED = re.compile(r"[’'](?:s\b)?\s+\w")
"""'Emma's brother': somebody who is asked for by whose they are, and whom the sources may name."""
_COMPARE = re.compile(
    r"\b(?:agree|disagree|differ(?:ent(?:ly)?|ence|ences)?|contradict\w*|consensus|conflict(?:ing)? (?:views|"
    r"accounts)|compare[sd]?|"
    r"versus|both sides|contrast\w*)\b",
    re.I,
)
_VIEW_NOUNS = r"(?:views?|opinions?|positions?|accounts?|assessments?|arguments?|statements?|reactions?)"
_DISPUTES = (
    re.compile(
        rf"^(?:how|in what way|where|do|did)\b.*?\b{_VIEW_NOUNS}\s+of\s+(?P<sides>[^?]+?)\s+"
        r"(?:on|about|regarding|over)\s+(?P<topic>[^?]+?)\s+(?:differ|compare|contrast|conflict|agree|disagree)\w*\b",
        re.I,
    ),
    re.compile(
        r"^(?:(?:how|where|on what|why|what)\s+)?(?:do|did|does)\s+(?P<sides>[^?]+?)\s+(?:dis)?(?:agree|differ)\b"
        r"(?!\s+to\b)(?P<topic>.*)$",
        re.I,
    ),
    re.compile(
        rf"^compare\s+(?:(?:what|the\s+{_VIEW_NOUNS}\s+of|how)\s+)?(?P<sides>[^?]+?)\s+(?:(?:say|said|think|thought)s?\s+)?"
        r"(?:on|about|of|regarding|over)\s+(?P<topic>.+)$",
        re.I,
    ),
)
_OTHER_SIDE = re.compile(
    r"\s+(?:with|from)\s+(?P<who>[^?]+?)(?=\s+(?:on|about|over|that|whether)\b|[?.!]*$)(?P<rest>.*)", re.I
)
_LIST = re.compile(
    r"^(?:please\s+)?(?:list|name|enumerate)\b|^(?:and\s+)?what (?:are|were)\b|^(?:and\s+)?which of\b|\bin "
    r"(?:what|which) ways\b|"
    r"^(?:and\s+)?(?:what|which)\s+(?:[\w-]+\s+){0,3}?[\w-]{2,}[^s'’\W]s\s+(?:did|do|are|were|have|had|will|can|could|should|that|of)\b",
    re.I,
)
_TYPES = (
    (re.compile(r"\bhow long\b", re.I), AnswerType.DURATION),
    (
        re.compile(r"\bhow (?:many|much|old|far|large|big|high)\b|\bwhat (?:number|percentage|share|amount)\b", re.I),
        AnswerType.NUMBER,
    ),
    (
        re.compile(
            r"^(?:and\s+)?(?:when|since when|until when)\b|\bwhere and when\b|\bwhen and where\b|"
            r"\b(?:what|which) (?:year|date|day|month|time|hour|century|decade)\b",
            re.I,
        ),
        AnswerType.TIME,
    ),
    (re.compile(r"^(?:and\s+)?where\b|\b(?:what|which) (?:city|country|place)\b", re.I), AnswerType.PLACE),
    (
        re.compile(
            r"^(?:and\s+)?(?:why|how come|for what reason)\b|\bwhat (?:is|was|were) the (?:reasons?|causes?)\b|"
            r"^(?:and\s+)?what (?:caused|causes|led to|triggered|prompted|made)\b",
            re.I,
        ),
        AnswerType.REASON,
    ),
    (re.compile(r"^(?:and\s+)?who(?:m|se)?\b", re.I), AnswerType.PERSON),
)
_YES_NO = re.compile(
    r"^(?:and\s+|so\s+)?(?:did|does|do|is|are|was|were|has|have|had|can|could|will|would|should)\b", re.I
)
_EMPTY_TERMS = frozenset(
    term
    for term in terms(
        "say said tell told article articles document documents source sources text mention mentioned anything "
        "something "
        "everything thing things according call called describe described exactly actually really kind sort "
        "please answer "
        "question list name big large long many much first happen happened cause caused reason reasons"
    )
)
_LEADING = re.compile(
    r"^[\s,:;]*(?:(?:about|on|of|regarding|concerning|that|to|as|with regard to|in response to|for|towards?|"
    r"anything|something|"
    r"everything|and)\b[\s,]*)+",
    re.I,
)
_TRAILING = re.compile(rf"[\s,]*(?:\b(?:in|from|across|within|by)\s+{SOURCES}\b)?[\s?!.]*$", re.I)


def parse_question(text: str) -> Question:
    """Return what `text` asks for. Never fails: an unknown form is `FACT` with `ANY`."""
    plain = " ".join(text.split())
    bare = _without_sources(plain)
    question = replace(_said(bare) or _by_form(bare), text=plain)
    return replace(question, yes_no=bool(_YES_NO.match(bare)))


def _without_sources(text: str) -> str:
    """Return a question without 'according to the articles', which every answer is."""
    according = _ACCORDING.search(text)
    if not according or not _is_sources(according.group("who")):
        return text
    return f"{text[: according.start()]} {text[according.end() :]}".strip()


def _answer_type(text: str) -> AnswerType:
    asked = _CIRCUMSTANCE.sub("", text)
    return next((kind for pattern, kind in _TYPES if pattern.search(asked)), AnswerType.ANY)


_CIRCUMSTANCE = re.compile(
    r"^(?:when|where|while|if|after|before|as|since)\b[^?,]+,\s*(?=(?:what|who|whom|whose|where|which|how|why|when|did|do|does|is|"
    r"are|was|were)\b)",
    re.I,
)
"""'When the bridge burned, what' asks what, and not when."""


def _clean(topic: str) -> str:
    return _TRAILING.sub("", _LEADING.sub("", topic)).strip()


def _is_sources(phrase: str) -> bool:
    return bool(re.fullmatch(rf"\s*{SOURCES}\s*", phrase, re.I))


def _said(text: str) -> Question | None:
    """Read the forms that ask for somebody's words."""
    according = _ACCORDING.search(text)
    if according:
        rest = (text[: according.start()] + " " + text[according.end() :]).strip()
        return Question(
            text,
            QuestionKind.SAID,
            _answer_type(rest),
            according.group("who").strip(),
            _content(rest),
            opinion=True,
            according=True,
        )
    who_said = _WHO_SAID.match(text)
    if who_said:
        return Question(text, QuestionKind.WHO_SAID, AnswerType.PERSON, topic=_clean(who_said.group("rest")))
    for pattern in (_VIEW_OF, _DID_SAY, _QUOTE_OF, _WHAT_SAID):
        match = pattern.match(text)
        if pattern is _DID_SAY and read_broad(text):
            continue  # 'What does the manual say?' is after all that it says
        if match and not _is_sources(match.group("who")) and len(match.group("who").split()) <= _LONGEST_SPEAKER:
            verb = match.groupdict().get("verb") or ""
            lead, rest = _content(match.groupdict().get("lead") or ""), _clean(match.group("rest") or "")
            topic = " ".join(
                part for part in (lead, verb if verb.lower() in _JUDGING_VERBS and (lead or rest) else "", rest) if part
            )
            opinion = pattern is _VIEW_OF or verb.lower() in _OPINION_VERBS
            who = match.group("who").strip(" .,;:!?")
            if _is_speaker(who) and not (verb.lower() == "see" and not (topic and _SEEN_AS.search(text))):
                return Question(text, QuestionKind.SAID, _answer_type(text), who, topic, opinion)
    return None


_LONGEST_SPEAKER = 8
_SEEN_AS = re.compile(r"^(?:and\s+)?how\b|\bsee\b.*\bas\b", re.I)
"""Where seeing is an opinion: how somebody sees a thing, or as what."""


def _is_speaker(phrase: str) -> bool:
    """Say whether a phrase can name a speaker: a pronoun, or something that ends in a name or a noun."""
    spoken = words(phrase)
    return bool(spoken) and (spoken[-1] in {"he", "she", "they", "who"} or spoken[-1] not in FUNCTION_WORDS)


def _content(text: str) -> str:
    """Return the question without its question words and auxiliaries: what it is about."""
    kept = [word for word in text.split() if fold_word(word.strip("?,.!")) not in FUNCTION_WORDS]
    return " ".join(kept).rstrip("?!. ")


def _by_form(text: str) -> Question:
    kind = QuestionKind.FACT
    told = _DID_SAY.match(text)
    topic = _content(f"{told['lead']} {told['rest']}" if told and _is_sources(told["who"]) else text)
    who_is = _WHO_IS.match(text)
    if broad := read_broad(text):
        return Question(text, QuestionKind.OVERVIEW, AnswerType.ANY, topic=broad.topic, new=broad.new)
    if dispute := _dispute(text):
        return dispute
    if _COMPARE.search(text) and re.search(rf"{SOURCES}|\bthey\b|\bsides\b|\bviews\b", text, re.I):
        kind = QuestionKind.COMPARE
        topic = _content(re.sub(SOURCES, " ", _COMPARE.sub(" ", text), flags=re.I))
    elif who_is and _is_name(who_is.group("rest")) and not _RELATED.search(who_is.group("rest")):
        kind = QuestionKind.WHO_IS
    elif _LIST.search(text) and _answer_type(text) not in {AnswerType.TIME, AnswerType.PLACE, AnswerType.REASON}:
        kind = QuestionKind.LIST
    return Question(text, kind, _answer_type(text), topic=topic)


def _dispute(text: str) -> Question | None:
    """Read the forms that ask whether persons, or the members of a group, agree on something."""
    match = next((found for pattern in _DISPUTES if (found := pattern.match(text))), None)
    if match is None or _is_sources(match["sides"]) or fold_word(match["sides"]) in FUNCTION_WORDS:
        return None
    sides = tuple(part for part in re.split(r",\s*(?:and\s+)?|\s+and\s+|\s+with\s+", match["sides"]) if part)
    topic = match["topic"]
    if len(sides) == 1 and find_mentions(f"of {sides[0]}"):
        other = _OTHER_SIDE.match(topic)
        if other is None:
            return None
        sides, topic = (*sides, other["who"]), other["rest"]
    topic = re.sub(r"^[\s,]*(?:over|whether|if)\b", "", topic, flags=re.I)
    return Question(text, QuestionKind.COMPARE, AnswerType.ANY, topic=_clean(topic), sides=sides)


_LONGEST_NAME = 4


def _is_name(phrase: str) -> bool:
    """Say whether a phrase is nothing but a name, in whatever case it was typed."""
    spoken = words(phrase)
    return 0 < len(spoken) <= _LONGEST_NAME and not any(word in FUNCTION_WORDS for word in spoken)


def as_fact(question: Question) -> Question:
    """Return a question after somebody's words as a plain question of fact about the same."""
    return replace(question, kind=QuestionKind.FACT, speaker="", topic=_content(question.text))
