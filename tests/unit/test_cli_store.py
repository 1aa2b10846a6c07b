"""The command line on a file of Milvus Lite: the same commands, the same answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.shop import Shop

pytest.importorskip("milvus_lite")

QUESTION = "What did Tomas Brandt say?"


@pytest.fixture
def engine(built: Shop, tmp_path: Path) -> Iterator[Shop]:
    """A shop of the same documents whose chunks are in a file of Milvus Lite."""
    shutil.copytree(built.sources, tmp_path / "documents")
    shutil.copytree(built.index / "encoders", tmp_path / "index" / "encoders")
    shop = Stored(tmp_path)
    shop.ok("index")
    yield shop
    from milvus_lite.server_manager import server_manager_instance

    server_manager_instance.release_server(str(tmp_path / "chunks.db"))


class Stored(Shop):
    """A shop whose every command names the store."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.store = f"milvus:{folder / 'chunks.db'}"

    def run(self, *arguments: str, **options: Any) -> Any:
        return super().run("--store", self.store, *arguments, **options)


def told(shop: Shop, *arguments: str) -> dict[str, Any]:
    """Return an answer without what differs from run to run; scores to four digits, as two engines add them up."""
    answer: dict[str, Any] = json.loads(shop.ok("ask", "--json", *arguments))
    for passage in (*answer["passages"], *answer["nearest"]):
        passage["scores"] = {name: value and round(value, 4) for name, value in passage["scores"].items()}
    return {name: value for name, value in answer.items() if name not in {"index", "timings_ms"}}


def test_every_command_does_what_it_does_on_files(engine: Shop, built: Shop, tmp_path: Path) -> None:
    for arguments in ((QUESTION,), ("--source", "town/*", "What did Ruth Adeyemi say?")):
        answer = told(engine, *arguments)
        assert answer == told(built, *arguments)
        assert answer["status"] == "answered"
    for question in ("harbour wall", "bee hives"):
        found, expected = (json.loads(shop.ok("search", "--json", question)) for shop in (engine, built))
        assert [each["text"] for each in found["passages"]] == [each["text"] for each in expected["passages"]]
    (tmp_path / "answers.jsonl").write_text(engine.ok("ask", "--json", QUESTION))
    assert "everything holds" in engine.ok("verify", str(tmp_path / "answers.jsonl"))
    doctor = json.loads(engine.ok("doctor", "--json"))
    assert doctor["faults"] == []
    assert doctor["index"]["store"].startswith(f"milvus:{tmp_path / 'chunks.db'}, collection ontherecord_")
    (engine.sources / "third.txt").write_text("Eva Lind said: “Trains run at night.”\n")
    assert json.loads(engine.ok("index", "--json"))["added"] == 1
    assert told(engine, "What did Eva Lind say?")["status"] == "answered"
    engine.ok("index", "--rollback")
    assert told(engine, "What did Eva Lind say?")["status"] == "refused"


def test_another_store_ends_with_status_3_and_the_command(engine: Shop) -> None:
    result = Shop.run(Shop(engine.index.parent), "ask", QUESTION)
    assert result.exit_code == 3
    assert "made with the store milvus:" in result.stderr
    assert "rag --store faiss index --rebuild" in result.stderr


def test_no_server_ends_with_status_3_and_no_store_with_2(own: Shop) -> None:
    unreachable = own.run("--store", "milvus:http://root:secret@127.0.0.1:1", "index", "--rebuild")
    assert unreachable.exit_code == 3
    assert "cannot be used" in unreachable.stderr
    assert "secret" not in unreachable.stderr
    assert own.run("--store", "elsewhere", "ask", QUESTION).exit_code == 2
    assert own.ok("ask", QUESTION)


def test_a_worker_says_what_it_embedded(built: Shop, tmp_path: Path) -> None:
    store = f"milvus:{tmp_path / 'chunks.db'}"
    report = json.loads(built.ok("--store", store, "index", "--worker", "1/1", "--json"))
    assert (report["worker"], report["files"], report["embedded"]) == ("1/1", 2, report["chunks"])
    assert "2 files" in built.ok("--store", store, "index", "--worker", "1/1")
    assert built.run("index", "--worker", "1/1").exit_code == 2
    assert built.run("--store", store, "index", "--worker", "1/1", "--rebuild").exit_code == 2
    from milvus_lite.server_manager import server_manager_instance

    server_manager_instance.release_server(str(tmp_path / "chunks.db"))
