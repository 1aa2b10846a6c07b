"""In which precision a prepared model computes on this machine.

bfloat16 has the range of 32-bit floating point and 8 bits of precision. Processors that multiply matrices in it
(Intel's AMX and AVX-512 BF16, Arm's BF16 extension) embed two to three times as fast in it. Sums are still made in 32
bits, so that the vectors hardly differ; whether that holds for a model is measured once and kept in its record.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from rag.embedding.openvino import OpenVinoEmbedder, import_openvino
from rag.embedding.record import EncoderRecord
from rag.embedding.samples import SAMPLES
from rag.errors import EmbeddingModelError
from rag.types import Precision

LEAST_COSINE = 0.9995
"""Between the vectors of a text in the two precisions, for bfloat16 to be taken by itself."""


@cache
def has_bfloat16() -> bool:
    """Say whether the processor multiplies matrices in bfloat16, and not only imitates it."""
    openvino = import_openvino()
    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def settled(wanted: Precision, folder: Path, record: EncoderRecord) -> Precision:
    """Return the precision that the model in `folder` runs in: `AUTO` becomes one of the others.

    Raises EmbeddingModelError where bfloat16 is asked for and the processor does not have it.
    """
    if wanted is Precision.BFLOAT16 and not has_bfloat16():
        raise EmbeddingModelError(
            "This processor does not compute in bfloat16. Set embedding_precision to auto, which takes it where it can."
        )
    if wanted is not Precision.AUTO:
        return wanted
    return Precision.BFLOAT16 if has_bfloat16() and _agrees(folder, record) else Precision.FLOAT32


def _agrees(folder: Path, record: EncoderRecord) -> bool:
    """Say whether bfloat16 leaves the model's vectors what they are; measured where the record does not say."""
    if record.bfloat16_cosine is None:
        record = replace(record, bfloat16_cosine=least_cosine(folder, record))
        with suppress(OSError):  # a cache that cannot be written costs a second each time, no more
            record.write(folder)
    assert record.bfloat16_cosine is not None
    return record.bfloat16_cosine >= LEAST_COSINE


def least_cosine(folder: Path, record: EncoderRecord) -> float:
    """Return the least cosine between the vectors in bfloat16 and in 32 bits, over passages and questions."""
    exact, coarse = (OpenVinoEmbedder(folder, record, each) for each in (Precision.FLOAT32, Precision.BFLOAT16))
    pairs = (
        (exact.embed_passages(SAMPLES), coarse.embed_passages(SAMPLES)),
        (exact.embed_queries(SAMPLES), coarse.embed_queries(SAMPLES)),
    )
    return min(float(np.einsum("ij,ij->i", one, other).min()) for one, other in pairs)
