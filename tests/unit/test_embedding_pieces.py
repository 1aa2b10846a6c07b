"""Word pieces are the tokenizer's own, however they come to be known, and each text is read once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from rag.embedding import pieces
from rag.embedding.pieces import PieceReader
from rag.embedding.record import TOKENIZER

TEXTS = ["Bread is baked.", "", "naïve — 2025-05-31", "Bread is baked.", "word " * 40]
LIMIT = 16


@pytest.fixture
def path(encoders: Path) -> Path:
    """The bundled model's tokenizer."""
    return next(encoders.glob(f"*/{TOKENIZER}"))


@pytest.fixture
def expected(path: Path) -> list[list[int]]:
    """What the tokenizer says of TEXTS, cut where the model stops to read."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LIMIT)
    return [tokenizer.encode(text).ids for text in TEXTS]


def test_pieces_are_those_of_the_tokenizer(path: Path, expected: list[list[int]]) -> None:
    found = PieceReader(path, LIMIT).read(TEXTS)
    assert [list(each[0]) for each in found] == expected
    assert not any(each[1].any() for each in found)


def test_counting_first_changes_nothing_and_spares_the_reading(
    path: Path, expected: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = PieceReader(path, LIMIT)
    assert [reader.count(text) for text in TEXTS[:4]] == [len(each) for each in expected[:4]]
    assert reader.count(TEXTS[4]) == 40 + 2
    read: list[str] = []
    original = PieceReader._read
    monkeypatch.setattr(PieceReader, "_read", lambda self, texts: (read.extend(texts), original(self, texts))[1])
    assert [list(each[0]) for each in reader.read(TEXTS)] == expected
    assert read == [TEXTS[4]]
    assert [list(each[0]) for each in reader.read(TEXTS[:1])] == expected[:1]
    assert read == [TEXTS[4], TEXTS[0]]


def test_what_is_kept_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_KEPT", 3)
    reader = PieceReader(path, LIMIT)
    texts = [f"bread {number}" for number in range(5)]
    counts = [reader.count(text) for text in texts]
    assert list(reader._kept) == texts[2:]
    assert [each.shape for each in reader.read(texts)] == [(2, count) for count in counts]
    assert reader._kept == {}
    assert np.array_equal(reader.read(texts)[0], reader.read(texts[:1])[0])
