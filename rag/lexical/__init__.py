"""Lexical search: BM25 over the stems of content words.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), in Lucene's variant, whose
inverse document frequency is never negative, so that a score above zero means that a word of the question is there.
What is kept is counts only (`postings`); the weights come from all rows together when a question is asked (`index`).
"""

from __future__ import annotations

from rag.lexical.index import LexicalIndex, best
from rag.lexical.merging import merge_postings
from rag.lexical.postings import Postings
from rag.lexical.weighing import K1, B, inverse_document_frequency, length_weight

__all__ = [
    "K1",
    "B",
    "LexicalIndex",
    "Postings",
    "best",
    "inverse_document_frequency",
    "length_weight",
    "merge_postings",
]
