"""Spreadsheets and delimited tables: headers told and carried by each row, values as people read them, bounds."""

from __future__ import annotations

import contextlib
import datetime
import io

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources.formats.composing import Composer
from rag.sources.formats.tables import delimited, spreadsheet
from rag.sources.formats.tables.delimited import read_delimited
from rag.sources.formats.tables.grids import compose_grid, shown_number
from rag.sources.formats.tables.spreadsheet import read_spreadsheet, shown
from rag.types import Document
from tests.office_files import archive, blocks, raw, xlsx


def csv(text: str | bytes, name: str = "t.csv") -> Document:
    (document,) = read_delimited(raw(name, text.encode() if isinstance(text, str) else text)).documents
    return document


def lines(document: Document) -> list[str]:
    return [text for _, _, text in blocks(document)]


def grid(*rows: str) -> list[str]:
    """Return the blocks of a grid, whose rows are written with a bar between the cells."""
    composer = Composer()
    compose_grid(composer, [[cell.strip() for cell in row.split("|")] for row in rows])
    return lines(composer.document("t", fallback_title="t", read_facts=False))


# ------------------------------------------------------------ grids


def test_each_row_carries_the_header() -> None:
    document = csv("Year,Revenue\n2021,4.9\n2022,5.3\n")
    assert blocks(document) == [
        ("table_row", 1, "Year | Revenue"),
        ("table_row", 1, "Year: 2021 | Revenue: 4.9"),
        ("table_row", 1, "Year: 2022 | Revenue: 5.3"),
    ]


@pytest.mark.parametrize(
    "rows",
    [("1|2", "3|4"), ("Ann|30", "Ben|41"), ("a|a", "b|c"), ("2021-01-02|5", "2021-01-03|6"), ("Ann", "Ben", "Cid")],
)
def test_no_header(rows: tuple[str, ...]) -> None:
    assert grid(*rows) == [" | ".join(row.split("|")) for row in rows]


def test_one_column() -> None:
    assert grid("Size", "3", "4", "5") == ["Size", "Size: 3", "Size: 4", "Size: 5"]


def test_years_and_dates_may_be_names_of_columns() -> None:
    assert grid("|2021|2022", "Revenue|4.9|5.3") == ["2021 | 2022", "Revenue | 2021: 4.9 | 2022: 5.3"]
    assert grid("Shop|2021-03|2021-04", "York|1|2")[1] == "Shop: York | 2021-03: 1 | 2021-04: 2"
    assert grid("Born|1921", "Died|1999") == ["Born | 1921", "Died | 1999"]


def test_titles_notes_and_gaps() -> None:
    assert grid("Sales||", "|||", "Shop|May|June", "|||", "York|1|2", "Leeds|3|4", "(a) In thousands of pounds.||") == [
        "Sales",
        "Shop | May | June",
        "Shop: York | May: 1 | June: 2",
        "Shop: Leeds | May: 3 | June: 4",
        "(a) In thousands of pounds.",
    ]


def test_groups_of_columns_stand_before_their_names() -> None:
    assert grid("|H1||H2|", "Shop|Sales|Profit|Sales|Profit", "York|5|1|6|2")[1] == (
        "Shop: York | H1 Sales: 5 | H1 Profit: 1 | H2 Sales: 6 | H2 Profit: 2"
    )


def test_tables_under_and_beside_each_other() -> None:
    assert grid("Shop|Sales", "York|5", "|", "Month|Rain", "May|3") == [
        "Shop | Sales",
        "Shop: York | Sales: 5",
        "Month | Rain",
        "Month: May | Rain: 3",
    ]
    assert grid("Shop|Sales||", "York|5||", "Leeds|7||Month|Rain", "Hull|9||May|3") == [
        "Shop | Sales",
        "Shop: York | Sales: 5",
        "Shop: Leeds | Sales: 7",
        "Shop: Hull | Sales: 9",
        "Month | Rain",
        "Month: May | Rain: 3",
    ]


@given(
    st.lists(
        st.lists(st.sampled_from(["", "a", "b c", "1", "2.5", "2021", "2020-01-01", "—", "long " * 40]), max_size=6),
        max_size=8,
    )
)
def test_no_cell_is_lost(rows: list[list[str]]) -> None:
    composer = Composer()
    compose_grid(composer, rows)
    text = composer.document("t", fallback_title="t", read_facts=False).text
    for cell in {cell.strip() for row in rows for cell in row if cell.strip()}:
        assert cell in text


# ------------------------------------------------------------ delimited


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    text = "name,note,n\nAnn,x,1\nBen,y,2\n".replace(",", delimiter)
    assert lines(csv(text))[2] == "name: Ben | note: y | n: 2"


def test_quotes_line_ends_and_marks() -> None:
    document = csv('\ufeffname,note\r\n"Young, Ann","two\r\nlines"\r\nBen,"says ""hello"""\r\n')
    assert lines(document) == ["name | note", "name: Young, Ann | note: two lines", 'name: Ben | note: says "hello"']


def test_decimal_commas_do_not_divide() -> None:
    assert lines(csv("Stadt;Regen\nKöln;3,5\nBonn;4,1\n"))[1] == "Stadt: Köln | Regen: 3,5"


def test_a_stated_delimiter_is_believed() -> None:
    assert lines(csv("sep=;\na,b;c,d\n1,2;3,4\n")) == ["a,b | c,d", "a,b: 1,2 | c,d: 3,4"]


def test_a_quotation_mark_that_is_not_closed_does_not_swallow_the_rest() -> None:
    text = "name,size\n" + '"Ann,3\n' + "".join(f"n{at},{at}\n" for at in range(500))
    assert lines(csv(text))[-1] == "name: n499 | size: 499"


def test_other_encodings() -> None:
    assert lines(csv("Stadt,Land\nKöln,Österreich\n".encode("cp1252")))[1] == "Stadt: Köln | Land: Österreich"
    assert lines(csv("Stadt,n\nKöln,1\n".encode("utf-16")))[1] == "Stadt: Köln | n: 1"


def test_a_table_without_a_cell() -> None:
    with pytest.raises(SourceError, match="no cell"):
        csv(",,\n,,\n")


def test_a_long_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MOST_CELLS", 30)
    reading = read_delimited(raw("t.csv", b"a,b\n" + b"1,2\n" * 50))
    assert len(reading.documents[0].blocks) == 5
    assert [(skipped.source, skipped.reason[:30]) for skipped in reading.skipped] == [
        ("t.csv", "only its first 5 rows are read")
    ]


@given(st.binary(max_size=200))
def test_any_bytes_as_a_table(data: bytes) -> None:
    try:
        document = csv(data)
    except SourceError:
        return
    assert document == csv(data)
    assert all(text.strip() for text in lines(document))


# ------------------------------------------------------------ spreadsheets


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"), (0.1, "0.1"), (0.1 + 0.2, "0.3"), (-1234567.5, "-1234567.5"), (1e20, "100000000000000000000"),
        (1e300, "1e+300"), (1.5e-9, "1.5e-09"), (0.0, "0"), (-0.0, "0"), (float("inf"), "inf"), (7, "7"),
        (True, "TRUE"),
        (datetime.datetime(2022, 5, 1), "2022-05-01"), (datetime.datetime(2022, 5, 1, 9, 30), "2022-05-01 09:30"),
        (datetime.date(2022, 5, 1), "2022-05-01"), (datetime.time(9, 30, 5), "09:30:05"),
        (datetime.timedelta(hours=26, minutes=5), "26:05"), ("words", "words"),
    ],
)  # fmt: skip
def test_values_as_people_read_them(value: spreadsheet.Value, text: str) -> None:
    assert shown(value) == text


@given(st.floats(-1e300, 1e300))
def test_numbers_keep_their_value(value: float) -> None:
    assert float(shown_number(value)) == pytest.approx(value, rel=1e-14)


def test_sheets_are_headings() -> None:
    reading = read_spreadsheet(raw("b.xlsx", xlsx([["Year", "Revenue"], [2021, 4.9], [2022, 5.3]], [], [["Note"]])))
    assert blocks(reading.documents[0]) == [
        ("heading", 1, "S1"),
        ("table_row", 1, "Year | Revenue"),
        ("table_row", 1, "Year: 2021 | Revenue: 4.9"),
        ("table_row", 1, "Year: 2022 | Revenue: 5.3"),
        ("heading", 1, "S3"),
        ("heading", 2, "Note"),
    ]
    assert reading.documents[0].title == "b"


def test_the_properties_of_a_spreadsheet() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet().write(0, 0, "words")
        book.set_properties({"title": "Rain in York", "author": "Ann Young", "created": datetime.datetime(2022, 5, 1)})
    (document,) = read_spreadsheet(raw("b.xlsx", target.getvalue())).documents
    facts = (document.title, document.titled, document.author, document.date)
    assert facts == ("Rain in York", True, "Ann Young", "2022-05-01")


def test_dates_of_a_spreadsheet() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("Log")
        sheet.write_row(0, 0, ["Day", "Done"])
        sheet.write_datetime(1, 0, datetime.datetime(2022, 5, 1), book.add_format({"num_format": "dd.mm.yyyy"}))
        sheet.write_boolean(1, 1, True)
    (document,) = read_spreadsheet(raw("b.xlsx", target.getvalue())).documents
    assert lines(document)[-1] == "Day: 2022-05-01 | Done: TRUE"


def test_percentages_are_shown_as_such() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("Shares & more")
        sheet.write_row(3, 2, ["Town", "Share", "Rate", "Odd"])
        sheet.write(4, 2, "York")
        for column, value, code in [(3, 0.053, "0.0%"), (4, 0.07, "0%;[Red]-0%"), (5, 5.3, '0.0" %"')]:
            sheet.write(4, column, value, book.add_format({"num_format": code}))
    (document,) = read_spreadsheet(raw("b.xlsx", target.getvalue())).documents
    assert lines(document)[-1] == "Town: York | Share: 5.3% | Rate: 7% | Odd: 5.3"


def test_hidden_sheets_are_named() -> None:
    reading = read_spreadsheet(raw("b.xlsx", xlsx([["a", "b"], [1, 2]], [["secret"]], hidden=1)))
    assert "secret" not in reading.documents[0].text
    assert [(skipped.source, skipped.reason.split(":")[0]) for skipped in reading.skipped] == [
        ("b.xlsx#S2", "the sheet is hidden")
    ]


def test_a_long_sheet_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_CELLS", 30)
    reading = read_spreadsheet(raw("b.xlsx", xlsx([["a", "b"], *[[1, 2]] * 50])))
    assert [skipped.source for skipped in reading.skipped] == ["b.xlsx#S1"]
    assert len(reading.documents[0].blocks) == 6


def open_document(rows: str) -> bytes:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    sheet = f'<office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet>'
    content = f"<office:document-content {names}><office:body>{sheet}</office:body></office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return archive({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": "<m/>"})


def open_row(*cells: str, columns: int = 1, rows: int = 1) -> str:
    kind = 'office:value-type="string"'
    filled = "".join(
        f'<table:table-cell {kind} table:number-columns-repeated="{columns}"><text:p>{text}</text:p></table:table-cell>'
        for text in cells
    )
    return f'<table:table-row table:number-rows-repeated="{rows}">{filled}</table:table-row>'


def test_an_open_document_spreadsheet() -> None:
    rows = open_row("Year", "Cost") + open_row("2021", "4.9") + open_row("2022", "5.3") + open_row(rows=1_048_573)
    (document,) = read_spreadsheet(raw("b.ods", open_document(rows))).documents
    assert lines(document) == ["S", "Year | Cost", "Year: 2021 | Cost: 4.9", "Year: 2022 | Cost: 5.3"]


def test_cells_far_apart_are_refused() -> None:
    far = '<worksheet><row><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row></worksheet>'
    for data in (
        archive({"xl/worksheets/sheet1.xml": far}),
        archive({"xl/worksheets/sheet1.xml": "<c r='A1'/><c r='stomB7'/>"}),
        open_document(open_row("x", columns=10_000, rows=10_000)),
    ):
        with pytest.raises(SourceError, match="too far apart"):
            read_spreadsheet(raw("b.xlsx", data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (xlsx([]), "no sheet of it"),
        (archive({"nothing": "here"}), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3_000), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "needs a password"),
        (b"a,b", "not a real"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read_spreadsheet(raw("b.xlsx", data))


def test_a_bomb_is_refused() -> None:
    with pytest.raises(SourceError, match="unpacks to more than"):
        read_spreadsheet(raw("b.xlsx", xlsx([["a" * 2_000_000]]), unpacked_bytes=1_000_000))


@settings(max_examples=80)
@given(st.data())
def test_damaged_spreadsheets_raise_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(xlsx([["Year", "Revenue"], [2021, 4.9], [2022, 5.3]]))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SourceError):
        read_spreadsheet(raw("b.xlsx", bytes(whole)))
