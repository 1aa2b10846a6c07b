"""The line that says that the index was brought up to date, drawn anew in every tab when it changes."""

from __future__ import annotations

import streamlit as st

from rag.ui.polling import draw_again
from rag.ui.service import Service
from rag.ui.watching import Note, SourcesWatch
from rag.ui.wording import plain

LOOK_SECONDS = 2.0


def draw_news(service: Service) -> None:
    """Draw what became of the last change of the sources; when there is news, the whole page is drawn again."""
    if service.watch is not None:
        draw_again(_draw, service.watch, service.watch.note, every=LOOK_SECONDS)


def _draw(watch: SourcesWatch, drawn: Note | None) -> None:
    if watch.note is not drawn:
        st.rerun()
    if drawn is not None:
        (st.warning if drawn.trouble else st.caption)(plain(drawn.words))
