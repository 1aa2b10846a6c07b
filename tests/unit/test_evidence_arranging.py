"""How questions and texts are laid out for the evidence model."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.evidence_model import WEIGHTS, Arranger, Stretch
from rag.evidence_model.arranging import MOST_PIECES, MOST_SENTENCE_PIECES
from rag.evidence_model.model import TOKENIZER

ARRANGER = Arranger(WEIGHTS / TOKENIZER)
SENTENCES = st.lists(st.text(alphabet="abcdefg hij.", min_size=1, max_size=400), min_size=1, max_size=30)


def test_a_short_text_is_one_window_with_each_sentence_in_its_place() -> None:
    (window,) = ARRANGER.windows("Who ran?", Stretch("Races", "Finals", ("Ann ran.", "Bob sat down.")))
    first, second = window.sentences
    assert [first.number, second.number] == [0, 1]
    assert first.offsets == ((0, 3), (4, 7), (7, 8))
    assert second.end - second.start == len(second.offsets) == 4
    assert window.pieces[first.end] == window.pieces[second.end] == window.pieces[-1]
    assert len(window.types) == len(window.pieces)
    assert window.types[: window.types.index(1)] == (0,) * (3 + 2), "question, and what opens and ends it"


@settings(max_examples=60)
@given(SENTENCES)
def test_every_sentence_is_in_one_window_that_the_model_can_read(sentences: list[str]) -> None:
    windows = list(ARRANGER.windows("Who?", Stretch("", "", tuple(sentences))))
    assert [each.number for window in windows for each in window.sentences] == list(range(len(sentences)))
    assert all(len(window.pieces) <= MOST_PIECES for window in windows)


def test_a_text_that_is_too_long_is_cut_into_like_windows() -> None:
    windows = list(ARRANGER.windows("Who?", Stretch("", "", ("one two three four five six seven eight nine.",) * 30)))
    assert [len(window.sentences) for window in windows] == [15, 15]


def test_what_a_very_long_sentence_says_at_its_end_is_left_out() -> None:
    (window,) = ARRANGER.windows("Who?", Stretch("", "", ("word " * 500,)))
    (sentence,) = window.sentences
    assert len(sentence.offsets) == MOST_SENTENCE_PIECES
