"""Asking how the passages of an answer were found, and why one that was pointed at was not.

Both are worked out when somebody asks for them, and kept for the tab that asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from rag.engine import trace_object
from rag.errors import RagError
from rag.types import Place
from rag.ui.backend import AnsweringEngine
from rag.ui.conversations import Conversation, Draft
from rag.ui.service import Service
from rag.ui.trace_view import view_explanation, view_trace
from rag.ui.wording import displayable

_TRACES, _WHY = "traces", "why"


def trace_turn(service: Service, draft: Draft, key: str) -> None:
    """Search again for what an answer was looked for, and keep under `key` what every stage made of it."""
    try:
        with service.engines.lease() as engine:
            saved = engine.trace(
                draft.standalone_question or draft.question,
                service.settings.passage_count,
                source_filter=draft.scope.chosen,
                understand=draft.scope.understand,
                parts=True,
            )
            answered_by = draft.answer.index if draft.answer else engine.generation
            titles = service.shelf(engine).titles
            file = trace_object(saved)
            view = view_trace(saved, _text_of(engine), titles, answered_by=answered_by, file=file)
    except RagError as error:
        view = {"problem": displayable(str(error))}
    st.session_state.setdefault(_TRACES, {})[key] = view


def kept_trace(key: str) -> dict[str, Any] | None:
    """Return the trace that was asked for in this tab, None where none was."""
    view: dict[str, Any] | None = st.session_state.get(_TRACES, {}).get(key)
    return view


def asked_last(conversation: Conversation | None) -> Draft | None:
    """Return the last question of a conversation that has an answer, which a passage could have been chosen for."""
    drafts = [turn.draft for turn in conversation.turns] if conversation else []
    return next((draft for draft in reversed(drafts) if draft.answer is not None), None)


def explain(service: Service, draft: Draft | None, source: str, pointed: Mapping[str, Any]) -> None:
    """Tell why the place that the reader reported was not chosen for a question; without a place, tell no more."""
    st.session_state.pop(_WHY, None)
    if draft is None or "start" not in pointed:
        return
    start, end, generation = int(pointed["start"]), int(pointed["end"]), ""
    try:
        with service.engines.lease() as engine:
            generation = engine.generation
            told = engine.why(
                draft.standalone_question or draft.question,
                source,
                start,
                end,
                service.settings.passage_count,
                source_filter=draft.scope.chosen,
                understand=draft.scope.understand,
            )
            view = view_explanation(told, _text_of(engine), service.shelf(engine).titles, draft.passages)
    except RagError as error:
        view = {"start": start, "end": end, "problem": displayable(str(error))}
    st.session_state[_WHY] = (source, generation, {**view, "at": pointed.get("at", 0)})


def kept_explanation(source: str, generation: str) -> dict[str, Any] | None:
    """Return what was asked last of a place in this source as this generation has it, None where nothing was."""
    *known, view = st.session_state.get(_WHY, ("", "", None))
    return view if known == [source, generation] else None


def _text_of(engine: AnsweringEngine) -> Callable[[Place], str]:
    """Return what gives the words at a place, each document read once."""
    text = cache(lambda source: engine.document(source).text)
    return lambda place: text(place.source)[place.start : place.end]
