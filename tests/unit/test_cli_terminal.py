"""What reaches a terminal is harmless, wrapped, and never fails to be encoded."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cli.terminal import Flow, excerpt, harmless, one_line, print_json, well_formed, wrapped


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a new title\x07text", "text"),
        ("\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jgone", "gone"),
        ("a\x1bcb", "ab"),
        ("bell\x07 back\x08 delete\x7f nul\x00", "bell back delete nul"),
        ("one\r\ntwo\rthree\tfour", "one\ntwothree\tfour"),
        ("safe \u202eright to left\u202c \u2066isolated\u2069", "safe right to left isolated"),
        ("Ünïcödé — “quoted” 日本", "Ünïcödé — “quoted” 日本"),
    ],
)
def test_control_sequences_are_taken_out(raw: str, shown: str) -> None:
    assert harmless(raw) == shown


@given(st.text())
def test_nothing_that_controls_a_terminal_is_left(text: str) -> None:
    left = harmless(text)
    assert {character for character in left if unicodedata.category(character) == "Cc"} <= {"\n", "\t"}
    assert harmless(left) == left


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@given(st.text(st.characters(), max_size=50))
def test_well_formed_text_can_be_encoded(text: str) -> None:
    well_formed(text + "\udcff").encode("utf-8")


@given(st.text())
def test_json_stays_on_one_line_of_ascii_and_comes_back_whole(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("click.echo", lines.append)
        print_json({"text": text})
    (line,) = lines
    assert line.isascii()
    assert line.splitlines() == [line]
    assert json.loads(line) == {"text": text}


def test_lines_stay_whole_where_there_is_no_terminal() -> None:
    assert wrapped("word " * 50, first="[1] ", indent="    ") == "[1] " + ("word " * 50).rstrip()


def test_lines_are_wrapped_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.cli.terminal.width", lambda: 20)
    assert wrapped("one two three four five six\nseven", first="[1] ", indent="    ") == (
        "[1] one two three\n    four five six\n    seven"
    )


def test_an_excerpt_is_cut_at_a_word() -> None:
    assert excerpt("one two\n three four", 14) == "one two …"


def fed(monkeypatch: pytest.MonkeyPatch, text: str, strong: list[tuple[int, int]], columns: int | None) -> str:
    """Return what a flow of that many columns prints, no terminal for None."""
    printed: list[str] = []
    monkeypatch.setattr("rag.cli.terminal.width", lambda: columns)
    monkeypatch.setattr("click.echo", lambda part, nl=True: printed.append(part))
    Flow().feed(text, strong)
    return "".join(printed)


def test_words_are_bold_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    text, strong = "It shut in May 1987, she said.", [(11, 19)]

    assert fed(monkeypatch, text, strong, None) == text
    assert fed(monkeypatch, text, strong, 80) == "It shut in \x1b[1mMay 1987\x1b[22m, she said."
    assert fed(monkeypatch, text, strong, 15) == "It shut in \x1b[1mMay\n1987\x1b[22m, she said."
    assert fed(monkeypatch, "a \x02b\x03 c", [], 80) == "a b c"
