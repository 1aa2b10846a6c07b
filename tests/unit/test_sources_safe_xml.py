from __future__ import annotations

import contextlib
import socketserver
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources.formats.safe_xml import parse_xml

TENFOLD = "".join(f'<!ENTITY e{at + 1} "{f"&e{at};" * 10}">' for at in range(9))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY e0 "ha">{TENFOLD}]><l>&e9;</l>'
QUADRATIC = f'<!DOCTYPE l [<!ENTITY e "{"x" * 50_000}">]><l>{"&e;" * 50_000}</l>'


def words(data: bytes) -> str:
    return "".join(str(text) for text in parse_xml(data).itertext())


@pytest.mark.parametrize(
    "document",
    [
        LAUGHS,
        LAUGHS.replace("<l>&e9;", "<l a='&e9;'>"),
        QUADRATIC,
        "<!DOCTYPE l [<!ENTITY % e \"<!ENTITY f 'x'>\"> %e;]><l>x</l>",
        '<!DOCTYPE l [<!ENTITY e "harmless">]><l>&e;</l>',
        "<a>" * 100_000,
        "<a>" * 300 + "</a>" * 300,
    ],
    ids=["laughs", "laughs in an attribute", "quadratic", "parameter entity", "one entity", "open", "deep"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_grows_is_refused_at_once(document: str, encoding: str) -> None:
    began = time.monotonic()

    with pytest.raises(SourceError, match=r"declares XML entities|nested too deep or grows"):
        parse_xml(document.encode(encoding))

    assert time.monotonic() - began < 2


def test_no_other_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("swordfish")
    address = secret.as_uri()

    for entity in (f'<!ENTITY e SYSTEM "{address}">', f'<!ENTITY % e SYSTEM "{address}"> %e;'):
        with pytest.raises(SourceError, match="declares XML entities"):
            parse_xml(f"<!DOCTYPE l [{entity}]><l>&e;</l>".encode())
    assert words(f'<!DOCTYPE l SYSTEM "{address}"><l>x</l>'.encode()) == "x"
    include = f'<l xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{address}" parse="text"/></l>'
    assert words(include.encode()) == ""


def test_nothing_is_fetched() -> None:
    asked: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked.append(self.request.recv(100))

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/x.dtd"
        parse_xml(f'<!DOCTYPE l SYSTEM "{address}"><l>x</l>'.encode())
        with pytest.raises(SourceError):
            parse_xml(f'<!DOCTYPE l [<!ENTITY % e SYSTEM "{address}"> %e;]><l>x</l>'.encode())
        server.shutdown()

    assert asked == []


def test_characters_that_xhtml_names_are_shown_and_unknown_names_stand_as_they_are() -> None:
    document = '<!DOCTYPE html SYSTEM "x.dtd"><p>a&nbsp;b &eacute;<b/>&copy; &amp;lt; &unheard;<!-- no --><?no no?></p>'

    assert words(document.encode()) == "a\xa0b é© &lt; &unheard;"


@pytest.mark.parametrize(
    "data",
    [
        "<l>café</l>".encode("utf-16"),
        '<?xml version="1.0" encoding="utf-16"?><l>café</l>'.encode("utf-16"),
        '<?xml version="1.0" encoding="utf-16"?><l>café</l>'.encode(),
        '<?xml version="1.0" encoding="iso-8859-1"?><l>café</l>'.encode("latin-1"),
        '<?xml version="1.0" encoding="utf-8"?><l>café</l>'.encode("latin-1"),
        '<?xml version="1.0" encoding="unheard-of"?><l>café</l>'.encode(),
    ],
)
def test_encodings_are_told_even_where_the_declaration_is_wrong(data: bytes) -> None:
    assert words(data) == "café"


@pytest.mark.parametrize("data", [b"", b"hello", b"<a><b>", b"<!-- only this -->", b"<a>\x01</a>", b"\0\0\0"])
def test_what_is_no_xml_is_named_with_its_line(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"not well-formed XML at line 1 \(.*\): mend it or remove it"):
        parse_xml(data)


def test_more_tags_than_memory_can_hold_are_refused() -> None:
    with pytest.raises(SourceError, match="more than 5,000,000 XML tags"):
        parse_xml(b"<a>" + b"<b/>" * 5_000_001 + b"</a>")


@given(st.binary() | st.binary().map(lambda data: b"<?xml version='1.0'?><a>" + data + b"</a>"))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(SourceError):
        parse_xml(data)
