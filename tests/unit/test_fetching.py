"""Fetching: from a real server on loopback, which only these tests permit; everything inside a network is refused."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError, UsageError
from rag.fetching import Fetched, FetchLimits, fetch, is_public
from rag.fetching.addresses import Address, parse

PAGE = b"<html><body><p>Mice sleep all day.</p></body></html>"
BOMB = gzip.compress(bytes(200_000_000))
ENDED = threading.Event()


def loopback(address: Address) -> bool:
    return str(address) == "127.0.0.1"


class Handler(BaseHTTPRequestHandler):
    """Answers by the path that is asked for."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        Handler.asked.append((self.path, dict(self.headers)))
        self.close_connection = True
        getattr(self, "answer_" + self.path.strip("/").partition("?")[0].partition("/")[0])()

    def log_message(self, *arguments: object) -> None:
        pass

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_page(self) -> None:
        self.answer(200, PAGE, Content_Type="text/HTML; charset=utf-8", Set_Cookie="a=b")

    def answer_named(self) -> None:
        self.answer(200, b"%PDF-", Content_Type="application/pdf", Content_Disposition='attachment; filename="r é.pdf"')

    def answer_plain(self) -> None:
        self.answer(200, PAGE)

    def answer_packed(self) -> None:
        self.answer(200, gzip.compress(PAGE), Content_Encoding="gzip", Content_Type="text/html")

    def answer_bomb(self) -> None:
        self.answer(200, BOMB, Content_Encoding="gzip")

    def answer_damaged(self) -> None:
        self.answer(200, gzip.compress(PAGE)[:-9] + b"xxxxxxxxx", Content_Encoding="gzip")

    def answer_unasked(self) -> None:
        self.answer(200, PAGE, Content_Encoding="br")

    def answer_short(self) -> None:
        self.answer(200, PAGE, Content_Length="1000")

    def answer_empty(self) -> None:
        self.answer(200)

    def answer_missing(self) -> None:
        self.answer(404, PAGE)

    def answer_to(self) -> None:
        self.answer(302, Location=self.path.partition("?")[2])

    def answer_nowhere(self) -> None:
        self.answer(302)

    def answer_around(self) -> None:
        self.answer(301, Location=f"/around/{len(self.path)}")

    def answer_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        self._write_for_ever(b"x" * 100_000)

    def answer_trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self._write_for_ever(b"x", pause=0.05)

    def answer_slow_header(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        self._write_for_ever(b"x", pause=0.05)

    def answer_silent(self) -> None:
        ENDED.wait(20)

    def answer_nonsense(self) -> None:
        self.wfile.write(b"\x00\x01\x02\r\n\r\n")

    def _write_for_ever(self, data: bytes, pause: float = 0.0) -> None:
        while not ENDED.wait(pause):
            try:
                self.wfile.write(data)
                self.wfile.flush()
            except OSError:
                return


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    ENDED.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        ENDED.set()
        serving.shutdown()


def get(url: str, **limits: float) -> Fetched:
    return fetch(url, FetchLimits(**limits), permit=loopback)  # type: ignore[arg-type]


def test_a_page_is_fetched_with_its_media_type(server: str) -> None:
    Handler.asked.clear()

    assert get(f"{server}/page?q=a b".replace(" ", "%20") + "#part") == Fetched(
        f"{server}/page?q=a%20b", PAGE, "text/html"
    )

    ((path, headers),) = Handler.asked
    assert path == "/page?q=a%20b"
    assert headers["Host"] == server.removeprefix("http://")
    assert headers.keys() == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


def test_a_name_and_a_compressed_body_are_understood(server: str) -> None:
    assert get(f"{server}/named").file_name in {"r é.pdf", "r Ã©.pdf"}
    assert get(f"{server}/packed").data == PAGE
    assert get(f"{server}/plain").media_type == "application/octet-stream"


def test_redirects_are_followed_and_no_cookie_is_kept(server: str) -> None:
    Handler.asked.clear()

    assert get(f"{server}/to?/to?/page").url == f"{server}/page"
    assert [path for path, _ in Handler.asked] == ["/to?/to?/page", "/to?/page", "/page"]
    assert get(f"{server}/to?{server}/page").data == PAGE
    assert not any("Cookie" in headers for _, headers in Handler.asked)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing", r"does not hand the page out \(404 Not Found\)"),
        ("empty", "sent an empty page"),
        ("short", r"broke off"),
        ("damaged", r"sent a damaged page|broke off"),
        ("unasked", r"was not asked for \(br\)"),
        ("nowhere", "redirects to nowhere"),
        ("around", "redirects more than 5 times"),
        ("nonsense", "cannot be reached, or broke off"),
    ],
)
def test_what_gives_no_page_is_an_error_that_says_why(server: str, path: str, reason: str) -> None:
    with pytest.raises(SourceError, match=rf"^127\.0\.0\.1 .*(?:{reason})"):
        get(f"{server}/{path}")


@pytest.mark.parametrize("path", ["endless", "bomb"])
def test_what_is_larger_than_the_limit_is_cut_off(server: str, path: str) -> None:
    started = time.monotonic()

    with pytest.raises(SourceError, match=r"^127\.0\.0\.1 sends more than the limit of 1,000,000 bytes"):
        get(f"{server}/{path}", size=1_000_000)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("path", ["trickle", "slow_header", "silent"])
def test_what_takes_too_long_is_cut_off_wherever_it_is(server: str, path: str) -> None:
    started = time.monotonic()

    with pytest.raises(SourceError, match=r"^127\.0\.0\.1 took too long to answer\. Try again later\.$"):
        get(f"{server}/{path}", seconds=0.5)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.2/", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://0/", "//10.0.0.1/"],
)
def test_a_redirect_into_a_network_is_refused(server: str, target: str) -> None:
    with pytest.raises(UsageError, match="is inside a network, and not on the public web"):
        get(f"{server}/to?{target}")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:1", "http://a:b@127.0.0.1/"])
def test_a_redirect_to_something_else_is_refused(server: str, target: str) -> None:
    with pytest.raises(UsageError):
        get(f"{server}/to?{target}")


def test_a_server_without_tls_is_no_https(server: str) -> None:
    with pytest.raises(SourceError, match=r"is not what it claims to be, or speaks no HTTPS"):
        get(server.replace("http:", "https:") + "/page", seconds=5)


def test_nobody_there_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(SourceError, match="cannot be reached"):
            get(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_every_address_of_a_host_is_checked_and_the_checked_one_is_used(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a name is made to lead somewhere else between the check and the connection."""
    port = int(server.rpartition(":")[2])
    answers = [["127.0.0.1", "10.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]]
    original = socket.getaddrinfo

    def resolve(host: str, *arguments: object, **more: object) -> list[object]:
        if host != "two.example":
            return original(host, *arguments, **more)  # type: ignore[arg-type, return-value]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    with pytest.raises(UsageError, match=r"^two\.example is not fetched"):
        get(f"http://two.example:{port}/page")
    assert get(f"http://two.example:{port}/page").data == PAGE
    assert answers == [["10.0.0.1"]]


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/"),
        *("http://0x7f.1/", "http://0/", "http://localhost/", "http://１２７.0.0.1/", "http://127.0.0.1.:80/"),
        *("http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        *("http://[64:ff9b::7f00:1]/", "http://10.1.2.3:8080/", "https://192.168.1.1/", "http://169.254.169.254/"),
        *("HTTP://172.31.255.255/", "http://[fe80::1]/", "http://[fd00::1]/", "http://[ff02::1]/", "http://224.0.0.1/"),
    ],
)
def test_addresses_inside_a_network_are_refused_however_they_are_spelled(url: str) -> None:
    with pytest.raises((UsageError, SourceError), match=r"is inside a network|is not known"):
        fetch(url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.org", "ftp://example.org/", "file:///etc/passwd", "data:text/html,x", "javascript:alert(1)"),
        *("http://", "http:///path", "http://user@example.org/", "http://user:word@example.org/", "http://:@a.org"),
        *("http://example.org:0/", "http://example.org:99999/", "http://[::1/", "http://a b/", "http://a/\nHost: b"),
        *("http://a/\x00", "http://" + "a" * 3000),
    ],
)
def test_what_is_no_address_of_a_page_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        fetch(url)
    assert "\n" not in str(caught.value)


def test_an_address_is_written_out_in_one_way() -> None:
    place = parse("HTTPS://Bücher.example:443/a ü?q=ä&r=%20#x".replace(" ", "%20"))

    assert place.url == "https://xn--bcher-kva.example/a%20%C3%BC?q=%C3%A4&r=%20"
    assert (place.host, place.port, place.secure) == ("xn--bcher-kva.example", 443, True)
    assert parse("http://[2606:4700::1]:8080").url == "http://[2606:4700::1]:8080/"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *[(address, True) for address in ("1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111")],
        *[(address, True) for address in ("::ffff:8.8.8.8", "64:ff9b::808:808", "192.0.1.1", "223.255.255.255")],
        *[(address, False) for address in ("0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254")],
        *[(address, False) for address in ("172.16.0.1", "192.0.0.1", "192.168.0.1", "198.18.0.1", "203.0.113.9")],
        *[(address, False) for address in ("224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16")],
        *[(address, False) for address in ("::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1")],
        *[(address, False) for address in ("fe80::1", "fc00::1", "fec0::1", "ff02::1", "100::1", "2001:db8::1")],
        *[(address, False) for address in ("2001::1", "2002:7f00:1::", "3fff::1", "4000::1", "64:ff9b:1::1")],
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


@given(st.ip_addresses())
def test_nothing_is_public_that_the_standard_library_calls_private(address: Address) -> None:
    if is_public(address):
        inner = getattr(address, "ipv4_mapped", None) or address
        assert not inner.is_multicast
        assert inner.is_global or address in ipaddress.ip_network("64:ff9b::/96")
