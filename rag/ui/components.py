"""The parts of the page that are drawn in the browser: a turn of the conversation, the reader, lists to pick from.

Data goes in through `data=` and onto the page through `textContent` alone, so that no source, question or model can
put HTML or Markdown into it. The files in `assets/` are the only code that runs in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

ASSETS = Path(__file__).with_name("assets")
Handler = Callable[[Any], None]


def read_asset(name: str) -> str:
    """Return a file of `assets/`."""
    return (ASSETS / name).read_text(encoding="utf-8")


def _register(name: str, *parts: str) -> Callable[..., Any]:
    """Make a component of its files in `assets/`, behind those that it shares with others."""
    css, js = ("".join(read_asset(f"{part}.{kind}") for part in ("shared", *parts, name)) for kind in ("css", "js"))
    renderer: Callable[..., Any] = st.components.v2.component(
        f"ontherecord_{name}", html=read_asset(f"{name}.html"), css=css, js=js
    )
    return renderer


_turn = _register("turn", "traced", "certificate")
_reader = _register("reader", "traced", "pointing")
_figures = _register("figures")
_listing = _register("listing")
_chips = _register("chips")
_intakes = _register("intakes")


def turn(data: Mapping[str, Any], *, key: str, **handlers: Handler) -> None:
    """Draw a question and its answer (`turn_view.view_turn`).

    `handlers` are called for `open` (a source), `stop`, `again` (ask again), `mean` (this is how
    the question is meant), `trace` (how were these found?) and
    `check` (look the citations up in the files).
    """
    _mount(_turn, data, key, **handlers)


def reader(data: Mapping[str, Any], *, key: str, **handlers: Handler) -> None:
    """Draw a source (`reading.view_source`), scrolled to its strong mark at each new `visit`.

    `handlers` are called for `close`, `leaf` (to another page), `switch` (between text and pages), `open` (another
    source) and `why` (something was pointed at: why was it not chosen?).
    """
    _mount(_reader, data, key, **handlers)


def figures(data: Mapping[str, Any], *, key: str, on_ask: Handler, on_open: Handler) -> None:
    """Draw the figures of evaluation sets and the questions that failed (`figures_view.view_figures`)."""
    _mount(_figures, data, key, ask=on_ask, open=on_open)


def listing(data: Mapping[str, Any], *, key: str, on_pick: Handler | None = None) -> None:
    """Draw a list: `items` of `id`, `title`, `meta`, with the words for their search; with `on_pick` to pick from."""
    _mount(_listing, {**data, "still": on_pick is None}, key, pick=on_pick or (lambda _: None))


def chips(data: Mapping[str, Any], *, key: str, on_remove: Handler) -> None:
    """Draw `items` of `id`, `label`, `hint` in a row, each with a cross that takes it away."""
    _mount(_chips, data, key, remove=on_remove)


def intakes(data: Mapping[str, Any], *, key: str, on_put_away: Handler, on_open: Handler) -> None:
    """Draw what is being added and what became of it (`intake_panel.view_intake`)."""
    _mount(_intakes, data, key, put_away=on_put_away, open=on_open)


def _mount(component: Callable[..., Any], data: Mapping[str, Any], key: str, **handlers: Handler) -> None:
    """Draw a component; each handler is called with the value of its event, before the page is drawn again."""
    callbacks = {f"on_{event}_change": _callback(key, event, handler) for event, handler in handlers.items()}
    component(key=key, data=dict(data), **callbacks)


def _callback(key: str, event: str, handler: Handler) -> Callable[[], None]:
    def call() -> None:
        value = st.session_state[key].get(event)
        if value is not None:
            handler(value)

    return call
