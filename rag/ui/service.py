"""What all pages of one server share: the engine, the conversations, the build of the index. No Streamlit here."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from rag.config import Settings
from rag.errors import RagError
from rag.types import AnswerCheck, IndexStatus, Skipped
from rag.ui.backend import AnsweringEngine, Backend
from rag.ui.building import IndexBuild
from rag.ui.conversations import EVERYWHERE, Conversation, Conversations, Scope, Turn
from rag.ui.engines import EngineHolder
from rag.ui.examples import Suggestions
from rag.ui.intake import Holdings, Intake, Intakes, address_arrival, file_arrival
from rag.ui.shelf import Shelf, shelve
from rag.ui.watching import SourcesWatch

STATUS_SECONDS = 3.0
"""How long a comparison of the index with the sources is good for."""
PICTURES_KEPT = 12
LOOK_SECONDS = 0.2
"""How often an answer that waits for documents looks whether it was stopped."""


class Service:
    """One for each server process; every method may be called from any thread."""

    def __init__(self, settings: Settings, backend: Backend) -> None:
        self.settings = settings
        self.conversations = Conversations()
        self.engines = EngineHolder(lambda: backend.open(settings), lambda: backend.current_generation(settings))
        self.build: IndexBuild | None = None
        self.watch: SourcesWatch | None = None
        self._backend = backend
        self.suggestions = Suggestions()
        self.voices: tuple[str, tuple[tuple[str, int], ...]] = ("", ())
        """Generation of an index, and who is quoted in it how often."""
        self.intakes = Intakes(settings.sources, self.bring_up_to_date, self._holdings)
        self.problem: str | None = None
        """Why what was last asked for, other than an answer or a build, could not be done."""
        self._shelf = Shelf()
        self._picture = lru_cache(maxsize=PICTURES_KEPT)(self._draw_picture)
        self._models: tuple[str, ...] | None = None
        self._status: tuple[float, IndexStatus] | None = None
        self._skipped: tuple[float, str, tuple[Skipped, ...]] | None = None
        self._lock = threading.Lock()

    def models(self) -> tuple[str, ...]:
        """Return the names worth offering, the configured one first; asked for once."""
        if self._models is None:
            names = (self.settings.llm, *self._backend.available_models(self.settings))
            self._models = tuple(dict.fromkeys(names))
        return self._models

    def ask(
        self,
        conversation: Conversation,
        question: str,
        llm: str,
        scope: Scope = EVERYWHERE,
        after: Intake | None = None,
        *,
        meant: str = "",
    ) -> Turn:
        """Add a question and answer it in a thread that no rerun, reload or closed tab can touch.

        A question that came with documents is answered `after` these are in the index. `meant` is how it is to be
        understood, where that is known already.
        """
        if after is None:
            self.intakes.put_away_seen()  # who asks the next question has read what became of the documents
        return self._begin(conversation, conversation.add(question, llm, scope, meant), after)

    def put_right(self, conversation: Conversation, turn: Turn, meant: str) -> Turn:
        """Answer a question again, as a person says that it is to be understood; later ones build on that."""
        return self._begin(conversation, conversation.put_right(turn, meant))

    def _begin(self, conversation: Conversation, turn: Turn, after: Intake | None = None) -> Turn:
        threading.Thread(target=self._answer, args=(conversation, turn, after), name="answer", daemon=True).start()
        return turn

    def _answer(self, conversation: Conversation, turn: Turn, after: Intake | None) -> None:
        try:
            with conversation.answering:
                if after is not None and not after.has_ended():
                    turn.await_documents()
                    while not after.wait(LOOK_SECONDS) and not turn.has_ended():
                        continue
                self.engines.refresh()
                with self.engines.lease() as engine:
                    self._consume(engine, conversation, turn)
        except RagError as error:
            turn.fail(str(error), error)
        except BaseException:
            turn.fail("An internal error ended this answer; the terminal of the server has the details.")
            raise

    @staticmethod
    def _consume(engine: AnsweringEngine, conversation: Conversation, turn: Turn) -> None:
        if turn.has_ended():
            return
        turn.begin()
        draft = turn.draft
        events = engine.stream(
            draft.question,
            conversation.history(turn),
            draft.llm,
            source_filter=draft.scope.chosen,
            understand=draft.scope.understand,
            meant=draft.meant or None,
        )
        for event in events:
            turn.record(event)
            if turn.has_ended():
                return

    def readable_endings(self) -> tuple[str, ...]:
        """Return the endings of the files that are read."""
        return self._backend.readable_endings()

    def add_files(self, files: Sequence[tuple[str, bytes]]) -> Intake:
        """Take uploaded files, by name, into the index in the background."""
        save = partial(self._backend.add_file, self.settings)
        return self.intakes.begin([file_arrival(name, data, save) for name, data in files])

    def add_address(self, address: str) -> Intake:
        """Fetch a page and take it into the index in the background."""
        return self.intakes.begin([address_arrival(address, partial(self._backend.add_url, self.settings))])

    def _holdings(self) -> Holdings:
        if not self.engines.is_open:
            return Holdings()
        with self.engines.lease() as engine:
            return Holdings(engine.facts(), engine.skipped())

    def check(self, saved: Sequence[Mapping[str, Any]]) -> list[AnswerCheck]:
        """Look the citations of answer objects up in the files as they are now; raises RagError."""
        return list(self._backend.check(saved, self.settings))

    def shelf(self, engine: AnsweringEngine) -> Shelf:
        """Return what can be picked from the index; put together once for each generation."""
        if self._shelf.generation != engine.generation:
            self._shelf = shelve(engine.generation, engine.facts())
        return self._shelf

    def titles(self) -> Mapping[str, str]:
        """Return the titles of the documents by source; none without an index."""
        if not self.engines.is_open:
            return {}
        with self.engines.lease() as engine:
            return self.shelf(engine).titles

    def page_picture(self, generation: str, source: str, number: int) -> bytes:
        """Return a page of a document as a PNG, the last ones from memory; raises RagError."""
        return self._picture(generation, source, number)

    def _draw_picture(self, generation: str, source: str, number: int) -> bytes:
        with self.engines.lease() as engine:
            return engine.page_picture(source, number)

    def index_status(self, engine: AnsweringEngine) -> IndexStatus:
        """Return how the index stands against the sources, looked up at most every few seconds; raises RagError."""
        now = time.monotonic()
        kept = self._status
        if kept and now - kept[0] < STATUS_SECONDS and kept[1].generation == engine.generation:
            return kept[1]
        status = engine.index_status()
        self._status = (now, status)
        return status

    def skipped(self, engine: AnsweringEngine) -> tuple[Skipped, ...]:
        """Return the files that are not indexed, looked up at most every few seconds; raises RagError."""
        now, kept = time.monotonic(), self._skipped
        if kept and now - kept[0] < STATUS_SECONDS and kept[1] == engine.generation:
            return kept[2]
        found = engine.skipped()
        self._skipped = (now, engine.generation, found)
        return found

    @property
    def building(self) -> bool:
        """Whether a build is under way."""
        return self.build is not None and self.build.running

    def start_build(self, *, rebuild: bool) -> IndexBuild:
        """Build the index in the background, or return the build that is under way."""
        with self._lock:
            if self.build is None or not self.build.running:
                return self._start(rebuild=rebuild)
            return self.build

    def _start(self, *, rebuild: bool) -> IndexBuild:
        self.build = IndexBuild(self._backend.build, self.settings, rebuild=rebuild, then=self._built)
        self.build.start()
        return self.build

    def bring_up_to_date(self) -> IndexBuild:
        """Start a build that reads the sources as they are now; one that is under way is waited for."""
        while True:
            with self._lock:
                running = self.build if self.building else None
                if running is None:
                    return self._start(rebuild=False)
            running.wait()

    def start_watching(self) -> None:
        """Bring the index up to date whenever the sources change, as far as the settings want it."""
        if self.settings.watch and self.watch is None:
            self.watch = SourcesWatch(partial(self._backend.watch, self.settings), self)
            self.watch.start()

    def roll_back(self) -> None:
        """Make the index before this one the one that answers; `problem` tells why where that is not possible."""
        try:
            self._backend.rollback(self.settings)
            self.problem = None
        except RagError as error:
            self.problem = str(error)
        self._built()

    def _built(self) -> None:
        self._status = self._skipped = None
        self.engines.refresh()
