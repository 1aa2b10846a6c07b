"""Lexical search: BM25 over the stems of content words, in bm25s.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), in Lucene's variant, whose
inverse document frequency is never negative, so that a score above zero means that a word of the question is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamagedError
from rag.text.words import terms

K1 = 0.9
B = 0.4
"""Anserini's defaults: the baseline of the retrieval literature for passages."""

Scores = NDArray[np.float32]


class LexicalIndex:
    """The words of the chunks by row number. Holds no text."""

    def __init__(self, engine: Any) -> None:
        """Wrap a bm25s index; use `build` or `load`."""
        self._engine = engine

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index `texts`, the first at row 0. Raises ValueError when there is none."""
        import bm25s

        if not texts:
            raise ValueError("a lexical index of no texts")
        vocabulary: dict[str, int] = {"": 0}  # a term that no text has, so that texts without any word are fine
        rows = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)] for text in texts]
        if not any(rows):
            rows = [[0] for _ in rows]  # the average length divides
        engine = bm25s.BM25(k1=K1, b=B, method="lucene")
        engine.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        return cls(engine)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open a saved index. Raises IndexDamagedError when a file is missing or unreadable."""
        import bm25s

        try:
            return cls(bm25s.BM25.load(folder, allow_pickle=False))
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise IndexDamagedError(
                f"The lexical index in {folder} cannot be read. Make the index again: rag index --rebuild"
            ) from error

    def save(self, folder: Path) -> None:
        """Write the index into `folder` as JSON and plain arrays. Raises OSError when it cannot be written."""
        self._engine.save(folder, corpus=None, allow_pickle=False)

    def __len__(self) -> int:
        return int(self._engine.scores["num_docs"])

    def document_frequency(self, term: str) -> int:
        """Return in how many rows a term (as `rag.text.words.terms` gives it) occurs."""
        identifier = self._engine.vocab_dict.get(term)
        if identifier is None:
            return 0
        pointers = self._engine.scores["indptr"]
        return int(pointers[identifier + 1] - pointers[identifier])

    def scores(self, question: str) -> Scores:
        """Return the BM25 score of every row, 0 where no term of `question` stands in the text."""
        known = self._engine.vocab_dict
        identifiers = [known[term] for term in terms(question) if term in known]
        if not identifiers:
            return np.zeros(len(self), dtype=np.float32)
        scores: Scores = self._engine.get_scores_from_ids(identifiers)
        return scores

    def search(self, question: str, count: int) -> tuple[NDArray[np.int64], Scores]:
        """Return the rows that match best and their scores, best first; at most `count`, none that does not match."""
        return best(self.scores(question), count)


def best(scores: Scores, count: int) -> tuple[NDArray[np.int64], Scores]:
    """Return the rows of the `count` highest scores above zero and those scores, best first, equal ones by row."""
    matching = np.flatnonzero(scores > 0)
    order = np.lexsort((matching, -scores[matching]))[: max(count, 0)]
    rows = matching[order].astype(np.int64)
    return rows, scores[rows]
