"""Every file of the evaluation folder `files/misc`, and what must come of it; told by other means than this program.

The files are found through RAG_EVAL_DATA (`rag.config.evaluation_data`); without it the tests are skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.config import evaluation_data
from rag.errors import SourceError
from rag.sources.formats import RawFile, Reading, ReadingLimits
from rag.sources.reading import read_raw
from rag.types import BlockKind

_DATA = evaluation_data()
_FOLDER = _DATA / "files" / "misc" if _DATA else None
pytestmark = pytest.mark.skipif(_FOLDER is None, reason="RAG_EVAL_DATA does not name the evaluation data")


@dataclass(frozen=True)
class Read:
    """What must come of a file that is read: least number of words, a phrase, and facts where it states them."""

    words: int
    phrase: str
    title: str | None = None
    author: str | None = None
    date: str | None = None
    documents: int = 1
    pages: int = 0


_RIGHTS = "All human beings are born free and equal in dignity and rights."
_DERECHOS = "Todos los seres humanos nacen libres e iguales en dignidad y derechos"
_NO_TEXT = "no text"

EXPECTED: dict[str, Read | str] = {
    # ---- spreadsheets and tables
    "2023-half-year-analyses-by-segment.xlsx": Read(
        900, "In millions of CHF: Zone EUR | Sales (a): 9467", date="2023-07-26"
    ),
    "emoji.xlsx": Read(1, "🤠😅"),
    "eng_spa.xlsx": Read(140, _DERECHOS),
    "file.xlsx": Read(3_000, "Nome: ADILSON ALVES LUCAS | CPF/RG: 578.774.241-91 | e-mail: alucasf@hotmail.com"),
    "financial-sample.xlsx": Read(
        11_000,
        "Segment: Midmarket | Country: France | Product: Carretera | Discount Band: None | Units Sold: 2178 | "
        "Manufacturing Price: 3",
        author="Patrick Baumgartner",
        date="2014-12-16",
    ),
    "password_protected.xlsx": "it needs a password",
    "vodafone.xlsx": Read(150, "Topic: Mobile churn | Period: Nine quarters to 30 June 2023 | Page: 11"),
    "xlsx-subtable-cases.xlsx": Read(60, "2. e", author="Steve Canny", date="2024-02-13"),
    "csv-with-escaped-commas.csv": Read(15, "A | A | A | A,A | A"),
    "csv-with-line-delimiter.csv": Read(9, "col1: g | col2: h | col3: i"),
    "example-non-utf8.csv": Read(100, "行ID: 10 | 製品名: ゼロックス 198"),
    "example-utf8.csv": Read(150, "Product Name: Cardinal Slant-D® Ring Binder, Heavy Gauge Vinyl"),
    "file_comma.csv": Read(12, "Name: Bob | Age: 25 | City: Los Angeles"),
    "file_semicolon.csv": Read(12, "Name: Bob | Age: 25 | City: Los Angeles"),
    "file_tab.tsv": Read(12, "Name: Bob | Age: 25 | City: Los Angeles"),
    "mlb_teams_2012.csv": Read(90, "Team: White Sox | Payroll (millions): 96.92 | Wins: 85"),
    "sample_2.csv": Read(10, "Name: Jane Smith | City: Los Angeles"),
    "sample_3.csv": Read(8, "Name: Mike Johnson | Email: mikejohnson@example.com"),
    "stanley-cups.csv": Read(14, "Team: Maple Leafs | Location: TOR | Stanley Cups: 13"),
    "stanley-cups.tsv": Read(14, "Team: Maple Leafs | Location: TOR | Stanley Cups: 13"),
    "stanley-cups-with-emoji.tsv": Read(16, "Location: TOR | Stanley Cups: 15"),
    "test_empty.csv": "it is empty",
    "test_nominal.csv": Read(9, "column1: value4 | column2: value5 | column3: value6"),
    # ---- Word and OpenDocument texts
    "category-level.docx": Read(250, "never mind how long precisely"),
    "docx-shapes.docx": Read(16, "Paragraph with floating shape attached."),
    "docx-tables.docx": Read(30, "Header Col 1: Lorem ipsum | Header Col 2: A link example", "Simple uniform table"),
    "dummy.docx": Read(
        160,
        "LangChain is a framework that simplifies LLM application development.",
        "Integration of AI Agents and RAG",
        date="2025-11-03",
    ),
    "dummy_jap.docx": Read(
        14, "特定のキーワードや製品番号、日付などを正確にマッチングする", "AIエージェントとRAGの統合"
    ),
    "duplicate-paragraphs.doc": Read(16, "some text", "This document contains duplicates"),
    "eng_spa_mult.doc": Read(500, _DERECHOS),
    "fake-doc-emphasized-text.doc": Read(28, "Header Col 1: A bold italic bold-italic example", date="2023-08-04"),
    "fake-doc-emphasized-text.docx": Read(28, "Header Col 1: A bold italic bold-italic example", date="2023-08-04"),
    "fake_table.docx": Read(15, "Header Col 2: A Link example", author="Kevin Pan", date="2023-05-10"),
    "file_failing.docx": Read(
        90,
        "Punto clave: Situación sin precedentes | Descripción: La situación actual es única y excepcional",
        "Pedro Sanchez Considera Dimitir",
        date="2025-04-09",
    ),
    "handbook-1p-no-rendered-page-breaks.docx": Read(500, "primary statutory duties are set forth in 11 U.S.C. § 1302"),
    "sample_docx_with_links.docx": Read(
        600, "made the PDF speciﬁcation available free of", "A sample PDF ﬁle", "maui diver", "2025-03-25"
    ),
    "three_images.docx": Read(22, "Stonehenge: a prehistoric stone circle in England.", "Three Images"),
    "fake.odt": Read(25, "Header row: Leader | Mon: Sarah | Wed: Mark | Fri: Ryan", date="2023-09-13"),
    "simple.odt": Read(28, "This is my first thought.", "These are a few of my favorite things:", date="2024-05-15"),
    # ---- presentations
    "eng_spa_mult.pptx": Read(500, _DERECHOS, "Testing multiple languages", pages=6),
    "fake-power-point.ppt": Read(30, "Here is some text in a text box!", "Adding a Bullet Slide", pages=1),
    "fake-power-point-table.pptx": Read(
        17, "Column 1: Purple | Column 2: Orange | Column 3: Yellow", "A Slide with a Table", pages=1
    ),
    "sample-presentation.pptx": Read(90, "This one is a sub-sub-detail", "Title Slide", pages=4),
    "sample_pptx.pptx": Read(18, "This is another bullet point", "Sample Title Slide", pages=2),
    "simple.pptx": Read(
        30, "Where have all the flowers gone?", "Title Slide", author="Steve Canny", date="2024-07-22", pages=2
    ),
    # ---- mail
    "email-equals-attachment-filename.eml": Read(
        20, "Below is an example of an odd filename", "Odd filename example", "Test User", "2023-08-13", documents=2
    ),
    "email-inline-content-disposition.eml": Read(
        12, "This is a test of inline", "Testing Inline", "Test User", documents=2
    ),
    "email-no-html-content-1.eml": Read(
        130,
        "https://github.com/nf-core/logos/subscription",
        "[GitHub] Subscribed to 63 nf-core repositories",
        "GitHub",
        "2022-10-10",
    ),
    "email-no-utf8-2008-07-16.062410.eml": Read(
        300, "אם אוכל לעזור לך בשאלות מקצועיות גרידא, אשמח לסייע.", "RE: שלום", "Tamir Erez", "2008-07-16"
    ),
    "email-no-utf8-2014-03-17.111517.eml": Read(
        120,
        "To fix an issue or learn more about your account, visit our help center:",
        "Google Account password changed",
        "no-reply@accounts.google.com",
        "2014-03-17",
    ),
    "email-replace-mime-encodings-error-1.eml": Read(
        60,
        "869 1664 1575",
        "Someone has joined your meeting - Someone: 45 Minute Meeting",
        "Zoom",
        "2022-10-28",
    ),
    "email-replace-mime-encodings-error-2.eml": Read(
        110,
        "Wishing you all the best for Random Expo Conference & Expo2023.",
        "RE: Random Expo Expo 2023",
        "Someone Real",
        "2023-03-30",
    ),
    "email-replace-mime-encodings-error-3.eml": Read(
        180,
        "Learn how the cloud is accelerating innovation in businesses of all sizes",
        "AWS Online Conference | Last chance to register for Innovate - Every Application Edition",
        "'Amazon Web Services' via Engineering",
        "2022-10-03",
    ),
    "email-replace-mime-encodings-error-4.eml": Read(
        250,
        "I’m Ihor, a representative of company!",
        "Intellectual Property Protection for startups",
        "Someone K",
        "2022-09-02",
    ),
    "fake-email-attachment.eml": Read(
        30, "Little to no content", "Fake email with attachment", "Mallori Harrell", "2022-12-23", documents=2
    ),
    "fake-email-header.eml": Read(30, "Violets are blue", "Test Email", "Matthew Robinson", "2022-12-16"),
    "fake-email.msg": Read(25, "Violets are blue", "Test Email", "Matthew Robinson", "2022-12-16"),
    "fake-encrypted.msg": "it is encrypted",
    "sample.msg": Read(
        30, "This is an example email with a body.", "This is a Subject", "Sebastian Lee", "2025-02-17", documents=2
    ),
    # ---- plain text and markup
    "Culture.txt": Read(3_269, "War or competition over resources may impact technological development"),
    "Materialism.txt": Read(1_990, "Materialism is a form of philosophical monism"),
    "Strasbourg.txt": Read(4_772, "is the capital and largest city of the Alsace-Champagne-Ardenne-Lorraine"),
    "War_on_Terror.txt": Read(3_892, "This crusade – this war on terrorism – is going to take a while"),
    "bates.txt": Read(4_000, "Bates_(politician)"),
    "book-war-and-peace-1p.txt": Read(536, "If you have nothing better to do, Count (or Prince)", "CHAPTER I"),
    "doc_2.txt": Read(11, "987 654 321."),
    "doc_3.txt": Read(9, "empty lines."),
    "example-non-utf8.txt": Read(2, "Какие-то кракозябры"),
    "example-utf8.txt": Read(69, "quis\nnostrud exercitation ullamco"),
    "fake-text-all-whitespace.txt": "white space",
    "fake-text-utf-16-le.txt": Read(29, "Hamburgers are delicious"),
    "README.rst": Read(100, "A PDF copy of the layout parser paper", "Example Docs"),
    "benchmarks.md": Read(2_732, "HotpotQA, and MTRAG are the datasets we currently track", "Benchmarks"),
    "eng_spa_mult.md": Read(532, _DERECHOS),
    "eng_spa_mult.rst": Read(500, _DERECHOS),
    "eng_spa_mult.rtf": Read(500, _DERECHOS),
    "file.md": Read(782, "Expertise in JavaScript, Python, SQL", "Comprehensive Profile of [Alex Morgan]"),
    "file_emoji.md": Read(72, "(smile)"),
    "no_frontmatter.md": Read(41, "A document with HR elements"),
    "sample.md": Read(439, "Ask questions in natural language", date="2023-01-01"),
    "template_var_frontmatter.md": Read(23, "Frontmatter contains template variables."),
    "umlauts-non-utf8.md": Read(3, "äöüß", "können"),
    # ---- web pages, books, XML
    "another_file_no_utf8.html": Read(
        300, "attorneys are required by law to adequately investigate and prepare", "Lack of Due Diligence"
    ),
    "eng_spa_mult.html": Read(500, _DERECHOS),
    "example-10k-1p.html": Read(600, "Indicate by check mark if the registrant is a well-known seasoned issuer"),
    "example-steelJIS-datasheet.html": Read(250, "Alloy steel bars for special application bolting materials"),
    "example-steelJIS-datasheet-utf-16.html": Read(250, "Alloy steel bars for special application bolting materials"),
    "example-utf8.html": Read(
        120,
        "Munch, munch, chomp, chomp hate dogs.",
        "Instead of drinking water from the cat bowl, make sure to steal water from the toilet",
    ),
    "fake-html-with-footer-and-header.html": Read(5, "My first paragraph.", "My First Heading"),
    "fake-html-with-image-from-url.html": Read(2, "Test page"),
    "file_emoji.html": _NO_TEXT,
    "ideas-page.html": Read(140, "The way to get new ideas is to notice anomalies", "How to Get New Ideas"),
    "what_is_haystack.html": Read(400, "Haystack is the open source Python framework by deepset"),
    "winter-sports.epub": Read(
        55_000, "by a swing of the body or leg", "Winter Sports in Switzerland", "E. F. Benson", "2019-08-23"
    ),
    "docusaurus-sitemap.xml": Read(7, "https://python.langchain.com/docs/modules/chains/how_to/"),
    "factbook.xml": Read(25, "Justin Trudeau"),
    "factbook-utf-16.xml": Read(25, "Justin Trudeau"),
    "mwtest_current_pages.xml": Read(150, "Whiskers is a medium-sized cat", "Whiskers the Cat", documents=2),
    "sitemap.xml": Read(3, "https://python.langchain.com/en/latest/"),
    # ---- PDF, read here without OCR
    "file_image.pdf": _NO_TEXT,
    "inline_image.pdf": _NO_TEXT,
    "late_mask_reference.pdf": _NO_TEXT,
    "multipage.pdf": Read(6, "Page two content", pages=2),
    "pasa.pdf": Read(
        7_000,
        "significantly outperforms all baselines",
        "PaSa: An LLM Agent for Comprehensive Academic Paper Search",
        pages=15,
    ),
    "pdf_encrypted.pdf": Read(11, "This document is a placeholder for the appropriate documentation.", pages=1),
    "react_paper.pdf": Read(14_000, "to a diverse set of language and decision making tasks", pages=31),
    "sample_pdf_3.pdf": Read(20, "This is an example table with two multicolumn headers", pages=1),
    "shredded_strips.pdf": _NO_TEXT,
    "table.pdf": Read(25, "パワー半導体チップ", pages=1),
    "with_image.pdf": _NO_TEXT,
    "with_metadata.pdf": Read(1, "test", "My Title", "Jane Doe", pages=1),
}


def _read(name: str) -> Reading:
    assert _FOLDER is not None
    return read_raw(RawFile(name, (_FOLDER / name).read_bytes(), ReadingLimits(ocr=False)))


def _folder() -> Path:
    assert _FOLDER is not None
    return _FOLDER


def test_the_table_names_every_file() -> None:
    assert sorted(path.name for path in _folder().iterdir()) == sorted(EXPECTED)


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if isinstance(expected, str)])
def test_what_cannot_be_read_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(SourceError) as refused:
        _read(name)
    assert str(EXPECTED[name]) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if isinstance(expected, Read)])
def test_what_can_be_read_is_read(name: str) -> None:
    expected = EXPECTED[name]
    assert isinstance(expected, Read)
    reading = _read(name)
    first = reading.documents[0]
    assert len(reading.documents) == expected.documents
    assert all(document.text.strip() for document in reading.documents)
    assert len(first.text.split()) >= expected.words
    assert expected.phrase in _unwrapped(first.text, expected.phrase)
    for stated, found in (
        (expected.title, first.title),
        (expected.author, first.author),
        (expected.date, first.date),
    ):
        assert stated is None or found == stated
    assert len(first.pages) == expected.pages


def _unwrapped(text: str, phrase: str) -> str:
    """Return a text in one line, unless the phrase that is looked for has several."""
    return text if "\n" in phrase else " ".join(text.split())


@pytest.mark.parametrize("name", EXPECTED)
def test_blocks_and_pages_lie_in_the_text(name: str) -> None:
    if isinstance(EXPECTED[name], str):
        return
    for document in _read(name).documents:
        edges = [(block.start, block.end) for block in document.blocks]
        assert edges == sorted(edges)
        assert all(0 <= start < end <= len(document.text) for start, end in edges)
        assert any(block.kind is not BlockKind.FURNITURE for block in document.blocks)
        assert [page.number for page in document.pages] == list(range(1, len(document.pages) + 1))
        assert all(0 <= page.start <= page.end <= len(document.text) for page in document.pages)
        document.text.encode()
