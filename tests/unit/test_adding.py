"""Adding documents: from a real server on loopback, which only these tests permit, and from files, by the command."""

from __future__ import annotations

import ipaddress
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rag.cli import commands
from rag.config import Settings, load
from rag.engine import add_file, add_url
from rag.errors import SourceError, UsageError
from rag.sources import SourceFile, read_file

PAGE = b"""<!DOCTYPE html><html><head><title>Why mice sleep</title></head><body><article><h1>Why mice sleep</h1>
<p>Mice sleep all day in their cages, and nobody has ever seen one of them awake before noon, Maria Keller said.</p>
</article></body></html>"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        picture = self.path == "/picture"
        self.send_response(200)
        self.send_header("Content-Type", "image/png" if picture else "text/html")
        self.end_headers()
        self.wfile.write(b"\x89PNG\r\n\x1a\n" if picture else PAGE)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "sources").mkdir()
    return load(sources=tmp_path / "sources", index=tmp_path / "index")


def loopback(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_loopback


def names(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.sources.iterdir())


def test_a_page_is_saved_as_it_came_and_its_document_has_the_address(settings: Settings, server: str) -> None:
    path = add_url(settings, f"{server}/why/mice-sleep#top", permit=loopback)

    assert path == settings.sources / "127.0.0.1-why-mice-sleep.html"
    assert path.read_bytes() == PAGE
    (document,) = read_file(SourceFile(path.name, path, len(PAGE), 0)).documents
    assert (document.url, document.date) == (f"{server}/why/mice-sleep", None)
    assert add_url(settings, f"{server}/why/mice-sleep", permit=loopback) == path
    assert names(settings) == [path.name, f"{path.name}.source.json"]


def test_what_is_no_document_or_not_on_the_web_leaves_nothing(settings: Settings, server: str) -> None:
    with pytest.raises(SourceError, match=r"^What is there cannot be read: it is a PNG image"):
        add_url(settings, f"{server}/picture", permit=loopback)
    with pytest.raises(UsageError, match="inside a network"):
        add_url(settings, f"{server}/why")
    with pytest.raises(SourceError, match="sends more than the limit of 100 bytes"):
        add_url(settings.model_copy(update={"file_size_limit": 100}), f"{server}/why", permit=loopback)
    assert names(settings) == []


def test_an_upload_is_saved_and_one_that_is_too_large_is_not(settings: Settings) -> None:
    assert add_file(settings, "../notes.txt", b"Mice sleep.") == settings.sources / "notes.txt"
    with pytest.raises(UsageError, match=r"^b\.txt has 11 bytes, more than 10\. Split it, or raise RAG_FILE_SIZE_"):
        add_file(settings.model_copy(update={"file_size_limit": 10}), "b.txt", b"Mice sleep.")
    with pytest.raises(UsageError, match="are passed over"):
        add_file(settings.model_copy(update={"ignore": ("*.txt",)}), "c.txt", b"Mice sleep.")
    assert names(settings) == ["notes.txt"]


def test_a_sources_folder_that_cannot_be_written_is_named(settings: Settings) -> None:
    (settings.sources / "notes.txt").write_text("Mice sleep.")
    with pytest.raises(SourceError, match="is not a folder"):
        add_file(settings.model_copy(update={"sources": settings.sources / "notes.txt"}), "a.txt", b"Mice sleep.")


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(commands, ["add", "--sources", str(settings.sources), *arguments])


def test_the_command_copies_files_and_says_what_is_next(settings: Settings, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"Mice sleep in {name}.")

    result = run(settings, str(tmp_path / "a.txt"), str(tmp_path / "b.txt"))

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "Added a.txt\nAdded b.txt\n2 documents to be taken up by: rag index\n"
    assert names(settings) == ["a.txt", "b.txt"]


def test_the_command_goes_on_after_what_cannot_be_added(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Mice sleep.")
    (tmp_path / "b.txt").write_text("")

    result = run(
        settings, str(tmp_path / "gone.txt"), str(tmp_path / "b.txt"), str(tmp_path / "a.txt"), "http://127.0.0.1/"
    )

    assert result.exit_code == 2
    assert result.stdout == "Added a.txt\n1 document to be taken up by: rag index\n"
    assert [line.partition(": ")[2] for line in result.stderr.splitlines()] == [
        f"{tmp_path}/gone.txt is no file that can be added. Give a file, or an address with https:// in front.",
        "b.txt: it is empty. Fill it first.",
        "127.0.0.1 is not fetched: its address is inside a network, and not on the public web.",
    ]


def test_the_command_prints_json(settings: Settings, tmp_path: Path) -> None:
    (settings.sources / "deep").mkdir()
    (settings.sources / "deep" / "a.txt").write_text("Mice sleep.")

    result = run(settings, "--json", str(settings.sources / "deep" / "a.txt"), str(tmp_path))

    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "added": [{"name": f"{settings.sources}/deep/a.txt", "source": "deep/a.txt"}],
        "refused": [
            {
                "name": str(tmp_path),
                "reason": f"{tmp_path} is a folder. Put it into {settings.sources}, or name it with --sources.",
            }
        ],
    }
    assert names(settings) == ["deep"]


def test_patterns_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_IGNORE", "*.log, drafts/\n/old.txt,")

    assert load().ignore == ("*.log", "drafts/", "/old.txt")
    assert load(ignore=("a,b",)).ignore == ("a,b",)
