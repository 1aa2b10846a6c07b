from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.sources import SourceFile, find_sources, read_file
from rag.types import Skipped

LIMIT = 1_000_000


def write(path: Path, content: str | bytes = "A sentence.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_lists_text_and_markdown_in_nested_folders_by_relative_name(tmp_path: Path) -> None:
    write(tmp_path / "b.txt")
    write(tmp_path / "a" / "deep" / "note.md")
    write(tmp_path / "a" / "UPPER.TXT", "Two words")

    listing = find_sources(tmp_path, LIMIT)

    assert [file.source for file in listing.files] == ["a/UPPER.TXT", "a/deep/note.md", "b.txt"]
    assert listing.files[0].size == 9
    assert listing.files[0].path == tmp_path / "a" / "UPPER.TXT"
    assert listing.files[0].mtime_ns == (tmp_path / "a" / "UPPER.TXT").stat().st_mtime_ns
    assert listing.skipped == ()


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / ".hidden.txt")
    write(tmp_path / ".git" / "inside.txt")
    write(tmp_path / "seen.txt")

    listing = find_sources(tmp_path, LIMIT)

    assert [file.source for file in listing.files] == ["seen.txt"]
    assert listing.skipped == ()


def test_the_readme_of_the_folder_is_a_note_but_one_in_a_subfolder_is_a_source(tmp_path: Path) -> None:
    write(tmp_path / "README.md")
    write(tmp_path / "project" / "README.md")

    listing = find_sources(tmp_path, LIMIT)

    assert [file.source for file in listing.files] == ["project/README.md"]
    assert listing.skipped == ()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("report.docx", "x", "files ending in .docx are not read"),
        ("Makefile", "x", "files ending in nothing are not read"),
        ("empty.txt", "", "it is empty: fill it or remove it"),
        ("big.txt", "x" * 101, "it has 101 bytes, more than the limit of 100: split it, or raise RAG_FILE_SIZE_LIMIT"),
        ("line\nbreak.txt", "x", "its name has characters in it that cannot be shown: rename it"),
    ],
)
def test_what_is_not_read_is_named_with_the_reason(tmp_path: Path, name: str, content: str, reason: str) -> None:
    write(tmp_path / name, content)

    listing = find_sources(tmp_path, 100)

    assert listing.files == ()
    (skipped,) = listing.skipped
    assert skipped.source == name
    assert skipped.reason.startswith(reason)


def test_a_name_that_is_no_text_is_skipped_and_written_out(tmp_path: Path) -> None:
    try:
        write(tmp_path / os.fsdecode(b"caf\xe9.txt"))
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")

    (skipped,) = find_sources(tmp_path, LIMIT).skipped

    assert skipped.source == "caf\\xe9.txt"
    assert "rename it" in skipped.reason


def test_links_are_followed_only_within_the_folder_and_once(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "secret.txt")
    folder = tmp_path / "sources"
    write(folder / "real.txt")
    write(folder / ".data" / "kept.txt")
    write(folder / "sub" / "x.txt")
    (folder / "out.txt").symlink_to(outside)
    (folder / "twin.txt").symlink_to(folder / "real.txt")
    (folder / "only.txt").symlink_to(folder / ".data" / "kept.txt")
    (folder / "broken.txt").symlink_to(folder / "gone.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "folder").symlink_to(folder / "sub")
    (folder / "up").symlink_to(tmp_path)

    listing = find_sources(folder, LIMIT)

    assert [file.source for file in listing.files] == ["only.txt", "real.txt", "sub/x.txt"]
    assert {item.source: item.reason for item in listing.skipped} == {
        "broken.txt": "the link leads nowhere: mend or remove it",
        "folder": "it is a link to a folder, which is indexed only where it really is",
        "loop.txt": "the link leads nowhere: mend or remove it",
        "out.txt": "the link leads out of the sources folder: copy the file here instead",
        "twin.txt": "it is a link to real.txt, which is indexed under that name",
        "up": "the link leads out of the sources folder: copy the file here instead",
    }


def test_a_pipe_is_named_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")

    listing = find_sources(tmp_path, LIMIT)

    assert listing.skipped == (Skipped("pipe.txt", "it is not a regular file: remove it from the sources folder"),)


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "real" / "a.txt")
    (tmp_path / "linked").symlink_to(tmp_path / "real")

    assert [file.source for file in find_sources(tmp_path / "linked", LIMIT).files] == ["a.txt"]


@pytest.mark.parametrize(("name", "problem"), [("gone", "does not exist"), ("file.txt", "is not a folder")])
def test_no_folder_is_an_error_that_says_what_to_do(tmp_path: Path, name: str, problem: str) -> None:
    write(tmp_path / "file.txt")

    with pytest.raises(SourceError, match=rf"{name} {problem}: name the folder of your documents with --sources"):
        find_sources(tmp_path / name, LIMIT)


def test_a_document_of_blanks_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "blank.txt", " \n\ufeff\t\u200b\n")

    with pytest.raises(SourceError, match=r"it has nothing in it but white space"):
        read_file(SourceFile("blank.txt", path, 9, 0))


def test_the_ending_decides_how_a_document_is_read(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md"):
        write(tmp_path / name, "First line of text,\nSecond line of text.\n")

    markdown, plain = (read_file(file).documents[0] for file in find_sources(tmp_path, LIMIT).files)

    assert (markdown.source, len(markdown.blocks)) == ("a.md", 1)
    assert (plain.source, len(plain.blocks)) == ("a.txt", 2)
