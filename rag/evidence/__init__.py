"""Choosing the sentences that answer a question, or saying why none does."""

from rag.evidence.called import find_speaker
from rag.evidence.choice import Choice
from rag.evidence.comparison import choose_comparison
from rag.evidence.dispute import choose_dispute, choose_views
from rag.evidence.facts import choose_facts, choose_person, holds_name
from rag.evidence.overview import Shelf, choose_broad, choose_overview, named_documents
from rag.evidence.reading import UnitReader
from rag.evidence.scoring import UnitScorer
from rag.evidence.speech import choose_said, choose_who_said
from rag.evidence.units import Unit, units_of

__all__ = [
    "Choice",
    "Shelf",
    "Unit",
    "UnitReader",
    "UnitScorer",
    "choose_broad",
    "choose_comparison",
    "choose_dispute",
    "choose_facts",
    "choose_overview",
    "choose_person",
    "choose_said",
    "choose_views",
    "choose_who_said",
    "find_speaker",
    "holds_name",
    "named_documents",
    "units_of",
]
