"""Each quotation is told as found, altered, stitched, of another source or speaker, or invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.composing import Composer
from rag.answering.writing import Writer
from rag.types import Evidence, QuotationFate
from rag.verification import tell_quotations
from tests.documents import make_document
from tests.doubles import ScriptedChatModel

KELLER = "“The enzyme fails at night, and 12 of the 40 mice died,” Maria Keller said on Tuesday."
REYES = "“We will close the club before the winter comes,” Tom Reyes told the council."
TALK = "He was in the hall with Anna Li, and called the plan “a bridge to nowhere”."
OTHER = "Ferries sail twice a day. “The harbour was never deeper than my bath,” said the pilot, Ole Vik."


def piece(text: str, speaker: str | None = None, source: str = "a.txt") -> Evidence:
    return Evidence(source, 0, len(text), text, 1.0, speaker)


CITED = (piece(KELLER, "Maria Keller"), piece(REYES, "Tom Reyes"), piece(TALK))
SOURCES = {"a.txt": f"{KELLER}\n\n{REYES}\n\n{TALK}", "b.txt": OTHER}


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        ("Keller said “the enzyme fails at night”.", "altered"),  # the source has a capital there
        ("Keller said: “The enzyme fails at night.”", "found"),
        ("“The enzyme fails at night,” said Keller.", "found"),
        ("The plan is “a bridge to nowhere”.", "found"),
        ("Reyes said: “The enzyme fails at night.”", "other speaker"),
        ("According to Tom Reyes, “12 of the 40 mice died”.", "other speaker"),
        ("Anna Li called the plan “a bridge to nowhere”.", "other speaker"),
        ("Keller said: “The harbour was never deeper than my bath.”", "other source"),
        ("Keller said: “The enzyme works at night, and 12 of the 40 mice died.”", "altered"),
        ("Keller said: “The enzyme fails at night, and 12 mice died.”", "altered"),
        ("Keller said: “The enzyme fails before the winter comes.”", "stitched"),
        ("Keller said: “The enzyme fails … before the winter comes.”", "stitched"),
        ("Keller said: “Nobody asked me about any of this.”", "invented"),
    ],
)
def test_what_became_of_a_quotation(text: str, fate: str) -> None:
    [told] = tell_quotations(text, CITED, SOURCES)
    assert told.fate.value == fate


def test_where_it_stands_and_who_says_it_is_told() -> None:
    [found] = tell_quotations("Reyes said: “The enzyme fails at night.”", CITED, SOURCES)
    [elsewhere] = tell_quotations("“The harbour was never deeper than my bath.”", CITED, SOURCES)
    [altered] = tell_quotations("“The enzyme works at night, and 12 of the 40 mice died.”", CITED, SOURCES)

    assert (found.source, found.speaker, found.text) == ("a.txt", "Maria Keller", "The enzyme fails at night")
    assert elsewhere.source == "b.txt"
    assert (altered.source, altered.nearest) == ("a.txt", "The enzyme fails at night, and 12 of the 40 mice died")


def test_every_quotation_of_a_statement_is_told_in_order() -> None:
    told = tell_quotations("Keller said “12 of the 40 mice died” and “the mice sleep”.", CITED, SOURCES)
    assert [(each.text, each.fate) for each in told] == [
        ("12 of the 40 mice died", QuotationFate.FOUND),
        ("the mice sleep", QuotationFate.INVENTED),
    ]
    assert tell_quotations("Keller said that 12 of the 40 mice died.", CITED) == ()


def test_a_dropped_statement_carries_the_fates_of_its_quotations() -> None:
    document = make_document(SOURCES["a.txt"])
    evidence = [
        Evidence("a.txt", document.text.index(text), document.text.index(text) + len(text), text, 1.0, speaker)
        for text, speaker in ((KELLER, "Maria Keller"), (REYES, "Tom Reyes"))
    ]
    writer = Writer(lambda _: document, evidence, Composer())
    list(writer.write("?", ScriptedChatModel(pieces=["Reyes said: “The enzyme fails at night.” [1]"])))

    [dropped] = writer.dropped
    assert dropped.reason == "the cited text gives “The enzyme fails at night” to Maria Keller"
    assert [(each.text, each.fate.value) for each in dropped.quotations] == [
        ("The enzyme fails at night", "other speaker")
    ]


SPOKEN = KELLER.strip("“").split("”")[0].rstrip(",").split()


@given(st.data())
@settings(deadline=None)
def test_every_run_of_words_of_a_source_is_found(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SPOKEN) - 2))
    end = data.draw(st.integers(start + 2, len(SPOKEN)))
    [told] = tell_quotations(f"“{' '.join(SPOKEN[start:end])}”", CITED, SOURCES)
    assert told.fate is QuotationFate.FOUND


@given(st.text(max_size=60), st.text(max_size=60))
@settings(deadline=None)
def test_any_text_can_be_told(text: str, source: str) -> None:
    assert all(each.fate in QuotationFate for each in tell_quotations(text, [piece(source)], {"b.txt": source}))
