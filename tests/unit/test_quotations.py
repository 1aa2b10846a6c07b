"""Who said what: every pattern of attribution, in invented articles; nothing where nothing is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.quotations import extract_quotations, is_speech_verb
from rag.quotations.naming import unify_speakers
from rag.sources import parse_document
from rag.types import Quotation, QuoteKind
from tests.documents import make_document

Told = tuple[str | None, str, str | None, str]


def told(text: str) -> list[Told]:
    """Return speaker, kind, verb and words of every quotation in `text`."""
    return [(q.speaker, q.kind.value, q.verb, q.quote) for q in extract_quotations(make_document(text))]


FAILS = "The enzyme fails at night,"


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("“The enzyme fails at night,” Maria Keller said.", "say"),
        ("“The enzyme fails at night,” said Maria Keller.", "say"),
        ("“The enzyme fails at night,” said Dr. Maria Keller, a chemist in Lund.", "say"),
        ("“The enzyme fails at night,” Maria Keller, a chemist, told the Gazette.", "tell"),
        ("“The enzyme fails at night,” Maria Keller has repeatedly argued.", "argue"),
        ('"The enzyme fails at night," Maria Keller said.', "say"),
        ("'The enzyme fails at night,' Maria Keller said.", "say"),
        ("‘The enzyme fails at night,’ Maria Keller said.", "say"),
        ("«The enzyme fails at night,» Maria Keller said.", "say"),
        ("(“The enzyme fails at night,” Maria Keller told the judge.)", "tell"),
        ("Maria Keller runs the laboratory. “The enzyme fails at night,” Keller said.", "say"),
        ("Maria Keller runs the laboratory. “The enzyme fails at night,” she said.", "say"),
        ("Maria Keller runs the laboratory.\n\n“The enzyme fails at night,” she wrote.", "write"),
        ("Maria Keller met Tom Reyes in Oslo. “The enzyme fails at night,” she said.", "say"),
        ("Ms Maria Keller met Mr Tom Reyes. Reyes was late. “The enzyme fails at night,” she said.", "say"),
    ],
)
def test_words_in_front_of_their_attribution(text: str, verb: str) -> None:
    assert told(text) == [("Maria Keller", "direct", verb, FAILS)]


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Maria Keller: “The enzyme fails at night.”", "say"),
        ("Maria Keller said: “The enzyme fails at night.”", "say"),
        ("Maria Keller said, “The enzyme fails at night.”", "say"),
        ("Asked about the trial, Maria Keller replied: “The enzyme fails at night.”", "reply"),
        ("As Maria Keller put it, “The enzyme fails at night.”", "put"),
        ("Maria Keller, who leads the trial, warned: “The enzyme fails at night.”", "warn"),
    ],
)
def test_words_behind_their_attribution(text: str, verb: str) -> None:
    assert told(text) == [("Maria Keller", "direct", verb, "The enzyme fails at night.")]


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Maria Keller dismissed the trial, calling it “a waste of good mice.”", "call"),
        ("Maria Keller called the trial “a waste of good mice” on Friday.", "call"),
        ("Maria Keller praised Anna Li as “the best of us”.", "praise"),
        ("Maria Keller said that the trial was “a waste of good mice”.", "say"),
    ],
)
def test_some_of_the_words_in_reported_speech(text: str, verb: str) -> None:
    assert told(text) == [("Maria Keller", "mixed", verb, text)]


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Maria Keller said that the enzyme fails at night.", "say"),
        ("Maria Keller said the enzyme fails at night.", "say"),
        ("Maria Keller said on Tuesday the trial would go on.", "say"),
        ("Maria Keller, a chemist, told reporters that the trial would go on.", "tell"),
        ("In a letter to Anna Li, Maria Keller wrote that the enzyme fails.", "write"),
        ("The trial would go on, Maria Keller said on Tuesday.", "say"),
        ("According to Maria Keller, the enzyme fails at night.", "according to"),
        ("The enzyme fails at night, according to Maria Keller.", "according to"),
        ("Maria Keller believes the enzyme fails at night.", "believe"),
        ("Maria Keller criticised the trial.", "criticise"),
    ],
)
def test_reported_speech_is_the_whole_sentence(text: str, verb: str) -> None:
    assert told(text) == [("Maria Keller", "indirect", verb, text)]


def test_a_quotation_goes_on_in_its_paragraph_until_somebody_else_is_named() -> None:
    text = (
        "“It fails,” Maria Keller said. “We do not know why.” “Ask me next year.”\n\n"
        "“Nobody told me,” said Tom Reyes. “Is it late?” asked Anna Li. “It is,” Reyes answered."
    )

    assert told(text) == [
        ("Maria Keller", "direct", "say", "It fails,"),
        ("Maria Keller", "direct", None, "We do not know why."),
        ("Maria Keller", "direct", None, "Ask me next year."),
        ("Tom Reyes", "direct", "say", "Nobody told me,"),
        ("Anna Li", "direct", "ask", "Is it late?"),
        ("Tom Reyes", "direct", "answer", "It is,"),
    ]


def test_the_words_of_two_in_one_sentence_are_told_apart() -> None:
    halves = "“We paid too much,” said Tom Reyes; “it was a mistake,” replied Anna Li."
    reports = "Anna Li said that the roof leaks, but Tom Reyes said that it was dry."

    assert told(halves) == [
        ("Tom Reyes", "direct", "say", "We paid too much,"),
        ("Anna Li", "direct", "reply", "it was a mistake,"),
    ]
    assert told(reports) == [("Anna Li", "indirect", "say", reports), ("Tom Reyes", "indirect", "say", reports)]


def test_an_interrupted_quotation_has_one_speaker() -> None:
    assert told("“We paid too much,” Tom Reyes said, “and we got nothing.”") == [
        ("Tom Reyes", "direct", "say", "We paid too much,"),
        ("Tom Reyes", "direct", "say", "and we got nothing."),
    ]


def test_a_list_that_somebody_introduces_is_theirs_and_ends_with_it() -> None:
    text = "According to Maria Keller:\n- Enzymes fail at night\n- Mice sleep by day\nThe trial ended.\n- One more item"

    assert told(text) == [
        ("Maria Keller", "indirect", "according to", "According to Maria Keller:"),
        ("Maria Keller", "indirect", None, "Enzymes fail at night"),
        ("Maria Keller", "indirect", None, "Mice sleep by day"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Maria Keller declined to say whether the enzyme fails.",
        "Maria Keller did not say that the enzyme fails.",
        "Maria Keller never said that the enzyme fails.",
        "Maria Keller refused to explain why the enzyme fails.",
        "The so-called “night enzyme” costs nine euros.",
        "The club sells a “premium” pie and a “classic” one.",
        "Maria Keller said “” and then “—”.",
        "It’s the dogs’ dinner, isn’t it?",
        "The enzyme is called a catalyst.",
        "The report of the board is long, and its claims are many.",
        "",
    ],
)
def test_where_nobody_says_anything_there_is_nothing(text: str) -> None:
    assert told(text) == []


def test_a_speaker_without_a_name_has_none_but_stands_somewhere() -> None:
    [quotation] = extract_quotations(make_document("“We paid too much,” the owner said."))
    [report] = extract_quotations(make_document("Critics argue that the roof leaks."))

    [many] = extract_quotations(make_document("Critics of the plan say it is dear."))

    assert many.quote == "Critics of the plan say it is dear."
    assert (quotation.speaker, quotation.speaker_start, quotation.speaker_end) == (None, 20, 29)
    assert (report.speaker, report.speaker_start, report.speaker_end) == (None, 0, 7)


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("John Smith met Clare Smith. Clare Smith left. “It is late,” Smith said.", ["Clare Smith"]),
        (
            "Ms Clare Smith met John Smith. “It is late,” Ms Smith said. “Yes,” Mr Smith said.",
            ["Clare Smith", "John Smith"],
        ),
        ("John Smith met Clare Smith. “It is late,” Mr Smith said.", ["Smith"]),
        ("Olga Brandt, the judge, met Tom Reyes, the coach. “It is void,” the judge wrote.", ["Olga Brandt"]),
    ],
)
def test_namesakes_and_roles_are_told_apart(text: str, speakers: list[str]) -> None:
    assert [speaker for speaker, *_ in told(text)] == speakers


def test_a_quotation_goes_on_over_paragraphs_that_open_it_again() -> None:
    assert told("Maria Keller said: “It fails.\n\n“It fails every night.\n\n“Nobody knows why.”") == [
        ("Maria Keller", "direct", "say", "It fails."),
        ("Maria Keller", "direct", None, "It fails every night."),
        ("Maria Keller", "direct", None, "Nobody knows why."),
    ]


def test_an_interview_is_the_guests_words_and_its_questions_nobodys() -> None:
    turns = ["Q: Why does it fail?", "A: Nobody knows.", "Q: Who pays?", "A: Lund does."]
    text = "\n\n".join(["Talking to Maria Keller about the enzyme", *turns])

    assert told(text) == [
        ("Maria Keller", "direct", None, "Nobody knows."),
        ("Maria Keller", "direct", None, "Lund does."),
    ]


def test_only_the_story_is_read() -> None:
    text = (
        "# “It fails,” Keller said.\n~ “It fails,” Keller said.\n@ “It fails,” Keller said.\n| “It fails,” Keller said."
    )

    assert told(text) == []


def test_everything_that_a_quotation_tells() -> None:
    text = "The trial ended. “It fails,” said Maria Keller, a chemist. “Ask me.”"
    first, second = extract_quotations(make_document(text, "b.txt", date="2024-03-05"))
    sentence = "“It fails,” said Maria Keller, a chemist."

    assert first == Quotation(
        source="b.txt",
        start=text.index("It fails"),
        end=text.index("It fails") + len("It fails,"),
        quote="It fails,",
        speaker="Maria Keller",
        speaker_start=text.index("Maria"),
        speaker_end=text.index("Maria") + len("Maria Keller"),
        kind=QuoteKind.DIRECT,
        verb="say",
        date="2024-03-05",
        sentence_start=text.index(sentence),
        sentence_end=text.index(sentence) + len(sentence),
    )
    assert text[second.sentence_start : second.sentence_end] == "“Ask me.”"
    assert (second.speaker, second.speaker_start) == ("Maria Keller", first.speaker_start)


PIECES = st.sampled_from(
    [
        "“It fails,”", " Maria Keller said. ", "said Tom Reyes", "She said that ", "According to Keller:", "\n\n",
        "\n- ", "“", "”", '"', "'", "‘", " he told us", ", who ", "calling it “bad”", "(", ")", "# ", ". ", ": ",
        "As X put it, ", "not ", "declined to say ", "Q: ", "A: ", "\n",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=24).map("".join))


@given(TEXTS)
@settings(deadline=None)
def test_every_quotation_stands_in_its_text_whatever_that_is(text: str) -> None:
    for document in (make_document(text), parse_document("a.txt", text), parse_document("a.md", text, markdown=True)):
        for q in extract_quotations(document):
            assert text[q.start : q.end] == q.quote
            assert 0 <= q.sentence_start <= q.start < q.end <= q.sentence_end <= len(text)
            assert (q.speaker_start is None) == (q.speaker_end is None)
            assert q.speaker is None or q.speaker_start is not None
            assert q.verb is None or is_speech_verb(q.verb) or q.verb == "according to"


def quotation(speaker: str | None) -> Quotation:
    return Quotation("a.txt", 0, 1, "x", speaker, 0, 1, QuoteKind.DIRECT, "say", None, 0, 1)


def test_speakers_get_the_full_name_that_other_sources_give() -> None:
    named = unify_speakers([quotation(each) for each in ("Keller", "Maria Keller", "Reyes", None, "Dr. Keller")])

    assert [each.speaker for each in named] == ["Maria Keller", "Maria Keller", "Reyes", None, "Maria Keller"]


def test_a_name_that_two_bear_stays_short() -> None:
    named = unify_speakers([quotation(each) for each in ("Smith", "John Smith", "Clare Smith")])

    assert [each.speaker for each in named] == ["Smith", "John Smith", "Clare Smith"]
