"""From texts to the word pieces that a model reads, each text only once.

Cutting a document counts the pieces of its chunks, and embedding them needs the pieces themselves a moment later: what
was counted last is kept until then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

Pieces = NDArray[np.int32]
"""Shape (2, number of pieces): the number of each piece and its kind, special tokens included."""

_KEPT = 4096
"""Texts whose pieces are kept at most, about 4 MB: those of the chunks that are cut while others are embedded."""
_AT_A_TIME = 64


class PieceReader:
    """The tokenizer of one model, safe to use from several threads at once."""

    def __init__(self, path: Path, limit: int) -> None:
        """Read a tokenizer in the format of `tokenizers`, of a model that reads `limit` pieces.

        Raises what `tokenizers` raises, which is no more exact than Exception.
        """
        self._path, self._limit = path, limit
        self._tokenizer = self._opened(limit)
        self._counter: Tokenizer | None = None
        self._kept: dict[str, Pieces] = {}
        self._lock = threading.Lock()

    def count(self, text: str) -> int:
        """Return how many pieces a text has, however many the model reads."""
        with self._lock:
            if self._counter is None:  # a second one, because the limit is a state of the object
                self._counter = self._opened(None)
            counter = self._counter
        encoding = counter.encode_batch_fast([text])[0]
        count = len(encoding.ids)
        if count <= self._limit:
            self._keep(text, _pieces_of(encoding))
        return count

    def read(self, texts: Sequence[str]) -> list[Pieces]:
        """Return the pieces of each text as far as the model reads; forgets what was kept of them."""
        with self._lock:
            found = {text: self._kept.pop(text) for text in set(texts) if text in self._kept}
        fresh = iter(dict.fromkeys(text for text in texts if text not in found))
        while some := list(islice(fresh, _AT_A_TIME)):
            found.update(zip(some, self._read(some), strict=True))
        return [found[text] for text in texts]

    def _read(self, texts: list[str]) -> Iterator[Pieces]:
        return map(_pieces_of, self._tokenizer.encode_batch_fast(texts))

    def _keep(self, text: str, pieces: Pieces) -> None:
        with self._lock:
            self._kept[text] = pieces
            if len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]

    def _opened(self, limit: int | None) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer: Tokenizer = Tokenizer.from_file(str(self._path))
        tokenizer.no_padding()
        if limit is None:
            tokenizer.no_truncation()
        else:
            tokenizer.enable_truncation(limit)
        return tokenizer


def _pieces_of(encoding: Encoding) -> Pieces:
    return np.array([encoding.ids, encoding.type_ids], dtype=np.int32)
