"""Checking answers of the page again, against the files as they are now: what is asked, kept and shown of it.

Neither the index nor a model is asked. What was found is kept for the tab that asked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from rag.errors import RagError
from rag.types import Answer, AnswerCheck, CitationCheck, CitationState
from rag.ui.conversations import Conversation, Draft
from rag.ui.service import Service
from rag.ui.wording import counted, displayable

_CHECKS = "certificates"
_FEWEST_SUMMED = 2
"""Answers: what was found for one stands under it."""
LABELS = {
    CitationState.HOLDS: "Holds",
    CitationState.MOVED: "Moved",
    CitationState.CHANGED: "Changed",
    CitationState.VANISHED: "Vanished",
    CitationState.RENAMED: "In another source",
    CitationState.GONE: "Source gone",
}

Run = dict[str, Any]
"""Words, and whether they are among those that differ."""


def check_turns(service: Service, answered: Sequence[tuple[str, Answer]]) -> None:
    """Look the citations of answers up in the files, and keep under the key of each what was found."""
    kept = st.session_state.setdefault(_CHECKS, {})
    saved = [json.loads(json.dumps(answer.to_dict())) for _, answer in answered]
    try:
        checks = service.check(saved)
        views = [view_check(check) for check in checks]
    except RagError as error:
        views = [{"problem": displayable(str(error))} for _ in answered]
    kept.update({key: view for (key, _), view in zip(answered, views, strict=True)})


def kept_check(key: str) -> dict[str, Any] | None:
    """Return what was found for a turn in this tab, None where it was not checked."""
    view: dict[str, Any] | None = st.session_state.get(_CHECKS, {}).get(key)
    return view


def conversation_summary(keys: Sequence[str]) -> str | None:
    """Return how many answers of a conversation hold, None where not all of them were checked in this tab."""
    views = [kept_check(key) for key in keys]
    if len(views) < _FEWEST_SUMMED or not all(views):
        return None
    holding = sum(bool(view and view.get("holds")) for view in views)
    if holding == len(views):
        return f"All {len(views)} answers hold against the files."
    return f"{holding} of {len(views)} answers hold against the files; what does not is named under its answer."


def answers_of(conversation: Conversation) -> list[tuple[int, Draft, Answer]]:
    """Return the turns of a conversation that have a whole answer: number, draft, answer."""
    drafts = [(turn.number, turn.draft) for turn in conversation.turns]
    return [(number, draft, draft.answer) for number, draft in drafts if draft.answer is not None]


def view_check(check: AnswerCheck, now: datetime | None = None) -> dict[str, Any]:
    """Return what a check found as the page shows it: a summary, and a row for each citation."""
    subjects = {f"citation {one.id}" for one in check.citations}
    others = [fault for fault in check.faults if fault.subject.rpartition(": ")[2] not in subjects]
    return {
        "holds": check.holds,
        "summary": f"{summary([check])} Checked at {now or datetime.now():%H:%M:%S}.",
        "rows": [view_row(one) for one in check.citations],
        "faults": [displayable(_sentence(fault.problem)) for fault in others],
    }


def summary(checks: Sequence[AnswerCheck]) -> str:
    """Return in a sentence how many citations hold, and what became of the others."""
    states = Counter(one.state for check in checks for one in check.citations)
    total, holding = states.total(), states[CitationState.HOLDS]
    if not total:
        held = all(check.holds for check in checks)
        return "Nothing is stated, so there is nothing to check." if held else "Something does not hold."
    if holding == total:
        stand = "stands" if total == 1 else "all stand"
        whole = f"{counted(total, 'citation')}: {stand} in the files, character for character."
        return whole if all(check.holds for check in checks) else f"{whole[:-1]}, but something else does not hold."
    others = [state for state in LABELS if states[state] and state is not CitationState.HOLDS]
    rest = ", ".join(f"{states[state]} {LABELS[state].lower()}" for state in others)
    return f"{holding} of {counted(total, 'citation')} hold{'s' if holding == 1 else ''}: {rest}."


def view_row(checked: CitationCheck) -> dict[str, Any]:
    """Return what became of one citation."""
    before, now = (" ".join(text.split()) for text in (checked.before, checked.now))
    return {
        "id": checked.id,
        "state": checked.state.value,
        "label": LABELS[checked.state],
        "source": displayable(checked.source),
        "problem": displayable(_sentence(checked.problem)),
        "before": marked(before, [old for old, _ in checked.differences]),
        "now": marked(now, [new for _, new in checked.differences]),
    }


def _sentence(problem: str) -> str:
    """Return a problem as a sentence of its own."""
    return f"{problem[:1].upper()}{problem[1:].rstrip('.')}." if problem else ""


def marked(text: str, parts: Sequence[str]) -> list[Run]:
    """Return a text in runs, those in `parts`, which come in order, marked as differing."""
    runs: list[Run] = []
    at = 0
    for part in filter(None, parts):
        start = text.find(part, at)
        if start < 0:
            continue
        runs += [{"text": displayable(text[at:start]), "differs": False}] if start > at else []
        runs.append({"text": displayable(part), "differs": True})
        at = start + len(part)
    return runs + ([{"text": displayable(text[at:]), "differs": False}] if at < len(text) else [])
