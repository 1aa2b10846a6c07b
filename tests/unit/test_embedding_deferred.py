"""A deferred model tells what it is without being loaded, and is loaded once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.config import BUNDLED_EMBEDDING_MODEL
from rag.embedding import deferred_embedder, load_embedder, openvino


def test_it_is_the_model_that_it_stands_for(encoders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = load_embedder(BUNDLED_EMBEDDING_MODEL, encoders)
    loads = []
    original = openvino.OpenVinoEmbedder.__init__

    def counted(self: openvino.OpenVinoEmbedder, *values: object) -> None:
        loads.append(values)
        original(self, *values)  # type: ignore[arg-type]

    monkeypatch.setattr(openvino.OpenVinoEmbedder, "__init__", counted)
    deferred = deferred_embedder(BUNDLED_EMBEDDING_MODEL, encoders)
    for name in ("name", "fingerprint", "dimension", "max_pieces"):
        assert getattr(deferred, name) == getattr(real, name)
    assert loads == []
    assert np.array_equal(deferred.embed_passages(["Bread."]), real.embed_passages(["Bread."]))
    assert np.array_equal(deferred.embed_queries(["Bread?"]), real.embed_queries(["Bread?"]))
    assert deferred.count_pieces("Bread.") == real.count_pieces("Bread.")
    assert len(loads) == 1
