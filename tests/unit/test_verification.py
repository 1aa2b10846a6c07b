"""Lies are dropped with the reason, honest paraphrases kept, and what is called verbatim stands in the source."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.normalise import find_whole, normalise
from rag.types import Evidence, Verdict
from rag.verification import check_statement, tell_quotations


def piece(text: str, speaker: str | None = None, title: str = "", date: str | None = None) -> Evidence:
    return Evidence("a.txt", 100, 100 + len(text), text, 1.0, speaker, title, date)


KELLER = piece(
    "“The enzyme fails at night, and 12 of the 40 mice died,” Maria Keller said on Tuesday.",
    "Maria Keller",
    "The night enzyme",
    "2024-03-05",
)
ACME = piece("The board did not approve the merger. Acme paid 3,500 euros for the roof in 2019.", title="Acme")
CLUB = piece("Tom Reyes owns the club. He criticised the referee after the match in Oslo.")
BOARD = piece("The board of Acme did not approve the merger with the rival from Oslo on Monday.")
UNTRUE = piece("It is not true that the board sold the roof. Keller did not say whether the mill burned.")
TALKS = piece("The unions and the railway failed to agree on wages, although Anna Li praised the talks.")
REPAIRS = piece("Repairs cost a lot of money. They include: • a new deck • two pillars. A ferry sails.")
LIST = piece("The levy pays for:\n\n- two new ferries\n- a lighthouse\n- the school in Vik")


def fates(text: str, source: str) -> list[str]:
    return [each.fate.value for each in tell_quotations(text, [piece(source)])]


FAR = "too little of it stands in one sentence of the cited text"
ADDED = "it denies something that the cited text does not deny"
LEFT_OUT = "it leaves out a negation of the cited text"
JOINED = "it joins what different sentences of the cited text say"
TOO_SHORT = "it says too little to be checked"


@pytest.mark.parametrize(
    ("text", "cited", "reason"),
    [
        # numbers
        ("Maria Keller said that 14 of the 40 mice died.", KELLER, "the number 14 does not stand in the cited text"),
        ("Maria Keller said thirteen of the 40 mice died.", KELLER, "the number 13 does not stand in the cited text"),
        ("Acme paid 35,00 euros for the roof.", ACME, "the number 35,00 does not stand in the cited text"),
        ("Acme paid 3,500 euros for the roof in 20.", ACME, "the number 20 does not stand in the cited text"),
        ("Acme paid 3,500 million for the roof.", ACME, "the number 3500 million does not stand"),
        ("Acme paid twenty-five euros for the roof.", ACME, "the number 25 does not stand in the cited text"),
        # speakers
        ("Tom Reyes said the enzyme fails at night.", KELLER, "the name Tom Reyes does not stand in the cited text"),
        ("The club’s owner is criticised by Tom Reyes, Anna Li said.", CLUB, "the name Anna Li does not stand in"),
        # quotations
        ("Keller said “the mice sleep”.", KELLER, "“the mice sleep” does not stand in the cited text"),
        ("Keller said: “The enzyme falls at night.”", KELLER, "“The enzyme falls at night” does not stand in"),
        ("“The enzyme fails at nigh”", KELLER, "“The enzyme fails at nigh” does not stand in the cited text"),
        ("Keller said the “nzyme fails at night”.", KELLER, "“nzyme fails at night” does not stand in the cited text"),
        (
            "“The enzyme fails at night, and 12 of the 40 mice dead,” Maria Keller said on Tuesday.",
            KELLER,
            "“The enzyme fails at night, and 12 of the 40 mice dead” does not stand in the cited text",
        ),
        # names
        ("Maria Keller of Lund said the enzyme fails at night.", KELLER, "the name Lund does not stand in"),
        # negations
        ("The board approved the merger.", ACME, LEFT_OUT),
        ("The board backed the merger with the rival from Oslo on Monday.", BOARD, LEFT_OUT),
        ("The unions and the railway agreed on wages.", TALKS, LEFT_OUT),
        ("The board sold the roof.", UNTRUE, LEFT_OUT),
        ("The mill burned, Keller said.", UNTRUE, LEFT_OUT),
        ("Acme did not pay 3,500 euros for the roof.", ACME, ADDED),
        ("Acme hardly paid 3,500 euros for the roof.", ACME, ADDED),
        ("Tom Reyes refused to own the club.", CLUB, ADDED),
        ("Maria Keller said that the enzyme never fails at night.", KELLER, ADDED),
        ("Nobody criticised the referee after the match in Oslo.", CLUB, ADDED),
        # sentences joined, or nothing of the kind
        ("Acme paid for the merger in 2019.", ACME, JOINED),
        ("The repairs include a new deck, two pillars, a ferry.", REPAIRS, JOINED),
        ("The board approved the roof in 2019 for 3,500 euros.", ACME, FAR),
        ("The penguins live near the southern ice.", ACME, FAR),
        # nothing to check
        ("", KELLER, TOO_SHORT),
        ("…", KELLER, TOO_SHORT),
        ("It is what it is.", KELLER, TOO_SHORT),
        ("Tuesday.", KELLER, TOO_SHORT),
    ],
)
def test_lies_are_refused_with_the_reason(text: str, cited: Evidence, reason: str) -> None:
    check = check_statement(text, [cited])

    assert check.verdict is Verdict.UNSUPPORTED
    assert check.reason is not None
    assert check.reason.startswith(reason)


def test_words_given_to_somebody_else_are_refused() -> None:
    taken = check_statement("Tom Reyes said that the enzyme fails at night.", [KELLER, CLUB])
    given_away = check_statement("Keller said that Tom Reyes owns the club.", [KELLER, CLUB])
    according = check_statement("According to Reyes, 12 of the 40 mice died.", [KELLER, CLUB])

    assert taken.reason == according.reason.replace("Reyes", "Tom Reyes")  # type: ignore[union-attr]
    assert taken.reason == "the cited text gives these words to Maria Keller, not to Tom Reyes"
    assert given_away.reason == "the cited text does not give these words to Keller"


def test_without_evidence_nothing_is_supported() -> None:
    assert check_statement("The enzyme fails at night.", []).reason == "it cites nothing that was given"


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Maria Keller said that 12 of the 40 mice died.", KELLER),
        ("Maria Keller said that twelve of the forty mice died.", KELLER),
        ("According to Keller, the enzyme fails at night.", KELLER),
        ("Keller said: “The enzyme fails at night.”", KELLER),
        ("The merger was not approved by the board.", ACME),
        ("The board didn’t approve the merger.", ACME),
        ("In 2019, Acme paid 3500 euros for its roof.", ACME),
        ("Tom Reyes is the one who owns the club.", CLUB),
        ("Anna Li praised the talks on wages.", TALKS),
        ("The railway did not agree with the unions on wages.", TALKS),
        ("The levy pays for the school in Vik and two ferries.", LIST),
        ("The repairs include “a new deck” and “two pillars”.", REPAIRS),
    ],
)
def test_honest_paraphrases_are_kept(text: str, cited: Evidence) -> None:
    assert check_statement(text, [cited]).verdict is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12 of the 40 mice died", "12 of the 40 mice died"),
        ("“The enzyme fails at night.”", "The enzyme fails at night"),
        ("'The enzyme fails at night'", "The enzyme fails at night"),
        ('"The enzyme fails at night, and 12 of the 40 mice died," Maria Keller said on Tuesday.', KELLER.text),
        ("The enzyme fails\n  at night, and", "The enzyme fails at night, and"),
    ],
)
def test_the_sources_own_words_are_found_where_they_stand(text: str, found: str) -> None:
    check = check_statement(text, [CLUB, KELLER])

    assert (check.verdict, check.evidence) == (Verdict.VERBATIM, 1)
    assert KELLER.text[check.start : check.end] == found


def test_a_single_word_is_verbatim_only_as_all_that_the_piece_says() -> None:
    assert check_statement("ferries", [LIST]).verdict is Verdict.UNSUPPORTED
    assert check_statement("Sourdough.", [piece("Sourdough.")]).verdict is Verdict.VERBATIM


def test_words_cut_in_two_are_found_at_a_later_place_that_holds_them_whole() -> None:
    source = piece("Smart sells art. Smart sells arty mugs, as art sells.")
    check = check_statement("art sells", [source])

    assert source.text[check.start : check.end] == "art sells"
    assert check.start == source.text.rindex("art sells")


def test_quotations_are_compared_without_regard_to_their_marks() -> None:
    assert fates("He said 'it’s a — well — “night” enzyme…'", "it's a - well - 'night' enzyme...") != ["found"]
    assert fates('He said "it\'s a – well – enzyme..."', "“It is”, or: it’s a — well — enzyme…") == ["found"]


WORDS = st.lists(
    st.sampled_from("the night enzyme fails not 12 mice Keller said “so” it’s — … , .".split()), max_size=14
)
TEXTS = WORDS.map(" ".join)


@given(TEXTS, st.lists(TEXTS.map(piece), max_size=3))
@settings(deadline=None)
def test_what_is_called_verbatim_stands_in_the_piece_at_its_offsets(text: str, cited: list[Evidence]) -> None:
    check = check_statement(text, cited)

    assert (check.reason is None) == (check.verdict is not Verdict.UNSUPPORTED)
    if check.verdict is Verdict.VERBATIM:
        found = normalise(cited[check.evidence].text[check.start : check.end])
        assert found
        assert find_whole(normalise(text), found) >= 0
        assert normalise(text).replace(found, "").strip(" \"'.,…") == ""


@given(st.data())
@settings(deadline=None)
def test_every_run_of_words_of_a_piece_is_verbatim(data: st.DataObject) -> None:
    words = data.draw(
        st.lists(st.sampled_from("Keller said the enzyme fails at night".split()), min_size=2, max_size=12)
    )
    start = data.draw(st.integers(0, len(words) - 2))
    end = data.draw(st.integers(start + 2, len(words)))
    check = check_statement(" ".join(words[start:end]), [CLUB, source := piece(" ".join(words))])

    assert check.verdict is Verdict.VERBATIM
    assert source.text[check.start : check.end] == " ".join(words[start:end])


@given(st.text(max_size=60), st.text(max_size=60))
@settings(deadline=None)
def test_any_text_can_be_checked(text: str, source: str) -> None:
    assert check_statement(text, [piece(source)]).verdict in Verdict
