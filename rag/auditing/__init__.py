"""Re-checking saved answers against the files.

`saved` reads them, `answers` goes through each, `citations` looks one citation up in `texts`, and where its words do
not stand there any more, `nearest` finds what the source says instead.
"""

from __future__ import annotations

from rag.auditing.answers import audit_answer, audit_answers, check_answers
from rag.auditing.saved import FENCE, read_saved

__all__ = ["FENCE", "audit_answer", "audit_answers", "check_answers", "read_saved"]
