"""PDF files as they come: encrypted, damaged, empty, with properties that say something and with others."""

from __future__ import annotations

import pytest

from rag.errors import SourceError
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.pdf.cover import cover_title
from rag.sources.formats.pdf.facts import creation_date, language_code, stated_author, stated_title
from rag.sources.formats.pdf.pdf import read_pdf
from tests.pdf_pages import Picture, Sheet, Words, encrypted, lines, make

SENTENCE = "The tower of Quorn has forty lanterns."
PLAIN = make(Sheet(lines(SENTENCE)), Sheet(lines("Nobody counts them.")))
WHITE = Picture(2, 2, b"\xff" * 4)


def read(data: bytes) -> Reading:
    return read_pdf(RawFile("quorn/tower.pdf", data))


def refused(data: bytes) -> str:
    with pytest.raises(SourceError) as error:
        read(data)
    return str(error.value)


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_file_encrypted_for_nobody_in_particular_is_read(algorithm: str) -> None:
    assert read(encrypted(PLAIN, "", algorithm)) == read(PLAIN)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_file_with_a_password_is_refused(algorithm: str) -> None:
    assert refused(encrypted(PLAIN, "secret", algorithm)) == "it needs a password: save a copy without one"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"<html>not found</html>", b"\x00" * 1000, PLAIN[:60]])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    assert refused(data).startswith("it is damaged, or no PDF though it is called one")


def test_of_a_file_cut_short_is_read_what_is_there() -> None:
    without_table = PLAIN[: PLAIN.index(b"xref\n")]
    assert read(without_table) == read(PLAIN)
    within_second_page = PLAIN[: PLAIN.index(b"Nobody counts") + 6]
    assert SENTENCE in read(within_second_page).documents[0].text


def test_a_file_with_garbage_around_it_is_read() -> None:
    assert SENTENCE in read(b"\n\n" + PLAIN + b"\n\x00garbage").documents[0].text


def test_a_file_of_empty_pages_is_refused() -> None:
    assert refused(make(Sheet(), Sheet())) == "there is no text on its pages, and no picture: remove it"


def test_an_empty_page_between_others_is_a_page_without_words() -> None:
    reading = read(make(Sheet(lines(SENTENCE)), Sheet(), Sheet(lines("Nobody counts them."))))
    assert reading.skipped == ()
    pages = reading.documents[0].pages
    assert [page.number for page in pages] == [1, 2, 3]
    assert [reading.documents[0].text[page.start : page.end] for page in pages] == [SENTENCE, "", "Nobody counts them."]


def test_the_same_bytes_give_the_same_document() -> None:
    assert read(PLAIN) == read(PLAIN)


def test_facts_are_read_from_the_properties() -> None:
    info = {"Title": "The lanterns of Quorn", "Author": "Ida Fells", "CreationDate": "D:20240305120000Z"}
    (document,) = read(make(Sheet(lines(SENTENCE)), info=info, language="de-AT")).documents
    assert (document.title, document.author, document.date) == ("The lanterns of Quorn", "Ida Fells", "2024-03-05")
    assert document.language == "de"
    assert document.titled


def test_a_byline_and_a_date_on_the_page_come_before_the_properties() -> None:
    info = {"Author": "Some Body", "CreationDate": "D:20240305120000Z"}
    head = [
        Words("What the Lanterns of Quorn Cost", down=60, size=20),
        Words("By Ida Fells", down=90),
        Words("May 3, 2021", down=110),
    ]
    prose = lines(
        "The council of Quorn met on Monday to hear what had become of the forty lanterns,",
        "which its members had last counted in the spring of the year in which it was built.",
        down=140,
    )
    (document,) = read(make(Sheet([*head, *prose]), info=info)).documents
    assert document.title == "What the Lanterns of Quorn Cost"
    assert (document.author, document.date) == ("Ida Fells", "2021-05-03")


@pytest.mark.parametrize(
    "title",
    ["", "Microsoft Word - minutes.doc", "minutes.docx", "untitled", "Untitled 2", "Document1", "0001018724-18-000005",
     "example_table", "Scan 3", "PowerPoint Presentation", "C:\\texts\\minutes.pdf"],
)  # fmt: skip
def test_titles_that_name_no_document_are_none(title: str) -> None:
    assert stated_title({"Title": title}) is None


def test_a_title_of_words_is_one() -> None:
    assert stated_title({"Title": "  Report on  the Lanterns "}) == "Report on the Lanterns"


@pytest.mark.parametrize(
    "author", ["", "Administrator", "c8clark", "user", "Adobe InDesign CC", "a@b.org", "EDGAR Online"]
)
def test_accounts_and_programs_are_no_authors(author: str) -> None:
    assert stated_author({"Author": author}) is None


@pytest.mark.parametrize("author", ["Ida Fells", "Ida Fells, Tom Moor", "Quorn Council"])
def test_people_and_bodies_are_authors(author: str) -> None:
    assert stated_author({"Author": author}) == author


@pytest.mark.parametrize(
    ("stated", "date"),
    [("D:20240305120000+01'00'", "2024-03-05"), ("D:20241305", None), ("D:19000101", None), ("yesterday", None)],
)
def test_the_day_of_making(stated: str, date: str | None) -> None:
    assert creation_date({"CreationDate": stated}) == date


@pytest.mark.parametrize(("tag", "code"), [("en-US", "en"), ("DE", "de"), ("", None), ("x-klingon", None)])
def test_languages(tag: str, code: str | None) -> None:
    assert language_code(tag) == code


COVER = ["FORM 10-K", "For the fiscal year ended May 31, 2020", "QUORN LANTERNS, INC.",
         "(Exact name of registrant as specified in its charter)"]  # fmt: skip


def test_the_cover_of_a_report_names_who_what_and_when() -> None:
    assert cover_title(COVER) == "QUORN LANTERNS, INC., Form 10-K for the fiscal year ended May 31, 2020"


def test_the_cover_of_a_current_report_has_a_day() -> None:
    lines = ["FORM 8-K", "Date of report (Date of earliest event reported): May 3, 2021", *COVER[2:]]
    assert cover_title(lines) == "QUORN LANTERNS, INC., Form 8-K of May 3, 2021"


def test_other_first_pages_are_no_cover() -> None:
    assert cover_title(["The lanterns of Quorn", "An application form"]) is None
    assert cover_title([]) is None


def test_pages_that_are_pictures_are_named_and_the_others_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    reading = read(make(Sheet(lines(SENTENCE)), Sheet(picture=WHITE), Sheet(picture=WHITE)))
    (skipped,) = reading.skipped
    assert reading.documents[0].text == SENTENCE
    assert skipped.source == "quorn/tower.pdf"
    assert skipped.reason.startswith("pages 2, 3 not read: no text layer; install tesseract-ocr")


def test_a_file_of_pictures_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert refused(make(Sheet(picture=WHITE))).startswith("no text layer; install tesseract-ocr")


def test_the_large_letters_of_a_cover_head_nothing_overleaf() -> None:
    cover = Sheet([Words(line, down=100 + 40 * at, size=16) for at, line in enumerate(COVER)])
    prose = lines(*["The council of Quorn met on Monday to hear what had become of the forty lanterns."] * 9, down=140)
    document = read(make(cover, Sheet([Words("PART I", down=100, font="bold"), *prose]))).documents[0]
    assert document.title == cover_title(COVER)
    levels = {document.text[block.start : block.end]: block.level for block in document.blocks}
    assert levels["QUORN LANTERNS, INC."] > levels["PART I"]
