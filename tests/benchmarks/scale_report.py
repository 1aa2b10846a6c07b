"""The figures of `tests.benchmarks.scale` as a table, a page and a drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.benchmarks.cost_plot import Panel, as_svg

Figures = Mapping[str, Mapping[str, Any]]
"""By the number of chunks asked for, then by part; see `tests.benchmarks.scale_measures`."""


def _ratio(each: Mapping[str, Any]) -> float:
    limit: float = each["search"]["stages_ms"]["embedder.embed_queries"] + each["recall"]["flat_faiss_ms"]["p50"]
    median: float = each["search"]["warm_ms"]["p50"]
    return round(median / limit, 2)


_ROWS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "documents": lambda each: f"{each['build']['documents']:,}",
    "chunks": lambda each: f"{each['build']['chunks']:,}",
    "build without embedding, s": lambda each: each["build"]["seconds"],
    "the same for 1,000 chunks, s": lambda each: each["build"]["seconds_per_1000_chunks"],
    "most memory of a build, MB": lambda each: each["build"]["peak_mb"],
    "on disk, MB": lambda each: each["build"]["disk_mb"],
    "change of one document, s": lambda each: each["update"]["seconds"],
    "the same as a whole `rag index`, s": lambda each: each["process"]["changed_seconds"],
    "`rag index` of nothing, s": lambda each: each["process"]["unchanged_seconds"],
    "whole `rag search`, s": lambda each: each["cold"]["seconds"],
    "most memory of it, MB": lambda each: each["cold"]["peak_mb"],
    "opening, ms": lambda each: each["search"]["opening_ms"],
    "warm search p50, ms": lambda each: each["search"]["warm_ms"]["p50"],
    "warm search p95, ms": lambda each: each["search"]["warm_ms"]["p95"],
    "of it embedding the question, ms": lambda each: each["search"]["stages_ms"]["embedder.embed_queries"],
    "of it dense search, ms": lambda each: each["search"]["stages_ms"]["vectors.search"],
    "of it lexical search, ms": lambda each: each["search"]["stages_ms"]["lexical.search"],
    "of it reading the passages, ms": lambda each: each["search"]["stages_ms"]["catalog.chunks"],
    "flat FAISS p50, ms": lambda each: each["recall"]["flat_faiss_ms"]["p50"],
    "warm p50 ÷ (embedding + flat FAISS)": _ratio,
    "memory after 200 searches, MB": lambda each: each["search"]["memory_mb"]["resident"],
    "of it without pages of files, MB": lambda each: each["search"]["memory_mb"]["own"],
    "recall@10 of dense search": lambda each: each["recall"]["recall@10"],
    "recall@50 of dense search": lambda each: each["recall"]["recall@50"],
}


def _value(take: Callable[[Mapping[str, Any]], Any], each: Mapping[str, Any]) -> Any:
    """Return a figure, None where its part was not measured."""
    try:
        return take(each)
    except KeyError:
        return None


def as_table(figures: Figures) -> str:
    """Return a table of Markdown: a row a figure, a column a size."""
    lines = ["| | " + " | ".join(f"{int(size):,}" for size in figures) + " |", "|---|" + "---:|" * len(figures)]
    for name, take in _ROWS.items():
        values = [_value(take, each) for each in figures.values()]
        if any(value is not None for value in values):
            lines.append(f"| {name} | " + " | ".join("–" if value is None else str(value) for value in values) + " |")
    return "\n".join(lines)


def as_markdown(figures: Figures) -> str:
    """Return the page of the figures, with what they mean and where they come from."""
    made = sorted({(part["machine"], part["commit"]) for each in figures.values() for part in each.values()})
    origins = "\n".join(f"- {machine}; commit {commit}" for machine, commit in made)
    return _PAGE.format(table=as_table(figures), origins=origins)


def draw(figures: Figures) -> str:
    """Return a drawing of cost against size, as SVG."""
    sizes = {name: int(_value(_chunks, each) or name) for name, each in figures.items()}

    def points(take: Callable[[Mapping[str, Any]], Any]) -> list[tuple[float, float]]:
        found = [(sizes[name], _value(take, each)) for name, each in figures.items()]
        return [(size, float(value)) for size, value in found if value]

    panels = [
        Panel(
            "Warm search, milliseconds",
            {"95th percentile": points(_ROWS["warm search p95, ms"]), "median": points(_ROWS["warm search p50, ms"])},
        ),
        Panel(
            "Memory of a searching process, MB",
            {
                "all, with pages of the index": points(_ROWS["memory after 200 searches, MB"]),
                "its own": points(_ROWS["of it without pages of files, MB"]),
            },
        ),
        Panel(
            "Bringing up to date, seconds",
            {
                "all, without embedding": points(_ROWS["build without embedding, s"]),
                "one document": points(_ROWS["change of one document, s"]),
            },
        ),
        Panel("On disk, MB", {"index": points(_ROWS["on disk, MB"])}),
    ]
    return as_svg([panel for panel in panels if any(panel.series.values())], "chunks")


def _chunks(each: Mapping[str, Any]) -> Any:
    return each["build"]["chunks"]


_PAGE = """# Cost against size

![Cost against size: search time, memory, update time and disk from ten thousand to a million chunks](scale.svg)

{table}

Made by `RAG_EVAL_DATA=DIR python -m tests.benchmarks.scale 10000 100000 1000000 --plot docs/scale.svg --markdown
docs/scale.md` on:

{origins}

What is measured:

- **Text and vectors.** Real sentences of the evaluation sets, put together anew to documents of about 760 words that
  keep a topic; the vocabulary grows with the collection as it does in real text. The vector of a chunk is the mean of
  the real vectors of its sentences, which is nearly what the model gives for it (`tests/benchmarks/large.py` measures
  how nearly). So a million chunks are indexed by the product's own builder without hours of embedding, and the time of
  a build leaves embedding out. Questions are real ones.
- **Warm search** is a whole search (embedding the question, dense and lexical search, fusion, folding of
  near-duplicates) in a process that has the index open, after 20 others; the stages below it are means.
- **Memory** is what the searching process has in memory after 220 searches: all of it, and without the pages of the
  index's files, which the system takes back when others need room.
- **Change of one document**: the median of five builds in a process that has the model loaded. What grows with the
  collection in it is listing the sources folder and copying the register, a few hundred bytes a document.
- **Recall** compares dense search with one through every vector, over 200 real questions.
"""
