from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.normalise import normalise, normalise_with_origins
from rag.text.sentences import quotation_spans, quotation_units, sentence_spans
from rag.text.words import fold_word, stem, terms, word_spans, words

PIECES = st.sampled_from(
    [
        "He said. ",
        "“Go!” ",
        "she asked ",
        "Mr. ",
        "U.S. ",
        "1. ",
        "\n\n",
        "\r\n\r\n",
        "'",
        '"',
        "‘",
        "’",
        "...",
        "No. ",
        "5 ",
        "x",
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=20).map("".join))


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def units(text: str) -> list[str]:
    return [text[start:end] for start, end in quotation_units(text)]


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    "parts",
    [
        ["He went home.", "She stayed!", "Did they?", "Nobody knows…", "The end"],
        ["Mr. Smith met Sen. Lindsey Graham of the U.S. Senate on Jan. 24 at 5 p.m. Eastern time."],
        ["They met in the U.S. yesterday.", "It was late."],
        ["He lives in the U.S.", "The others do not."],
        ["J. D. Vance spoke.", "He was brief."],
        ["It grew by 3.5 percent.", "No. 5 was last, see Fig. 3 and p. 12."],
        ["The answer is no.", "Trump left."],
        ["Neither do I.", "The rest is silence."],
        ["He paused ... then went on."],
        ["“I know,” he said.", "“You do not.”", "(So it was.)", "The end."],
        ["It is known.[12]", "So they say."],
        ["“Will he go?” Bolton asked.", "Nobody knew."],
        ["“He has gone CRAZY!”", "A spokesperson, Dmitry Peskov, responded by musing."],
        ["1. The first thing.", "2. The second thing."],
        ["One paragraph", "another paragraph"],
        ["首相は会見した。", "平和について語った。"],
    ],
)
def test_sentences(parts: list[str]) -> None:
    between = "\n\n" if parts[0] == "One paragraph" else " "

    assert sentences(between.join(parts)) == parts


@given(TEXTS)
@settings(deadline=None)
def test_sentences_hold_everything_but_white_space_in_order(text: str) -> None:
    spans = sentence_spans(text)

    at = 0
    for start, end in spans:
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@given(TEXTS, st.data())
@settings(deadline=None)
def test_sentences_of_a_part_lie_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    assert all(start <= first < last <= end for first, last in sentence_spans(text, start, end))


# ---------------------------------------------------------------- quotations


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “one” and “two”.", ["“one”", "“two”"]),
        ('He said "one" and "two".', ['"one"', '"two"']),
        ("It’s Trump’s ‘deep state’ here.", ["‘deep state’"]),
        ("The '90s and the states' rights.", ["'90s and the states'"]),
        ("It's Trump's 'deep state' here.", ["'deep state'"]),
        ("«Un» et „zwei“.", ["«Un»", "„zwei“"]),
        ("“never closed", []),
        ("“not over\n\na paragraph”", []),
        ("“outer ‘inner’ outer”", ["“outer ‘inner’ outer”"]),
    ],
)
def test_quotations(text: str, quoted: list[str]) -> None:
    assert [text[start:end] for start, end in quotation_spans(text)] == quoted


@pytest.mark.parametrize(
    "parts",
    [
        ["“One. Two. Three,” he said.", "Four."],
        ["He said: “One. Two.”", "Three.", "“Four.”"],
        ["(“He wants it,” she said.", "“He’ll take it. He will.”)"],
    ],
)
def test_sentences_of_one_quotation_stay_together(parts: list[str]) -> None:
    assert units(" ".join(parts)) == parts


def test_a_long_quotation_is_cut_after_the_most() -> None:
    text = "“" + "Again. " * 10 + "End.” He stopped."

    assert quotation_units(text, most=4)[0] == (0, 28)
    assert sentence_spans(text)[3][1] == 28


@given(TEXTS)
@settings(deadline=None)
def test_units_are_made_of_whole_sentences(text: str) -> None:
    starts = {start for start, _ in sentence_spans(text)}
    ends = {end for _, end in sentence_spans(text)}
    spans = quotation_units(text)

    assert all(start in starts and end in ends for start, end in spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    assert sum(end - start for start, end in spans) >= sum(end - start for start, end in sentence_spans(text))


@pytest.mark.parametrize(
    "text", ["“ " * 200_000, "' a " * 100_000, "Mr. " * 100_000, '?" A ' * 100_000, '"a." ' * 100_000]
)
def test_no_text_takes_more_than_linear_time(text: str) -> None:
    began = time.perf_counter()

    quotation_units(text)

    assert time.perf_counter() - began < 5


# ---------------------------------------------------------------- normalisation


def test_marks_and_white_space_are_made_plain_and_nothing_else() -> None:
    assert normalise(" “It’s\u00a0a—b…”\n\tco\u00adop  ") == '"It\'s a-b..." coop'
    assert normalise("Tést, A") == "Tést, A"


@given(TEXTS)
@settings(deadline=None)
def test_normal_forms_are_the_same_with_and_without_origins(text: str) -> None:
    form = normalise_with_origins(text)

    assert form.text == normalise(text)
    assert len(form.origins) == len(form.text)
    assert list(form.origins) == sorted(form.origins)
    assert normalise(form.text) == form.text


@given(TEXTS, st.data())
@settings(deadline=None)
def test_what_is_in_a_text_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    found = normalise_with_origins(text).find(part)

    if not normalise(part):
        assert found is None
    elif found is not None:
        assert normalise(text[slice(*found)]).find(normalise(part)) >= 0


def test_a_quotation_with_other_marks_is_found() -> None:
    text = "He said: “It’s   gone.”"

    assert normalise_with_origins(text).find('"It\'s gone."') == (9, 23)
    assert normalise_with_origins(text).find("its gone") is None


# ---------------------------------------------------------------- words


def test_words_are_folded() -> None:
    assert words("Trump’s U.S. café isn't 3.5 cease-fire") == ["trump", "us", "cafe", "isn't", "3.5", "cease-fire"]
    assert fold_word("Putin’s") == "putin"
    assert word_spans("a (bc) d") == [(0, 1), (3, 5), (7, 8)]


def test_terms_are_stems_without_function_words() -> None:
    assert terms("The sanctions were cease-fire talks") == ["sanction", "ceas", "fire", "ceasefir", "talk"]
    assert stem("sanctioned") == stem("sanctions") == "sanction"


def test_a_fiscal_year_is_found_by_its_year() -> None:
    assert terms("FY2017 and FY17") == ["fy2017", "2017", "fy17", "2017"]
