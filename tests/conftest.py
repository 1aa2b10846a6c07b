"""What holds for every test: no network but loopback, no model hub, a home folder of its own.

pytest-socket refuses every other address (see `addopts` in pyproject.toml). The variables are set here, before the
first import of anything that reads them; processes that a test starts inherit them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="ontherecord-home-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith(("RAG_", "XDG_", "HF_"))]:
    if name != "RAG_EVAL_DATA":
        del os.environ[name]
os.environ |= {
    "HOME": str(HOME),
    "USERPROFILE": str(HOME),
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "TOKENIZERS_PARALLELISM": "false",
}

import hypothesis  # noqa: E402
import pytest  # noqa: E402

# A busy machine is no bug, so no deadline. In continuous integration the same examples come each time: a run is about
# the change, and the search for new examples goes on wherever people work.
hypothesis.settings.register_profile("everywhere", deadline=None)
hypothesis.settings.register_profile("integration", deadline=None, derandomize=True)
hypothesis.settings.load_profile("integration" if os.environ.get("CI") else "everywhere")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
REPOSITORY = Path(__file__).resolve().parent.parent


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine, None where there is none."""
    return next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser tests last, and skip them, saying so, where there is no Chromium.

    What drives the browser keeps an event loop running in the main thread, in which no test of a coroutine can run.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    if find_chromium():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser that the browser tests drive."""
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    return path


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root folder of the repository."""
    return REPOSITORY


@pytest.fixture
def seeds(repository: Path) -> Path:
    """The folder of the bundled articles."""
    return repository / "seeds"


@pytest.fixture(scope="session")
def encoders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled embedding model as an index keeps it (`<index>/encoders`), prepared once for all tests."""
    from rag.config import BUNDLED_EMBEDDING_MODEL
    from rag.embedding import load_embedder

    folder = tmp_path_factory.mktemp("encoders")
    load_embedder(BUNDLED_EMBEDDING_MODEL, folder)
    return folder
