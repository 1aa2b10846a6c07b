"""The right side of the page: the source that is being read, at the words that were cited."""

from __future__ import annotations

import streamlit as st

from rag.errors import RagError
from rag.ui import components, visit
from rag.ui.article import Mark, lay_out_article
from rag.ui.conversations import Conversation
from rag.ui.service import Service
from rag.ui.visit import Place
from rag.ui.wording import plain


def draw_reader(service: Service, conversation: Conversation | None) -> None:
    """Draw the open source."""
    place = visit.place()
    if place is None:
        return
    with st.container(key="reading"):
        try:
            with service.engines.lease() as engine:
                document = engine.document(place.source)
        except RagError as error:
            st.warning(plain(str(error)))
            st.button("Close", on_click=visit.close)
            return
        article = lay_out_article(document, marks(place, conversation))
        components.reader({"article": article, "visit": visit.visits()}, key="reader", on_close=lambda _: visit.close())


def marks(place: Place, conversation: Conversation | None) -> list[Mark]:
    """Return what is highlighted: every citation of the turn that the source was opened from, and the clicked span."""
    turn = conversation.turn(place.turn) if conversation else None
    cited = turn.draft.citations if turn else ()
    light = [Mark(one.start, one.end) for one in cited if one.source == place.source]
    return [*light, Mark(place.start, place.end, strong=True)] if place.end > place.start else light
