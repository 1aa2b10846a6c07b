"""Conversations in memory, the engine in use, builds in the background."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rag.config import Settings
from rag.errors import IndexDamagedError, IndexMissingError, ModelUnreachableError, RagError, SourceError
from rag.types import Finished, Progress, Retrieved, StatementChecked, Status
from rag.types.exchanges import Exchange
from rag.ui.building import describe_progress
from rag.ui.conversations import Conversations, Draft, TurnState
from rag.ui.engines import EngineHolder
from rag.ui.service import Service
from tests.engine_double import BOLTON, ScriptedBackend, ScriptedEngine, read_seeds

SECONDS = 20


@pytest.fixture
def place(seeds: Path) -> ScriptedBackend:
    return ScriptedBackend(read_seeds(seeds))


@pytest.fixture
def service(place: ScriptedBackend) -> Service:
    made = Service(Settings(), place.backend())
    made.engines.refresh()
    return made


# ---------------------------------------------------------------- drafts and turns


def test_a_draft_takes_in_the_events_of_an_answer(seeds: Path) -> None:
    events = list(ScriptedEngine(read_seeds(seeds)).stream("What did Bolton say?"))
    draft = Draft("What did Bolton say?", "extractive")
    drafts = [draft := draft.after(event) for event in events]
    assert [type(event) for event in events] == [Retrieved, *[StatementChecked] * 3, Finished]
    assert [one.state for one in drafts] == [*[TurnState.WRITING] * 4, TurnState.FINISHED]
    assert [len(one.statements) for one in drafts] == [0, 1, 2, 3, 3]
    assert [[cited.id for cited in one.citations] for one in drafts] == [[], [1], [1, 2], [1, 2, 3], [1, 2, 3]]
    assert drafts[-1].answer is not None
    assert [passage.used for passage in drafts[0].passages] == [False, False, False]
    assert [passage.used for passage in drafts[-1].passages] == [True, True, False]


def test_an_answer_is_written_by_a_worker(service: Service) -> None:
    conversation = service.conversations.create()
    turn = service.ask(conversation, "What did Bolton say?", "extractive")
    assert turn.wait(SECONDS)
    assert turn.draft.state is TurnState.FINISHED
    assert service.conversations.find(conversation.id) is conversation


def test_a_follow_up_is_given_the_questions_before_it_that_were_taken_up(
    service: Service, place: ScriptedBackend
) -> None:
    conversation = service.conversations.create()
    for question, llm in (("What did Bolton say?", "extractive"), ("Hill?", "ollama:x"), ("And why?", "extractive")):
        assert service.ask(conversation, question, llm).wait(SECONDS)
    assert place.engines[0].asked == [
        ("What did Bolton say?", (), "extractive"),
        ("Hill?", ("What did Bolton say?",), "ollama:x"),
        ("And why?", ("What did Bolton say?",), "extractive"),
    ]


def test_a_question_put_right_is_answered_in_its_place_and_later_ones_build_on_that(
    service: Service, place: ScriptedBackend
) -> None:
    conversation = service.conversations.create()
    first, second = (
        service.ask(conversation, question, "extractive") for question in ("What did Hill say?", "And Bolton?")
    )
    assert first.wait(SECONDS)
    assert second.wait(SECONDS)
    assert second.draft.standalone_question == "What did Hill say? And Bolton?"

    again = service.put_right(conversation, second, "What did Bolton say?")
    assert again.wait(SECONDS)
    assert conversation.turns == (first, again)
    assert (again.number, again.take) == (2, 1)
    assert again.draft.question == "And Bolton?"
    assert again.draft.standalone_question == "What did Bolton say?"
    assert again.draft.answer is not None
    assert again.draft.answer.status is Status.ANSWERED

    assert service.ask(conversation, "Why?", "extractive").wait(SECONDS)
    known = place.engines[0].histories[-1][-1]
    assert isinstance(known, Exchange)
    assert (known.question, known.understood) == ("And Bolton?", "What did Bolton say?")
    assert known.answer.splitlines() == list(BOLTON)


def test_what_went_wrong_ends_the_turn_with_its_message(service: Service) -> None:
    turn = service.ask(service.conversations.create(), "What did Bolton say?", "ollama:llama3")
    assert turn.wait(SECONDS)
    assert turn.draft.state is TurnState.FAILED
    assert turn.draft.problem == "The model ollama:llama3 does not answer on http://127.0.0.1:11434. Start it."
    assert isinstance(turn.draft.error, ModelUnreachableError)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_ends_the_turn_too_and_is_loud(service: Service, place: ScriptedBackend) -> None:
    place.engines[0].compose = None  # type: ignore[assignment,method-assign]
    turn = service.ask(service.conversations.create(), "What did Bolton say?", "extractive")
    for worker in threading.enumerate():
        if worker.name == "answer":
            worker.join(SECONDS)
    assert turn.draft.problem == "An internal error ended this answer; the terminal of the server has the details."


def test_stopping_keeps_what_is_there_and_drops_what_comes_after(seeds: Path) -> None:
    gate = threading.Event()
    place = ScriptedBackend(read_seeds(seeds), gate=gate)
    service = Service(Settings(), place.backend())
    conversation = service.conversations.create()
    turn = service.ask(conversation, "What did Bolton say?", "extractive")
    turn.stop()
    gate.set()
    after = service.ask(conversation, "What did Hill say?", "extractive")
    assert after.wait(SECONDS)
    assert turn.draft.state is TurnState.STOPPED
    assert turn.draft.answer is None
    assert after.draft.state is TurnState.FINISHED


def test_only_so_many_conversations_are_kept_the_least_recent_goes() -> None:
    conversations = Conversations(limit=2)
    first, second = conversations.create(), conversations.create()
    assert conversations.find(first.id) is first
    third = conversations.create()
    assert [conversations.find(one.id) for one in (first, second, third)] == [first, None, third]
    assert conversations.find(None) is None


# ---------------------------------------------------------------- the engine in use


def engine(generation: str) -> ScriptedEngine:
    return ScriptedEngine((), generation)


def test_a_newer_index_is_taken_up_and_the_old_engine_closed_when_nobody_uses_it() -> None:
    old, new = engine("g1"), engine("g2")
    supply = iter([old, new])
    newest = ["g1"]
    holder = EngineHolder(lambda: next(supply), lambda: newest[0])
    holder.refresh()
    holder.refresh()
    with holder.lease() as leased:
        newest[0] = "g2"
        holder.refresh()
        assert leased is old
        assert not old.closed
        with holder.lease() as other:
            assert other is new
    assert old.closed
    assert not new.closed


def test_an_engine_that_nobody_uses_is_closed_at_once() -> None:
    old, new = engine("g1"), engine("g2")
    supply = iter([old, new])
    newest = ["g1"]
    holder = EngineHolder(lambda: next(supply), lambda: newest[0])
    holder.refresh()
    newest[0] = "g2"
    holder.refresh()
    assert (old.closed, new.closed) == (True, False)


def test_a_new_index_that_cannot_be_opened_leaves_the_old_engine_and_is_tried_once() -> None:
    tries: list[str] = []
    newest = ["g1"]

    def open_engine() -> ScriptedEngine:
        tries.append(newest[0])
        if newest[0] == "g2":
            raise IndexDamagedError("vectors.faiss is broken. Run: rag index --rebuild")
        return engine(newest[0])

    holder = EngineHolder(open_engine, lambda: newest[0])
    holder.refresh()
    newest[0] = "g2"
    holder.refresh()
    holder.refresh()
    assert tries == ["g1", "g2"]
    assert str(holder.trouble) == "vectors.faiss is broken. Run: rag index --rebuild"
    with holder.lease() as leased:
        assert leased.generation == "g1"


def test_an_older_index_that_answers_for_a_damaged_one_is_opened_once() -> None:
    opened: list[ScriptedEngine] = []

    def open_engine() -> ScriptedEngine:
        opened.append(ScriptedEngine((), "g1", trouble="The index g2 is damaged. Make it again: rag index --rebuild"))
        return opened[-1]

    newest = ["g2"]
    holder = EngineHolder(open_engine, lambda: newest[0])
    for _ in range(3):
        holder.refresh()
    assert len(opened) == 1
    newest[0] = "g3"
    holder.refresh()
    assert [one.closed for one in opened] == [True, False]


def test_without_an_index_a_lease_says_so() -> None:
    trouble = IndexMissingError("There is no index in index/ yet. Make it: rag index")

    def open_engine() -> ScriptedEngine:
        raise trouble

    holder = EngineHolder(open_engine, lambda: None)
    with pytest.raises(IndexMissingError, match="There is no index yet"), holder.lease():
        pass
    holder.refresh()
    with pytest.raises(RagError) as caught, holder.lease():
        pass
    assert caught.value is trouble


# ---------------------------------------------------------------- builds


def test_a_rebuild_goes_on_beside_answers_and_the_next_answer_has_the_new_index(seeds: Path) -> None:
    gate = threading.Event()
    place = ScriptedBackend(read_seeds(seeds), build_gate=gate)
    service = Service(Settings(), place.backend())
    conversation = service.conversations.create()
    build = service.start_build(rebuild=True)
    assert service.start_build(rebuild=True) is build
    before = service.ask(conversation, "What did Bolton say?", "extractive")
    assert before.wait(SECONDS)
    assert build.running
    gate.set()
    build.wait(SECONDS)
    after = service.ask(conversation, "What did Bolton say?", "extractive")
    assert after.wait(SECONDS)
    assert before.draft.answer is not None
    assert after.draft.answer is not None
    assert [before.draft.answer.index, after.draft.answer.index] == ["g1", "g2"]
    assert place.builds == [True]
    assert build.report is not None
    assert (build.report.generation, build.problem) == ("g2", None)
    assert place.engines[0].closed


def test_a_build_that_fails_says_why_and_the_old_index_goes_on(service: Service, place: ScriptedBackend) -> None:
    place.build_trouble = SourceError("There is no document in seeds/. Put .txt or .md files there.")
    build = service.start_build(rebuild=False)
    build.wait(SECONDS)
    assert build.problem == "There is no document in seeds/. Put .txt or .md files there."
    assert service.ask(service.conversations.create(), "Bolton?", "extractive").wait(SECONDS)


def test_progress_in_words() -> None:
    assert describe_progress(None) == (0.0, "Loading the embedding model")
    assert describe_progress(Progress("embedding", 16, 64)) == (0.25, "Embedding the passages: 16 of 64")
    assert describe_progress(Progress("writing", 0, 0)) == (0.0, "Writing the index")
    assert describe_progress(Progress("polishing", 9, 8)) == (1.0, "Polishing: 9 of 8")


def test_the_models_offered_begin_with_the_one_that_is_set(place: ScriptedBackend) -> None:
    service = Service(Settings(llm="openai:gpt"), place.backend())
    assert service.models() == ("openai:gpt", "extractive", "local:smollm2")


def test_the_index_is_compared_with_the_sources_now_and_then_only(
    service: Service, place: ScriptedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = place.engines[0]
    assert service.index_status(opened).stale is False
    monkeypatch.setattr("tests.engine_double.CHANGED", ("a.txt",))
    assert service.index_status(opened).stale is False
    service.start_build(rebuild=True).wait(SECONDS)
    with service.engines.lease() as engine_now:
        status = service.index_status(engine_now)
    assert (status.generation, status.changed) == ("g2", ("a.txt",))
