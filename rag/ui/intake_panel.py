"""Adding documents from the page: files, addresses, and what became of them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from rag.ui import components, visit
from rag.ui.intake import Intake
from rag.ui.polling import draw_again
from rag.ui.service import Service
from rag.ui.wording import displayable

POLL_SECONDS = 0.4
MEGABYTE = 1024 * 1024


def upload_limit(service: Service) -> int:
    """Return how large an uploaded file may be, in megabytes: what a source may have."""
    return max(1, service.settings.file_size_limit // MEGABYTE)


def draw_adding(service: Service) -> None:
    """Draw the places for files and for an address."""
    # What was handed in is taken out of the field by giving the field another name: it cannot be handed in twice.
    field = f"files-{st.session_state.get('files_taken', 0)}"
    with st.container(key="adding"):
        st.file_uploader(
            "Files",
            type=service.readable_endings(),
            accept_multiple_files=True,
            key=field,
            on_change=_take_files,
            args=(service, field),
            max_upload_size=upload_limit(service),
            label_visibility="collapsed",
        )
        with st.form("address-form", clear_on_submit=True, border=False):
            st.text_input("Add a page by its address", key="address", placeholder="https://", autocomplete="off")
            st.form_submit_button("Add the page", on_click=_take_address, args=(service,), width="stretch")


def _take_files(service: Service, field: str) -> None:
    files = st.session_state.get(field)
    if files:
        st.session_state["files_taken"] = st.session_state.get("files_taken", 0) + 1
        service.add_files([(file.name, file.getvalue()) for file in files])


def _take_address(service: Service) -> None:
    address = str(st.session_state.get("address") or "").strip()
    if address:
        service.add_address(address)


def draw_intakes(service: Service) -> None:
    """Draw what is being added and what became of it, until it is put away."""
    intakes = service.intakes.all()
    live = any(not intake.has_ended() for intake in intakes)
    with st.container():  # there in any case, so that what follows keeps its place
        if intakes:
            draw_again(_draw, service, every=POLL_SECONDS if live else None, live=live)


def _draw(service: Service, *, live: bool) -> None:
    intakes = service.intakes.all()
    if not intakes:
        st.rerun()
    components.intakes(
        {"items": [view_intake(intake) for intake in intakes]},
        key="intakes",
        on_put_away=lambda one: service.intakes.put_away(int(one["number"])),
        on_open=visit.go_to,
    )
    ended = all(intake.has_ended() for intake in intakes)
    if (live and ended) or st.session_state.get("drawn_visits", visit.visits()) != visit.visits():
        st.rerun()


def view_intake(intake: Intake) -> dict[str, Any]:
    """Return how far an intake is, or what became of it."""
    share, words = intake.progress()
    outcomes = [
        {"kind": one.kind.value, "words": displayable(one.words), "source": one.source} for one in intake.outcomes
    ]
    busy = not intake.has_ended()
    return {"number": intake.number, "busy": busy, "share": share, "words": displayable(words), "outcomes": outcomes}
