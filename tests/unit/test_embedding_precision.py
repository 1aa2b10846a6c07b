"""In which precision a model computes: chosen by the processor and the model, and equal in whatever batch."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.config import BUNDLED_EMBEDDING_MODEL, load
from rag.embedding import load_embedder, precision
from rag.embedding.openvino import OpenVinoEmbedder
from rag.embedding.precision import LEAST_COSINE, has_bfloat16, least_cosine, settled
from rag.embedding.record import RECORD, EncoderRecord, read_record
from rag.embedding.samples import SAMPLES
from rag.errors import EmbeddingModelError, UsageError
from rag.types import Precision

NATIVE = [Precision.FLOAT32, *([Precision.BFLOAT16] if has_bfloat16() else [])]


@pytest.fixture
def prepared(encoders: Path, tmp_path: Path) -> tuple[Path, EncoderRecord]:
    """A folder of the bundled model, prepared, and a record that does not know of bfloat16 yet."""
    folder = tmp_path / "encoder"
    shutil.copytree(next(encoders.glob(f"*/{RECORD}")).parent, folder)
    record = read_record(folder)
    assert record is not None
    fresh = replace(record, bfloat16_cosine=None)
    fresh.write(folder)
    return folder, fresh


@pytest.mark.parametrize("chosen", NATIVE)
def test_a_text_has_the_same_vector_in_whatever_batch(prepared: tuple[Path, EncoderRecord], chosen: Precision) -> None:
    model = OpenVinoEmbedder(*prepared, chosen)
    dice = random.Random(4)
    texts = ["bread and flour, said the envoy, " * dice.randint(0, 60) + str(number) for number in range(60)]
    alone = np.concatenate([model.embed_passages([text]) for text in texts])
    order = dice.sample(range(len(texts)), len(texts))
    together = model.embed_passages([texts[at] for at in order])
    assert np.array_equal(together, alone[order])
    assert np.array_equal(model.embed_passages(texts[:21]), alone[:21])


def test_the_precision_is_the_one_asked_for(prepared: tuple[Path, EncoderRecord]) -> None:
    folder, record = prepared
    assert settled(Precision.FLOAT32, folder, record) is Precision.FLOAT32
    assert [settled(each, folder, record) for each in NATIVE] == NATIVE


@pytest.mark.skipif(not has_bfloat16(), reason="this processor has no bfloat16")
def test_bfloat16_is_measured_once_and_leaves_the_vectors_what_they_are(
    prepared: tuple[Path, EncoderRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, record = prepared
    assert settled(Precision.AUTO, folder, record) is Precision.BFLOAT16
    known = read_record(folder)
    assert known is not None
    assert known.bfloat16_cosine is not None
    assert LEAST_COSINE <= known.bfloat16_cosine < 1
    assert known.bfloat16_cosine == least_cosine(folder, record)
    monkeypatch.delattr(precision, "least_cosine")
    assert settled(Precision.AUTO, folder, known) is Precision.BFLOAT16
    exact, coarse = (OpenVinoEmbedder(folder, record, each).embed_passages(SAMPLES) for each in NATIVE)
    assert 0 < float(np.abs(exact - coarse).max()) < 0.01


@pytest.mark.parametrize(("cosine", "chosen"), [(LEAST_COSINE, Precision.BFLOAT16), (0.999, Precision.FLOAT32)])
def test_a_model_that_bfloat16_changes_runs_in_32_bits(
    prepared: tuple[Path, EncoderRecord], monkeypatch: pytest.MonkeyPatch, cosine: float, chosen: Precision
) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda: True)
    folder, record = prepared
    assert settled(Precision.AUTO, folder, replace(record, bfloat16_cosine=cosine)) is chosen


def test_without_bfloat16_auto_takes_32_bits_and_asking_for_it_is_an_error(
    encoders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda: False)
    model = load_embedder(BUNDLED_EMBEDDING_MODEL, encoders)
    assert isinstance(model, OpenVinoEmbedder)
    assert model.precision is Precision.FLOAT32
    with pytest.raises(EmbeddingModelError, match=r"does not compute in bfloat16\. Set embedding_precision to auto"):
        load_embedder(BUNDLED_EMBEDDING_MODEL, encoders, Precision.BFLOAT16)


def test_a_record_that_cannot_be_written_costs_no_more_than_time(
    prepared: tuple[Path, EncoderRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(record: EncoderRecord, folder: Path) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(precision, "has_bfloat16", lambda: True)
    monkeypatch.setattr(precision, "least_cosine", lambda folder, record: 0.9999)
    monkeypatch.setattr(EncoderRecord, "write", refuse)
    assert settled(Precision.AUTO, *prepared) is Precision.BFLOAT16


def test_the_setting_is_one_of_three() -> None:
    assert load().embedding_precision is Precision.AUTO
    assert load(embedding_precision="bfloat16").embedding_precision is Precision.BFLOAT16
    with pytest.raises(UsageError, match="embedding_precision"):
        load(embedding_precision="int4")
