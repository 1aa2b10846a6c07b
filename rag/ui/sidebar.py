"""The sidebar: new chat, language model, sources, index."""

from __future__ import annotations

import streamlit as st

from rag.errors import RagError
from rag.types import FAISS, IndexStatus, Skipped
from rag.ui import components, visit
from rag.ui.backend import AnsweringEngine
from rag.ui.build_panel import draw_build
from rag.ui.intake_panel import draw_adding
from rag.ui.news import draw_news
from rag.ui.service import Service
from rag.ui.shelf import Shelf
from rag.ui.wording import counted, displayable, moment_in_words, plain

NAMES_SHOWN = 3


def draw_sidebar(service: Service) -> None:
    """Draw everything beside the conversation. Works without an index too."""
    with st.sidebar:
        with st.container(key="brand", gap="xxsmall"):
            st.subheader("On the record", anchor=False)
            st.write("Who said what, with the words to prove it")
        st.button("New chat", key="new-chat", on_click=visit.leave_conversation, width="stretch")
        st.button("How well it answers", key="figures", on_click=visit.open_figures, type="tertiary", width="stretch")
        _draw_models(service)
        draw_news(service)
        if service.engines.is_open:
            with service.engines.lease() as engine:
                _draw_sources(service.shelf(engine))
                with st.expander("Add documents", key="add"):
                    draw_adding(service)
                _draw_skipped(service, engine)
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


def _draw_sources(shelf: Shelf) -> None:
    place = visit.place()
    data = {
        "label": "Sources",
        "search": "Find a source",
        "items": shelf.items,
        "opened": place.source if place else None,
    }
    with st.expander(f"Sources ({len(shelf.items):,})", expanded=True):
        components.listing(data, key="sources", on_pick=lambda picked: visit.go_to({"source": picked["id"]}))


def _draw_skipped(service: Service, engine: AnsweringEngine) -> None:
    """List the files that are not indexed, so that nobody takes them for read."""
    try:
        skipped = service.skipped(engine)
    except RagError:
        return  # the folder is gone, which the index's panel says
    if skipped:
        with st.expander(f"Not read ({len(skipped):,})", key="not-read"):
            items = [view_skipped(one) for one in skipped]
            data = {"label": "Files that are not read", "search": "Find a file", "items": items}
            components.listing(data, key="skipped")


def view_skipped(skipped: Skipped) -> dict[str, str]:
    """Return a file that could not be read as an item of a list."""
    name, reason = displayable(skipped.source), displayable(skipped.reason)
    return {"id": name, "title": name, "meta": reason[:1].upper() + reason[1:], "hint": ""}


def _draw_index(service: Service, engine: AnsweringEngine) -> None:
    status, problem = _compare(service, engine)
    stale = status is not None and status.stale
    urgent = stale or bool(engine.trouble) or service.problem is not None
    opened = st.session_state["index_opened"] = st.session_state.get("index_opened", False) or urgent
    with st.expander("Index (out of date)" if stale else "Index", expanded=opened, key="index"):
        if status is not None:
            _draw_status(status, service.settings.reranker)
        if problem:
            st.warning(plain(problem))
        if engine.trouble:
            st.warning(plain(engine.trouble))
        if service.engines.trouble is not None:
            st.warning(plain(f"The newest index could not be opened: {service.engines.trouble}"))
        draw_build(service, stale=stale)


def _compare(service: Service, engine: AnsweringEngine) -> tuple[IndexStatus | None, str]:
    """Return how the index stands against the sources, or why that cannot be told."""
    try:
        return service.index_status(engine), ""
    except RagError as error:
        return None, str(error)


def _draw_status(status: IndexStatus, reranker: str | None) -> None:
    state = "The sources have changed since." if status.stale else "Up to date with the sources."
    st.caption(plain(f"{counted(status.documents, 'document')}, {counted(status.chunks, 'passage')}. {state}"))
    for label, names in (("New", status.added), ("Changed", status.changed), ("Gone", status.removed)):
        if names:
            st.caption(plain(f"{label}: {listed_names(names)}"))
    st.caption(plain(f"Built {moment_in_words(status.built_at)} with {status.embedding_model}"))
    if status.store != FAISS:
        st.caption(plain(f"Passages kept in {status.store}"))
    if reranker:
        st.caption(plain(f"Passages put in order by {reranker}"))


def listed_names(names: tuple[str, ...]) -> str:
    """Return the first few names, and how many more there are."""
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
