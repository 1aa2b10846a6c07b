"""Checking the index, the models and saved answers; which models there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.auditing import check_answers, read_saved
from rag.config import EXTRACTIVE, Settings
from rag.engine.opened import Engine
from rag.engine.places import checker_of, embedder_of, reranker_of, store_of, weights_folder
from rag.errors import CheckerError, EmbeddingModelError, RagError, RerankerError, SourceError
from rag.indexing import diagnose_index
from rag.models import installed_models
from rag.types import AnswerCheck, Fault


def diagnose(settings: Settings) -> tuple[Fault, ...]:
    """Return every fault of the index, the models and the settings, each with the command that mends it."""
    faults = list(diagnose_index(settings.index, settings.sources, store_of(settings)))
    try:
        embedder_of(settings)
    except EmbeddingModelError as error:
        faults.append(Fault("embedding model", str(error), "pip install -e ."))
    if not faults:
        faults += _diagnose_open(settings.model_copy(update={"reranker": None, "checker": None}))
    return (*faults, *reranker_faults(settings), *checker_faults(settings))


def reranker_faults(settings: Settings) -> tuple[Fault, ...]:
    """Return what is wrong with the reranker that is set, if anything; loads it, so that nothing stays unknown."""
    try:
        reranker = reranker_of(settings)
        if reranker is not None:
            reranker.load()
    except RerankerError as error:
        return (Fault("reranker", str(error), "rag doctor --reranker none"),)
    return ()


def checker_faults(settings: Settings) -> tuple[Fault, ...]:
    """Return what is wrong with the checker that is set, if anything; loads it, so that nothing stays unknown."""
    try:
        checker = checker_of(settings)
        if checker is not None:
            checker.load()
    except CheckerError as error:
        return (Fault("checker", str(error), "rag doctor --checker none"),)
    return ()


def _diagnose_open(settings: Settings) -> Iterator[Fault]:
    """Yield what shows only once the index is opened: other settings, changed sources, a missing language model."""
    try:
        engine = Engine.open(settings)
    except RagError as error:
        yield Fault("index", str(error), "rag index --rebuild")
        return
    try:
        status = engine.index_status()
        if status.stale:
            changed = [*status.added, *status.changed, *status.removed]
            yield Fault("index", f"The sources have changed since it was built: {', '.join(changed[:5])}.", "rag index")
        engine._model(settings.llm)
    except SourceError as error:
        yield Fault("sources", str(error), "rag index --sources DIR")
    except RagError as error:
        yield Fault("language model", str(error), "rag ask --llm extractive")
    finally:
        engine.close()


def verify_answer(answer: Mapping[str, Any], settings: Settings) -> tuple[Fault, ...]:
    """Re-check one saved answer object against the source files; see `rag.auditing.check_answers`."""
    (check,) = check_saved([answer], settings)
    return check.faults


def verify_answers(answers: Iterable[Mapping[str, Any]], settings: Settings) -> Iterator[tuple[Fault, ...]]:
    """Re-check saved answer objects one after the other, reading each file once."""
    return (check.faults for check in check_saved(answers, settings))


def check_saved(answers: Iterable[Mapping[str, Any]], settings: Settings) -> Iterator[AnswerCheck]:
    """Re-check saved answer objects, and tell for each citation whether it holds, moved, changed or vanished."""
    return check_answers(answers, settings.sources, settings.file_seconds_limit)


def read_saved_answers(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Return the answer objects of a file with the lines that they begin at; see `rag.auditing.read_saved`."""
    return read_saved(path)


def available_models(settings: Settings) -> tuple[str, ...]:
    """Return the names of language models worth offering: `extractive`, the one set, and what is installed here."""
    names = (EXTRACTIVE, settings.llm, *installed_models(weights_folder(settings)))
    return tuple(dict.fromkeys(names))
