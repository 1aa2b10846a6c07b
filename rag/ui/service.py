"""What all pages of one server share: the engine, the conversations, the build of the index. No Streamlit here."""

from __future__ import annotations

import threading
import time

from rag.config import Settings
from rag.errors import RagError
from rag.types import IndexStatus
from rag.ui.backend import AnsweringEngine, Backend
from rag.ui.building import IndexBuild
from rag.ui.conversations import Conversation, Conversations, Turn
from rag.ui.engines import EngineHolder
from rag.ui.examples import Suggestions

STATUS_SECONDS = 3.0
"""How long a comparison of the index with the sources is good for."""


class Service:
    """One for each server process; every method may be called from any thread."""

    def __init__(self, settings: Settings, backend: Backend) -> None:
        self.settings = settings
        self.conversations = Conversations()
        self.engines = EngineHolder(lambda: backend.open(settings), lambda: backend.current_generation(settings))
        self.build: IndexBuild | None = None
        self._backend = backend
        self.suggestions = Suggestions()
        self.voices: tuple[str, tuple[tuple[str, int], ...]] = ("", ())
        """Generation of an index, and who is quoted in it how often."""
        self._models: tuple[str, ...] | None = None
        self._status: tuple[float, IndexStatus] | None = None
        self._lock = threading.Lock()

    def models(self) -> tuple[str, ...]:
        """Return the names worth offering, the configured one first; asked for once."""
        if self._models is None:
            names = (self.settings.llm, *self._backend.available_models(self.settings))
            self._models = tuple(dict.fromkeys(names))
        return self._models

    def ask(self, conversation: Conversation, question: str, llm: str) -> Turn:
        """Add a question and answer it in a thread that no rerun, reload or closed tab can touch."""
        turn = conversation.add(question, llm)
        threading.Thread(target=self._answer, args=(conversation, turn), name="answer", daemon=True).start()
        return turn

    def _answer(self, conversation: Conversation, turn: Turn) -> None:
        try:
            with conversation.answering:
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
        for event in engine.stream(draft.question, conversation.history(turn), draft.llm):
            turn.record(event)
            if turn.has_ended():
                return

    def index_status(self, engine: AnsweringEngine) -> IndexStatus:
        """Return how the index stands against the sources, looked up at most every few seconds; raises RagError."""
        now = time.monotonic()
        kept = self._status
        if kept and now - kept[0] < STATUS_SECONDS and kept[1].generation == engine.generation:
            return kept[1]
        status = engine.index_status()
        self._status = (now, status)
        return status

    @property
    def building(self) -> bool:
        """Whether a build is under way."""
        return self.build is not None and self.build.running

    def start_build(self, *, rebuild: bool) -> IndexBuild:
        """Build the index in the background, or return the build that is under way."""
        with self._lock:
            if self.build is None or not self.build.running:
                build = IndexBuild(self._backend.build, self.settings, rebuild=rebuild, then=self._built)
                build.start()
                self.build = build
            return self.build

    def _built(self) -> None:
        self._status = None
        self.engines.refresh()
