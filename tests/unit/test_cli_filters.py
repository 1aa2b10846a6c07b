"""Filters on the command line, with the real embedding model: asked for, understood, taken back, wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rag.cli import commands
from tests.unit.test_copies import ADDED, ARTICLE, MENU

GARDEN = """# A garden on the roof | Harbour Times

May 2, 2025

“The hives have survived the winter,” said Olga Brandt, the mayor. She said that benches would follow in June.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Path:
    """A folder with documents, two of them the same, and an index of them."""
    folder = tmp_path_factory.mktemp("cli-filters")
    (folder / "documents").mkdir()
    (folder / "documents" / "council.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "documents" / "syndicated.txt").write_text(MENU + ARTICLE + ADDED, encoding="utf-8")
    (folder / "documents" / "garden.md").write_text(GARDEN, encoding="utf-8")
    shutil.copytree(encoders, folder / "index" / "encoders")
    assert run(folder, "index").exit_code == 0
    return folder


def run(folder: Path, *arguments: str) -> Result:
    """Run `rag` with these folders; a traceback fails the test."""
    places = ["--index", str(folder / "index"), "--sources", str(folder / "documents")]
    result = CliRunner().invoke(commands, [*places, *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def printed(folder: Path, *arguments: str) -> str:
    result = run(folder, *arguments)
    assert result.exit_code == 0, result.stderr
    return " ".join(result.stdout.split())


def answer(folder: Path, *arguments: str) -> dict[str, Any]:
    return dict(json.loads(run(folder, "ask", "--json", *arguments).stdout))


BRANDT = "What did Brandt say?"
NOTHING: dict[str, object] = {"sources": [], "after": None, "before": None, "outlets": [], "understood": []}


@pytest.mark.parametrize(
    ("options", "filter_", "sources"),
    [
        ([], {}, {"council.txt", "garden.md"}),
        (["--source", "*.md"], {"sources": ["*.md"]}, {"garden.md"}),
        (["--source", "garden.md", "--source", "c*"], {"sources": ["garden.md", "c*"]}, {"council.txt", "garden.md"}),
        (["--source", "syn*"], {"sources": ["syn*"]}, {"syndicated.txt"}),
        (["--after", "2025"], {"after": "2025-01-01"}, {"garden.md"}),
        (["--before", "2024-03"], {"before": "2024-03-31"}, {"council.txt"}),
        (["--outlet", "harbour times"], {"outlets": ["harbour times"]}, {"garden.md"}),
    ],
)
def test_only_what_is_admitted_answers(
    folder: Path, options: list[str], filter_: dict[str, object], sources: set[str]
) -> None:
    found = answer(folder, BRANDT, *options)

    assert found["filter"] == NOTHING | filter_
    assert {citation["source"] for citation in found["citations"]} == sources


def test_a_citation_has_all_that_is_known(folder: Path) -> None:
    [one, _] = answer(folder, BRANDT, "--source", "garden.md")["citations"]

    assert (one["title"], one["outlet"], one["date"]) == ("A garden on the roof", "Harbour Times", "2025-05-02")
    assert (one["language"], one["page"], one["boxes"], one["url"], one["copies"]) == ("en", None, [], None, [])
    assert answer(folder, BRANDT, "--before", "2024")["citations"][0]["copies"] == ["syndicated.txt"]


def test_the_terminal_says_which_sources_and_copies(folder: Path) -> None:
    shown = printed(folder, "ask", "What did Brandt say since 2025?")
    assert "Sources: since 2025-01-01 (understood from the question: “since 2025”; --literal takes it back)" in shown
    assert "[1] A garden on the roof, Harbour Times, 2025-05-02 rag" in shown
    assert "council.txt" not in shown
    assert "also in: syndicated.txt" in printed(folder, "ask", BRANDT)
    assert "Sources: *.md, from Harbour Times [1]" in printed(
        folder, "ask", BRANDT, "--source", "*.md", "--outlet", "Harbour Times"
    )
    assert "Sources:" not in printed(folder, "ask", BRANDT)


def test_literal_takes_back_what_was_understood(folder: Path) -> None:
    question = "What did Brandt say since 2025?"

    assert answer(folder, question)["filter"]["understood"] == ["since 2025"]
    assert answer(folder, question, "--literal")["filter"] == NOTHING
    assert json.loads(run(folder, "search", "--json", question).stdout)["filter"]["after"] == "2025-01-01"
    assert json.loads(run(folder, "search", "--json", "--literal", question).stdout)["filter"] == NOTHING
    assert printed(folder, "search", question, "-k", "1").startswith("Sources: since 2025-01-01 (understood")


def test_a_file_of_questions_has_its_filters(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    rows = [
        {"question": BRANDT, "filter": {"sources": ["*.md"]}},
        {"question": BRANDT, "filter": {"before": "2024", "outlets": []}},
        {"question": BRANDT, "filter": None},
    ]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    answers = [json.loads(line) for line in run(folder, "ask", "--json", "--questions", str(file)).stdout.splitlines()]

    assert [{each["source"] for each in one["citations"]} for one in answers] == [
        {"garden.md"},
        {"council.txt"},
        {"garden.md", "council.txt"},
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("[]", "`filter` is no object of `after`, `before`, `outlets`, `sources`"),
        ('{"source": ["a"]}', "`filter` is no object of"),
        ('{"after": 2025}', "`after` is no text"),
        ('{"after": "soon"}', "`filter`: after 'soon': that is no date"),
        ('{"sources": "a"}', "`sources` is no list"),
    ],
)
def test_a_wrong_filter_in_a_file_is_named_with_its_line(
    folder: Path, tmp_path: Path, value: str, message: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(f'{{"question": "a"}}\n{{"question": "b", "filter": {value}}}', encoding="utf-8")
    result = run(folder, "ask", "--json", "--questions", str(file))

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"line 2: {message}" in result.stderr


def test_wrong_dates_and_filters_that_nothing_fits_are_wrong_usage(folder: Path, tmp_path: Path) -> None:
    for command in (["ask", "a"], ["search", "a"], ["quotes"]):
        wrong = run(folder, *command, "--after", "2025-13")
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        assert wrong.stderr == (
            "rag: after '2025-13': that is no date. Write a day, month or year: 2025-05-31, 2025-05 or 2025.\n"
        )
        empty = run(folder, *command, "--source", "*.pdf")
        assert (empty.exit_code, empty.stdout) == (2, "")
        assert empty.stderr == (
            "rag: No source fits the filter (*.pdf). There are 3 sources, dated 2024-03-05 to 2025-05-02, from Harbour "
            "Times: rag show lists them.\n"
        )
    mixed = run(folder, "ask", "--questions", str(tmp_path / "q.jsonl"), "--after", "2025")
    assert mixed.exit_code == 2
    assert "go with a single question" in mixed.stderr


def test_quotes_once_with_their_copies_and_sources_with_theirs(folder: Path) -> None:
    rows = [json.loads(line) for line in run(folder, "quotes", "--json", "--speaker", "Li").stdout.splitlines()]

    assert {(row["source"], tuple(row["copies"])) for row in rows} == {("council.txt", ("syndicated.txt",))}
    assert "also in: syndicated.txt" in printed(folder, "quotes", "--speaker", "Li")
    assert {line.split()[0] for line in run(folder, "quotes", "--source", "syn*").stdout.splitlines() if "txt" in line}
    listing = run(folder, "show").stdout.splitlines()
    assert [line for line in listing if line.startswith("syndicated")] == [
        "syndicated.txt  2024-03-05  The harbour of Vik gets a second ferry  Jon Aalto  en  copy of council.txt"
    ]
