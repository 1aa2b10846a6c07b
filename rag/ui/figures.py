"""The page that shows how well questions are answered: the last figures of each evaluation set, and what failed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from rag.evaluation.records import read_evaluations
from rag.ui import components, visit
from rag.ui.chat import ask_anew
from rag.ui.figures_view import command, view_figures
from rag.ui.service import Service
from rag.ui.wording import plain


def draw_figures(service: Service) -> None:
    """Draw the figures kept beside the index."""
    with st.container(key="measured"):
        st.button("Back to the chat", key="leave-figures", on_click=visit.leave_figures, icon=":material/arrow_back:")
        st.title("How well it answers", anchor=False)
        kept = read_evaluations(service.settings.index)
        for problem in kept.unreadable:
            st.warning(plain(f"Figures that cannot be read: {problem}"))
        if not kept.evaluations:
            _draw_nothing(service)
            return
        st.write(
            "Questions whose answers are known were asked, and what came back was compared. These are the last figures "
            "of each set. What answers a question, so its set says, is called gold."
        )
        with service.engines.lease() as engine:
            generation, titles = engine.generation, service.shelf(engine).titles
        sets = [view_figures(one, service.settings, generation, titles) for one in kept.evaluations]
        components.figures({"sets": sets}, key="figures-page", on_ask=partial(_ask, service), on_open=visit.go_to)


def _draw_nothing(service: Service) -> None:
    """Say how to measure."""
    st.write(
        "Nothing has been measured yet. Make a set of questions from your own documents, have a look at it, and "
        "measure: the figures, and the questions that failed, will stand here."
    )
    lines = [command(service.settings, "--make"), command(service.settings, "questions.jsonl")]
    st.code("\n".join(lines), language=None)


def _ask(service: Service, picked: Mapping[str, Any]) -> None:
    """Ask a question that failed, after those that came before it."""
    ask_anew(service, [str(question) for question in picked["questions"]])
