"""Embedding models: one seam (`Embedder`), two ways to run a sentence-transformers model, one function to get one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from rag.embedding.base import Embedder, EmbeddingProgress, Vectors
from rag.embedding.deferred import DeferredEmbedder
from rag.embedding.record import EncoderRecord, prepared, read_record
from rag.embedding.weights import FileStamps, ModelFiles, find_model
from rag.types import Precision

__all__ = ["Embedder", "EmbeddingProgress", "Vectors", "deferred_embedder", "load_embedder"]


def load_embedder(name: str, cache_folder: Path, precision: Precision = Precision.AUTO) -> Embedder:
    """Return the model called `name`, ready to embed.

    `name` is a sentence-transformers name or a folder. The first time, the model is prepared for OpenVINO in
    `cache_folder` (about fifteen seconds); from then on it loads in a third of a second and without torch. A model
    that cannot be exported exactly runs in sentence-transformers itself, in 32-bit floating point. Nothing is
    downloaded. Vectors of either precision may stand in one index and be asked in the other.

    Raises EmbeddingModelError when the model is not on this machine, altered or unreadable, and where the processor
    has not the precision that is asked for.
    """
    files = find_model(name)
    return _loaded(name, precision, files, *_prepared(files, files.stamps(), cache_folder))


def deferred_embedder(name: str, cache_folder: Path, precision: Precision = Precision.AUTO) -> Embedder:
    """Return what `load_embedder` does, but loaded only when the first text is embedded or its pieces are counted.

    The model is found, and prepared where it is not, all the same. Raises EmbeddingModelError as `load_embedder` does,
    when a prepared model cannot be read then.
    """
    files = find_model(name)
    folder, record = _prepared(files, files.stamps(), cache_folder)
    if record.runtime == "sentence-transformers":  # whose record does not tell its dimension
        return _loaded(name, precision, files, folder, record)
    return DeferredEmbedder(replace(record, model=name), lambda: _loaded(name, precision, files, folder, record))


def _loaded(name: str, precision: Precision, files: ModelFiles, folder: Path, record: EncoderRecord) -> Embedder:
    if record.runtime == "sentence-transformers":
        from rag.embedding.sentence_transformer import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(files, record.fingerprint)
    from rag.embedding.openvino import OpenVinoEmbedder
    from rag.embedding.precision import settled

    return OpenVinoEmbedder(folder, replace(record, model=name), settled(precision, folder, record))


def _prepared(files: ModelFiles, stamps: FileStamps, cache_folder: Path) -> tuple[Path, EncoderRecord]:
    """Return the prepared encoder of a model, preparing it where there is none.

    The model's files are read through only where their sizes and times are not those of the last time.
    """
    for folder, record in prepared(cache_folder):
        if record.stamps == stamps and record.model == files.name:
            return folder, record
    fingerprint = files.fingerprint()
    folder = cache_folder / fingerprint[:16]
    known = read_record(folder)
    if known is not None and known.fingerprint == fingerprint:
        with suppress(OSError):  # a cache that cannot be written costs a tenth of a second each time, no more
            replace(known, model=files.name, stamps=stamps).write(folder)
        return folder, known
    from rag.embedding.export import prepare

    folder = prepare(files, fingerprint, stamps, cache_folder)
    record_made = read_record(folder)
    assert record_made is not None, f"{folder} was prepared a moment ago"
    return folder, record_made
