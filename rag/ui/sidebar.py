"""The sidebar: new chat, language model, sources, index."""

from __future__ import annotations

import streamlit as st

from rag.errors import RagError
from rag.types import Document, IndexStatus
from rag.ui import components, visit
from rag.ui.backend import AnsweringEngine
from rag.ui.build_panel import draw_build
from rag.ui.service import Service
from rag.ui.wording import byline, counted, displayable, moment_in_words, plain, shortened

NAMES_SHOWN = 3


def draw_sidebar(service: Service) -> None:
    """Draw everything beside the conversation. Works without an index too."""
    with st.sidebar:
        with st.container(key="brand", gap="xxsmall"):
            st.subheader("On the record", anchor=False)
            st.write("Who said what, with the words to prove it")
        st.button("New chat", key="new-chat", on_click=visit.leave_conversation, width="stretch")
        _draw_models(service)
        if service.engines.is_open:
            with service.engines.lease() as engine:
                _draw_sources(engine)
                _draw_index(service, engine)


def _draw_models(service: Service) -> None:
    names = service.models()
    st.selectbox(
        "Language model",
        names,
        key="model",
        accept_new_options=True,
        help=plain("extractive answers with the sources' own sentences and needs no model.")
        + " Type another as `provider:model`, for example `ollama:llama3.2`.",
    )


def _draw_sources(engine: AnsweringEngine) -> None:
    documents = engine.documents()
    place = visit.place()
    data = {
        "label": "Sources",
        "search": "Find a source",
        "items": [view_document(document) for document in documents],
        "opened": place.source if place else None,
    }
    with st.expander(f"Sources ({len(documents):,})", expanded=True):
        components.listing(data, key="sources", on_pick=lambda picked: visit.go_to({"source": picked["id"]}))


def view_document(document: Document) -> dict[str, str]:
    """Return a document as an item of the list of sources."""
    title = shortened(document.title or document.source, 120)
    return {"id": document.source, "title": title, "meta": displayable(byline(document)), "hint": document.source}


def _draw_index(service: Service, engine: AnsweringEngine) -> None:
    status, problem = _compare(service, engine)
    stale = status is not None and status.stale
    opened = st.session_state["index_opened"] = st.session_state.get("index_opened", False) or stale
    with st.expander("Index (out of date)" if stale else "Index", expanded=opened, key="index"):
        if status is not None:
            _draw_status(status)
        if problem:
            st.warning(plain(problem))
        if service.engines.trouble is not None:
            st.warning(plain(f"The newest index could not be opened: {service.engines.trouble}"))
        draw_build(service, stale=stale)


def _compare(service: Service, engine: AnsweringEngine) -> tuple[IndexStatus | None, str]:
    """Return how the index stands against the sources, or why that cannot be told."""
    try:
        return service.index_status(engine), ""
    except RagError as error:
        return None, str(error)


def _draw_status(status: IndexStatus) -> None:
    state = "The sources have changed since." if status.stale else "Up to date with the sources."
    st.caption(plain(f"{counted(status.documents, 'document')}, {counted(status.chunks, 'passage')}. {state}"))
    for label, names in (("New", status.added), ("Changed", status.changed), ("Gone", status.removed)):
        if names:
            st.caption(plain(f"{label}: {listed_names(names)}"))
    st.caption(plain(f"Built {moment_in_words(status.built_at)} with {status.embedding_model}"))


def listed_names(names: tuple[str, ...]) -> str:
    """Return the first few names, and how many more there are."""
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
