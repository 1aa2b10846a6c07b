"""Documents on their way into the index, and the questions that wait for them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rag.config import Settings
from rag.errors import IndexMissingError, SourceError
from rag.types import DocumentFacts, Skipped
from rag.ui.conversations import TurnState
from rag.ui.intake import Arrival, Holdings, Intake, Kind, Outcome, judge
from rag.ui.service import Service
from tests.engine_double import ScriptedBackend, read_seeds
from tests.paged_documents import make_paged

SECONDS = 20
NOTE = b"Harbour notes\n\nThe harbour is closed."


@pytest.fixture
def place(seeds: Path) -> ScriptedBackend:
    return ScriptedBackend(read_seeds(seeds))


@pytest.fixture
def service(place: ScriptedBackend, tmp_path: Path) -> Service:
    made = Service(Settings(sources=tmp_path), place.backend())
    made.engines.refresh()
    return made


def finished(intake: Intake) -> list[tuple[Kind, str]]:
    assert intake.wait(SECONDS)
    return [(one.kind, one.words) for one in intake.outcomes]


def test_files_are_saved_and_indexed_and_what_became_of_each_is_told(
    service: Service, place: ScriptedBackend, tmp_path: Path
) -> None:
    intake = service.add_files([("note.txt", NOTE), ("scan.pdf", b"%PDF\x00"), ("long.txt", b"x" * 1200)])
    assert finished(intake) == [
        (Kind.ADDED, "Added “Harbour notes” (note.txt)."),
        (Kind.REFUSED, "scan.pdf is saved among the sources but cannot be read: it has no text layer: install OCR."),
        (Kind.REFUSED, "long.txt has 1,200 bytes, more than the limit of 1,000. Split it."),
    ]
    assert [one.source for one in intake.outcomes] == ["note.txt", None, None]
    assert (tmp_path / "note.txt").read_bytes() == NOTE
    assert place.builds == [False]
    with service.engines.lease() as engine:
        assert engine.generation == "g2"


def test_a_page_is_fetched_and_an_address_that_is_refused_says_why(service: Service, place: ScriptedBackend) -> None:
    assert finished(service.add_address("https://example.org/a")) == [
        (Kind.ADDED, "Added “The page” (https://example.org/a).")
    ]
    assert finished(service.add_address("http://127.0.0.1/x")) == [
        (Kind.REFUSED, "http://127.0.0.1/x leads to a private address. Give one of a page on the web.")
    ]
    assert place.builds == [False]


def test_nothing_is_built_when_nothing_was_saved(service: Service, place: ScriptedBackend) -> None:
    finished(service.add_files([("long.txt", b"x" * 1200)]))
    assert place.builds == []


def test_the_same_things_are_not_added_twice(service: Service, place: ScriptedBackend) -> None:
    place.build_gate = threading.Event()
    first = service.add_files([("note.txt", NOTE)])
    assert service.add_files([("note.txt", NOTE)]) is first
    other = service.add_files([("note.txt", NOTE + b"!")])
    assert other is not first
    assert service.intakes.all() == (first, other)
    place.build_gate.set()
    finished(first)
    finished(other)
    assert finished(service.add_files([("note.txt", NOTE)])) == [(Kind.KNOWN, "note.txt is among the sources already.")]


def test_what_is_saved_while_a_build_runs_is_in_the_next(service: Service, place: ScriptedBackend) -> None:
    place.build_gate = threading.Event()
    build = service.start_build(rebuild=True)
    intake = service.add_files([("note.txt", NOTE)])
    assert intake.progress()[1].startswith("Adding note.txt. ")
    place.build_gate.set()
    assert finished(intake) == [(Kind.ADDED, "Added “Harbour notes” (note.txt).")]
    assert not build.running
    assert place.builds == [True, False]


def test_the_first_documents_make_the_index(tmp_path: Path) -> None:
    place = ScriptedBackend((), IndexMissingError("There is no index yet. Make it: rag index"), generation=None)
    service = Service(Settings(sources=tmp_path), place.backend())
    service.engines.refresh()
    assert not service.engines.is_open
    assert finished(service.add_files([("note.txt", NOTE)])) == [(Kind.ADDED, "Added “Harbour notes” (note.txt).")]
    assert service.engines.is_open


def test_an_index_that_cannot_be_built_says_so(service: Service, place: ScriptedBackend) -> None:
    place.build_trouble = SourceError("The disk is full. Make room.")
    ((kind, words),) = finished(service.add_files([("note.txt", NOTE)]))
    assert kind is Kind.REFUSED
    assert words == (
        "note.txt is saved among the sources, but the index could not be brought up to date. "
        "The disk is full. Make room."
    )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_ends_an_intake_and_is_loud(service: Service, place: ScriptedBackend) -> None:
    place.saved = None  # type: ignore[assignment]
    intake = service.add_files([("note.txt", NOTE)])
    for worker in threading.enumerate():
        if worker.name == "intake":
            worker.join(SECONDS)
    assert finished(intake) == [
        (Kind.REFUSED, "An internal error ended this; the terminal of the server has the details.")
    ]


def test_outcomes_stay_until_they_are_put_away_or_the_next_question_is_asked(service: Service) -> None:
    first = service.add_files([("note.txt", NOTE)])
    service.intakes.put_away(first.number)
    assert first in service.intakes.all()
    finished(first)
    service.intakes.put_away(first.number)
    assert service.intakes.all() == ()
    second = service.add_files([("note.txt", NOTE)])
    finished(second)
    service.ask(service.conversations.create(), "What did Bolton say?", "extractive").wait(SECONDS)
    assert service.intakes.all() == ()


# ---------------------------------------------------------------- questions that wait


def test_a_question_waits_for_the_documents_that_came_with_it(service: Service, place: ScriptedBackend) -> None:
    place.build_gate = threading.Event()
    intake = service.add_files([("note.txt", NOTE)])
    turn = service.ask(service.conversations.create(), "What did Bolton say?", "extractive", after=intake)
    assert not turn.wait(0.3)
    assert turn.draft.state is TurnState.ADDING
    place.build_gate.set()
    assert turn.wait(SECONDS)
    assert turn.draft.answer is not None
    assert turn.draft.answer.index == "g2"
    assert service.intakes.all() == (intake,)


def test_a_question_that_waits_can_be_stopped(service: Service, place: ScriptedBackend) -> None:
    place.build_gate = threading.Event()
    conversation = service.conversations.create()
    intake = service.add_files([("note.txt", NOTE)])
    turn = service.ask(conversation, "What did Bolton say?", "extractive", after=intake)
    turn.stop()
    assert service.ask(conversation, "What did Hill say?", "extractive").wait(SECONDS)
    assert turn.draft.state is TurnState.STOPPED
    place.build_gate.set()
    assert intake.wait(SECONDS)


# ---------------------------------------------------------------- what became of one file

MAIL = Arrival("mail.eml", Path, "mail.eml")


def document(source: str, title: str = "A title") -> DocumentFacts:
    return DocumentFacts(source, title)


def test_a_file_of_several_documents_counts_them_and_names_what_was_left_out() -> None:
    after = Holdings(
        (document("mail.eml", "Re: the harbour"), document("mail.eml#plan.pdf"), document("mail.emlx")),
        (Skipped("mail.eml#photo.png", "it holds no text: leave it out"),),
    )
    assert judge(MAIL, "mail.eml", frozenset(), after, None) == Outcome(
        Kind.ADDED,
        "Added “Re: the harbour” (mail.eml) and 1 more document. Not all of it could be read: "
        "it holds no text: leave it out.",
        "mail.eml",
    )


def test_a_file_that_is_passed_over_is_not_called_added() -> None:
    outcome = judge(MAIL, "mail.eml", frozenset(), Holdings(), None)
    assert outcome.kind is Kind.REFUSED
    assert outcome.words.startswith("mail.eml is saved among the sources but cannot be read: nothing of it is read")


def test_a_paged_document_opens_at_its_first_page() -> None:
    paged = make_paged("a.pdf", "One two.", "Three four.")
    assert [paged.text[page.start : page.end] for page in paged.pages] == ["One two.", "Three four."]
