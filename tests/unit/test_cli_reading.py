"""`rag search`, `rag show` and `rag quotes` on a small folder of documents."""

from __future__ import annotations

import json

import pytest

from tests.shop import GARDEN, PASSAGE_KEYS, Shop

QUOTE_KEYS = {
    *("source", "start", "end", "quote", "speaker", "speaker_start", "speaker_end", "kind", "verb", "date"),
    "copies",
}


def test_search_ranks_passages_with_their_scores(built: Shop) -> None:
    found = json.loads(built.ok("search", "--json", "-k", "2", "bee hives on the library"))
    assert found["question"] == "bee hives on the library"
    assert [passage["rank"] for passage in found["passages"]] == [1, 2]
    assert found["passages"][0]["source"] == "town/garden.md"
    assert all(passage.keys() >= PASSAGE_KEYS for passage in found["passages"])
    assert "dense 0." in built.ok("search", "bee hives on the library")


def test_show_prints_exactly_the_text(built: Shop) -> None:
    assert built.ok("show", "town/garden.md") == GARDEN
    assert built.ok("show", "harbour wall.txt", "0", "7") == "Council"
    assert built.ok("show", "harbour wall.txt", "7", "7") == ""
    listing = built.ok("show").splitlines()
    assert [line.split("  ")[0] for line in listing] == ["harbour wall.txt", "town/garden.md"]
    assert listing[0] == "harbour wall.txt  2025-03-03  Council Approves New Harbour Wall  Jane Fielding  en"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["harbour.txt"], "harbour wall.txt"),
        (["../secret.txt"], "rag: "),
        (["town/garden.md", "5"], "rag: There is a START but no END."),
        (
            ["town/garden.md", "5", "4"],
            f"rag: 5 to 4 is no span of town/garden.md, which has {len(GARDEN)} characters.",
        ),
        (["town/garden.md", "0", "9999"], "rag: 0 to 9999 is no span of town/garden.md"),
    ],
)
def test_show_names_what_is_wrong(built: Shop, arguments: list[str], message: str) -> None:
    result = built.run("show", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr


def test_quotes_are_objects_of_the_contract(built: Shop) -> None:
    rows = [json.loads(line) for line in built.ok("quotes", "--json").splitlines()]
    assert rows
    for row in rows:
        assert row.keys() == QUOTE_KEYS
        text = (built.sources / row["source"]).read_text(encoding="utf-8")
        assert text[row["start"] : row["end"]] == row["quote"]
    oduya = [json.loads(line) for line in built.ok("quotes", "--json", "--speaker", "Oduya").splitlines()]
    assert {(row["speaker"], row["kind"]) for row in oduya} == {("Marta Oduya", "direct")}
    assert "Tomas Brandt (indirect" in built.ok("quotes", "--about", "north slip")
