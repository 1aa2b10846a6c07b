"""The right side of the page: the source that is being read, at the words that were cited."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from rag.errors import RagError
from rag.types import Citation, Document
from rag.ui import components, visit
from rag.ui.article import Mark, lay_out_article, lay_out_heading
from rag.ui.conversations import Conversation
from rag.ui.paging import shown_page, view_leaves, view_page
from rag.ui.service import Service
from rag.ui.tracing import asked_last, explain, kept_explanation
from rag.ui.visit import Place
from rag.ui.wording import displayable, language_shown, page_word, plain, shortened, web_address

ASKED_LENGTH_SHOWN = 120
"""Characters of the question that something was not chosen for."""


def draw_reader(service: Service, conversation: Conversation | None) -> None:
    """Draw the open source."""
    place = visit.place()
    if place is None:
        return
    with st.container(key="reading"):
        try:
            with service.engines.lease() as engine:
                document = engine.document(place.source)
                generation, pictured = engine.generation, engine.has_page_pictures(place.source)
        except RagError as error:
            st.warning(plain(str(error)))
            st.button("Close", on_click=visit.close)
            return
        view = view_source(document, place, conversation, service.titles())
        leaf = _leaf(service, document, place, conversation, generation) if pictured and not place.as_text else {}
        if "page" not in leaf:
            leaf |= {"article": lay_out_article(document, marks(place, conversation))}
        asked = asked_last(conversation)
        back = "Back to the figures" if visit.shows_figures() else "Back to the answer"
        pointing = {
            "asked": shortened(asked.question, ASKED_LENGTH_SHOWN) if asked else "",
            "why": kept_explanation(place.source, generation),
        }
        components.reader(
            {**view, **leaf, **pointing, "pictured": pictured, "visit": visit.visits(), "back": back},
            key="reader",
            close=lambda _: visit.close(),
            leaf=lambda value: visit.leaf_to(int(value["number"])),
            switch=lambda value: visit.read_as_text(wanted=bool(value["text"])),
            open=visit.go_to,
            why=partial(explain, service, asked, place.source),
        )


def view_source(
    document: Document, place: Place, conversation: Conversation | None, titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return what is shown of a source besides its text or page: address, language, copies."""
    copies = {name for one in _cited(place, conversation) for name in one.copies}
    return {
        "article": lay_out_heading(document),
        "word": page_word(document.source),
        "address": web_address(document.url),
        "language": language_shown(document.language),
        "copies": [{"source": name, "title": displayable(titles.get(name, name))} for name in sorted(copies)],
    }


def _leaf(
    service: Service, document: Document, place: Place, conversation: Conversation | None, generation: str
) -> dict[str, Any]:
    """Return the page that is looked at; without its picture, why there is none."""
    marked = marks(place, conversation)
    page = shown_page(document, place.page, marked)
    try:
        picture = service.page_picture(generation, document.source, page.number)
    except RagError as error:
        return {"problem": displayable(str(error))}
    return {"page": view_page(document, page, marked, picture), "leaves": view_leaves(document, page)}


def marks(place: Place, conversation: Conversation | None) -> list[Mark]:
    """Return what is highlighted: every citation of the turn that the source was opened from, and the clicked span."""
    light = [Mark(one.start, one.end) for one in _cited(place, conversation)]
    return [*light, Mark(place.start, place.end, strong=True)] if place.end > place.start else light


def _cited(place: Place, conversation: Conversation | None) -> list[Citation]:
    """Return the citations of the open source in the turn that it was opened from."""
    turn = conversation.turn(place.turn) if conversation else None
    return [one for one in turn.draft.citations if one.source == place.source] if turn else []
