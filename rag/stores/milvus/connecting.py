"""Connections to a Milvus server, and what goes wrong there as errors for people."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.errors import StoreNotInstalledError, StoreUnreachableError
from rag.stores.address import StoreAddress, StoreLogin

TIMEOUT = 60.0
"""Seconds for one request."""
_TIMEOUT_CONNECTING = 10.0
_KEEPALIVE_MILLISECONDS = 330_000
"""Between signs of life on an idle connection: a server of gRPC's defaults hangs up on more than one in five minutes,
which the client's own default is."""
INSTALL = 'pip install "ontherecord[milvus]"'


def connect(login: StoreLogin) -> Any:
    """Return a client of a server, or of a file that Milvus Lite serves within this process: a `MilvusClient`.

    Raises StoreNotInstalledError, and StoreUnreachableError when there is no answer.
    """
    address = login.address
    try:
        from pymilvus import MilvusClient

        if address.is_file:
            import milvus_lite  # noqa: F401  # the client starts it
    except ImportError as error:
        raise StoreNotInstalledError(f"The store {address} needs the package {error.name}: {INSTALL}") from error
    for name in ("pymilvus", "milvus_lite"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what they would log is raised, and told on one line
    with reached(address):
        if address.is_file:
            Path(address.uri).parent.mkdir(parents=True, exist_ok=True)
        return MilvusClient(
            address.uri,
            token=login.token,
            db_name=login.database,
            timeout=_TIMEOUT_CONNECTING,
            grpc_options={"grpc.keepalive_time_ms": _KEEPALIVE_MILLISECONDS},
        )


@contextmanager
def reached(address: StoreAddress) -> Iterator[None]:
    """Turn what the client says of a server that does not do what it is asked into StoreUnreachableError."""
    import grpc
    from pymilvus import MilvusException

    try:
        yield
    except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
        reason = " ".join(str(getattr(error, "message", "") or error).split())
        raise StoreUnreachableError(_told(address, reason)) from error


def _told(address: StoreAddress, reason: str) -> str:
    if address.is_file:
        return (
            f"The store {address} cannot be used ({reason}). Milvus Lite serves a file to one process at a time: end "
            "the other one, or name another file."
        )
    return (
        f"The store {address} cannot be used ({reason}). See that the server runs and is reached from here, and that "
        "MILVUS_TOKEN lets you in."
    )
