"""Where a store is, as the settings name it: `faiss`, or `milvus:URI`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rag.errors import UsageError
from rag.types import FAISS

MILVUS = "milvus"


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """A store, without anything secret in it: what is written down and shown."""

    kind: str = FAISS
    uri: str = ""
    """Of the server, or the path of a file of Milvus Lite."""

    @property
    def is_file(self) -> bool:
        """Tell whether it is a file of Milvus Lite, which serves one process at a time."""
        return self.uri.endswith(".db")

    def __str__(self) -> str:
        return f"{self.kind}:{self.uri}" if self.uri else self.kind


@dataclass(frozen=True, slots=True)
class StoreLogin:
    """A store and what it takes to be let in."""

    address: StoreAddress = StoreAddress()
    token: str = ""
    """`user:password` or an API key; never written or shown."""
    database: str = ""
    index_type: str = "HNSW"
    """Of the vectors in a new collection on a server."""

    def __repr__(self) -> str:
        return f"StoreLogin({self.address})"


IN_FILES = StoreLogin()
"""The store of this program, which needs no address."""


def parse_store(value: str, token: str = "", database: str = "", index_type: str = "HNSW") -> StoreLogin:
    """Return the store that a setting names; `user:password@` in its URI counts as the token where none is given.

    Raises UsageError, without what is secret, for anything else.
    """
    kind, _, uri = value.strip().partition(":")
    if kind == FAISS and not uri:
        return IN_FILES
    if kind != MILVUS or not uri:
        raise UsageError(
            f"There is no store {without_secrets(value)}: name faiss, or milvus: and the address of a server "
            "(milvus:http://host:19530) or a file for Milvus Lite (milvus:chunks.db)."
        )
    if re.match(r"(?:https?|tcp)://", uri):
        parts = urlsplit(uri)
        credentials, _, host = parts.netloc.rpartition("@")
        address = StoreAddress(MILVUS, parts._replace(netloc=host).geturl())
        return StoreLogin(address, token or unquote(credentials), database, index_type)
    if not uri.endswith(".db"):
        raise UsageError(f"milvus:{uri} names no server and no file: a file of Milvus Lite ends in .db.")
    return StoreLogin(StoreAddress(MILVUS, str(Path(uri).expanduser().resolve())), token, database, "FLAT")


def without_secrets(text: str) -> str:
    """Return `text` with stars where a URI in it has a user and password."""
    return re.sub(r"(?<=//)[^/@\s]+(?=@)", "***", text)
