"""Answers from some of the sources, with the real embedding model: filters asked for and understood, and copies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.copies import stands_in
from rag.engine import Engine, verify_answer
from rag.errors import UsageError
from rag.text.normalise import normalise
from rag.types import Answer, AppliedFilter, Finished, Retrieved, SourceFilter, Status
from tests.engines import engine_over
from tests.unit.test_copies import ADDED, ARTICLE, MENU

OLD = """The bridge of Vik is safe, says the mayor | Harbour Times

March 5, 2019

The mayor, Olga Brandt, said that the bridge was safe. “Nobody will fall into the water,” Brandt said.

The bridge was painted green in 2018 and cost 9 million crowns.
"""
NEW = """The ferry of Vik gets a captain | Harbour Times

June 1, 2025

“The bridge should have been closed long ago,” said Olga Brandt, the mayor.

The ferry was painted white in May and cost 40 million crowns. Its captain is Carl Berg.
"""
UNDATED = """Notes on the harbour

Tom Reyes told the council that he never used the bridge. He paints boats in Lund.
"""
COUNCIL = "council.txt"
COPY = "copies/council.txt"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("filters")
    texts = {
        "old.txt": OLD,
        "new.txt": NEW,
        "notes.txt": UNDATED,
        COUNCIL: ARTICLE,
        COPY: f"{MENU}{ARTICLE}{ADDED}".replace("March 5", "March 6"),
    }
    with engine_over(folder, encoders, texts) as engine:
        yield engine


def ask(engine: Engine, question: str, *history: str, understand: bool = True, **chosen: object) -> Answer:
    """Return the answer, after checking that it holds, and that nothing of it is from a source that is left out."""
    source_filter = SourceFilter(**chosen)  # type: ignore[arg-type]
    answer = engine.ask(question, history, source_filter=source_filter, understand=understand)
    assert verify_answer(json.loads(json.dumps(answer.to_dict())), engine.settings) == ()
    return answer


def sources(answer: Answer) -> set[str]:
    """Return every source that an answer shows anything of."""
    passages = {each.source for each in (*answer.passages, *answer.nearest)}
    return passages | {each.source for each in answer.citations}


# ---------------------------------------------------------------- filters asked for


@pytest.mark.parametrize(
    "question",
    [
        "What did Brandt say?",
        "Who said that the bridge was safe?",
        "Who is Olga Brandt?",
        "What is this about?",
        "What colour was the bridge painted?",
        "Do Brandt and Reyes agree on the bridge?",
        "What do the sources disagree on about the bridge?",
        "According to Brandt, what of the bridge?",
        "What was painted and who is Carl Berg?",
        "What is the capital of Mongolia?",
    ],
)
@pytest.mark.parametrize("only", ["old.txt", "new.txt", "notes.txt", COPY])
def test_nothing_comes_from_a_source_that_is_left_out(engine: Engine, question: str, only: str) -> None:
    answer = ask(engine, question, sources=(only,))

    assert sources(answer) <= {only}
    assert answer.filter == AppliedFilter(sources=(only,))


def test_dates_leave_out_what_has_none_and_say_so(engine: Engine) -> None:
    answer = ask(engine, "What did Brandt say about the bridge?", after="2025")

    assert [citation.source for citation in answer.citations] == ["new.txt"]
    assert answer.filter == AppliedFilter(after="2025-01-01")
    assert answer.notes == ("1 source without a date left out.",)
    assert ask(engine, "What did Brandt say about the bridge?", before="2019").citations[0].source == "old.txt"


def test_words_that_only_others_have_are_not_mentioned(engine: Engine) -> None:
    assert ask(engine, "Who is Carl Berg?").status is Status.ANSWERED
    answer = ask(engine, "Who is Carl Berg?", sources=("old.txt",))

    assert answer.status is Status.REFUSED
    assert answer.text == "The sources do not answer this. The sources do not say who Carl Berg is."


def test_a_filter_that_nothing_fits_says_what_there_is(engine: Engine) -> None:
    said = (
        r"^No source fits the filter \(\*\.docx, since 2030-01-01\)\. There are 5 sources, dated 2019-03-05 to "
        r"2025-06-01, from Harbour Times: rag show lists them\.$"
    )
    for use in (engine.ask, engine.search):
        with pytest.raises(UsageError, match=said):
            use("What?", source_filter=SourceFilter(("*.docx",), "2030"))
    with pytest.raises(UsageError, match="that is no date"):
        engine.ask("What?", source_filter=SourceFilter(after="soon"))


def test_search_and_quotations_are_filtered(engine: Engine) -> None:
    only = SourceFilter(outlets=("harbour times",))

    assert {passage.source for passage in engine.search("bridge", source_filter=only)} == {"old.txt", "new.txt"}
    assert {each.source for each in engine.quotations(source_filter=only)} == {"old.txt", "new.txt"}
    assert {
        each.source for each in engine.quotations("Brandt", "bridge", source_filter=SourceFilter(after="2025"))
    } == {"new.txt"}


def test_a_follow_up_knows_the_people_of_the_sources_admitted(engine: Engine) -> None:
    asked = ("And reyes?", "What did Brandt say about the bridge?")

    assert ask(engine, *asked).standalone_question == "What did reyes say about the bridge?"
    assert ask(engine, *asked, sources=("old.txt",)).status is Status.REFUSED


# ---------------------------------------------------------------- filters understood


def test_a_condition_in_the_question_is_understood_shown_and_taken_back(engine: Engine) -> None:
    question = "What did Brandt say about the bridge since May 2025?"
    answer = ask(engine, question)

    assert [citation.source for citation in answer.citations] == ["new.txt"]
    assert answer.filter == AppliedFilter(after="2025-05-01", understood=("since May 2025",))
    assert (answer.question, answer.standalone_question) == (question, question)
    taken_back = ask(engine, question, understand=False)
    assert taken_back.filter == AppliedFilter()


def test_what_was_understood_holds_with_what_was_asked_for(engine: Engine) -> None:
    answer = ask(engine, "What did Brandt say in Harbour Times?", before="2020")

    assert {citation.source for citation in answer.citations} == {"old.txt"}
    assert answer.filter == AppliedFilter((), None, "2020-12-31", ("Harbour Times",), ("in Harbour Times",))


def test_a_refusal_says_what_was_understood(engine: Engine) -> None:
    answer = ask(engine, "What did Reyes say since May 2025?")
    assert answer.status is Status.REFUSED
    assert answer.notes == (
        "The question says “since May 2025”, which 1 of 5 sources fits; without that, 5 sources would be searched.",
        "1 source without a date left out.",
    )
    nothing = ask(engine, "What did Reyes say since May 2030?")
    assert (nothing.status, nothing.nearest) == (Status.REFUSED, ())
    assert nothing.text == "The sources do not answer this. No source is what the question says."
    assert nothing.notes[0].startswith(
        "The question says “since May 2030”, which no source fits; without that, 5 sources"
    )


def test_what_streams_has_the_whole_question(engine: Engine) -> None:
    first, *_, last = engine.stream("What did Brandt say since May 2025?")

    assert isinstance(first, Retrieved)
    assert isinstance(last, Finished)
    assert first.standalone_question == last.answer.standalone_question == "What did Brandt say since May 2025?"
    assert {passage.source for passage in first.passages} == {"new.txt"}


def test_a_search_understands_only_when_told_to(engine: Engine) -> None:
    question = "What did Brandt say since May 2025?"

    assert len({passage.source for passage in engine.search(question)}) > 1
    assert {passage.source for passage in engine.search(question, understand=True)} == {"new.txt"}
    assert engine.applied_filter(question).after == "2025-05-01"
    assert engine.applied_filter(question, understand=False) == AppliedFilter()


# ---------------------------------------------------------------- copies


def test_copies_answer_once_and_are_listed(engine: Engine) -> None:
    answer = ask(engine, "What did Li say about the price?")

    assert {(citation.source, citation.copies) for citation in answer.citations} == {(COUNCIL, (COPY,))}
    theirs = [passage.text for passage in answer.passages if passage.source == COPY]
    assert not any(stands_in(text, normalise(ARTICLE)) for text in theirs)
    assert [facts.source for facts in engine.facts() if facts.copy_of == COUNCIL] == [COPY]
    assert len(engine.documents()) == 5


def test_what_only_the_copy_says_is_found_there(engine: Engine) -> None:
    [citation] = ask(engine, "Who wrote to this newspaper and wants the wall?").citations

    assert (citation.source, citation.copies) == (COPY, ())
    assert "Readers in 14 villages" in citation.quote


def test_the_copy_answers_where_the_original_may_not(engine: Engine) -> None:
    answer = ask(engine, "What did Li say about the price?", sources=("copies/",))

    assert {(citation.source, citation.copies) for citation in answer.citations} == {(COPY, (COUNCIL,))}


def test_quotations_are_listed_once(engine: Engine) -> None:
    everyone = engine.quotations("Li")

    assert {each.source for each in everyone} == {COUNCIL}
    assert engine.copies(COUNCIL) == (COPY,)
    assert engine.copies(COPY) == ()
    only = SourceFilter(("copies/",))
    assert [each.quote for each in engine.quotations("Li", source_filter=only)] == [each.quote for each in everyone]
    assert engine.copies(COPY, only) == (COUNCIL,)
