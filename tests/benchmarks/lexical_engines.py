"""The engines that `tests.benchmarks.lexical` compares: each builds from stems, opens, searches and updates."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import rag.lexical.index
import rag.lexical.postings
from rag.lexical import LexicalIndex, Postings

Rows = NDArray[np.int64]

for _module in (rag.lexical.index, rag.lexical.postings):
    vars(_module)["terms"] = str.split  # what is indexed and asked here are stems already

COUNT = 50
"""Rows that a search returns at most."""
UPDATED = 10
"""Rows that are written anew by an update: those of a document."""
SEGMENT = 32_768
"""Rows of a segment, as the product closes them."""


class LexicalEngine(Protocol):
    """One engine, opened from the folder that it was built in."""

    constants: tuple[float, float]
    """k1 and b of its BM25."""

    def __init__(self, folder: Path) -> None:
        """Open the index."""
        ...

    @classmethod
    def build(cls, texts: Sequence[str], folder: Path) -> None:
        """Index texts of stems, the first at row 0."""
        ...

    def search(self, query: Sequence[str]) -> Rows:
        """Return the COUNT best rows for some stems, best first."""
        ...

    def update(self, texts: Sequence[str]) -> None:
        """Put texts into the place of the first rows, and search in what is there then."""
        ...


class OurEngine:
    """Postings in arrays, a folder for each segment."""

    constants = (rag.lexical.K1, rag.lexical.B)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open(0)

    def _open(self, replaced: int) -> None:
        """Open all segments; the first `replaced` rows stand in the last of them."""
        parts = [Postings.load(each) for each in sorted(self._folder.iterdir())]
        places, start = [], 0
        for part in parts:
            places.append(np.arange(start, start + len(part.lengths)))
            start += len(part.lengths)
        if replaced:
            places[0][:replaced], places[-1] = -1, np.arange(replaced)
        self._index = LexicalIndex(parts, places)

    @classmethod
    def build(cls, texts: Sequence[str], folder: Path) -> None:
        for number, start in enumerate(range(0, len(texts), SEGMENT)):
            Postings.build(texts[start : start + SEGMENT]).save(folder / f"{number:04}")

    def search(self, query: Sequence[str]) -> Rows:
        return self._index.search(" ".join(query), COUNT)[0]

    def update(self, texts: Sequence[str]) -> None:
        Postings.build(texts).save(self._folder / f"{len(list(self._folder.iterdir())):04}")
        self._open(len(texts))


class Bm25sEngine:
    """bm25s: a sparse matrix of weights that are worked out when the index is built."""

    constants = (rag.lexical.K1, rag.lexical.B)

    def __init__(self, folder: Path) -> None:
        import bm25s

        self._folder = folder
        self._index: Any = bm25s.BM25.load(folder, mmap=True)

    @classmethod
    def build(cls, texts: Sequence[str], folder: Path) -> None:
        import bm25s

        index = bm25s.BM25(k1=cls.constants[0], b=cls.constants[1], method="lucene")
        index.index([text.split() for text in texts], create_empty_token=False, show_progress=False)
        index.save(folder)
        (folder / "texts").write_text("\n".join(texts), encoding="utf-8")

    def search(self, query: Sequence[str]) -> Rows:
        found, _ = self._index.retrieve([list(query)], k=COUNT, show_progress=False)
        rows: Rows = found[0].astype(np.int64)
        return rows

    def update(self, texts: Sequence[str]) -> None:
        before = (self._folder / "texts").read_text(encoding="utf-8").split("\n")
        self.build([*texts, *before[len(texts) :]], self._folder)
        self.__init__(self._folder)  # type: ignore[misc]


class SqliteEngine:
    """SQLite's FTS5 with a table that keeps no texts."""

    constants = (1.2, 0.75)

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "words.sqlite", isolation_level=None)

    @classmethod
    def build(cls, texts: Sequence[str], folder: Path) -> None:
        folder.mkdir(parents=True)
        connection = sqlite3.connect(folder / "words.sqlite", isolation_level=None)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5(body, content='', "
            "tokenize=\"unicode61 remove_diacritics 0 tokenchars '.,-''’'\")"
        )
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO words(rowid, body) VALUES (?,?)", enumerate(texts))
        connection.execute("COMMIT")
        connection.execute("INSERT INTO words(words) VALUES ('optimize')")
        connection.close()

    def search(self, query: Sequence[str]) -> Rows:
        wanted = " OR ".join(f'"{term}"' for term in query)
        found = self._connection.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (wanted, COUNT)
        )
        return np.array([row for (row,) in found], dtype=np.int64)

    def update(self, texts: Sequence[str]) -> None:
        self._connection.execute("BEGIN")
        rows = enumerate(texts, start=1 << 40)  # a table without texts cannot take old rows out without their texts
        self._connection.executemany("INSERT INTO words(rowid, body) VALUES (?,?)", rows)
        self._connection.execute("COMMIT")


class TantivyEngine:
    """tantivy, the search library in Rust, through its Python package."""

    constants = (1.2, 0.75)

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._library: Any = tantivy
        self._index: Any = tantivy.Index(self.schema(), path=str(folder))
        self._register(self._index)
        self._searcher = self._index.searcher()

    @staticmethod
    def schema() -> Any:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("row", stored=True, indexed=True, fast=True)
        builder.add_text_field("body", stored=False, tokenizer_name="stems", index_option="freq")
        return builder.build()

    @staticmethod
    def _document(row: int, text: str) -> Any:
        import tantivy

        document: Any = tantivy.Document(body=text)
        document.add_unsigned("row", row)
        return document

    @staticmethod
    def _register(index: Any) -> None:
        import tantivy

        index.register_tokenizer("stems", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())

    @classmethod
    def build(cls, texts: Sequence[str], folder: Path) -> None:
        import tantivy

        folder.mkdir(parents=True)
        index: Any = tantivy.Index(cls.schema(), path=str(folder))
        cls._register(index)
        writer = index.writer(heap_size=128_000_000, num_threads=1)
        for row, text in enumerate(texts):
            writer.add_document(cls._document(row, text))
        writer.commit()
        writer.wait_merging_threads()

    def search(self, query: Sequence[str]) -> Rows:
        library, schema = self._library, self._index.schema
        parts = [(library.Occur.Should, library.Query.term_query(schema, "body", term, "freq")) for term in query]
        found = self._searcher.search(library.Query.boolean_query(parts), COUNT, count=False).hits
        return np.array([self._searcher.doc(address)["row"][0] for _, address in found], dtype=np.int64)

    def update(self, texts: Sequence[str]) -> None:
        writer = self._index.writer(heap_size=16_000_000, num_threads=1)
        for row, text in enumerate(texts):
            writer.delete_documents("row", row)
            writer.add_document(self._document(row, text))
        writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()


ENGINES: dict[str, type[LexicalEngine]] = {
    "ours": OurEngine,
    "bm25s": Bm25sEngine,
    "sqlite": SqliteEngine,
    "tantivy": TantivyEngine,
}
