"""The chat page on a scripted engine that waits before each statement, as a language model does."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import streamlit as st

from rag.ui import resources
from rag.ui.page import main
from tests.engine_double import SCRIPTS, ScriptedBackend, read_seeds
from tests.paged_documents import make_paged

SECONDS = 2.0


class Pause(threading.Event):
    """An event that comes after a while, for the workers that answer."""

    def wait(self, timeout: float | None = None) -> bool:
        if threading.current_thread().name == "answer":
            time.sleep(SECONDS)
        return True


REPORT = make_paged("report.pdf", "The first page.", "Here is a second page with words.", "The end.")
SCRIPTS["report"] = ("The report says", ("a second page with words",))


@st.cache_resource
def scripted() -> ScriptedBackend:
    seeds = read_seeds(Path(__file__).resolve().parents[2] / "seeds")
    return ScriptedBackend((*seeds, REPORT), gate=Pause())


resources.backend = lambda: scripted().backend()
main()
