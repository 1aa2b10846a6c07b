"""Damage to an index: noticed, named, survived where a generation is whole, and mended."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from rag.catalog import SegmentCatalog
from rag.errors import IndexDamagedError
from rag.generations import MANIFEST, POINTER, carry_over, checking, new_generation, publish, read_pointer
from rag.index_reader import CATALOG, LEXICAL, REGISTER, SEGMENTS, VECTORS
from rag.indexing import diagnose_index
from rag.indexing.cache import CACHE
from rag.lexical import Postings
from rag.types import Fault
from rag.vector_store import FaissVectorStore
from tests.indexes import Library, contents, make_library

Damage = Callable[[Path], None]
PARTS = (MANIFEST, REGISTER, CATALOG, VECTORS, *(f"{LEXICAL}/{name}.npy" for name in Postings._fields))


def flip(path: Path) -> None:
    """Change one bit in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def remove(path: Path) -> None:
    path.unlink()


DAMAGES = pytest.mark.parametrize("damage", [flip, shorten, remove])


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library that was indexed twice, the second time with one more document."""
    made = make_library(tmp_path)
    made.build()
    made.write("four.txt", "The fourth text is about ships that carry bread.")
    made.build()
    return made


def part(library: Library, name: str) -> Path:
    """Return a file of the generation that counts, by its name there or in the first segment."""
    beside = library.generation.folder / name
    return beside if name in {MANIFEST, REGISTER} else library.segments()[0] / name


# ---------------------------------------------------------------- noticed, named, survived


@DAMAGES
@pytest.mark.parametrize("name", PARTS)
def test_damage_is_named_and_the_generation_before_answers(library: Library, damage: Damage, name: str) -> None:
    pointer = read_pointer(library.index)
    assert pointer is not None
    path = part(library, name)
    damage(path)
    opened = library.open()
    assert opened.generation == pointer.before[0].generation
    assert opened.trouble is not None
    assert str(path) in opened.trouble
    assert opened.trouble.endswith("rag index")
    assert len(opened.catalog.sources()) == 3
    assert contents(opened)
    faults = diagnose_index(library.index)
    assert any(str(path) in fault.problem and fault.remedy == "rag index" for fault in faults)
    report = library.build()
    assert (report.documents, report.added, report.embedded) == (4, 1, 0)
    assert str(path) in report.notes[0]
    assert library.open().trouble is None
    assert diagnose_index(library.index) == ()


@DAMAGES
def test_without_its_pointer_the_latest_whole_generation_answers(library: Library, damage: Damage) -> None:
    expected = contents(library.open())
    damage(library.index / POINTER)
    if damage is flip:
        (library.index / POINTER).write_text("{")
    opened = library.open()
    assert contents(opened) == expected
    assert POINTER in str(opened.trouble) or "pointer" in str(opened.trouble)
    assert [fault.remedy for fault in diagnose_index(library.index)] == ["rag index"]
    report = library.build()
    assert (report.generation, report.embedded) == (opened.generation, 0)
    assert library.open().trouble is None
    assert diagnose_index(library.index) == ()


@DAMAGES
def test_where_no_generation_is_whole_everything_is_made_again(library: Library, damage: Damage) -> None:
    for path in library.index.glob(f"generations/*/{REGISTER}"):
        damage(path)
    with pytest.raises(IndexDamagedError, match=rf"{REGISTER}.*rag index --rebuild"):
        library.open()
    assert {fault.remedy for fault in diagnose_index(library.index)} == {"rag index --rebuild"}
    report = library.build()
    assert (report.documents, report.embedded) == (4, 0), "the cache has the vectors"
    assert REGISTER in report.notes[0]
    assert contents(library.open())
    assert diagnose_index(library.index) == ()


def test_damage_to_an_older_generation_is_named_and_mended(library: Library) -> None:
    pointer = read_pointer(library.index)
    assert pointer is not None
    older = pointer.before[0].generation
    flip(library.index / "generations" / older / REGISTER)
    assert library.open().trouble is None
    (fault,) = diagnose_index(library.index)
    assert (fault.subject, fault.remedy) == (f"generation {older}", "rag index --rebuild")
    library.build(rebuild=True)
    assert diagnose_index(library.index) == ()


@pytest.mark.parametrize("name", [each for each in PARTS if each != MANIFEST])
@pytest.mark.parametrize("small", [True, False], ids=["small", "large"])
def test_files_of_two_generations_cannot_be_swapped(
    library: Library, name: str, small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "HASHED_AT_OPENING", 50_000_000 if small else 0)
    library.write("four.txt", "The fourth text is about trains that carry flour.")
    library.build()
    pointer = read_pointer(library.index)
    assert pointer is not None
    newest, before = (library.index / "generations" / step.generation for step in pointer.steps[:2])
    pairs = [(one, other) for one in newest.glob(f"**/{name}") for other in before.glob(f"**/{name}")]
    one, other = next((one, other) for one, other in pairs if one.read_bytes() != other.read_bytes())
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)
    opened = library.open()
    assert opened.generation == pointer.before[1].generation
    assert str(one) in str(opened.trouble)


def test_damage_within_a_large_index_is_found_where_it_is_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "HASHED_AT_OPENING", 0)
    monkeypatch.setattr(checking, "ends_of", lambda path: None)
    monkeypatch.setattr(checking, "damages", lambda generation, *, contents: ())
    path = part(library, CATALOG)
    path.write_bytes(path.read_bytes().replace(b"flour, water", b"chalk, water"))
    opened = library.open()
    assert opened.trouble is None
    with pytest.raises(IndexDamagedError, match=r"two\.txt is not what was indexed"):
        opened.catalog.document("two.txt")
    with pytest.raises(IndexDamagedError, match=r"a passage of two\.txt is not what was indexed"):
        opened.catalog.chunks(opened.catalog.rows_of(["two.txt"]).tolist())


# ---------------------------------------------------------------- what no hash shows


def remake(library: Library, spoil: Callable[[Path], None]) -> None:
    """Publish the generation that counts once more, spoilt before it is hashed: damage that no hash shows."""
    before = library.generation
    with new_generation(library.index) as working:
        carry_over(before, [REGISTER, SEGMENTS], working)
        spoil(working)
        publish(library.index, working, before.manifest)


def first_segment(working: Path) -> Path:
    return next(path for path in (working / SEGMENTS).iterdir() if SegmentCatalog(path / CATALOG).counts()[0] == 3)


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def misquote(working: Path) -> None:
    execute(first_segment(working) / CATALOG, "UPDATE quotations SET quote = 'Nobody said this.' WHERE document = 0")


def change_a_passage(working: Path) -> None:
    execute(first_segment(working) / CATALOG, "UPDATE chunks SET text = 'Nobody said this.' WHERE number = 1")


def change_a_document(working: Path) -> None:
    execute(first_segment(working) / CATALOG, "UPDATE documents SET text = 'Nobody said this.' WHERE number = 1")


def lose_a_chunk(working: Path) -> None:
    execute(first_segment(working) / CATALOG, "DELETE FROM chunks WHERE number = 2")


def lose_a_quotation(working: Path) -> None:
    execute(first_segment(working) / CATALOG, "DELETE FROM quotations WHERE document = 0")


def lose_a_document(working: Path) -> None:
    execute(working / REGISTER, "DELETE FROM documents WHERE source = 'one.txt'")


def stretch_a_document(working: Path) -> None:
    execute(working / REGISTER, "UPDATE documents SET first = 9 WHERE source = 'one.txt'")


def rename_a_segment(working: Path) -> None:
    execute(working / REGISTER, "UPDATE segments SET name = 'other' WHERE number = 1")


def break_a_vector(working: Path) -> None:
    path = first_segment(working) / VECTORS
    content = bytearray(path.read_bytes())
    content[-64 * 4 :] = np.full(64, np.nan, dtype=np.float32).tobytes()
    path.write_bytes(content)


def lose_the_vectors(working: Path) -> None:
    FaissVectorStore(64).save(first_segment(working) / VECTORS)


def exchange_the_words(working: Path) -> None:
    folder = first_segment(working) / LEXICAL
    shutil.rmtree(folder)
    Postings.build(["one", "two", "three"]).save(folder)


def lose_the_words(working: Path) -> None:
    folder = first_segment(working) / LEXICAL
    shutil.rmtree(folder)
    Postings.build(["one", "two"]).save(folder)


@pytest.mark.parametrize(
    ("spoil", "problems"),
    [
        (misquote, ["a quotation of inner/three.txt is not what the source says"]),
        (change_a_passage, ["the lexical index is not that of the passages", "a passage of one.txt is not what was"]),
        (change_a_document, ["one.txt is not what was indexed"]),
        (lose_a_quotation, ["inner/three.txt has not as many passages and quotations as it should"]),
        (lose_a_chunk, ["do not belong together"]),
        (lose_a_document, ["does not fit its generation"]),
        (stretch_a_document, ["does not fit its generation"]),
        (rename_a_segment, ["belongs to other segments"]),
        (break_a_vector, ["1 of the vectors from row 0 on"]),
        (lose_the_vectors, ["do not belong together"]),
        (exchange_the_words, ["the lexical index is not that of the passages"]),
        (lose_the_words, ["do not belong together"]),
    ],
)
def test_the_doctor_names_what_no_hash_shows(
    library: Library, spoil: Callable[[Path], None], problems: list[str]
) -> None:
    remake(library, spoil)
    faults = diagnose_index(library.index)
    assert len(faults) == len(problems), faults
    assert all(problem in fault.problem for fault, problem in zip(faults, problems, strict=True)), faults
    assert {fault.remedy for fault in faults} == {"rag index --rebuild"}


def test_the_doctor_compares_with_the_files_that_were_read(library: Library) -> None:
    assert diagnose_index(library.index, library.sources) == ()
    library.write("two.txt", "Something else.")
    library.remove("one.txt")
    problem = "two.txt is not the file any more that was indexed"
    assert diagnose_index(library.index, library.sources) == (Fault("sources", problem, "rag index"),)


def test_the_doctor_finds_no_index(tmp_path: Path) -> None:
    assert diagnose_index(tmp_path) == (Fault("index", f"There is no index in {tmp_path} yet", "rag index"),)


# ---------------------------------------------------------------- the cache of embeddings


def spoil_vectors(path: Path) -> None:
    execute(path, "UPDATE vectors SET vector = zeroblob(256)")


def overwrite(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)


@pytest.mark.parametrize("damage", [spoil_vectors, overwrite, shorten, remove])
def test_damage_to_the_cache_only_means_embedding_again(library: Library, damage: Damage) -> None:
    text = (library.sources / "four.txt").read_text()
    for number in range(3):
        library.write("four.txt", f"Version {number}.")
        library.build()
    damage(library.index / CACHE)
    library.write("four.txt", text)
    library.write("two.txt", "Something else.")
    report = library.build()
    assert report.changed == 2
    assert report.embedded == 2 or damage is shorten, "what is whole of a file that was cut may be used"
    library.write("four.txt", "Something else.")
    assert library.build().embedded == 0
    assert [fault.subject for fault in diagnose_index(library.index)] == (
        ["cache of embeddings"] if damage is spoil_vectors else []
    )


def test_going_back_to_what_was_embedded_long_ago_is_free(library: Library) -> None:
    text = (library.sources / "four.txt").read_text()
    for number in range(6):
        library.write("four.txt", f"Version {number}.")
        library.build()
    library.write("four.txt", text)
    assert library.build().embedded == 0


def test_the_doctor_names_a_damaged_cache(library: Library) -> None:
    path = library.index / CACHE
    execute(path, "UPDATE vectors SET vector = zeroblob(256) WHERE rowid = 1")
    problem = f"1 of the vectors in {path} were altered"
    assert diagnose_index(library.index) == (Fault("cache of embeddings", problem, f"rm {path}"),)
    overwrite(path)
    assert "cannot be read" in diagnose_index(library.index)[0].problem
