"""Parts of the page that draw themselves again and again while something goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st


def draw_again(draw: Callable[..., None], *values: Any, every: float | None, **named: Any) -> None:
    """Call `draw`, and again every so many seconds, or only at clicks in it for None.

    It stands in a container of its own. When a fragment is drawn again before the browser was sent what the whole page
    drew of it, Streamlit (1.67) sends the second alone, and the browser puts away the first as stale in between: what
    stands beside a fragment would move up, its place would be wrong, and the page would break.
    """
    with st.container():
        st.fragment(draw, run_every=every)(*values, **named)
