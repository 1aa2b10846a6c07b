"""How passages were found, and why one was not chosen, as the page shows it. Pure functions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rag.types import Explanation, Fate, Passage, Place, SavedTrace, Standing, Trace, TracedPassage
from rag.ui.wording import counted, displayable, shortened

TextOf = Callable[[Place], str]

FATES = {
    Fate.SHOWN: "chosen",
    Fate.CUT: "ranked too low",
    Fate.FOLDED: "says the same as another",
    Fate.NOT_FOUND: "not found",
    Fate.COPY: "a copy of another document",
    Fate.EXCLUDED: "left out by the filter",
}
STAGES = (
    ("dense", "By meaning", "Dense search: cosine similarity of the passage and the question"),
    ("lexical", "By words", "Lexical search: BM25 of the question’s words in the passage"),
    ("fused", "Both", "The scores of both searches fused"),
    ("rerank", "Reordered", "By the reranker, or by the page of a paged document"),
)
WORDS_SHOWN = 180
"""Characters of a passage that are shown of it."""
EXPLAINED = 6
"""Passages of one place that are told of; who points at more sees how many are left out."""
USES = {True: "The answer uses it.", False: "It was read for the answer, which does not use it."}
"""What is said of a passage that an answer was made from."""
NOWHERE = (
    "No passage of the index stands here. Comment forms, share buttons and teasers of other pages are never searched."
)


def view_trace(
    saved: SavedTrace, text_of: TextOf, titles: Mapping[str, str], *, answered_by: str, file: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is shown of the searches behind an answer.

    `text_of` gives the words at a place, `answered_by` is the generation that the answer is from, and `file` is the
    object that saves the trace.
    """
    changed = saved.generation != answered_by
    return {
        "note": "The index has changed since this answer: this is what it finds now." if changed else "",
        "searches": [_view_search(trace, text_of, titles) for trace in saved.traces],
        "json": json.dumps(file, ensure_ascii=True, allow_nan=False) + "\n",
    }


def _view_search(trace: Trace, text_of: TextOf, titles: Mapping[str, str]) -> dict[str, Any]:
    counts = Counter(passage.fate for passage in trace.passages)
    told = ", ".join(f"{number} {FATES[fate]}" for fate, number in counts.items())
    passages = [{**view_traced(each, titles), "words": _words(text_of, each.place)} for each in trace.passages]
    chosen = [view for view in passages if view["fate"] == Fate.SHOWN.value]
    return {
        "question": displayable(trace.question),
        "told": f"{told}. Each search handed on its best {trace.candidate_count}." if told else "No passage was found.",
        "chosen": chosen,
        "others": [view for view in passages if view["fate"] != Fate.SHOWN.value],
    }


def _words(text_of: TextOf, place: Place) -> str:
    return shortened(text_of(place), WORDS_SHOWN)


def view_traced(passage: TracedPassage, titles: Mapping[str, str], searched: int | None = None) -> dict[str, Any]:
    """Return one passage with what each stage gave it. `searched` is of how many, where ranks are among all."""
    place = passage.place
    return {
        "rank": passage.rank,
        "title": displayable(passage.title or titles.get(place.source, place.source)),
        "fate": passage.fate.value,
        "label": FATES[passage.fate],
        "reason": displayable(passage.reason),
        "words": "",
        "stages": [_stage(passage, *stage, searched) for stage in STAGES if _took_part(passage, stage[0])],
        "place": {"source": place.source, "start": place.start, "end": place.end, "citation": None},
    }


def _took_part(passage: TracedPassage, name: str) -> bool:
    """Say whether a stage is worth telling of: all but a reordering that there was not."""
    return name != "rerank" or passage.rerank.score is not None


def _stage(passage: TracedPassage, name: str, label: str, hint: str, searched: int | None) -> dict[str, str]:
    """Return what one stage gave: its label, the rank and the score, a dash for what it did not give."""
    standing: Standing = getattr(passage, name)
    of_all = searched is not None and name in {"dense", "lexical"}
    would = passage.fate is Fate.NOT_FOUND and not of_all
    rank = "–" if standing.rank is None else f"{'would be ' if would else ''}{standing.rank:,}"
    return {
        "label": label,
        "hint": hint,
        "rank": f"{rank} of {searched:,}" if of_all and standing.rank is not None else rank,
        "score": "" if standing.score is None else f"{standing.score:.3g}",
    }


def view_explanation(
    told: Explanation, text_of: TextOf, titles: Mapping[str, str], read: Sequence[Passage]
) -> dict[str, Any]:
    """Return why the passages at a place were chosen for a question, or were not; `read` are those of its answer."""
    uses = {Place(one.source, one.start, one.end): USES[one.used] for one in read}
    passages = [
        {**view_traced(each, titles, told.searched), "words": _words(text_of, each.place)}
        | {"reason": " ".join(filter(None, (displayable(each.reason), uses.get(each.place))))}
        for each in told.passages[:EXPLAINED]
    ]
    more = len(told.passages) - len(passages)
    return {
        "start": told.place.start,
        "end": told.place.end,
        "verdict": _verdict(told),
        "question": shortened(told.question, WORDS_SHOWN),
        "passages": passages,
        "note": NOWHERE if not passages else f"Not told of: {counted(more, 'more passage')}." if more > 0 else "",
    }


def _verdict(told: Explanation) -> str:
    """Return in a few words whether what was pointed at is among the passages that answered."""
    chosen = sum(passage.fate is Fate.SHOWN for passage in told.passages)
    if not chosen:
        return "Not chosen"
    return "Chosen" if chosen == len(told.passages) else "Chosen in part"
