"""A worker as a process of its own: python -m tests.milvus_worker K/N URI SOURCES."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from rag.indexing import BuildSettings, embed_share, parse_worker
from rag.stores.address import parse_store
from tests.doubles import HashingEmbedder


def main(worker: str, uri: str, sources: str) -> None:
    settings = BuildSettings(Path(sources), Path("nowhere"), HashingEmbedder(), 160, 32, 10_000, store=parse_store(uri))
    print(json.dumps(asdict(embed_share(settings, parse_worker(worker), lambda _: None))))


if __name__ == "__main__":
    main(*sys.argv[1:])
