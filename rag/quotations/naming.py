"""One name for one speaker across sources: where a source says 'Trump' and others 'Donald Trump', the fuller name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from rag.text.names import name_tokens
from rag.types import Quotation


def unify_speakers(quotations: Sequence[Quotation]) -> tuple[Quotation, ...]:
    """Return the quotations with bare last names replaced by the full name that other sources give.

    Only where it is one full name: with a John and a Clare Smith about, 'Smith' stays 'Smith'.
    """
    full: dict[str, set[str]] = defaultdict(set)
    for quotation in quotations:
        tokens = name_tokens(quotation.speaker or "")
        if len(tokens) > 1:
            full[tokens[-1]].add(quotation.speaker or "")
    return tuple(_with_full_name(quotation, full) for quotation in quotations)


def _with_full_name(quotation: Quotation, full: dict[str, set[str]]) -> Quotation:
    tokens = name_tokens(quotation.speaker or "")
    names = full.get(tokens[0], set()) if len(tokens) == 1 else set()
    return replace(quotation, speaker=next(iter(names))) if len(names) == 1 else quotation
