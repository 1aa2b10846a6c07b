"""Preparing a sentence-transformers model for OpenVINO, once: converted, compared with the original, put in place."""

from __future__ import annotations

import shutil
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.disk import flush
from rag.embedding.openvino import OpenVinoEmbedder, import_openvino
from rag.embedding.record import NETWORK, TOKENIZER, EncoderRecord, read_record
from rag.embedding.samples import SAMPLES
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder, prompts, quiet
from rag.embedding.weights import FileStamps, ModelFiles
from rag.errors import EmbeddingModelError
from rag.types import Precision

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TOLERANCE = 1e-4
"""Largest difference of any component that an export may have from the original, both in 32-bit floating point."""

_UNFINISHED = ".preparing-"
_LEFT_AFTER_SECONDS = 3600


class NotExportableError(Exception):
    """A model whose way from text to vector cannot be reproduced outside sentence-transformers; says why."""


def prepare(files: ModelFiles, fingerprint: str, stamps: FileStamps, cache_folder: Path) -> Path:
    """Prepare a model in a folder of its own under `cache_folder`, and return that folder.

    A model that cannot be exported gets a folder with a record that says so. Raises EmbeddingModelError when the
    model cannot be loaded or the folder not be written.
    """
    final = cache_folder / fingerprint[:16]
    original = SentenceTransformerEmbedder(files, fingerprint)
    try:
        cache_folder.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(cache_folder)
        working = cache_folder / f"{_UNFINISHED}{uuid.uuid4().hex}"
        working.mkdir()
        try:
            _export(original, stamps, working).write(working)
            for path in working.iterdir():
                flush(path)
            _put_in_place(working, final)
        finally:
            shutil.rmtree(working, ignore_errors=True)
    except OSError as error:
        raise EmbeddingModelError(
            f"The embedding model cannot be prepared in {cache_folder}: {error.strerror or error}. "
            "Make room or make the folder writable, or choose another with --index."
        ) from error
    return final


def _export(original: SentenceTransformerEmbedder, stamps: FileStamps, folder: Path) -> EncoderRecord:
    """Export into `folder`; return the record, which names sentence-transformers where the export is not exact."""
    try:
        record = _describe(original, stamps)
        with quiet():
            _convert(original.model, folder)
        sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
        record = replace(record, sizes=sizes)
        _compare(OpenVinoEmbedder(folder, record, Precision.FLOAT32), original)
    except NotExportableError as reason:
        for path in folder.iterdir():
            path.unlink()
        return EncoderRecord(original.name, original.fingerprint, stamps, "sentence-transformers", str(reason))
    return record


def _describe(original: SentenceTransformerEmbedder, stamps: FileStamps) -> EncoderRecord:
    """Return how the model makes vectors. Raises NotExportableError where `openvino` knows no such way."""
    model: Any = original.model
    kinds = [type(module).__name__ for module in model]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise NotExportableError(f"its pipeline is {', '.join(kinds)}")
    transformer, pooling, tokenizer = model[0], model[1], model.tokenizer
    if pooling.pooling_mode not in ("mean", "cls"):
        raise NotExportableError(f"it pools by {pooling.pooling_mode}")
    if not getattr(tokenizer, "is_fast", False) or tokenizer.padding_side != "right":
        raise NotExportableError("its tokenizer is none of the fast ones that pad on the right")
    if model.max_seq_length is None or model.truncate_dim is not None:
        raise NotExportableError("it gives no limit to what it reads, or shortens its vectors")
    query_prompt, passage_prompt = prompts(model)
    if not pooling.include_prompt and (query_prompt or passage_prompt):
        raise NotExportableError("it leaves its prompts out of the pooling")
    return EncoderRecord(
        model=original.name,
        fingerprint=original.fingerprint,
        stamps=stamps,
        runtime="openvino",
        dimension=original.dimension,
        max_pieces=original.max_pieces,
        pooling=pooling.pooling_mode,
        query_prompt=query_prompt,
        passage_prompt=passage_prompt,
        lower_case=bool(transformer.do_lower_case),
        padding_id=int(tokenizer.pad_token_id or 0),
    )


def _convert(model: SentenceTransformer, folder: Path) -> None:
    """Write network and tokenizer into `folder`. Raises NotExportableError where OpenVINO cannot convert it."""
    openvino = import_openvino()
    tokenizer: Any = model.tokenizer
    example = dict(tokenizer(["a short example", "and one that is a little longer"], padding=True, return_tensors="pt"))
    transformer: Any = model[0]
    try:
        network = openvino.convert_model(transformer.auto_model, example_input=example)
    except (RuntimeError, ValueError, TypeError, openvino.frontend.OpConversionFailure) as error:
        raise NotExportableError(f"OpenVINO cannot convert it ({type(error).__name__})") from error
    openvino.save_model(network, folder / NETWORK, compress_to_fp16=False)
    (folder / TOKENIZER).write_text(tokenizer.backend_tokenizer.to_str(), encoding="utf-8")


def _compare(exported: OpenVinoEmbedder, original: SentenceTransformerEmbedder) -> None:
    """Raise NotExportableError unless the export gives the original's vectors and counts, within TOLERANCE."""
    pairs = (
        (exported.embed_passages(SAMPLES), original.embed_passages(SAMPLES)),
        (exported.embed_queries(SAMPLES), original.embed_queries(SAMPLES)),
    )
    difference = max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)
    if not difference <= TOLERANCE:
        raise NotExportableError(f"its export gives other vectors (by {difference:.2g})")
    if any(exported.count_pieces(text) != original.count_pieces(text) for text in SAMPLES):
        raise NotExportableError("its export counts other word pieces")


def _remove_leftovers(cache_folder: Path) -> None:
    """Remove what a process left that died while it prepared a model; another one may be at it this minute."""
    for path in cache_folder.glob(f"{_UNFINISHED}*"):
        if time.time() - path.stat().st_mtime > _LEFT_AFTER_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _put_in_place(working: Path, final: Path) -> None:
    """Rename `working` to `final`; where another process was quicker, its encoder stays."""
    if final.exists() and read_record(final) is None:
        shutil.rmtree(final)
    try:
        working.rename(final)
    except OSError:
        if read_record(final) is None:
            raise
