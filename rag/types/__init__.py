"""The values that travel through the system, in the order in which they come to be.

    file → Document → Chunk → (embedding, terms) → Index → Hit → Evidence → Statement + Citation → Answer

All are frozen. Offsets are character offsets (Python string indices) into a document's canonical text,
half open, so that `document.text[start:end]` is the span. Every score is higher for better.
"""

from __future__ import annotations

from rag.types.answers import (
    Answer,
    AnswerEvent,
    Citation,
    Finished,
    Retrieved,
    Statement,
    StatementChecked,
    Status,
    Verdict,
)
from rag.types.documents import (
    Block,
    BlockKind,
    Box,
    Chunk,
    Document,
    DocumentFacts,
    Page,
    Quotation,
    QuoteKind,
    Skipped,
    content_id,
    file_title,
)
from rag.types.precision import Precision
from rag.types.reports import (
    Fault,
    GateChange,
    GateReport,
    IndexReport,
    IndexStatus,
    Progress,
    Rollback,
    SourceChanges,
    VectorSearch,
)
from rag.types.retrieval import AppliedFilter, Evidence, Hit, Passage, Scores, SourceFilter
from rag.types.traces import (
    Change,
    Explanation,
    Fate,
    PassageChange,
    Place,
    SavedTrace,
    Stage,
    Standing,
    Trace,
    TraceComparison,
    TracedPassage,
    TraceSettings,
)

__all__ = [
    "Answer",
    "AnswerEvent",
    "AppliedFilter",
    "Block",
    "BlockKind",
    "Box",
    "Change",
    "Chunk",
    "Citation",
    "Document",
    "DocumentFacts",
    "Evidence",
    "Explanation",
    "Fate",
    "Fault",
    "Finished",
    "GateChange",
    "GateReport",
    "Hit",
    "IndexReport",
    "IndexStatus",
    "Page",
    "Passage",
    "PassageChange",
    "Place",
    "Precision",
    "Progress",
    "Quotation",
    "QuoteKind",
    "Retrieved",
    "Rollback",
    "SavedTrace",
    "Scores",
    "Skipped",
    "SourceChanges",
    "SourceFilter",
    "Stage",
    "Standing",
    "Statement",
    "StatementChecked",
    "Status",
    "Trace",
    "TraceComparison",
    "TraceSettings",
    "TracedPassage",
    "VectorSearch",
    "Verdict",
    "content_id",
    "file_title",
]
