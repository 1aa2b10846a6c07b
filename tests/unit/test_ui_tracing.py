"""What the page asks of the engine when somebody wants to know how passages were found, and what it keeps of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rag.config import Settings
from rag.errors import UsageError
from rag.types import Finished, SourceFilter
from rag.ui.conversations import Conversation, Draft, Scope
from rag.ui.service import Service
from rag.ui.tracing import asked_last, explain, trace_turn
from tests.engine_double import BOLTON, ScriptedBackend, ScriptedEngine, read_seeds
from tests.page_app import SECONDS

SOURCE = "004_f8a082d0fecacf2d.txt"
SCOPE = Scope(SourceFilter(after="2025-01-01"), understand=False)


pytestmark = pytest.mark.usefixtures("fresh_resources")


@pytest.fixture
def service(seeds: Path, tmp_path: Path) -> Service:
    made = Service(Settings(sources=tmp_path, passage_count=7), ScriptedBackend(read_seeds(seeds)).backend())
    made.engines.refresh()
    return made


def answered(service: Service, question: str = "What did Bolton say?", scope: Scope = SCOPE) -> Draft:
    with service.engines.lease() as engine:
        return Draft(question, "extractive", scope=scope).finished(Finished(engine.ask(question)))


def script(act: object) -> None:
    """Runs alone as the script of a page, where no name of this module is known."""
    assert callable(act)
    act()


def run(service: Service, draft: Draft, *pointed: tuple[str, dict[str, int]]) -> Any:
    """Run both, and return what the tab keeps."""

    def act() -> None:
        trace_turn(service, draft, "turn-1")
        for source, value in pointed:
            explain(service, draft, source, value)

    page = AppTest.from_function(script, default_timeout=SECONDS, args=(act,)).run()
    assert not page.exception
    return page.session_state


def test_an_answer_is_traced_as_it_was_looked_for(service: Service) -> None:
    state = run(service, answered(service))
    with service.engines.lease() as engine:
        assert isinstance(engine, ScriptedEngine)
        assert engine.traced == [("What did Bolton say?", 7, SCOPE.chosen, False, True)]
    (search,) = state["traces"]["turn-1"]["searches"]
    assert search["chosen"][0]["words"].startswith("“I do detect indicators")


def test_what_cannot_be_searched_is_a_message(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise UsageError("The question is empty.")

    draft = answered(service)
    monkeypatch.setattr(ScriptedEngine, "trace", refuse)
    assert run(service, draft)["traces"]["turn-1"] == {"problem": "The question is empty."}


def test_what_was_pointed_at_last_is_kept_until_it_is_put_away(service: Service) -> None:
    with service.engines.lease() as engine:
        start = engine.document(SOURCE).text.index(BOLTON[1])
    here = {"start": start, "end": start + 5, "at": 9}
    *kept, view = run(service, answered(service), (SOURCE, {"start": 3, "end": 9}), (SOURCE, here))["why"]
    assert (kept, view["verdict"], view["at"], view["start"]) == ([SOURCE, "g1"], "Chosen", 9, start)
    assert "why" not in run(service, answered(service), (SOURCE, here), (SOURCE, {"at": 10}))


def test_a_place_that_is_none_is_a_message(service: Service) -> None:
    *_, view = run(service, answered(service), (SOURCE, {"start": 9, "end": 3}))["why"]
    assert view == {"start": 9, "end": 3, "problem": f"9 to 3 is no span of {SOURCE}.", "at": 0}


def test_the_question_pointed_for_is_the_last_that_was_answered(service: Service) -> None:
    conversation = Conversation("c")
    assert asked_last(None) is None
    assert asked_last(conversation) is None
    first = conversation.add("What did Bolton say?", "extractive")
    with service.engines.lease() as engine:
        first.record(Finished(engine.ask("What did Bolton say?")))
    conversation.add("And Hill?", "extractive").fail("It failed.")
    assert asked_last(conversation) == first.draft
