"""Settings: the only module that reads the environment.

Every field can be set by an environment variable of the same name with `RAG_` in front (`RAG_LLM=ollama:llama3.2`),
by a flag of the command line, or in code. Keys of hosted models are not settings: their packages read
them from their usual variables (`OPENAI_API_KEY`, …), or the chat page hands them over from Streamlit's secrets.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rag.errors import UsageError
from rag.types import FAISS, Precision

BUNDLED_EMBEDDING_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
EXTRACTIVE = "extractive"


class Settings(BaseSettings):
    """What can be set. Validation errors come as pydantic's; `load` turns them into `UsageError`."""

    model_config = SettingsConfigDict(env_prefix="RAG_", extra="ignore", frozen=True, populate_by_name=True)

    index: Path = Path("index")
    """Folder of the generated index."""
    sources: Path = Path("seeds")
    """Folder of the documents."""
    llm: str = EXTRACTIVE
    """`extractive`, or `provider:model`."""
    llm_base_url: str | None = None
    """Address of an OpenAI-compatible or Ollama server, where it is not the provider's own."""
    llm_api_keys: dict[str, SecretStr] = Field(default_factory=dict)
    """Keys by provider, handed over in code (never written, logged or shown)."""
    llm_timeout_seconds: float = Field(default=120.0, gt=0)
    llm_max_tokens: int = Field(default=400, ge=16)

    follow_ups: Literal["auto", "rules", "model"] = "auto"
    """Who makes a follow-up question stand alone: `rules`; the language model, checked, where one is chosen (`model`);
    `auto`: the model unless it runs in this process (`local:`), where it is slow and errs more than the rules."""

    store: str = FAISS
    """What searches the chunks: `faiss` in the index folder, or `milvus:URI` of a server or a file of Milvus Lite."""
    store_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("RAG_STORE_TOKEN", "MILVUS_TOKEN")
    )
    """`user:password` or API key of the store (never written, logged or shown)."""
    store_database: str = ""
    """The database on the store's server, where it is not the default one."""
    store_index: str = "HNSW"
    """The index that a new collection on a server has for its vectors: `HNSW`, `HNSW_SQ`, `IVF_SQ8`, `DISKANN`, …"""

    embedding_model: str = BUNDLED_EMBEDDING_MODEL
    """Name of a sentence-transformers model, or a local folder."""
    embedding_precision: Precision = Precision.AUTO
    """`float32`, `bfloat16`, or `auto`: bfloat16 where the processor has it and the model's vectors stay the same."""
    chunk_tokens: int = Field(default=160, ge=16)
    """Budget of a chunk in tiktoken tokens (cl100k_base), title and heading in front included."""
    chunk_overlap_tokens: int = Field(default=32, ge=0)
    """How much of the chunk before is repeated at most, in whole sentences."""
    file_size_limit: int = Field(default=50_000_000, ge=1)
    """Bytes; a larger source is skipped and named."""
    file_seconds_limit: float = Field(default=120.0, gt=0)
    """How long the reading of one source may take; one that takes longer is skipped and named."""
    ignore: Annotated[tuple[str, ...], NoDecode] = ()
    """Patterns of sources that are passed over, as in a `.gitignore`; commas or line ends stand between them."""
    watch: bool = True
    """Whether the chat page brings the index up to date by itself when the sources change."""

    vector_index: Literal["auto", "exact"] = "auto"
    """`auto`: vectors are searched through an inverted file where they are many; `exact`: always one by one."""
    candidate_count: int = Field(default=50, ge=1)
    """Chunks that each of dense and lexical search hands to fusion."""
    reranker: str | None = None
    """Name of a cross-encoder, or a local folder, that orders as many of the fused chunks; `none` for no reranker."""
    checker: str | None = None
    """Name of an entailment or fact-checking cross-encoder, or a local folder, that is asked about every paraphrase
    that passes the other checks; `none` for none."""
    passage_count: int = Field(default=10, ge=1)
    """Passages that the answer is built from and that are listed under it."""
    answer_confidence: float | None = Field(default=None, ge=0, le=1)
    """How sure an answer must be, from 0 to 1, else it is refused; where not set, what `rag eval --calibrate` fitted
    for the index, or the point fitted on open sets of questions."""
    question_length_limit: int = Field(default=4_000, ge=1)
    """Characters; a longer question is refused with a message."""

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Return the patterns of sources that are passed over: those set, and the index where it lies among them."""
        index, sources = self.index.resolve(), self.sources.resolve()
        if index == sources or not index.is_relative_to(sources):
            return self.ignore
        return (*self.ignore, f"/{index.relative_to(sources).as_posix()}/")

    @field_validator("reranker", "checker", mode="after")
    @classmethod
    def _none(cls, value: str | None) -> str | None:
        return None if value is None or value.strip().lower() in {"", "none"} else value.strip()

    @field_validator("ignore", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(pattern.strip() for pattern in re.split(r"[,\n]", value) if pattern.strip())


def load(**overrides: Any) -> Settings:
    """Return the settings from the environment, `overrides` that are not None taking precedence.

    Raises UsageError that names the setting and what is wrong with it.
    """
    try:
        return Settings(**{key: value for key, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"The setting {name} is not usable: {first['msg']}. Correct it or leave it out.") from error


def export(settings: Settings) -> None:
    """Put the folders and the models into the environment, where the chat page in this process will read them."""
    os.environ |= {
        "RAG_INDEX": str(settings.index),
        "RAG_SOURCES": str(settings.sources),
        "RAG_LLM": settings.llm,
        "RAG_STORE": settings.store,
        "RAG_RERANKER": settings.reranker or "none",
        "RAG_CHECKER": settings.checker or "none",
    }
    if settings.answer_confidence is not None:
        os.environ["RAG_ANSWER_CONFIDENCE"] = str(settings.answer_confidence)


def evaluation_data(environment: Mapping[str, str] | None = None) -> Path | None:
    """Return the folder of evaluation data that `RAG_EVAL_DATA` names, None where it is not set."""
    value = (os.environ if environment is None else environment).get("RAG_EVAL_DATA")
    return Path(value) if value else None
