"""The foot of the page: the line to ask on, what is being added, and which sources are asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from rag.types import SourceFilter
from rag.ui import components, visit
from rag.ui.chat import ask
from rag.ui.intake import Intake
from rag.ui.intake_panel import draw_intakes, upload_limit
from rag.ui.narrowing import view_chips, without
from rag.ui.service import Service
from rag.ui.shelf import Shelf

ALL = SourceFilter()
DAYS = (date(1800, 1, 1), date(2100, 12, 31))
"""The days that can be picked."""


def draw_ask_line(service: Service) -> None:
    """Draw the foot of the conversation."""
    with st.container(key="asking"):
        draw_intakes(service)
        _draw_narrowing(service)
        st.chat_input(
            "Ask who said what, or what the sources say",
            key="question",
            accept_file="multiple",
            file_type=service.readable_endings(),
            max_upload_size=upload_limit(service),
            on_submit=_submitted,
            args=(service,),
        )


def _submitted(service: Service) -> None:
    """Take in what was attached, and ask what was typed; the question waits for the attachments."""
    value = st.session_state.get("question")
    if value is None:
        return
    intake: Intake | None = None
    if value.files:
        intake = service.add_files([(file.name, file.getvalue()) for file in value.files])
    if value.text.strip() or intake is None:
        ask(service, str(value.text), after=intake)


def _draw_narrowing(service: Service) -> None:
    """Draw the control that picks sources, and a chip for each part of what is picked."""
    chosen = visit.source_filter()
    with service.engines.lease() as engine:
        shelf = service.shelf(engine)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="narrowing"):
        label = "All sources" if chosen.admits_all else "Only these sources"
        with st.popover(label, icon=":material/filter_list:", type="tertiary"):
            _draw_choice(chosen, shelf)
        if not chosen.admits_all:
            chips = view_chips(chosen, shelf.titles)
            components.chips({"items": chips, "label": "Only these sources are asked"}, key="chips", on_remove=_remove)


def _remove(chip: dict[str, Any]) -> None:
    visit.narrow(without(visit.source_filter(), str(chip["id"])))


def _draw_choice(chosen: SourceFilter, shelf: Shelf) -> None:
    """Draw what can be picked. The address holds what is, so each field is set from it before it is drawn."""
    state = st.session_state
    state["only-sources"] = [source for source in chosen.sources if source in shelf.titles]
    state["only-outlets"] = [outlet for outlet in chosen.outlets if outlet in shelf.outlets]
    state["only-after"], state["only-before"] = (_day(value) for value in (chosen.after, chosen.before))
    options: dict[str, Any] = {"on_change": _pick, "args": (shelf,)}
    names = shelf.titles.__getitem__
    st.multiselect("Sources", [*shelf.titles], key="only-sources", format_func=names, placeholder="All", **options)
    if shelf.outlets:
        label = "Published or written by"
        st.multiselect(label, shelf.outlets, key="only-outlets", placeholder="Anybody", **options)
    earliest, latest = DAYS
    with st.container(horizontal=True, key="only-days"):
        for label, key in (("Published since", "only-after"), ("Published until", "only-before")):
            st.date_input(label, None, key=key, min_value=earliest, max_value=latest, **options)
    if not chosen.admits_all:
        st.button("All sources", key="only-none", on_click=visit.narrow, args=(ALL,))


def _day(value: str | None) -> date | None:
    day = date.fromisoformat(value) if value else None
    return day if day and DAYS[0] <= day <= DAYS[1] else None


def _pick(shelf: Shelf) -> None:
    """Put what the fields hold into the address. What stands there that no field can show, such as a pattern, stays."""
    state, before = st.session_state, visit.source_filter()
    after, until = state.get("only-after"), state.get("only-before")
    patterns = [one for one in before.sources if one not in shelf.titles]
    others = [one for one in before.outlets if one not in shelf.outlets]
    visit.narrow(
        SourceFilter(
            sources=(*patterns, *(state.get("only-sources") or ())),
            outlets=(*others, *(state.get("only-outlets") or ())),
            after=after.isoformat() if after else None,
            before=until.isoformat() if until else None,
        )
    )
