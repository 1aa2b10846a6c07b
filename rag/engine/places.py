"""Where the settings say that things are."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.embedding import deferred_embedder, load_embedder
from rag.sources import SourceListing, find_sources
from rag.stores.address import StoreLogin, parse_store

if TYPE_CHECKING:
    from rag.embedding import Embedder
    from rag.evidence_model import EvidenceModel
    from rag.reranking import Reranker
    from rag.verification import Checker


def listing_of(settings: Settings) -> SourceListing:
    """List the sources folder. Raises SourceError where there is none."""
    return find_sources(settings.sources, settings.file_size_limit, settings.passed_over)


def embedder_of(settings: Settings) -> Embedder:
    """Load the embedding model. Raises EmbeddingModelError."""
    return load_embedder(settings.embedding_model, settings.index / "encoders", settings.embedding_precision)


def deferred_embedder_of(settings: Settings) -> Embedder:
    """Return the embedding model, loaded only when it is used. Raises EmbeddingModelError."""
    return deferred_embedder(settings.embedding_model, settings.index / "encoders", settings.embedding_precision)


@cache
def evidence_model() -> EvidenceModel:
    """Return the model that reads evidence, one for the whole process, loaded only when it is used."""
    from rag.evidence_model import EvidenceModel

    return EvidenceModel()


def reranker_of(settings: Settings) -> Reranker | None:
    """Return the reranker that is set, loaded only when it is used. Raises RerankerError where it is not there."""
    if settings.reranker is None:
        return None
    from rag.reranking import load_reranker

    return load_reranker(settings.reranker)


def checker_of(settings: Settings) -> Checker | None:
    """Return the checker that is set, loaded only when it is used. Raises CheckerError where it is not there."""
    if settings.checker is None:
        return None
    from rag.cross_encoders.judging import load_checker

    return load_checker(settings.checker)


def store_of(settings: Settings) -> StoreLogin:
    """Return where the chunks of the index are. Raises UsageError where the settings name no store."""
    token = settings.store_token.get_secret_value() if settings.store_token else ""
    return parse_store(settings.store, token, settings.store_database, settings.store_index)


def weights_folder(settings: Settings) -> Path:
    """Return the folder that weights of language models are put together in."""
    return settings.index / "models"
