"""What several tests share: the shop of the command line, indexed once, questions to ask there, and the chat page."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.shop import GARDEN, HARBOUR, QUESTIONS, Shop

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.engine_double import ScriptedBackend


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Shop:
    """Two documents, indexed. Tests must leave them as they are."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shutil.copytree(encoders, shop.index / "encoders")
    (shop.sources / "town").mkdir(parents=True)
    (shop.sources / "harbour wall.txt").write_text(HARBOUR, encoding="utf-8")
    (shop.sources / "town" / "garden.md").write_text(GARDEN, encoding="utf-8")
    report = json.loads(shop.ok("index", "--json"))
    assert report | {"generation": "", "seconds": 0, "notes": []} == {
        "generation": "",
        "documents": 2,
        "chunks": report["embedded"],
        "embedded": report["chunks"],
        "added": 2,
        "changed": 0,
        "removed": 0,
        "unchanged": 0,
        "skipped": [],
        "seconds": 0,
        "notes": [],
    }
    return shop


@pytest.fixture
def own(built: Shop, tmp_path: Path) -> Shop:
    """A copy of the same, for tests that change something."""
    shutil.copytree(built.sources, tmp_path / "documents")
    shutil.copytree(built.index, tmp_path / "index", ignore=shutil.ignore_patterns("evaluations"))
    shop = Shop(tmp_path)
    shop.ok("index")
    return shop


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """A file of three questions."""
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in QUESTIONS) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def fresh_resources() -> Iterator[None]:
    """`st.cache_resource` outlives a test."""
    import streamlit as st

    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def page(place: ScriptedBackend, repository: Path) -> AppTest:
    """The chat page over the engine that a module puts in its `place`."""
    from streamlit.testing.v1 import AppTest

    from tests.page_app import SECONDS

    return AppTest.from_file(str(repository / "app.py"), default_timeout=SECONDS)
