"""A small trained model that reads a question beside sentences: which of them answer, and with which words."""

from rag.evidence_model.arranging import Arranger, Stretch
from rag.evidence_model.model import WEIGHTS, EvidenceModel, Reading

__all__ = ["WEIGHTS", "Arranger", "EvidenceModel", "Reading", "Stretch"]
