"""A cell of a table is found by what its row and its column are called, through the whole library."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.config import Settings
from rag.engine import Engine, build_index
from tests.office_files import docx, paragraph, xlsx

YEARS = range(1990, 2024)
REVENUE = {year: round(1.5 + 0.11 * (year - 1990) + (year % 7) / 10, 1) for year in YEARS}
SHOPS = ["York", "Leeds", "Hull", "Ripon", "Selby", "Whitby", "Thirsk", "Malton", "Skipton", "Settle"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("tables")
    sources = folder / "sources"
    sources.mkdir()
    book: list[list[object]] = [["Northern Bakeries"], [], ["Year", "Revenue", "Profit", "Staff"]]
    book += [[year, REVENUE[year], round(REVENUE[year] / 9, 2), 40 + year % 13] for year in YEARS]
    (sources / "bakeries.xlsx").write_bytes(xlsx(book))
    lines = [f"{shop},{at * 100 + 17},{at % 3 + 1}" for at, shop in enumerate(SHOPS)]
    (sources / "shops.csv").write_text("\n".join(["Shop,Loaves sold,Ovens", *lines]))
    prose = "".join(paragraph(f"A bakery was founded in {year}, and people liked its bread.") for year in (1950, 1961))
    (sources / "history.docx").write_bytes(docx(prose))
    shutil.copytree(encoders, folder / "index" / "encoders")
    settings = Settings(index=folder / "index", sources=sources)
    report = build_index(settings)
    assert (report.documents, report.skipped) == (3, ())
    opened = Engine.open(settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "source", "row"),
    [
        ("revenue in 2022", "bakeries.xlsx", f"Year: 2022 | Revenue: {REVENUE[2022]}"),
        ("What was the revenue in 1997?", "bakeries.xlsx", f"Year: 1997 | Revenue: {REVENUE[1997]}"),
        ("How many loaves were sold in the shop in Whitby?", "shops.csv", "Shop: Whitby | Loaves sold: 517 | Ovens: 3"),
    ],
)
def test_the_best_passage_holds_the_row_with_its_header(engine: Engine, question: str, source: str, row: str) -> None:
    best = engine.search(question, 3)[0]
    assert best.source == source
    assert row in best.text
