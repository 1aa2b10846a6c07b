"""The one place that wires the parts: what the command line, the chat page and other programs call.

Each name is imported from its module when it is first asked for, so that keeping the index up to date loads nothing of
what answers questions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.engine.calibrating import calibrate
    from rag.engine.checks import (
        available_models,
        check_saved,
        diagnose,
        read_saved_answers,
        verify_answer,
        verify_answers,
    )
    from rag.engine.opened import Engine
    from rag.engine.trial import Contest, Gate
    from rag.engine.upkeep import (
        add_file,
        add_url,
        build_index,
        current_generation,
        embed_share_of,
        readable_endings,
        rollback,
        watch_sources,
    )
    from rag.traces import compare_traces, parse_trace, trace_object

__all__ = [
    "Contest",
    "Engine",
    "Gate",
    "add_file",
    "add_url",
    "available_models",
    "build_index",
    "calibrate",
    "check_saved",
    "compare_traces",
    "current_generation",
    "diagnose",
    "embed_share_of",
    "parse_trace",
    "read_saved_answers",
    "readable_endings",
    "rollback",
    "trace_object",
    "verify_answer",
    "verify_answers",
    "watch_sources",
]

_CHECKS = frozenset(
    {"available_models", "check_saved", "diagnose", "read_saved_answers", "verify_answer", "verify_answers"}
)

_TRACES = frozenset({"compare_traces", "parse_trace", "trace_object"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in _TRACES:
        return getattr(import_module("rag.traces"), name)
    return getattr(import_module(f"rag.engine.{_module(name)}"), name)


def _module(name: str) -> str:
    if name in _CHECKS:
        return "checks"
    return {"Engine": "opened", "calibrate": "calibrating", "Contest": "trial", "Gate": "trial"}.get(name, "upkeep")
