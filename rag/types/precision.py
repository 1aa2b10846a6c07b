"""How exactly an embedding model computes."""

from __future__ import annotations

from enum import StrEnum


class Precision(StrEnum):
    """The numbers that a model's layers are computed in; its vectors are 32-bit floating point in any case."""

    AUTO = "auto"
    """`BFLOAT16` where the processor computes it natively and the model's vectors stay the same, else `FLOAT32`."""
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
