"""The page that keeps its index up to date: what is built when, and what it says of it."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rag.config import Settings
from rag.errors import EmbeddingModelError, IndexBusyError, IndexDamagedError, IndexMissingError
from rag.types import Skipped, SourceChanges
from rag.ui import resources, watching
from rag.ui.backend import real_backend
from rag.ui.service import Service
from tests.engine_double import ScriptedBackend, read_seeds

SECONDS = 30
ONE = SourceChanges(changed=("a.txt",))


@pytest.fixture
def place(seeds: Path) -> ScriptedBackend:
    return ScriptedBackend(read_seeds(seeds))


@pytest.fixture
def service(place: ScriptedBackend, seeds: Path) -> Iterator[Service]:
    made = Service(Settings(sources=seeds), place.backend())
    made.start_watching()
    yield made
    assert made.watch is not None
    made.watch.stop()


def note(service: Service) -> tuple[str, bool]:
    assert service.watch is not None
    shown = service.watch.note
    return (re.sub(r"\d\d:\d\d", "12:00", shown.words), shown.trouble) if shown else ("", False)


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def wait_for_note(service: Service, beginning: str) -> tuple[str, bool]:
    wait_for(lambda: note(service)[0].startswith(beginning))
    return note(service)


def test_a_change_is_built_in_and_told(service: Service, place: ScriptedBackend) -> None:
    place.unread = (Skipped("b.pdf", "it has no text layer: install OCR"), Skipped("old.pdf", "it is empty"))
    place.build_gate = threading.Event()
    place.changes.put(SourceChanges(added=("b.pdf",), changed=("a.txt",)))
    assert wait_for_note(service, "The sources") == (
        "The sources have changed: 1 added (b.pdf), 1 changed (a.txt). The index is being brought up to date.",
        False,
    )
    place.build_gate.set()
    assert wait_for_note(service, "Index") == (
        "Index brought up to date at 12:00: 1 added (b.pdf), 1 changed (a.txt). "
        "b.pdf was left out: it has no text layer: install OCR.",
        False,
    )
    assert place.builds == [False]
    with service.engines.lease() as engine:
        assert engine.generation == "g2"


def test_a_change_during_a_build_leads_to_another_build(service: Service, place: ScriptedBackend) -> None:
    wait_for(lambda: service.engines.is_open)
    place.build_gate = threading.Event()
    first = service.start_build(rebuild=True)
    place.changes.put(ONE)
    wait_for_note(service, "The sources")
    assert place.builds == [True]
    place.build_gate.set()
    wait_for_note(service, "Index brought up to date")
    assert place.builds == [True, False]
    assert not first.running


def test_what_the_build_under_way_takes_up_is_not_told_again(service: Service, place: ScriptedBackend) -> None:
    wait_for(lambda: service.engines.is_open)
    place.settled = True
    place.build_gate = threading.Event()
    service.bring_up_to_date()
    place.changes.put(ONE)
    wait_for_note(service, "The sources")
    place.build_gate.set()
    wait_for(lambda: not note(service)[0].startswith("The sources"))
    assert note(service) == ("", False)
    assert place.builds == [False, False]


def test_another_process_that_builds_is_waited_for(
    service: Service, place: ScriptedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "RETRY_SECONDS", 0.05)
    place.build_trouble = IndexBusyError("Another process is building the index.")
    place.changes.put(ONE)
    wait_for(lambda: len(place.builds) > 2)
    assert note(service)[0].startswith("The sources have changed")
    place.build_trouble = None
    wait_for_note(service, "Index brought up to date")


def test_a_build_that_fails_is_told_and_the_next_change_is_taken_up(service: Service, place: ScriptedBackend) -> None:
    place.build_trouble = EmbeddingModelError("The model is gone. Install it.")
    place.changes.put(ONE)
    expected = "The sources have changed, but the index is as it was. The model is gone. Install it."
    assert wait_for_note(service, "The sources have changed, but") == (expected, True)
    place.build_trouble = None
    place.changes.put(ONE)
    assert wait_for_note(service, "Index")[1] is False


def test_what_changed_before_anybody_watched_is_taken_up(
    place: ScriptedBackend, seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.engine_double.CHANGED", ("a.txt",))
    service = Service(Settings(sources=seeds), place.backend())
    service.start_watching()
    assert wait_for_note(service, "Index")[0] == "Index brought up to date at 12:00: 1 changed (a.txt)."
    assert service.watch is not None
    service.watch.stop()


@pytest.mark.parametrize(("trouble", "builds"), [(IndexMissingError("none"), [False]), (IndexDamagedError("bad"), [])])
def test_without_an_index_one_is_made_but_none_is_replaced_unasked(
    service: Service, place: ScriptedBackend, trouble: IndexMissingError, builds: list[bool]
) -> None:
    place.trouble, place.generation = trouble, None
    service.engines = Service(service.settings, place.backend()).engines
    service.engines.refresh()
    place.changes.put(ONE)
    place.changes.put(None)
    wait_for(lambda: service.watch is not None and not service.watch._thread.is_alive())
    assert place.builds == builds


def test_a_folder_that_comes_later_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "RETRY_SECONDS", 0.05)
    seen: list[SourceChanges] = []
    service = Service(Settings(sources=tmp_path / "later", index=tmp_path / "index"), real_backend())
    service.start_watching()
    assert service.watch is not None
    monkeypatch.setattr(service.watch, "_take_up", seen.append)
    (tmp_path / "later").mkdir()
    time.sleep(1)
    (tmp_path / "later" / "a.txt").write_text("text")
    wait_for(lambda: seen == [SourceChanges(added=("a.txt",))])
    service.watch.stop()


def test_watching_can_be_turned_off(place: ScriptedBackend, seeds: Path) -> None:
    service = Service(Settings(sources=seeds, watch=False), place.backend())
    service.start_watching()
    assert service.watch is None


@pytest.fixture
def real(tmp_path: Path, encoders: Path) -> Iterator[Service]:
    """The whole way: real files, real notifications, a real index."""
    shutil.copytree(encoders, tmp_path / "index" / "encoders")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "ferry.txt").write_text("“The harbour is safe,” said Olga Brandt, the mayor of Vik.")
    settings = Settings(sources=tmp_path / "sources", index=tmp_path / "index")
    real_backend().build(settings)
    made = Service(settings, real_backend())
    made.start_watching()
    wait_for(lambda: made.engines.is_open)
    yield made
    assert made.watch is not None
    made.watch.stop()


def test_the_next_answer_knows_a_file_that_was_changed(real: Service) -> None:
    article = real.settings.sources / "ferry.txt"
    article.write_text("“The harbour is closed,” said Olga Brandt, the mayor of Vik.")
    assert wait_for_note(real, "Index")[0] == "Index brought up to date at 12:00: 1 changed (ferry.txt)."
    with real.engines.lease() as engine:
        assert "The harbour is closed" in engine.ask("What did Olga Brandt say?").text


# ---------------------------------------------------------------- on the page


@pytest.fixture
def page(place: ScriptedBackend, seeds: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    st.cache_resource.clear()
    monkeypatch.setattr(resources, "backend", place.backend)
    monkeypatch.setenv("RAG_SOURCES", str(seeds))
    yield AppTest.from_file(str(repository / "app.py"), default_timeout=SECONDS)
    place.changes.put(None)
    st.cache_resource.clear()


def test_the_page_says_that_the_index_was_brought_up_to_date(page: AppTest, place: ScriptedBackend) -> None:
    page.run()
    place.changes.put(SourceChanges(changed=("a_b.txt",)))
    wait_for_note(resources.service(), "Index")
    page.run()
    said = [caption.value for caption in page.sidebar.caption if caption.value.startswith("Index brought")]
    assert [re.sub(r"\d\d\\:\d\d", "12:00", each) for each in said] == [
        r"Index brought up to date at 12:00\: 1 changed \(a\_b\.txt\)\."
    ]
    assert not page.exception


def test_the_page_says_why_a_change_was_not_taken_up(page: AppTest, place: ScriptedBackend) -> None:
    page.run()
    place.build_trouble = EmbeddingModelError("The model is gone.")
    place.changes.put(ONE)
    wait_for_note(resources.service(), "The sources have changed, but")
    page.run()
    assert any("the index is as it was" in warning.value for warning in page.sidebar.warning)
