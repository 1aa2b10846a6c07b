"""What the engine tells of a search: traces, replays, why a passage was chosen or not; with filters and copies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.engine import Engine, parse_trace, trace_object
from rag.errors import SourceError, UsageError
from rag.types import Explanation, Fate, SourceFilter
from tests.engines import engine_over
from tests.unit.test_copies import ADDED, ARTICLE, MENU

OLD = "Bridges\n\nMarch 5, 2019\n\nThe bridge of Vik was painted green in 2018 and cost 9 million crowns.\n"
FORM = "Notes\n\nTom Reyes paints boats in Lund.\n\nLeave a Reply\n\nYour email address will not be published.\n"
QUESTION = "What did the bridge cost?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("tracing")
    texts = {"old.txt": OLD, "notes.txt": FORM, "council.txt": ARTICLE, "syndicated.txt": f"{MENU}{ARTICLE}{ADDED}"}
    with engine_over(folder, encoders, texts) as engine:
        yield engine


def fates(told: Explanation) -> set[Fate]:
    return {passage.fate for passage in told.passages}


def test_a_trace_shows_what_the_search_finds_under_the_same_filter(engine: Engine) -> None:
    for source_filter in (SourceFilter(), SourceFilter(sources=("old.txt",)), SourceFilter(after="2020")):
        passages = engine.search(QUESTION, 3, source_filter=source_filter)
        saved = engine.trace(QUESTION, 3, source_filter=source_filter)
        (trace,) = saved.traces
        shown = [(each.place.source, each.place.start) for each in trace.passages if each.fate is Fate.SHOWN]
        assert shown == [(passage.source, passage.start) for passage in passages]
        assert saved.generation == engine.generation
        assert parse_trace(json.loads(json.dumps(trace_object(saved)))) == saved
        (compared,) = engine.compare_with([saved])
        assert compared.same


def test_what_the_question_says_of_its_sources_is_a_condition_where_it_is_understood(engine: Engine) -> None:
    question = "What did the bridge cost according to old.txt?"
    saved = engine.trace(question, understand=True)
    assert (saved.question, saved.filter.sources) == (question, ("old.txt",))
    assert {passage.place.source for passage in saved.traces[0].passages} == {"old.txt"}
    told = engine.why(question, "council.txt", 0, 200, understand=True)
    assert fates(told) == {Fate.EXCLUDED}
    assert told.passages[0].reason == "Left out by the filter, which admits only: old.txt."
    assert told.searched == len(saved.traces[0].passages)
    assert Fate.EXCLUDED not in fates(engine.why(question, "council.txt", 0, 200))


def test_a_copy_names_the_document_that_answers_for_it(engine: Engine) -> None:
    length = len(engine.document("syndicated.txt").text)
    told = engine.why(QUESTION, "syndicated.txt", 0, length)
    assert Fate.COPY in fates(told)
    copies = [passage for passage in told.passages if passage.fate is Fate.COPY]
    assert {passage.reason for passage in copies} == {
        "Its document is a copy of council.txt, which says the same and answers for it."
    }
    assert all(passage.dense.rank for passage in copies)


def test_where_nothing_is_searched_there_is_no_passage(engine: Engine) -> None:
    text = engine.document("notes.txt").text
    start = text.index("Leave a Reply")
    assert engine.why(QUESTION, "notes.txt", start, len(text)).passages == ()


def test_a_place_between_two_letters_is_in_the_passage_around_it(engine: Engine) -> None:
    at = engine.document("old.txt").text.index("green")
    (passage,) = engine.why(QUESTION, "old.txt", at, at).passages
    assert passage.place.start <= at < passage.place.end


def test_what_cannot_be_explained_is_refused(engine: Engine) -> None:
    with pytest.raises(SourceError, match=r"There is no source 'old' in the index. Perhaps: old.txt"):
        engine.why(QUESTION, "old", 0, 1)
    for start, end in ((-1, 5), (5, 4), (0, 10_000)):
        with pytest.raises(UsageError, match=f"{start} to {end} is no span of old.txt"):
            engine.why(QUESTION, "old.txt", start, end)
    with pytest.raises(UsageError, match="The question is empty"):
        engine.why(" ", "old.txt", 0, 1)
    with pytest.raises(UsageError, match="No source fits the filter"):
        engine.trace(QUESTION, source_filter=SourceFilter(sources=("nothing.*",)))


def test_the_parts_of_a_question_are_searched_for_too_where_an_answer_is_traced(engine: Engine) -> None:
    question = "What did the bridge cost and where does Tom Reyes paint boats?"
    assert len(engine.trace(question).traces) == 1
    traces = engine.trace(question, parts=True).traces
    assert [trace.question for trace in traces] == [
        question,
        "What did the bridge cost?",
        "where does Tom Reyes paint boats?",
    ]
    assert len(list(engine.compare_with([engine.trace(question, parts=True)]))) == 3
