"""The page as a whole, run from top to bottom at each interaction."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.errors import IndexMissingError, IndexUnusableError, RagError
from rag.ui import chat, components, resources, visit
from rag.ui.asking import draw_ask_line
from rag.ui.build_panel import draw_build
from rag.ui.conversations import Conversation
from rag.ui.figures import draw_figures
from rag.ui.intake_panel import draw_adding, draw_intakes
from rag.ui.reading import draw_reader
from rag.ui.service import Service
from rag.ui.sidebar import draw_sidebar
from rag.ui.welcome import draw_examples, draw_masthead, draw_voices
from rag.ui.wording import plain


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="On the record", page_icon=components.ASSETS / "icon.svg", layout="wide")
    st.html(f"<style>{components.read_asset('page.css')}</style>")
    try:
        service = resources.service()
    except RagError as error:
        st.error(plain(str(error)))
        return
    _open(service)
    st.session_state["drawn_visits"] = visit.visits()
    draw_sidebar(service)
    if service.engines.is_open:
        _draw_desk(service)
    else:
        _draw_trouble(service)


def _open(service: Service) -> None:
    if service.engines.is_open:
        service.engines.refresh()
    else:
        with st.spinner("Opening the index"):
            service.engines.refresh()


def _draw_desk(service: Service) -> None:
    conversation = service.conversations.find(visit.conversation_id())
    if visit.shows_figures():
        _draw_measured(service, conversation)
        return
    with st.container(key="desk"):
        left, right = st.columns([11, 10], gap="large")
    with left:
        examples = _draw_chat(service, conversation)
    with right:
        if visit.place() is None:
            draw_voices(service)
        else:
            draw_reader(service, conversation)
    if examples is not None:
        with examples:
            draw_examples(service)


def _draw_measured(service: Service, conversation: Conversation | None) -> None:
    """Draw the figures, and the open source beside them.

    The figures keep their place whether a source is open or not, so that they stay as they were scrolled and filtered.
    """
    with st.container(key="desk"):
        left, right = st.columns([11, 10], gap="large")
    with left:
        draw_figures(service)
    with right:
        draw_reader(service, conversation)


def _draw_chat(service: Service, conversation: Conversation | None) -> DeltaGenerator | None:
    """Draw the left side; where nothing was asked yet, return the place for example questions.

    The line to ask on keeps its place among its neighbours, so that the browser never draws it twice while a page
    is on its way, nor loses what was typed.
    """
    is_asked = conversation is not None and bool(conversation.turns)
    with st.container():
        if conversation is not None and is_asked:
            chat.draw_conversation(service, conversation)
            chat.draw_conversation_actions(service, conversation)
        else:
            if visit.conversation_id():
                st.info("The conversation of this address is no longer in the server’s memory. A new one begins here.")
            draw_masthead()
    examples = st.container(key="examples")
    draw_ask_line(service)
    return None if is_asked else examples


def _draw_trouble(service: Service) -> None:
    """Say why nothing can be answered, and offer what mends it."""
    trouble = service.engines.trouble
    missing = isinstance(trouble, IndexMissingError)
    with st.container(key="trouble"):
        st.title("Nothing is indexed yet" if missing else "The index cannot be used", anchor=False)
        st.markdown(plain(str(trouble)))
        advice = sources_advice(service)
        if advice:
            st.warning(plain(advice))
        draw_intakes(service)
        if isinstance(trouble, IndexUnusableError):
            draw_build(service, missing=missing, needed=True)
        if missing:
            st.subheader("Add documents", anchor=False)
            draw_adding(service)


def sources_advice(service: Service) -> str:
    """Return what is wrong with the folder of sources as far as a glance tells, nothing where all seems well."""
    folder = service.settings.sources
    if not folder.is_dir():
        return (
            f"The folder of sources, {folder}, does not exist. Make it, and put your documents there or add them here."
        )
    if not any(path.is_file() and not path.name.startswith(".") for path in folder.rglob("*")):
        return f"The folder of sources, {folder}, is empty. Put your documents there, or add them here."
    return ""
