"""The thirty questions on the bundled articles, asked of the whole product; the least that their answers must reach."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from rag.config import Settings
from rag.engine import Engine, build_index
from rag.evaluation.questions import read_objects
from tests.benchmarks.answers import QUESTIONS, ask_all, measure

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> dict[str, Any]:
    """The figures, against the texts as Python reads them from the files."""
    settings = Settings(index=tmp_path_factory.mktemp("seeds"), sources=SEEDS)
    shutil.copytree(encoders, settings.index / "encoders")
    build_index(settings)
    facts = [row["facts"] for _, row in read_objects(QUESTIONS)]
    texts = {path.name: path.read_text(encoding="utf-8") for path in SEEDS.glob("*.txt")}
    return measure(ask_all(Engine.open(settings), QUESTIONS), texts, facts)


def test_every_quotation_is_the_sources_own_and_every_statement_cited(found: dict[str, Any]) -> None:
    assert (found["n"], found["exact"], found["quoted"], found["uncited"]) == (30, 1.0, 1.0, 0)


@pytest.mark.parametrize(
    ("figure", "least"),
    [("answered", 0.95), ("refused", 1.0), ("gold_recall", 0.9), ("facts", 0.95), ("refusals_right", 0.8)],
)
def test_the_answers_are_as_good_as_they_were(found: dict[str, Any], figure: str, least: float) -> None:
    assert found[figure] >= least
