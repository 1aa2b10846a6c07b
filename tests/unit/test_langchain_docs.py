"""What the documents show of Python runs as it stands there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import rag.langchain_retriever
import rag.langchain_store
from rag.config import Settings
from rag.engine import build_index

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
TEXTS = (rag.langchain_store.__doc__ or "", rag.langchain_retriever.__doc__ or "", README)
EXAMPLES = [example for text in TEXTS for example in BLOCK.findall(text)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, encoders: Path, repository: Path) -> Path:
    """A folder with sources and an index where the settings look for them."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(encoders, folder / "index" / "encoders")
    shutil.copytree(repository / "seeds", folder / "seeds")
    build_index(Settings(index=folder / "index", sources=folder / "seeds"))
    return folder


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_runs(
    example: str, desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(desk)
    names: dict[str, object] = {}
    exec(compile(example, "example", "exec"), names)
    if "print(" in example:
        assert "Bolton" in capsys.readouterr().out
    if "retriever" in names:
        names["retriever"].engine.close()  # type: ignore[attr-defined]


def test_both_doors_are_shown() -> None:
    assert len(EXAMPLES) >= 2
