"""The parts that a store elsewhere needs: addresses, rows by document, words as sparse vectors."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.catalog import Catalog
from rag.errors import IndexDamagedError, StoreNotInstalledError, UsageError
from rag.lexical import LexicalIndex
from rag.stores.address import IN_FILES, parse_store
from rag.stores.layout import Layout
from rag.stores.milvus.connecting import connect
from rag.stores.words import Frequencies, average_length, question_vector, text_vector
from rag.text.words import terms
from tests.stores import WORDS, make_shelf

texts = st.lists(st.lists(st.sampled_from([*WORDS, "the", "a"]), max_size=8).map(" ".join), min_size=1, max_size=12)


# ---------------------------------------------------------------- addresses


def test_faiss_needs_no_address() -> None:
    assert parse_store(" faiss ") == IN_FILES
    assert str(IN_FILES.address) == "faiss"


@pytest.mark.parametrize(
    ("value", "address", "token"),
    [
        ("milvus:http://host:19530", "milvus:http://host:19530", ""),
        ("milvus:https://root:p%40ss@host:19530", "milvus:https://host:19530", "root:p@ss"),
        ("milvus:tcp://host:19530/team", "milvus:tcp://host:19530/team", ""),
    ],
)
def test_a_server_is_told_from_what_lets_one_in(value: str, address: str, token: str) -> None:
    login = parse_store(value, database="team")
    assert (str(login.address), login.token, login.database) == (address, token, "team")
    assert "p@ss" not in repr(login)


def test_a_token_given_beside_the_address_counts() -> None:
    assert parse_store("milvus:http://a:b@host:1", token="key").token == "key"


def test_a_file_is_known_wherever_the_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    login = parse_store("milvus:chunks.db")
    assert login.address.uri == str(tmp_path / "chunks.db")
    assert login.address.is_file
    assert login.index_type == "FLAT"


@pytest.mark.parametrize("value", ["", "milvus", "milvus:", "faiss:x", "redis://u:secret@host", "milvus:folder/chunks"])
def test_what_is_no_store_is_refused(value: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_store(value)
    assert "secret" not in str(caught.value)


def test_a_missing_package_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "pymilvus":
            raise ModuleNotFoundError("No module named 'pymilvus'", name="pymilvus")
        return original(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        StoreNotInstalledError, match=r'needs the package pymilvus: pip install "ontherecord\[milvus\]"'
    ):
        connect(parse_store("milvus:http://host:19530"))


# ---------------------------------------------------------------- rows


def test_rows_are_those_of_the_catalog() -> None:
    shelf = make_shelf()
    catalog = Catalog.__new__(Catalog)
    names = [str(number) for number in range(len(shelf.layout._documents))]
    catalog.__dict__["_layout"] = (names, shelf.layout._documents)
    for segment, chunks in enumerate(shelf.texts, start=1):
        rows = shelf.layout.rows(segment, np.arange(len(chunks)))
        assert rows.tolist() == catalog.places(segment, len(chunks)).tolist()
        live = rows[rows >= 0]
        segments, inner = shelf.layout.homes(live)
        assert set(segments.tolist()) == {segment}
        assert shelf.layout.rows(segment, inner).tolist() == live.tolist()
        assert shelf.layout.count(segment) == len(live)
    assert shelf.layout.rows(99, np.arange(2)).tolist() == [-1, -1]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8), st.data())
def test_documents_with_and_without_rows_that_count(sizes: list[int], data: st.DataObject) -> None:
    firsts = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    documents = [(1, number, first, size) for number, (first, size) in enumerate(zip(firsts, sizes, strict=True))]
    layout = Layout(np.array(documents, dtype=np.int64))
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(layout), max_size=len(layout))), dtype=np.bool_)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    having, without = layout.documents_with(mask)
    assert having[:, 1].tolist() == sorted(set(owners[mask].tolist()))
    assert without[:, 1].tolist() == sorted(set(range(len(sizes))) - set(owners[mask].tolist()))


# ---------------------------------------------------------------- words


@given(texts, st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join))
def test_inner_products_of_words_are_the_scores_of_lexical_search(chunks: list[str], question: str) -> None:
    lexical = LexicalIndex.build(chunks)
    asked = question_vector(question, lexical.document_frequency, len(lexical))
    average = average_length(chunks)
    found = [
        sum(weight * stored.get(dimension, 0.0) for dimension, weight in asked.items())
        for stored in (text_vector(chunk, average) for chunk in chunks)
    ]
    assert np.allclose(found, lexical.scores(question), atol=1e-5)


def test_a_text_without_words_has_a_vector_that_no_question_meets() -> None:
    assert text_vector("the and of", 3.0) == {0: 1e-6}
    assert 0 not in question_vector("bread and water", lambda _: 1, 10)


@given(texts)
def test_frequencies_are_what_they_were_when_read_again(chunks: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.bin"
        made = Frequencies.count(chunks)
        made.save(path)
        read = Frequencies.load(path)
        assert read == made
        for term in {term for chunk in chunks for term in terms(chunk)} | {"zebra"}:
            assert read.of(term) == sum(term in terms(chunk) for chunk in chunks)


def test_frequencies_that_are_cut_short_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "words.bin"
    path.write_bytes(bytes(13))
    with pytest.raises(IndexDamagedError, match="rag index --rebuild"):
        Frequencies.load(path)
    with pytest.raises(IndexDamagedError, match="rag index --rebuild"):
        Frequencies.load(tmp_path / "none.bin")
