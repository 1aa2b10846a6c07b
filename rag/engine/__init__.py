"""The one place that wires the parts: what the command line, the chat page and other programs call."""

from __future__ import annotations

from rag.engine.checks import available_models, diagnose, verify_answer, verify_answers
from rag.engine.opened import Engine
from rag.engine.upkeep import (
    add_file,
    add_url,
    build_index,
    current_generation,
    readable_endings,
    rollback,
    watch_sources,
)

__all__ = [
    "Engine",
    "add_file",
    "add_url",
    "available_models",
    "build_index",
    "current_generation",
    "diagnose",
    "readable_endings",
    "rollback",
    "verify_answer",
    "verify_answers",
    "watch_sources",
]
