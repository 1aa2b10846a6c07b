"""Answers cut into lines and parts, chips where the citations stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from rag.types import Answer, Citation, Statement, StatementChecked, Status, Verdict
from rag.ui.layout import lay_out_answer, lay_out_statements
from tests.engine_double import BOLTON, ScriptedEngine, read_seeds


def citation(number: int) -> Citation:
    return Citation(number, "a.txt", "Title", None, None, None, 0, 5, "words")


def statement(text: str, start: int, *cited: int, verdict: Verdict = Verdict.VERBATIM) -> Statement:
    return Statement(text, start, start + len(text), verdict, cited)


def answer(text: str, *statements: Statement, cited: int = 3) -> Answer:
    citations = tuple(citation(number) for number in range(1, cited + 1))
    return Answer("Q?", "Q?", Status.ANSWERED, text, statements, citations, (), (), "extractive", "g1")


def quoted(text: str, number: int = 0) -> dict[str, object]:
    return {"text": text, "statement": number, "verdict": "verbatim"}


def test_a_lead_and_quotations_become_lines_with_chips() -> None:
    text = "Bolton said:\n\n“One.” [1]\n\n“Two.” [2]\n"
    laid_out = lay_out_answer(answer(text, statement("“One.”", 14, 1), statement("“Two.”", 26, 2)))
    assert laid_out == [
        {"kind": "lead", "parts": [{"text": "Bolton said:"}]},
        {"kind": "quote", "verbatim": True, "parts": [quoted("“One.”"), {"chip": 1}]},
        {"kind": "quote", "verbatim": True, "parts": [quoted("“Two.”", 1), {"chip": 2}]},
    ]


def test_a_list_quoted_whole_keeps_its_items_and_goes_on_from_line_to_line() -> None:
    words = "Putin has:\n\n  • Eliminated opposition\n  • Centralized power"
    assert lay_out_answer(answer(f"{words} [1]", statement(words, 0, 1))) == [
        {"kind": "quote", "verbatim": True, "parts": [quoted("Putin has:")]},
        {
            "kind": "item",
            "bullet": "•",
            "verbatim": True,
            "continues": True,
            "parts": [quoted("Eliminated opposition")],
        },
        {
            "kind": "item",
            "bullet": "•",
            "verbatim": True,
            "continues": True,
            "parts": [quoted("Centralized power"), {"chip": 1}],
        },
    ]


def test_prose_of_a_model_keeps_its_sentences_on_one_line() -> None:
    first, second = "He is annoyed [1].", "He may walk away [2][3]."
    supported = {"verdict": Verdict.SUPPORTED}
    one = statement(first, 0, 1, **supported)
    two = statement(second, len(first) + 1, 2, 3, **supported)
    assert lay_out_answer(answer(f"{first} {second}", one, two)) == [
        {
            "kind": "text",
            "parts": [
                {"text": "He is annoyed.", "statement": 0, "verdict": "supported"},
                {"chip": 1},
                {"text": " "},
                {"text": "He may walk away.", "statement": 1, "verdict": "supported"},
                {"chip": 2},
                {"chip": 3},
            ],
        }
    ]


def test_brackets_in_a_source_stay_words() -> None:
    words = "The treaty [2] was signed in [1987]"
    assert lay_out_answer(answer(f"{words} [1]", statement(words, 0, 1))) == [
        {"kind": "quote", "verbatim": True, "parts": [quoted(words), {"chip": 1}]}
    ]


def test_a_marker_that_no_statement_carries_is_a_chip_and_an_unknown_one_is_words() -> None:
    assert lay_out_answer(answer("See [3] and [7].")) == [
        {"kind": "lead", "parts": [{"text": "See"}, {"chip": 3}, {"text": " and [7]."}]}
    ]


def test_control_characters_of_a_source_are_shown_as_replaced() -> None:
    words = "Bad\x07 and <b>bold</b>"
    assert lay_out_answer(answer(words, statement(words, 0, 1)))[0]["parts"][0]["text"] == "Bad� and <b>bold</b>"


def test_statements_of_an_answer_in_the_making_come_after_their_lead() -> None:
    events = [
        StatementChecked(statement("“One.”", 0, 1), (citation(1),), "Bolton:"),
        StatementChecked(statement("“Two.”", 0, 2), (citation(2),)),
    ]
    assert lay_out_statements(events) == [
        {"kind": "lead", "parts": [{"text": "Bolton:"}]},
        {"kind": "quote", "verbatim": True, "parts": [quoted("“One.”"), {"chip": 1}]},
        {"kind": "quote", "verbatim": True, "parts": [quoted("“Two.”", 1), {"chip": 2}]},
    ]


def test_the_answer_in_the_making_looks_like_the_whole_one(seeds: Path) -> None:
    events = list(ScriptedEngine(read_seeds(seeds)).stream("What did Bolton say?"))
    making = lay_out_statements([event for event in events if isinstance(event, StatementChecked)])
    assert making == lay_out_answer(events[-1].answer)  # type: ignore[union-attr]
    assert [line["parts"][0]["text"] for line in making[1:]] == list(BOLTON)


def words_of(laid_out: list[dict[str, object]]) -> str:
    parts = [part for line in laid_out for part in line["parts"]]  # type: ignore[attr-defined]
    bullets = "".join(str(line.get("bullet", "")) for line in laid_out)
    return "".join(sorted(bullets + "".join("".join(part.get("text", "").split()) for part in parts)))


@given(
    some.lists(some.text(some.sampled_from("ab .\n•-“”()[<*`"), min_size=1, max_size=30), min_size=1, max_size=6),
    some.text(some.sampled_from("xy:\n -"), max_size=5),
)
def test_no_word_is_lost_whatever_the_text(quotes: list[str], gap: str) -> None:
    text, statements = "", []
    for number, words in enumerate(quotes, 1):
        text += gap
        statements.append(statement(words, len(text), number))
        text += f"{words} [{number}]"
    laid_out = lay_out_answer(answer(text, *statements, cited=len(quotes)))
    assert words_of(laid_out) == "".join(sorted("".join((gap + "".join([*quotes]) + gap * (len(quotes) - 1)).split())))
    assert [part["chip"] for line in laid_out for part in line["parts"] if "chip" in part] == list(
        range(1, len(quotes) + 1)
    )


def test_statements_that_overlap_are_drawn_once() -> None:
    whole = answer("One two.", statement("One two.", 0, 1), statement("two.", 4, 2))
    assert lay_out_answer(replace(whole)) == [
        {"kind": "quote", "verbatim": True, "parts": [quoted("One two."), {"chip": 1}]}
    ]


def test_the_words_that_the_question_asks_for_are_parts_of_their_own() -> None:
    said = replace(statement("It shut in 1987,\nin May.", 0, 1), focus=((11, 15), (20, 23)))
    [line, second] = lay_out_answer(answer("It shut in 1987,\nin May. [1]", said))

    assert line["parts"] == [quoted("It shut in "), {**quoted("1987"), "strong": True}, quoted(",")]
    assert second["parts"] == [quoted("in "), {**quoted("May"), "strong": True}, quoted("."), {"chip": 1}]


def test_whom_a_statement_means_stands_in_front_of_it_while_it_comes_and_when_it_is_whole() -> None:
    said = replace(statement("She left.", 12, 1), refers_to="Ann Roe")
    coming = lay_out_statements([StatementChecked(replace(said, start=10), (citation(1),))])
    whole = lay_out_answer(answer("[Ann Roe] She left. [1]", replace(said, start=10, end=19)))

    assert coming == whole
    assert coming[0]["parts"] == [{"text": "[Ann Roe] "}, quoted("She left."), {"chip": 1}]


@given(some.text(max_size=30), some.lists(some.tuples(some.integers(-2, 32), some.integers(-2, 32)), max_size=4))
def test_no_focus_loses_or_repeats_a_letter(words: str, focus: list[tuple[int, int]]) -> None:
    said = replace(statement(words, 0, 1), focus=tuple(focus))
    plain, strong = (
        lay_out_statements([StatementChecked(one, (citation(1),))]) for one in (replace(said, focus=()), said)
    )

    def shown(lines: list[dict[str, object]]) -> str:
        return "\n".join("".join(str(part.get("text", "")) for part in line["parts"]) for line in lines)  # type: ignore[attr-defined]

    assert shown(strong) == shown(plain)
