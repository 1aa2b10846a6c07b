"""Fetching what is at an address, once: redirects by hand, size and time bounded, no cookies, no proxy."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from types import TracebackType
from typing import Self, TypeVar, cast
from urllib.parse import urljoin

import certifi

from rag.errors import SourceError
from rag.fetching.addresses import Permit, Place, is_public, parse, resolve

T = TypeVar("T")

USER_AGENT = "Mozilla/5.0 (compatible; ontherecord; one page, for one reader)"
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_STEP = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS
_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "text/html,application/xhtml+xml,application/pdf,*/*;q=0.8",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How far fetching may go."""

    size: int = 50_000_000
    """Bytes of the body, unpacked."""
    seconds: float = 60.0
    """For all of it, redirects included."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came from an address."""

    url: str
    """The address that it came from in the end, after redirects and without a fragment."""
    data: bytes
    media_type: str
    """In lower case and without parameters; `application/octet-stream` where the server states none."""
    file_name: str | None = None
    """The name that the server would have it saved under."""


DEFAULT_FETCH_LIMITS = FetchLimits()


def fetch(url: str, limits: FetchLimits = DEFAULT_FETCH_LIMITS, *, permit: Permit = is_public) -> Fetched:
    """Return what is at `url`, an http or https address. `permit` says which addresses may be connected to.

    Raises UsageError for an address that is not fetched, SourceError for one from which nothing usable comes.
    """
    deadline = time.monotonic() + limits.seconds
    for _ in range(_MOST_REDIRECTS + 1):
        place = parse(url)
        with _Visit(place, deadline) as visit:
            visit.connect(permit)
            response = visit.ask()
            if response.status not in _REDIRECTS:
                return visit.taken(response, limits.size)
        url = _redirected(place, response)
    raise SourceError(f"{place.host} redirects more than {_MOST_REDIRECTS} times. Give the address that it ends at.")


def _redirected(place: Place, response: http.client.HTTPResponse) -> str:
    target = (response.getheader("Location") or "").strip().replace(" ", "%20")
    if not target:
        raise SourceError(f"{place.host} redirects to nowhere. Open the page in a browser and save it.")
    return urljoin(place.url, target)


class _Visit:
    """One question to one host, cut off at the deadline wherever it then is: also where bytes keep trickling in."""

    def __init__(self, place: Place, deadline: float) -> None:
        self._place = place
        self._deadline = deadline
        self._socket: socket.socket | None = None
        self._http = http.client.HTTPConnection(place.host, place.port)
        self._http.auto_open = 0  # it must not look the host up again by itself
        if place.secure:
            self._http.default_port = http.client.HTTPS_PORT  # or it would stand in the Host header
        self._timer = threading.Timer(max(deadline - time.monotonic(), 0), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._http.close()
        if self._socket is not None:
            self._socket.close()

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # closed already
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # below TLS, which another thread may be using

    def _left(self) -> float:
        """Return the seconds that are left. Raises SourceError where there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise SourceError(f"{self._place.host} took too long to answer. Try again later.")
        return left

    def _tried(self, step: Callable[[], T]) -> T:
        """Return what a step gives. Raises SourceError where it fails, or the time is up."""
        try:
            return step()
        except ssl.SSLError as error:
            self._left()
            raise SourceError(
                f"{self._place.host} is not what it claims to be, or speaks no HTTPS ({error.reason or error}). "
                "Check the address."
            ) from error
        except (OSError, http.client.HTTPException) as error:
            self._left()
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise SourceError(
                f"{self._place.host} cannot be reached, or broke off ({reason}). Check the address, or try again later."
            ) from error

    def connect(self, permit: Permit) -> None:
        """Connect to one of the addresses of the host, all of them being permitted."""
        addresses = self._tried(lambda: _in_time(lambda: resolve(self._place, permit), self._left()))
        self._socket = self._tried(lambda: self._opened(addresses))
        if self._place.secure:
            self._tried(self._secure)
        self._http.sock = self._socket

    def _opened(self, addresses: Sequence[str]) -> socket.socket:
        problem = OSError("it has no address")
        for address in addresses:
            try:
                return socket.create_connection((address, self._place.port), self._left())
            except OSError as error:
                problem = error
        raise problem

    def _secure(self) -> None:
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        secured = context.wrap_socket(
            cast("socket.socket", self._socket), server_hostname=self._place.host, do_handshake_on_connect=False
        )
        self._socket = secured
        secured.do_handshake()

    def ask(self) -> http.client.HTTPResponse:
        """Send the question, and return the answer with its body still to come."""

        def asked() -> http.client.HTTPResponse:
            self._http.request("GET", self._place.target, headers=_HEADERS)
            return self._http.getresponse()

        return self._tried(asked)

    def taken(self, response: http.client.HTTPResponse, size_limit: int) -> Fetched:
        """Return what an answer holds. Raises SourceError for a refusal, and for what is empty or too large."""
        host = self._place.host
        if response.status != http.client.OK:
            reason = " ".join(f"{response.status} {response.reason}".split())
            raise SourceError(
                f"{host} does not hand the page out ({reason}). Save it from a browser, and add the file."
            )
        data = bytearray()
        for piece in _unpacked(self._pieces(response), response, host):
            data += piece
            if len(data) > size_limit:
                raise SourceError(
                    f"{host} sends more than the limit of {size_limit:,} bytes. Raise RAG_FILE_SIZE_LIMIT to have it."
                )
        if not data:
            raise SourceError(f"{host} sent an empty page. Save it from a browser, and add the file.")
        return _fetched(self._place, response, bytes(data))

    def _pieces(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        """Yield the body as it comes. Raises SourceError where it ends before its end, or takes too long."""
        while piece := self._tried(lambda: response.read(_STEP)):
            yield piece
        self._left()
        if response.length:
            raise SourceError(f"{self._place.host} broke off in the middle of the page. Try again later.")


def _in_time(step: Callable[[], T], seconds: float) -> T:
    """Return what a step gives. Raises TimeoutError, and leaves it to itself, where it takes longer than that."""
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(step())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(seconds)


def _unpacked(pieces: Iterator[bytes], response: http.client.HTTPResponse, host: str) -> Iterator[bytes]:
    """Yield a body without its compression, a step at a time: a few bytes may unpack to gigabytes."""
    coding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    if coding == "identity":
        yield from pieces
        return
    if coding not in {"gzip", "x-gzip"}:
        raise SourceError(f"{host} sends it in a way that was not asked for ({coding}). Save it from a browser.")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            waiting = piece
            while waiting and not unpacker.eof:
                yield unpacker.decompress(waiting, _STEP)
                waiting = unpacker.unconsumed_tail
        while not unpacker.eof and (rest := unpacker.decompress(b"", _STEP)):
            yield rest
    except zlib.error as error:
        raise SourceError(f"{host} sent a damaged page ({error}). Try again later.") from error
    if not unpacker.eof:
        raise SourceError(f"{host} broke off in the middle of the page. Try again later.")


def _fetched(place: Place, response: http.client.HTTPResponse, data: bytes) -> Fetched:
    header = Message()
    header["Content-Type"] = response.getheader("Content-Type") or "application/octet-stream"
    header["Content-Disposition"] = response.getheader("Content-Disposition") or "inline"
    return Fetched(place.url, data, header.get_content_type(), header.get_filename())
