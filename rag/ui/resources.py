"""Where the page gets its engine and settings: made once for the server process, not at each rerun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from rag.config import Settings, load
from rag.ui.backend import Backend, real_backend
from rag.ui.service import Service

KEYS_SECTION = "llm_api_keys"


def backend() -> Backend:
    """Return the engine's functions; the one place that a test replaces."""
    return real_backend()


@st.cache_resource(show_spinner=False)
def service() -> Service:
    """Return what all pages of this server share; raises UsageError where a setting is wrong."""
    made = Service(settings(), backend())
    made.start_watching()
    return made


def settings() -> Settings:
    """Read the settings from the environment, and the keys of hosted models from Streamlit's secrets."""
    return load(llm_api_keys=secret_keys() or None)


def secret_keys() -> dict[str, str]:
    """Return the keys under `[llm_api_keys]` of `.streamlit/secrets.toml`, by provider; never shown or logged."""
    try:
        section: Any = st.secrets.get(KEYS_SECTION, {})
    except StreamlitSecretNotFoundError:
        return {}
    return {str(name): str(key) for name, key in section.items()} if isinstance(section, Mapping) else {}
