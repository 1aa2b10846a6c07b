"""What every test that runs the page by Streamlit's AppTest needs."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

SECONDS = 20
"""How long a run, or anything that it waits for, may take."""


def drawn(page: AppTest, name: str) -> list[dict[str, Any]]:
    """Return what was handed to the components of that name, in the order of the page."""
    assert not page.exception
    protos = [element.proto for element in page.get("bidi_component")]
    return [json.loads(proto.json) for proto in protos if proto.component_name == f"ontherecord_{name}"]
