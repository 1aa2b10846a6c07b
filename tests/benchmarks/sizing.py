"""What an index of many passages takes on a Milvus server and on the client, computed from one that was measured.

usage: python -m tests.benchmarks.sizing [--index DIR] [--store STORE] [--counts N,N]

Measured are, of the index: the distinct terms of a passage, how the vocabulary grows (Heaps' law, fitted through a
quarter of the passages and all of them), the bytes of the catalogs by passage and of the register by document.
Computed from these are, for each count: what the server holds in memory for each kind of index of the vectors, by the
rules in RULES, what it keeps on disk, and what stays with the client. Gigabytes are 10^9 bytes.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from rag.config import load
from rag.engine.places import store_of
from rag.index_reader import CATALOG, REGISTER, OpenIndex, open_index
from rag.indexing.keeping import SEGMENT_CHUNKS
from rag.text.words import terms
from tests.benchmarks.provenance import provenance

COUNTS = (10_000_000, 100_000_000)
_GIGABYTE = 1e9
_TERM_ENTRY = 8
"""Bytes of a term in the sparse vector of a passage: dimension and weight, 4 each; about the same in its index."""
_SCALARS = 3 * 8 + 2 * 10
"""Bytes of id, segment and document, and of the two indexes of them."""
_WORD_COUNT = 12
"""Bytes of a term in words.bin."""
_LAYOUT = 6 * 8
"""Bytes that a client holds in memory for a document, its name aside."""

RULES: Mapping[str, Callable[[int], float]] = {
    "HNSW": lambda dimension: 4 * dimension + 2 * 16 * 4,
    "HNSW_SQ": lambda dimension: dimension + 2 * dimension + 2 * 16 * 4,
    "IVF_SQ8": lambda dimension: dimension + 8,
    "DISKANN": lambda dimension: dimension / 2,
}
"""Bytes of memory that a vector takes in each kind of index: the codes, what refines them, and 32 links of a graph.
DISKANN keeps an eighth of the vector in memory and the rest, with its graph, on a fast disk."""


def measured(index: OpenIndex) -> dict[str, float]:
    """Return what of an index decides its size, by passage and by document."""
    texts = [text for segment in index.segments for text in segment.catalog.embedded_texts()]
    distinct = [set(terms(text)) for text in texts]
    quarter, whole = (len(set().union(*some)) for some in (distinct[: len(texts) // 4], distinct))
    folder = index.made.folder
    catalogs = sum((folder / segment.folder / CATALOG).stat().st_size for segment in index.segments)
    names = index.catalog.sources()
    return {
        "passages": len(texts),
        "documents": len(names),
        "dimension": index.manifest.dimension,
        "terms_of_a_passage": round(sum(map(len, distinct)) / len(texts), 1),
        "vocabulary": whole,
        "vocabulary_exponent": round(math.log(whole / quarter) / math.log(4), 3),
        "catalog_bytes_a_passage": round(catalogs / len(texts)),
        "register_bytes_a_document": round((folder / REGISTER).stat().st_size / len(names)),
        "name_bytes": round(sum(len(name.encode()) + 60 for name in names) / len(names)),
        "passages_of_a_document": round(len(texts) / len(names), 1),
    }


def sized(figures: dict[str, float], count: int) -> dict[str, Any]:
    """Return what `count` such passages take."""
    dimension, entries = int(figures["dimension"]), figures["terms_of_a_passage"] * _TERM_ENTRY
    documents = count / figures["passages_of_a_document"]
    of_a_segment = figures["vocabulary"] * (SEGMENT_CHUNKS / figures["passages"]) ** figures["vocabulary_exponent"]
    vocabulary = of_a_segment * max(count / SEGMENT_CHUNKS, 1)
    catalog = count * figures["catalog_bytes_a_passage"] + documents * figures["register_bytes_a_document"]
    return {
        "server_memory_gb": {
            kind: _gigabytes(count * (rule(dimension) + entries + _SCALARS)) for kind, rule in RULES.items()
        },
        "server_disk_gb": _gigabytes(count * (4 * dimension + entries + _SCALARS)),
        "client_disk_gb": {"catalogs": _gigabytes(catalog), "words": _gigabytes(vocabulary * _WORD_COUNT)},
        "client_memory_gb": _gigabytes(documents * (_LAYOUT + figures["name_bytes"])),
        "client_memory_of_a_filter_gb": _gigabytes(count),
    }


def _gigabytes(count: float) -> float:
    return round(count / _GIGABYTE, 2)


def main() -> None:
    """Measure, compute and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--store")
    parser.add_argument("--counts", type=lambda value: tuple(map(int, value.split(","))), default=COUNTS)
    arguments = parser.parse_args()
    settings = load(index=arguments.index, store=arguments.store)
    with closing(open_index(settings.index, store=store_of(settings))) as index:
        figures = measured(index)
    sizes = {f"{count:,}": sized(figures, count) for count in arguments.counts}
    print(json.dumps({"measured": figures, "computed": sizes, **provenance()}, indent=1))


if __name__ == "__main__":
    main()
