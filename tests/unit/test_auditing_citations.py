"""What became of a citation whose source changed, and the forms in which saved answers are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.auditing import check_answers, read_saved
from rag.auditing.nearest import nearest_passage
from rag.errors import UsageError
from rag.types import CitationCheck, CitationState

LINES = [
    "The council of Quorn met on Monday in the old hall.",
    "“The quay will stay shut until the pillars are dry,” Ida Brook told the council of Quorn.",
    "Nobody asked her how long that would take, and she did not say.",
    "The ferry carries three hundred cars a day in summer and forty in winter.",
]
SPEECH = LINES[1]


def check(folder: Path, quote: str = SPEECH, source: str = "a.txt", start: int = 0) -> CitationCheck:
    """Look one citation up."""
    saved = {
        "question": "What did Brook say?",
        "status": "answered",
        "text": quote,
        "statements": [{"text": quote, "start": 0, "end": len(quote), "verdict": "verbatim", "citations": [1]}],
        "citations": [{"id": 1, "source": source, "start": start, "end": start + len(quote), "quote": quote}],
    }
    (checked,) = check_answers([saved], folder)
    (cited,) = checked.citations
    assert checked.holds is (cited.state is CitationState.HOLDS)
    return cited


def write(folder: Path, lines: list[str], name: str = "a.txt") -> str:
    text = "\n\n".join(lines)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return text


def test_a_citation_holds_where_its_words_stand(tmp_path: Path) -> None:
    text = write(tmp_path, LINES)
    assert check(tmp_path, start=text.index(SPEECH)).state is CitationState.HOLDS


def test_words_that_moved_are_found_at_the_nearest_place(tmp_path: Path) -> None:
    text = write(tmp_path, [SPEECH, *LINES[:1], *LINES[2:], SPEECH])
    moved = check(tmp_path, start=text.rindex(SPEECH) - 3)
    assert (moved.state, moved.found_source) == (CitationState.MOVED, "a.txt")
    assert (moved.found_start, moved.found_end) == (text.rindex(SPEECH), len(text))


def test_words_that_changed_are_shown_before_and_now(tmp_path: Path) -> None:
    now = "“The quay will stay open until the pillars are quite dry,” Ida Brook told the council of Quorn."
    text = write(tmp_path, [LINES[0], now, *LINES[2:]])
    changed = check(tmp_path, start=text.index("“The quay"))
    assert changed.state is CitationState.CHANGED
    assert (changed.before, changed.now) == (SPEECH, now)
    assert changed.differences == (("shut", "open"), ("", "quite"))
    assert text[changed.found_start : changed.found_end] == now
    assert "“shut” became “open”, “quite” came" in changed.problem


def test_other_quotation_marks_are_a_change_without_differences(tmp_path: Path) -> None:
    write(tmp_path, [LINES[0], SPEECH.replace("“", '"').replace("”", '"')])
    changed = check(tmp_path)
    assert (changed.state, changed.differences) == (CitationState.CHANGED, ())


def test_words_of_which_nothing_is_left_vanished(tmp_path: Path) -> None:
    write(tmp_path, [LINES[0], LINES[3]])
    assert check(tmp_path).state is CitationState.VANISHED


def test_the_words_of_a_source_that_is_gone_are_found_in_another(tmp_path: Path) -> None:
    write(tmp_path, LINES[:1], "b.txt")
    text = write(tmp_path, LINES, "deep/renamed.txt")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 no more")
    found = check(tmp_path, start=text.index(SPEECH))
    assert (found.state, found.found_source) == (CitationState.RENAMED, "deep/renamed.txt")
    assert text[found.found_start : found.found_end] == SPEECH


@pytest.mark.parametrize("quote", [SPEECH, "Yes, dear"])
def test_a_source_that_is_gone_with_its_words_is_gone(quote: str, tmp_path: Path) -> None:
    write(tmp_path, [LINES[0], "Yes, dear"], "b.txt")
    assert check(tmp_path, quote=quote).state is CitationState.GONE


@given(st.lists(st.sampled_from("ash birch cedar elm fir".split()), max_size=40), st.integers(0, 40))
def test_the_nearest_passage_of_words_that_stand_there_is_where_they_stand(words: list[str], at: int) -> None:
    wanted = "the minister said that talks would resume on Monday"
    text = " ".join([*words[:at], wanted, *words[at:]])
    nearest = nearest_passage(wanted, text)
    assert nearest is not None
    assert (text[nearest.start : nearest.end], nearest.differences) == (wanted, ())


def test_nothing_is_near_what_shares_no_words() -> None:
    assert nearest_passage("ash birch", "cedar elm") is None
    assert nearest_passage("", "cedar elm") is None
    assert nearest_passage("ash birch", "") is None


# ------------------------------------------------------------ forms of saved answers

ANSWER: dict[str, Any] = {"question": "Why?", "text": "Because.\n```\n[x](y)"}


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (json.dumps(ANSWER), [1]),
        (json.dumps(ANSWER, indent=2), [1]),
        (json.dumps([ANSWER, ANSWER]), [1, 2]),
        (f"{json.dumps(ANSWER)}\n\n{json.dumps(ANSWER)}\n", [1, 3]),
        (f"# Talk\n\n```json\n{json.dumps(ANSWER)}\n```\n\ntext\n\n```json\r\n{json.dumps(ANSWER)}\r\n```", [4, 10]),
    ],
)
def test_each_form_is_read(content: str, lines: list[int], tmp_path: Path) -> None:
    path = tmp_path / "saved"
    path.write_bytes(content.encode())
    assert read_saved(path) == [(line, ANSWER) for line in lines]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"nonsense\n", "line 1: not JSON"),
        (b"[1, 2]\n", "line 1: not a JSON object"),
        (b"text\n```json\n{\n```\n", "line 3: not JSON"),
        (b"\xff\xfe\xff", "not UTF-8 text"),
    ],
)
def test_what_is_no_saved_answer_is_named(content: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "saved"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=problem):
        read_saved(path)
