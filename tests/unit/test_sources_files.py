from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.errors import SourceError, UsageError
from rag.sources import SourceFile, file_of, find_sources, read_file
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


@pytest.mark.parametrize(
    "name",
    [
        *("~$report.docx", ".~lock.report.odt#", "report.txt~", "#report.txt#", "report.tmp", "Thumbs.db"),
        *(".DS_Store", "desktop.ini", "report.pdf.part", "report.pdf.crdownload", "__MACOSX/report.txt"),
        *("page_files/logo.png", "page_files/deep/menu.html", "page.html.source.json"),
    ],
)
def test_what_programs_leave_behind_is_passed_over(tmp_path: Path, name: str) -> None:
    write(tmp_path / "page.html")
    write(tmp_path / name)

    listing = find_sources(tmp_path, LIMIT)

    assert [file.source for file in listing.files] == ["page.html"]
    assert listing.skipped == ()


@pytest.mark.parametrize("name", ["other_files/note.txt", "other_source.json", "~report.txt", "#report.txt", "tmp"])
def test_what_only_looks_like_it_is_listed(tmp_path: Path, name: str) -> None:
    write(tmp_path / name)

    assert [file.source for file in find_sources(tmp_path, LIMIT).files] == [name]


def test_patterns_say_what_is_passed_over(tmp_path: Path) -> None:
    for name in ("a.txt", "a.log", "keep.log", "drafts/b.txt", "deep/drafts/c.txt", "deep/old.txt", "old.txt", "x.md"):
        write(tmp_path / name)
    write(tmp_path / ".ragignore", "# notes of nobody\n*.log\n!keep.log\ndrafts/\n/old.txt\n")

    listing = find_sources(tmp_path, LIMIT, ("*.md",))

    assert [file.source for file in listing.files] == ["a.txt", "deep/old.txt", "keep.log"]
    assert listing.skipped == ()


def test_a_link_is_passed_over_by_its_own_name(tmp_path: Path) -> None:
    write(tmp_path / ".kept" / "a.txt")
    (tmp_path / "draft.txt").symlink_to(tmp_path / ".kept" / "a.txt")

    assert find_sources(tmp_path, LIMIT, ("draft.*",)).files == ()


def test_a_pattern_that_is_none_and_a_file_that_is_no_text_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^Invalid git pattern: '!', in \.ragignore or RAG_IGNORE\. Correct it"):
        find_sources(tmp_path, LIMIT, ("!",))
    write(tmp_path / ".ragignore", b"\xff\xfe")
    with pytest.raises(SourceError, match=r"\.ragignore cannot be read .* Save it as UTF-8, or remove it\.$"):
        find_sources(tmp_path, LIMIT)


def test_a_name_that_reads_as_that_of_a_part_is_skipped_only_beside_the_whole(tmp_path: Path) -> None:
    for name in ("mail.eml", "mail.eml#a.pdf", "mail.eml#a.pdf#b.txt", "C# for all.txt", "other.eml#a.pdf"):
        write(tmp_path / name)

    listing = find_sources(tmp_path, LIMIT)

    assert [file.source for file in listing.files] == ["C# for all.txt", "mail.eml", "other.eml#a.pdf"]
    reason = "its name reads as that of a part of mail.eml: rename it"
    assert listing.skipped == (Skipped("mail.eml#a.pdf", reason), Skipped("mail.eml#a.pdf#b.txt", reason))


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("mail.eml", "mail.eml"),
        ("mail.eml#a.pdf", "mail.eml"),
        ("mail.eml#C# notes.pdf", "mail.eml"),
        ("C# mail.eml", "C# mail.eml"),
        ("C# mail.eml#a.pdf", "C# mail.eml"),
        ("C# mail.eml#a.eml#b.pdf", "C# mail.eml"),
        ("gone.eml#a.pdf", None),
        ("deep", None),
    ],
)
def test_the_file_of_a_part_is_the_longest_name_that_is_one(tmp_path: Path, source: str, file: str | None) -> None:
    for name in ("mail.eml", "C", "C# mail.eml", "deep/x.txt"):
        write(tmp_path / name)

    assert file_of(source, tmp_path) == (None if file is None else tmp_path / file)


def test_the_file_of_a_part_is_never_outside(tmp_path: Path) -> None:
    write(tmp_path / "secret.txt")
    write(tmp_path / "in" / "a.txt")

    with pytest.raises(SourceError, match=r"^\.\./secret\.txt#x lies outside the sources folder\.$"):
        file_of("../secret.txt#x", tmp_path / "in")


def test_a_folder_whose_names_can_be_seen_but_not_its_files_is_named(tmp_path: Path) -> None:
    write(tmp_path / "shut" / "a.txt")
    (tmp_path / "shut").chmod(0o444)
    try:
        if os.access(tmp_path / "shut" / "a.txt", os.F_OK):
            pytest.skip("this user may read everything")
        (skipped,) = find_sources(tmp_path, LIMIT).skipped
    finally:
        (tmp_path / "shut").chmod(0o755)

    assert skipped.source == "shut/a.txt"
    assert skipped.reason == "it cannot be read (Permission denied): change its permissions or remove it"


def test_a_readme_is_a_source_as_any_other(tmp_path: Path) -> None:
    write(tmp_path / "README.md")
    write(tmp_path / "project" / "README.md")

    listing = find_sources(tmp_path, LIMIT)

    assert [file.source for file in listing.files] == ["README.md", "project/README.md"]
    assert listing.skipped == ()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("photos.zip", "x", "files ending in .zip are not read: unpack it, and put the files that were in it here"),
        ("talk.MP3", "x" * 101, "files ending in .mp3 are not read: only words are read: put a transcript here"),
        ("empty.txt", "", "it is empty: fill it or remove it"),
        ("big.txt", "x" * 101, "it has 101 bytes, more than the limit of 100: split it, or raise RAG_FILE_SIZE_LIMIT"),
        ("line\nbreak.txt", "x", "its name has characters in it that cannot be shown: rename it"),
        ("folder\x1b[1m/a.txt", "x", "its name has characters in it that cannot be shown: rename it"),
        ("line\u2028separator.txt", "x", "its name has characters in it that cannot be shown: rename it"),
    ],
)
def test_what_is_not_read_is_named_with_the_reason(tmp_path: Path, name: str, content: str, reason: str) -> None:
    write(tmp_path / name, content)

    listing = find_sources(tmp_path, 100)

    assert listing.files == ()
    assert "\n" not in listing.skipped[0].reason
    (skipped,) = listing.skipped
    assert skipped.source == name
    assert skipped.reason.startswith(reason)


def test_a_gigabyte_of_text_is_refused_by_its_size(tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(1 << 30)

    assert find_sources(tmp_path, 50_000_000).skipped == (
        Skipped(
            "huge.txt",
            "it has 1,073,741,824 bytes, more than the limit of 50,000,000: split it, or raise RAG_FILE_SIZE_LIMIT",
        ),
    )


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
