"""What one browser tab is looking at. It stands in the address, so that a reload or a shared link shows the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from rag.types import SourceFilter
from rag.ui.narrowing import PARAMETERS, from_parameters, to_parameters

CONVERSATION = "c"
SHOWN = "show"
FIGURES = "figures"
_PLACE = ("source", "span", "turn", "page", "view")
_SPAN = re.compile(r"(\d{1,12})-(\d{1,12})")
_NUMBER = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a source that is being read, and the number of the turn that it was opened from."""

    source: str
    start: int = 0
    end: int = 0
    turn: int | None = None
    page: int | None = None
    """The page that was leafed to, None for the one that the span is on."""
    as_text: bool = False
    """Whether the text is read where the pages' pictures could be."""

    def to_parameters(self) -> dict[str, str]:
        """Return the place as parameters of the address."""
        span = {"span": f"{self.start}-{self.end}"} if self.end > self.start else {}
        numbers = {name: str(value) for name, value in (("turn", self.turn), ("page", self.page)) if value}
        return {"source": self.source, **span, **numbers, **({"view": "text"} if self.as_text else {})}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Place | None:
        """Read a place from the address, where anybody may have written anything; None where there is none."""
        source = parameters.get("source")
        if not source:
            return None
        span = _SPAN.fullmatch(parameters.get("span", ""))
        start, end = (int(span.group(1)), int(span.group(2))) if span else (0, 0)
        turn, page = (_number(parameters.get(name, "")) for name in ("turn", "page"))
        return cls(source, start, end, turn, page, parameters.get("view") == "text")


def _number(value: str) -> int | None:
    return int(value) if _NUMBER.fullmatch(value) else None


def conversation_id() -> str | None:
    """Return the id of the conversation in the address."""
    return st.query_params.get(CONVERSATION)


def enter_conversation(identifier: str) -> None:
    """Put a conversation into the address, and show it."""
    st.query_params[CONVERSATION] = identifier
    leave_figures()


def leave_conversation() -> None:
    """Begin anew: nothing asked, nothing opened."""
    st.query_params.clear()


def shows_figures() -> bool:
    """Return whether this tab shows how well questions are answered, in place of the conversation."""
    return st.query_params.get(SHOWN) == FIGURES


def open_figures() -> None:
    """Show how well questions are answered."""
    st.query_params[SHOWN] = FIGURES


def leave_figures() -> None:
    """Go back to the conversation."""
    st.query_params.pop(SHOWN, None)


def place() -> Place | None:
    """Return what is open in the reader."""
    return Place.from_parameters(st.query_params)


def go_to(value: Mapping[str, Any], turn: int | None = None) -> None:
    """Open the place that a component reported: `source`, and `start` and `end` where it is a span."""
    close()
    there = Place(str(value["source"]), int(value.get("start") or 0), int(value.get("end") or 0), turn)
    st.query_params.update(there.to_parameters())
    st.session_state["visits"] = visits() + 1


def leaf_to(number: int) -> None:
    """Turn to a page of the open source."""
    st.query_params["page"] = str(number)
    st.query_params.pop("view", None)


def read_as_text(*, wanted: bool) -> None:
    """Read the text of the open source, or look at its pages."""
    if wanted:
        st.query_params["view"] = "text"
    else:
        st.query_params.pop("view", None)
    st.session_state["visits"] = visits() + 1


def source_filter() -> SourceFilter:
    """Return in which sources this tab looks for answers."""
    return from_parameters({name: st.query_params.get_all(name) for name in PARAMETERS})


def narrow(chosen: SourceFilter) -> None:
    """Look for answers in these sources from now on."""
    parameters = to_parameters(chosen)
    for name in PARAMETERS:
        if name in parameters:
            st.query_params[name] = parameters[name]
        else:
            st.query_params.pop(name, None)


def close() -> None:
    """Close the reader."""
    for name in _PLACE:
        st.query_params.pop(name, None)


def visits() -> int:
    """Count the places opened in this tab, so that the reader scrolls at each click, at the same citation too."""
    return int(st.session_state.get("visits", 0))
