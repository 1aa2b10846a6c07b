"""The last figures of the evaluation sets as the page shows them, each explained in plain words. Pure functions."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.config import Settings
from rag.evaluation.records import Evaluation, FailedQuestion, ProblemKind
from rag.ui.wording import counted, displayable, moment_in_words, shortened

QUESTION_LENGTH_SHOWN = 300
GOLD_SHOWN = 4
KINDS = {
    ProblemKind.NOT_FOUND: "Not found",
    ProblemKind.REFUSED: "Refused",
    ProblemKind.ANSWERED: "Not refused",
    ProblemKind.CITATION: "Citation missed",
    ProblemKind.ERROR: "Error",
}


def as_share(value: float) -> str:
    """Return a share in per cent."""
    return f"{value:.1%}".replace("100.0%", "100%")


def as_number(value: float) -> str:
    """Return a figure between 0 and 1 with three digits."""
    return f"{value:.3f}"


def as_time(value: float) -> str:
    """Return milliseconds in the unit that suits them."""
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


Shown = tuple[str, str, str, Callable[[float], str]]
"""A figure's label, its usual name, what it says, and how its value is written."""
GROUPS: dict[str, tuple[str, dict[str, Shown]]] = {
    "retrieval": (
        "Are the right documents found?",
        {
            "hit@1": ("Right at the top", "hit@1", "So often the first document is one that answers.", as_share),
            "recall@5": (
                "Found among the first five",
                "recall@5",
                "So many of the documents that answer are among the first five.",
                as_share,
            ),
            "recall@10": (
                "Found among the first ten",
                "recall@10",
                "So many of the documents that answer are among the first ten.",
                as_share,
            ),
            "mrr@10": (
                "How high the first right one stands",
                "MRR@10",
                "1 when it is always first, 0.5 when it is second, 0 when it is not among ten.",
                as_number,
            ),
            "ndcg@10": (
                "How good the order is",
                "nDCG@10",
                "1 when all that answer stand on top, less the further down they are.",
                as_number,
            ),
        },
    ),
    "abstention": (
        "Does it refuse what the sources do not say?",
        {
            "recall": (
                "Unanswerable and refused",
                "recall",
                "So many of the questions that the sources do not answer were refused.",
                as_share,
            ),
            "precision": (
                "Refused rightly",
                "precision",
                "So many of the refusals were of questions that the sources do not answer.",
                as_share,
            ),
            "auroc": (
                "What the scores alone can tell",
                "AUROC",
                "1 when the similarity alone tells what can be answered, 0.5 when it tells nothing.",
                as_number,
            ),
        },
    ),
    "citation": (
        "Are the right words cited?",
        {
            "precision": ("Citations that fit", "precision", "So many citations are of words that answer.", as_share),
            "recall": ("Words that are cited", "recall", "So much of what answers is cited.", as_share),
        },
    ),
    "latency_ms": (
        "How long does it take?",
        {
            "p50": ("Usual time", "median", "Half of the questions took no longer.", as_time),
            "p95": ("Slow ones", "95th percentile", "95 of 100 questions took no longer.", as_time),
        },
    ),
}


def view_figures(
    evaluation: Evaluation, settings: Settings, generation: str, titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return what is shown of one set. `generation` answers now, `titles` are those of its sources by their names."""
    counts = Counter(kind for one in evaluation.failed for kind in {problem.kind for problem in one.problems})
    asked = evaluation.figures.get("n", 0)
    own = evaluation.generation is None
    hint = "Asked in the chat, these go to your own sources, not to the documents of this set."
    return {
        "id": evaluation.path,
        "name": displayable(evaluation.name),
        "about": [displayable(line) for line in _about(evaluation)],
        "changed": [displayable(line) for line in _changed(evaluation, settings, generation)],
        "command": displayable(command(settings, evaluation.path)),
        "groups": list(_groups(evaluation.figures)),
        "outcome": f"{counted(len(evaluation.failed), 'question')} of {asked:,} failed"
        if evaluation.failed
        else "No question failed",
        "hint": hint if own and evaluation.failed else "",
        "kinds": [{"kind": kind.value, "label": KINDS[kind], "count": counts[kind]} for kind in KINDS if counts[kind]],
        "failed": [view_failed(one, titles) for one in evaluation.failed],
    }


def view_failed(failed: FailedQuestion, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return a question with what went wrong, and the sources that answer it."""
    gold = [
        {"source": name, "title": displayable(titles.get(name, name)), "opens": name in titles}
        for name in failed.gold[:GOLD_SHOWN]
    ]
    return {
        "question": shortened(failed.question, QUESTION_LENGTH_SHOWN),
        "asked": failed.question,
        "history": list(failed.history),
        "problems": [{"kind": one.kind.value, "words": displayable(one.words)} for one in failed.problems],
        "gold": gold,
    }


def _about(evaluation: Evaluation) -> Iterator[str]:
    figures = evaluation.figures
    index = figures.get("index") or {}
    size = ", ".join(counted(index[f"{one}s"], label) for one, label in (("document", "document"), ("chunk", "passage"))
                     if index.get(f"{one}s") is not None)  # fmt: skip
    of = "documents of its own" if evaluation.generation is None else "your sources"
    yield f"Measured {moment_in_words(evaluation.date)}: {counted(figures.get('n', 0), 'question')} asked of {of}" + (
        f" ({size})." if size else "."
    )
    if evaluation.retrieval_only:
        yield "Only passages were looked for; no question was answered."


def _changed(evaluation: Evaluation, settings: Settings, generation: str) -> Iterator[str]:
    """Yield why the figures may be others by now."""
    if evaluation.generation not in {None, generation}:
        yield "The index has changed since. Measure again to see how it answers now."
    for name, before in evaluation.settings.items():
        now = getattr(settings, name, before)
        if now != before:
            yield f"Set otherwise now: {name} was {_said(before)}, and is {_said(now)}."


def _said(value: object) -> str:
    return "none" if value is None else str(value)


def _groups(figures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the figures in groups, without those that the set cannot tell."""
    for key, (title, shown) in GROUPS.items():
        values = figures.get(key) or {}
        told = [_figure(values[name], shown[name]) for name in shown if values.get(name) is not None]
        if told:
            yield {"title": title, "figures": told}


def _figure(value: float, shown: Shown) -> dict[str, str]:
    label, name, words, written = shown
    return {"value": written(value), "label": label, "name": name, "words": words}


def command(settings: Settings, *arguments: str) -> str:
    """Return `rag eval` as it is typed, with the folders where they are not the usual ones."""
    usual = {"--index": (settings.index, Path("index")), "--sources": (settings.sources, Path("seeds"))}
    folders = [part for name, (used, usually) in usual.items() if used != usually for part in (name, str(used))]
    return shlex.join(["rag", "eval", *arguments, *folders])
