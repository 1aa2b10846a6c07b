"""Saved traces: JSON that can be read again, and two of them compared."""

from rag.traces.comparing import compare_traces
from rag.traces.saving import parse_trace, trace_object

__all__ = ["compare_traces", "parse_trace", "trace_object"]
