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


def _register(name: str) -> Callable[..., Any]:
    html, css, js = (read_asset(f"{name}.{kind}") for kind in ("html", "css", "js"))
    renderer: Callable[..., Any] = st.components.v2.component(
        f"ontherecord_{name}", html=html, css=read_asset("shared.css") + css, js=read_asset("shared.js") + js
    )
    return renderer


_turn = _register("turn")
_reader = _register("reader")
_listing = _register("listing")
_chips = _register("chips")
_intakes = _register("intakes")


def turn(data: Mapping[str, Any], *, key: str, on_open: Handler, on_stop: Handler, on_again: Handler) -> None:
    """Draw a question and its answer (`turn_view.view_turn`)."""
    _mount(_turn, data, key, open=on_open, stop=on_stop, again=on_again)


def reader(
    data: Mapping[str, Any], *, key: str, on_close: Handler, on_leaf: Handler, on_switch: Handler, on_open: Handler
) -> None:
    """Draw a source (`reading.view_source`), scrolled to its strong mark at each new `visit`."""
    _mount(_reader, data, key, close=on_close, leaf=on_leaf, switch=on_switch, open=on_open)


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
