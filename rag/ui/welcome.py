"""What stands where nothing was asked or opened yet: what this is, questions to begin with, who is quoted."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from rag.errors import RagError
from rag.ui import components
from rag.ui.backend import AnsweringEngine
from rag.ui.chat import BUILT_IN, ask
from rag.ui.examples import Suggestions, candidate_questions, choose_examples, speakers
from rag.ui.service import Service
from rag.ui.wording import counted, displayable, plain

VOICES_SHOWN = 40


def draw_masthead() -> None:
    """Draw what this is, on a page without a conversation."""
    with st.container(key="masthead"):
        st.title("Ask what was said", anchor=False)
        st.write(
            "Answers are made of the sources’ own words. Every sentence carries a citation, and each citation opens "
            "its source at those words."
        )


def draw_examples(service: Service) -> None:
    """Draw questions to begin with. The first time for an index, finding them out takes a moment: draw them last."""
    for number, question in enumerate(suggestions(service).examples):
        label, key = plain(question), f"example-{number}"
        st.button(label, key=key, on_click=ask, args=(service, question), type="tertiary", width="stretch")


def draw_voices(service: Service) -> None:
    """Draw the right side of a page where no source is open: who is quoted, to be picked and asked about."""
    with st.container(key="reading"), st.container(key="voices"):
        items = [view_voice(name, count) for name, count in voices(service)[:VOICES_SHOWN]]
        if items:
            st.markdown("**Quoted in these sources**")
            data = {"label": "People who are quoted", "search": "Find a person", "items": items, "inline": True}
            components.listing(data, key="voices-list", on_pick=partial(_ask_about, service))
        st.write("Sources open here when you click a citation.")


def view_voice(name: str, count: int) -> dict[str, str]:
    """Return a person who is quoted as an item of the list."""
    hint = f"Ask what {displayable(name)} said"
    return {"id": name, "title": displayable(name), "meta": counted(count, "quotation"), "hint": hint}


def _ask_about(service: Service, picked: dict[str, Any]) -> None:
    ask(service, f"What did {picked['id']} say?")


def voices(service: Service) -> tuple[tuple[str, int], ...]:
    """Return who is quoted and how often; counted once for each index."""
    with service.engines.lease() as engine:
        if service.voices[0] != engine.generation:
            service.voices = (engine.generation, tuple(speakers(engine.quotations())))
        return service.voices[1]


def suggestions(service: Service) -> Suggestions:
    """Return questions that the documents suggest and answer; worked out once for each index."""
    with service.engines.lease() as engine:
        if service.suggestions.generation != engine.generation:
            candidates = candidate_questions(engine.documents(), engine.quotations())
            examples = choose_examples(candidates, partial(_is_answered, engine))
            service.suggestions = Suggestions(engine.generation, examples)
        return service.suggestions


def _is_answered(engine: AnsweringEngine, question: str) -> bool:
    try:
        return bool(engine.ask(question, (), BUILT_IN).citations)
    except RagError:
        return False
