"""An evaluation set on the disk: its questions, and its documents where it brings its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.config import Settings
from rag.disk import sha256_of
from rag.errors import UsageError
from rag.evaluation.questions import Question, read_questions
from rag.evaluation.records import Evaluation, FailedQuestion

DOCUMENTS = "docs.jsonl"
"""The documents of a set that brings its own."""
QUESTIONS = "questions.jsonl"
_DECISIVE = (
    "llm",
    "embedding_model",
    "embedding_precision",
    "vector_index",
    "reranker",
    "chunk_tokens",
    "chunk_overlap_tokens",
    "candidate_count",
    "passage_count",
)
"""Settings that decide the figures, as far as this version has them."""


class EvaluationSet:
    """A file of questions, or a folder with such a file and perhaps with the documents that they are asked of."""

    def __init__(self, path: Path) -> None:
        """Read the questions. Raises UsageError where there are none, or one of them is malformed."""
        self.path = path
        self.file = _question_file(path)
        documents = path / DOCUMENTS
        self.documents = documents if path.is_dir() and documents.exists() else None
        questions = list(read_questions(self.file))
        self.questions = [_in_collection(each) for each in questions] if self.documents else questions

    @property
    def name(self) -> str:
        """Return what the set is called: by its folder, or by its file."""
        path = self.path.resolve()
        return path.name if path.is_dir() else path.stem

    @property
    def fingerprint(self) -> str:
        """Return a SHA-256 of its files."""
        files = [self.file, *([self.documents] if self.documents else [])]
        return hashlib.sha256("".join(map(sha256_of, files)).encode()).hexdigest()

    def evaluation(
        self,
        settings: Settings,
        figures: Mapping[str, Any],
        failed: tuple[FailedQuestion, ...],
        *,
        generation: str,
        retrieval_only: bool,
    ) -> Evaluation:
        """Return the record of a run that ended now; `generation` is that of the index that was asked."""
        return Evaluation(
            name=self.name,
            path=str(self.path.resolve()),
            fingerprint=self.fingerprint,
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            generation=None if self.documents else generation,
            retrieval_only=retrieval_only,
            settings={name: getattr(settings, name) for name in _DECISIVE if name in type(settings).model_fields},
            figures=figures,
            failed=failed,
        )


def _question_file(path: Path) -> Path:
    """Return the file of questions that `path` is or holds. Raises UsageError where there is no such file."""
    if not path.is_dir():
        return path
    if not (path / QUESTIONS).exists():
        raise UsageError(f"{path} holds no {QUESTIONS}. Name a file of questions, or a folder that has it.")
    return path / QUESTIONS


def _in_collection(question: Question) -> Question:
    """Return a question of a document set with its gold documents named as sources."""
    return replace(question, gold=tuple(replace(gold, source=f"{DOCUMENTS}#{gold.source}") for gold in question.gold))
