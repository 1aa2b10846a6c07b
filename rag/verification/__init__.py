"""Checking what a model wrote: each statement is the source's own words, a paraphrase that it supports, or dropped."""

from rag.verification.checking import Check, Checker, Verifier, check_statement, objections
from rag.verification.injected import borrowed
from rag.verification.meaning import Embed
from rag.verification.premises import premise_objections
from rag.verification.quotations import tell_quotations

__all__ = [
    "Check",
    "Checker",
    "Embed",
    "Verifier",
    "borrowed",
    "check_statement",
    "objections",
    "premise_objections",
    "tell_quotations",
]
