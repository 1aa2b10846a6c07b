"""One turn of a conversation as the page shows it: plain data for the component that draws it. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from rag.text.dates import date_in_words
from rag.types import Answer, Citation, Passage, Statement, Status, Verdict
from rag.types.exchanges import is_understood_otherwise
from rag.ui.conversations import Draft
from rag.ui.layout import lay_out_answer, lay_out_statements
from rag.ui.narrowing import view_narrowed
from rag.ui.wording import (
    SAYS_THE_SAME,
    STATES,
    STATUSES,
    VERDICTS,
    answer_with_sources,
    counted,
    displayable,
    language_shown,
    page_label,
    score_labels,
    shortened,
    web_address,
)

QUESTION_LENGTH_SHOWN = 300
"""Characters of a question that are shown; a longer one is cut, and the page says how long it is."""


def view_turn(
    draft: Draft, *, opened: Citation | None = None, titles: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return everything that is shown of a turn.

    `opened` is the citation whose source is being read, `titles` are those of the sources by their names.
    """
    titles = titles or {}
    answer = draft.answer
    lines = lay_out_answer(answer) if answer else lay_out_statements(draft.statements)
    return {
        "question": shown_question(draft.question),
        "understood": understood(draft),
        "corrected": draft.corrected,
        "unclear": displayable(answer.unclear) if answer else "",
        "standalone": displayable(draft.standalone_question or draft.question),
        "state": draft.state.value,
        "busy": draft.under_way,
        "status": answer.status.value if answer else None,
        "label": STATUSES[answer.status] if answer else STATES.get(draft.state, ""),
        "summary": summary(answer) if answer else "",
        "narrowed": view_narrowed(answer, draft.scope.chosen, titles) if answer else None,
        "problem": displayable(draft.problem or ""),
        "lines": lines,
        "citations": {str(citation.id): view_citation(citation, draft, titles) for citation in draft.citations},
        "opened": opened.id if opened else None,
        "notes": [displayable(note) for note in answer.notes] if answer else [],
        "nearest": [view_passage(passage) for passage in answer.nearest] if answer else [],
        "passages": [view_passage(passage) for passage in draft.passages],
        "traceable": answer is not None and bool(draft.passages),
        "dropped": [view_dropped(statement) for statement in answer.dropped] if answer else [],
        "copy": answer_with_sources(answer) if answer else "",
        "json": json.dumps(answer.to_dict(), ensure_ascii=True, indent=2) if answer else "",
    }


def shown_question(question: str) -> str:
    """Return a question as it is repeated above its answer."""
    text = displayable(question).strip()
    if len(text) <= QUESTION_LENGTH_SHOWN:
        return text
    return f"{shortened(text, QUESTION_LENGTH_SHOWN)} ({counted(len(question), 'character')})"


def understood(draft: Draft) -> str:
    """Return the question as it was understood, where that is not how it was asked."""
    taken = " ".join(draft.standalone_question.split())
    return shown_question(taken) if is_understood_otherwise(draft.question, taken) else ""


def summary(answer: Answer) -> str:
    """Return in a few words what the answer rests on, who wrote it and how long that took."""
    if answer.status is Status.REFUSED:
        rests_on = f"{counted(len(answer.passages), 'passage')} searched"
    else:
        sources = len({citation.source for citation in answer.citations})
        rests_on = f"{counted(len(answer.citations), 'citation')} from {counted(sources, 'source')}"
    total = answer.timings_ms.get("total")
    took = "" if total is None else f"{total:.0f} ms" if total < 1000 else f"{total / 1000:.1f} s"
    return " · ".join(filter(None, (rests_on, displayable(answer.llm), took)))


def view_citation(citation: Citation, draft: Draft, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return what a citation's chip and its card show, and the place that it opens."""
    statements = draft.answer.statements if draft.answer else [event.statement for event in draft.statements]
    said = next((one for one in statements if citation.id in one.citations), None)
    beside = said is not None and said.verdict is Verdict.VERBATIM and said.citations[0] != citation.id
    return {
        "id": citation.id,
        "quote": displayable(citation.quote),
        "title": displayable(citation.title),
        "meta": displayable(_meta(citation)),
        "language": language_shown(citation.language),
        "site": displayable(urlsplit(web_address(citation.url)).hostname or ""),
        "copies": [displayable(titles.get(name, name)) for name in citation.copies],
        "speaker": displayable(citation.speaker or ""),
        "verdict": SAYS_THE_SAME if beside else VERDICTS[said.verdict] if said else "",
        "place": {"source": citation.source, "start": citation.start, "end": citation.end, "citation": citation.id},
    }


def _meta(citation: Citation) -> str:
    said = (citation.outlet, citation.author, date_in_words(citation.date), page_label(citation))
    return " · ".join(filter(None, said))


def view_passage(passage: Passage) -> dict[str, Any]:
    """Return a retrieved passage with its scores, and the place that it opens."""
    return {
        "rank": passage.rank,
        "title": displayable(passage.title or passage.source),
        "heading": displayable(passage.heading),
        "text": displayable(passage.text),
        "scores": score_labels(passage.scores),
        "used": passage.used,
        "shortfall": displayable(f"It {passage.shortfall}.") if passage.shortfall else "",
        "place": {"source": passage.source, "start": passage.start, "end": passage.end, "citation": None},
    }


def view_dropped(statement: Statement) -> dict[str, str]:
    """Return a statement that the check refused, with the reason."""
    return {"text": displayable(statement.text), "reason": displayable(statement.reason or "No reason was recorded.")}


def citation_at(citations: Sequence[Citation], source: str, start: int, end: int) -> Citation | None:
    """Return the citation of exactly that place, None where there is none."""
    return next((one for one in citations if (one.source, one.start, one.end) == (source, start, end)), None)
