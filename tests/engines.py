"""An engine over documents of a test, with the real embedding model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from rag.config import Settings
from rag.engine import Engine, build_index


@contextmanager
def engine_over(folder: Path, encoders: Path, texts: Mapping[str, str] | None = None) -> Iterator[Engine]:
    """Lend an engine that has indexed what stands in `folder/sources`, `texts` (by name) put there first."""
    settings = Settings(index=folder / "index", sources=folder / "sources")
    for name, text in (texts or {}).items():
        path = settings.sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copytree(encoders, settings.index / "encoders")
    build_index(settings)
    with closing(Engine.open(settings)) as engine:
        yield engine
