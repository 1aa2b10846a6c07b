"""A server of embeddings on this machine that speaks OpenAI's protocol, for a system that wants one.

usage: python serving.py MODEL_FOLDER PORT_FILE

It encodes with sentence-transformers, as the other systems do in their own process, and writes its port to PORT_FILE
once the model is loaded. It ends with the process that started it, or when that closes its standard input.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from sentence_transformers import SentenceTransformer


class EmbeddingServer(ThreadingHTTPServer):
    """Answers `POST /v1/embeddings`, one request at a time on the model."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = SentenceTransformer(str(folder))
        self.one_at_a_time = threading.Lock()

    @property
    def address(self) -> str:
        """Return the base address, as clients of OpenAI's protocol want it."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def embeddings(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a request that has been read."""
        texts = [request["input"]] if isinstance(request["input"], str) else request["input"]
        with self.one_at_a_time:
            vectors = np.asarray(self.model.encode(texts, normalize_embeddings=True), dtype=np.float32)
        as_text = request.get("encoding_format") == "base64"
        data = [
            {
                "object": "embedding",
                "index": place,
                "embedding": base64.b64encode(vector.tobytes()).decode("ascii") if as_text else vector.tolist(),
            }
            for place, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": 0, "total_tokens": 0}
        return {"object": "list", "data": data, "model": request.get("model", ""), "usage": usage}


class _Handler(BaseHTTPRequestHandler):
    server: EmbeddingServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps(self.server.embeddings(request)).encode("utf-8")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments: object) -> None:
        """Say nothing about each request."""


def main() -> None:
    """Serve until standard input is closed."""
    server = EmbeddingServer(Path(sys.argv[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Path(sys.argv[2]).write_text(server.address, encoding="utf-8")
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
