"""Who said what: the quotations and reported statements of a document, and whose they are."""

from rag.quotations.extract import extract_quotations
from rag.quotations.speech import SPEECH_VERBS, is_speech_verb

__all__ = ["SPEECH_VERBS", "extract_quotations", "is_speech_verb"]
