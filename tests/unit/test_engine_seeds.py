"""The bundled articles, asked with the embedding model that is installed with the library."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.engine import Engine, verify_answer
from rag.types import Answer, Status, Verdict
from tests.engines import engine_over

LOVE = "004_f8a082d0fecacf2d.txt"
BOLTON = (
    "“I do detect indicators that he’s making an attempt to place some blue water between himself and Putin.",
    "“He actually needs a Nobel Peace Prize,” Bolton advised us.",
)
FURNITURE = ("King Charles", "Arsenal", "Leave a Comment", "Please enter your", "Share This Post", "Related Post")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoders: Path, repository: Path) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("seeds")
    shutil.copytree(repository / "seeds", folder / "sources")
    with engine_over(folder, encoders) as engine:
        assert engine.index_status().documents == 5
        yield engine


def ask(engine: Engine, question: str, *history: str) -> Answer:
    """Return the answer, after checking that it holds and that nothing in it is furniture."""
    answer = engine.ask(question, history)
    assert verify_answer(json.loads(json.dumps(answer.to_dict())), engine.settings) == ()
    shown = [citation.quote for citation in answer.citations]
    shown += [passage.text for passage in (*answer.passages, *answer.nearest)]
    assert not [word for word in FURNITURE for text in shown if word in text]
    assert [passage.rank for passage in answer.nearest] == ([1, 2, 3, 4, 5] if answer.status == "refused" else [])
    return answer


def test_what_bolton_said_is_both_passages_word_for_word(engine: Engine) -> None:
    answer = ask(engine, "What did Bolton say?")
    article = (engine.settings.sources / LOVE).read_text(encoding="utf-8")

    assert answer.status is Status.ANSWERED
    assert {statement.verdict for statement in answer.statements} == {Verdict.VERBATIM}
    assert {(citation.source, citation.speaker) for citation in answer.citations} == {(LOVE, "John Bolton")}
    for words in BOLTON:
        [citation] = [citation for citation in answer.citations if words in citation.quote]
        assert article[citation.start : citation.end] == citation.quote
        assert citation.quote in answer.text


def test_a_follow_up_about_bolton(engine: Engine) -> None:
    answer = ask(engine, "And what did he say about the Nobel Peace Prize?", "What did Bolton say?")

    assert [citation.speaker for citation in answer.citations] == ["John Bolton"]
    assert BOLTON[1] in answer.citations[0].quote


@pytest.mark.parametrize(
    "question",
    [
        "What did Bolton say about NATO?",
        "What did King Charles say?",
        "Who won the match of Arsenal?",
        "How do I leave a comment?",
        "Which fields are required?",
        "What is the recipe for sourdough bread?",
    ],
)
def test_what_the_articles_do_not_say_is_refused(engine: Engine, question: str) -> None:
    answer = ask(engine, question)

    assert (answer.status, answer.statements, answer.citations) == (Status.REFUSED, (), ())
    assert answer.nearest


def test_lists_are_quoted_whole_under_whom_they_are_from(engine: Engine) -> None:
    answer = ask(engine, "What did Hill say?")
    quotes = [citation.quote for citation in answer.citations]

    assert {citation.speaker for citation in answer.citations} == {"Fiona Hill"}
    for first, last in (
        ("According to Hill:", "Dependence on China is accelerating"),
        ("Power flows from the individual leader", "Morality is secondary to dominance, and ideals"),
    ):
        assert [quote for quote in quotes if first in quote and last in quote]


def test_every_quotation_of_the_articles_stands_where_it_says(engine: Engine) -> None:
    texts = {document.source: document.text for document in engine.documents()}
    quotations = engine.quotations()

    assert all(texts[each.source][each.start : each.end] == each.quote for each in quotations)
    assert {"John Bolton", "Rebecca Lissner", "Karoline Leavitt", "Susan Miller", "Fiona Hill"} <= {
        each.speaker for each in quotations
    }
    assert not [each for each in quotations for word in FURNITURE if word in each.quote]
