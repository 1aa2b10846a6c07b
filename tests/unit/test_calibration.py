"""The operating point: fitted, kept with the index, and used."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.calibration import FEWEST, FILE, fit, read, save
from rag.config import Settings
from rag.engine.calibrating import calibrate, least_confidence
from rag.errors import UsageError
from rag.evidence.confidence import ANSWER_CONFIDENCE

SEPARATED = [(0.9, True)] * 12 + [(0.3, False)] * 10


def test_the_point_lies_in_the_middle_of_what_separates_best() -> None:
    fitted = fit("set", SEPARATED)
    assert fitted.confidence == 0.61
    point = fitted.at(0.61)
    assert (point.answered, point.refused, point.risk) == (1.0, 1.0, 0.0)
    assert point.coverage == pytest.approx(12 / 22, abs=1e-4)


def test_both_sorts_of_question_count_the_same() -> None:
    judged = [(0.8, True)] * 10 + [(0.4, True)] * 10 + [(0.5, False)] * 100
    fitted = fit("set", judged)
    assert 0.5 < fitted.confidence <= 0.8, "refusing all hundred is worth losing half of the answers"
    assert fitted.at(0.45).risk == pytest.approx(100 / 110, abs=1e-4)


def test_nobody_answers_at_a_point_above_all() -> None:
    assert fit("set", SEPARATED).at(0.99).risk is None


def test_too_few_questions_are_refused_with_what_to_do() -> None:
    with pytest.raises(UsageError, match=r"12 answerable and 9 unanswerable .* --make"):
        fit("set", SEPARATED[:-1])
    assert FEWEST == 10


@given(st.lists(st.floats(0, 1), min_size=10, max_size=30), st.lists(st.floats(0, 1), min_size=10, max_size=30))
def test_a_higher_point_answers_less_and_refuses_more(right: list[float], wrong: list[float]) -> None:
    curve = fit("set", [(each, True) for each in right] + [(each, False) for each in wrong]).curve
    assert [point.answered for point in curve] == sorted((point.answered for point in curve), reverse=True)
    assert [point.refused for point in curve] == sorted(point.refused for point in curve)


def test_it_is_kept_with_the_index(tmp_path: Path) -> None:
    fitted = fit("set", SEPARATED)
    assert read(tmp_path) is None
    save(fitted, tmp_path)
    assert read(tmp_path) == fitted


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match=r"calibration.json cannot be read .* --calibrate"):
        read(tmp_path)


def test_what_is_set_goes_before_what_was_fitted(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path)
    assert least_confidence(settings) == ANSWER_CONFIDENCE
    fitted = calibrate(settings, "set", SEPARATED)
    assert least_confidence(settings) == fitted.confidence == 0.61
    assert least_confidence(settings.model_copy(update={"answer_confidence": 0.9})) == 0.9
