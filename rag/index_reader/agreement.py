"""Whether an index is one that the settings can be used with."""

from __future__ import annotations

from pathlib import Path

from rag.errors import IndexMismatchError, StoreMismatchError
from rag.generations import REBUILD, Manifest
from rag.stores.address import StoreAddress
from rag.types import FAISS


def check_sources(manifest: Manifest, sources: Path) -> None:
    """Raise IndexMismatchError, with both folders, when an index was made from another sources folder that exists."""
    made = Path(manifest.sources)
    if made != sources.resolve() and made.is_dir():
        raise IndexMismatchError(
            f"The index was made from the sources in {made}, the settings name {sources.resolve()}. Bring it up to "
            f"date with `rag --sources {sources} index`, or name another index with --index."
        )


def check_store(manifest: Manifest, store: StoreAddress) -> None:
    """Raise StoreMismatchError, with both stores, when an index was made with another one."""
    made = manifest.store.address if manifest.store else FAISS
    if made != str(store):
        raise StoreMismatchError(
            f"The index was made with the store {made}, the settings name {store}. Name that one (--store {made}), or "
            f"make the index again: rag --store {store} index --rebuild"
        )


def check_settings(manifest: Manifest, *, model: str, fingerprint: str, chunk_tokens: int, overlap_tokens: int) -> None:
    """Raise IndexMismatchError, with both values, unless an index was made with these settings."""
    if manifest.fingerprint != fingerprint:
        raise IndexMismatchError(
            f"The index was made with the embedding model {manifest.embedding_model} "
            f"({manifest.fingerprint[:12]}), the settings name {model} ({fingerprint[:12]}). "
            f"Make the index again: {REBUILD}"
        )
    made, wanted = (manifest.chunk_tokens, manifest.overlap_tokens), (chunk_tokens, overlap_tokens)
    if made != wanted:
        raise IndexMismatchError(
            f"The index was made with chunks of {made[0]} tokens that overlap by {made[1]}, the settings say "
            f"{wanted[0]} and {wanted[1]}. Make the index again: {REBUILD}"
        )
