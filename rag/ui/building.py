"""Building the index in the background, while the old one goes on answering."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rag.config import Settings
from rag.errors import IndexBusyError, RagError
from rag.types import IndexReport, Progress
from rag.ui.backend import Builder

STAGES = {"reading": "Reading the sources", "embedding": "Embedding the passages", "writing": "Writing the index"}


class IndexBuild:
    """One run of the indexer in a thread of its own. `then` is called in that thread when it has succeeded."""

    def __init__(self, build: Builder, settings: Settings, *, rebuild: bool, then: Callable[[], None]) -> None:
        self._build = build
        self._settings = settings
        self._rebuild = rebuild
        self._then = then
        self.progress: Progress | None = None
        self.report: IndexReport | None = None
        self.problem: str | None = None
        self.busy = False
        """Whether it failed because another process was building."""
        self._thread = threading.Thread(target=self._run, name="index-build", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the build has ended, at most for `seconds`."""
        self._thread.join(seconds)

    @property
    def running(self) -> bool:
        """Whether the build is under way."""
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            report = self._build(self._settings, rebuild=self._rebuild, progress=self._note)
            self._then()
            self.report = report
        except RagError as error:
            self.problem, self.busy = str(error), isinstance(error, IndexBusyError)
        except BaseException:
            self.problem = "The build ended with an internal error; the terminal of the server has the details."
            raise

    def _note(self, progress: Progress) -> None:
        self.progress = progress


def describe_progress(progress: Progress | None) -> tuple[float, str]:
    """Return how much of the present stage is done (0 to 1) and what it is, in words."""
    if progress is None:
        return 0.0, "Loading the embedding model"
    stage = STAGES.get(progress.stage, progress.stage.capitalize())
    if progress.total <= 0:
        return 0.0, stage
    return min(1.0, progress.done / progress.total), f"{stage}: {progress.done} of {progress.total}"
