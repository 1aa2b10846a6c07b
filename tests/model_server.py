"""A server on loopback that speaks OpenAI's chat protocol as far as the tests need it, and records what it is sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """What the server answers: text pieces as server-sent events, or any other status with a body."""

    pieces: Sequence[str] = ()
    status: int = 200
    body: str | None = None
    delay_seconds: float = 0.0
    break_off: bool = False
    """Close the connection after the pieces, in the middle of the stream."""


@dataclass
class ModelServer:
    """The running server: its address, the replies still to give (the last is repeated), the requests so far."""

    replies: list[Reply]
    address: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def take(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def _event(piece: str | None) -> bytes:
    delta = {"content": piece} if piece is not None else {}
    chunk = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "test",
        "choices": [{"index": 0, "delta": delta, "finish_reason": None if piece is not None else "stop"}],
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()


class _Handler(BaseHTTPRequestHandler):
    server_state: ModelServer

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        state = self.server_state
        state.requests.append(json.loads(self.rfile.read(length)))
        state.headers.append({name.lower(): value for name, value in self.headers.items()})
        state.paths.append(self.path)
        reply = state.take()
        time.sleep(reply.delay_seconds)
        try:
            self._answer(reply)
        except (BrokenPipeError, ConnectionResetError):
            return  # the client has gone: a test of timeouts or of closing

    def _answer(self, reply: Reply) -> None:
        stream = reply.body is None
        self.send_response(reply.status)
        self.send_header("Content-Type", "text/event-stream" if stream else "application/json")
        if reply.break_off:
            self.send_header("Content-Length", "100000")
        self.send_header("Connection", "close")
        self.end_headers()
        if reply.body is not None:
            self.wfile.write(reply.body.encode())
            return
        for piece in reply.pieces:
            self.wfile.write(_event(piece))
            self.wfile.flush()
        if not reply.break_off:
            self.wfile.write(_event(None) + b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def model_server(*replies: Reply) -> Iterator[ModelServer]:
    """Serve `replies` on a free port of 127.0.0.1 for the length of the block."""
    state = ModelServer(list(replies))
    handler = type("Handler", (_Handler,), {"server_state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    state.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
