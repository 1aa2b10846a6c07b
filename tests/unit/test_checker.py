"""Checking by a cross-encoder: real ones, made small, through sentence-transformers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.config import load
from rag.cross_encoders.judging import CrossEncoderChecker, load_checker
from rag.embedding.sentence_transformer import quiet
from rag.engine.checks import checker_faults
from rag.errors import CheckerError
from rag.types import Evidence, Verdict
from rag.verification import Verifier
from tests.cross_encoders import save_cross_encoder

STATEMENT = "Ships talks harbour"
TEXTS = ("The bakers bread salt night", "Storm ships harbour the minister talks")
NLI = ("contradiction", "entailment", "neutral")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_cross_encoder(tmp_path_factory.mktemp("nli"), labels=NLI)


@pytest.fixture(scope="module")
def checker(folder: Path) -> CrossEncoderChecker:
    return load_checker(str(folder))


def predicted(folder: Path) -> np.ndarray:  # type: ignore[type-arg]
    """What sentence-transformers itself gives text and statement, before any softmax."""
    with quiet():
        from sentence_transformers import CrossEncoder
        from torch.nn import Identity

        model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
        pairs = [(text, STATEMENT) for text in TEXTS]
        return np.asarray(model.predict(pairs, activation_fn=Identity(), show_progress_bar=False), dtype=np.float64)


def test_of_three_labels_the_one_that_means_support_counts(checker: CrossEncoderChecker, folder: Path) -> None:
    powers = np.exp(predicted(folder))
    entailed = powers[:, NLI.index("entailment")] / powers.sum(axis=1)
    each = [checker.supports(STATEMENT, [text]) for text in TEXTS]
    assert each == pytest.approx(entailed, abs=1e-5)
    assert checker.supports(STATEMENT, TEXTS) == pytest.approx(max(entailed), abs=1e-5)
    assert checker.supports(STATEMENT, []) == 0.0


def test_a_single_score_is_the_probability_itself(tmp_path: Path) -> None:
    folder = save_cross_encoder(tmp_path, scores=1)
    given = predicted(folder).reshape(-1)
    checker = load_checker(str(folder))
    assert checker.supports(STATEMENT, [TEXTS[0]]) == pytest.approx(1 / (1 + np.exp(-given[0])), abs=1e-5)


def test_a_long_text_is_read_whole(checker: CrossEncoderChecker) -> None:
    long = f"{'the storm talks bread flour ' * 20}{TEXTS[1]}"
    assert 0 < checker.supports(STATEMENT, [long]) < 1


def test_a_model_without_such_a_label_is_refused(tmp_path: Path) -> None:
    checker = load_checker(str(save_cross_encoder(tmp_path, labels=("angry", "glad", "sad"))))
    with pytest.raises(CheckerError, match=r"has the labels angry, glad, sad, none of which, or more than one, says"):
        checker.load()


def test_a_checker_that_is_missing_says_how_to_get_it() -> None:
    with pytest.raises(CheckerError) as raised:
        load_checker("cross-encoder/nli-deberta-v3-small")
    assert str(raised.value) == (
        "The checker 'cross-encoder/nli-deberta-v3-small' is neither a folder nor on this machine. Fetch it once with "
        "`hf download cross-encoder/nli-deberta-v3-small`, name the folder it is in, or leave --checker and "
        "RAG_CHECKER out."
    )


def test_the_doctor_names_a_checker_that_cannot_be_used(tmp_path: Path, folder: Path) -> None:
    [fault] = checker_faults(load(checker=str(tmp_path)))
    assert (fault.subject, fault.remedy) == ("checker", "rag doctor --checker none")
    assert "holds no cross-encoder" in str(fault)
    assert checker_faults(load(checker=str(folder))) == ()
    assert checker_faults(load()) == ()


def test_torch_is_loaded_with_the_model_and_not_before(folder: Path) -> None:
    code = (
        "import sys\nfrom rag.cross_encoders.judging import load_checker\n"
        f"checker = load_checker({str(folder)!r})\nassert 'torch' not in sys.modules\n"
        "checker.load()\nassert 'torch' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


class Judge:
    """A checker that finds a statement supported as far as it is told; `asked` records what it was given."""

    name = "judge"

    def __init__(self, probability: float) -> None:
        self.probability = probability
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def load(self) -> None: ...

    def supports(self, statement: str, cited: list[str]) -> float:  # type: ignore[override]
        self.asked.append((statement, tuple(cited)))
        return self.probability


PIECE = Evidence("a.txt", 0, 35, "Anna Li owns the old mill in Vik.", 1.0)


@pytest.mark.parametrize(
    ("probability", "reason"), [(0.9, None), (0.2, "the checker judge does not find it supported")]
)
def test_a_checker_has_the_last_word_on_a_paraphrase(probability: float, reason: str | None) -> None:
    judge = Judge(probability)
    check = Verifier(checker=judge).check("The old mill in Vik, Anna Li owns.", [PIECE])  # type: ignore[arg-type]
    assert check.reason == reason
    assert [statement for statement, _ in judge.asked] == ["The old mill in Vik, Anna Li owns."]


def test_a_checker_is_not_asked_about_quotations_and_what_the_rules_refuse() -> None:
    judge = Judge(1.0)
    verifier = Verifier(checker=judge)  # type: ignore[arg-type]
    assert verifier.check("owns the old mill", [PIECE]).verdict is Verdict.VERBATIM
    assert verifier.check("Anna Li owns the 3 old mills in Vik.", [PIECE]).verdict is Verdict.UNSUPPORTED
    assert judge.asked == []
