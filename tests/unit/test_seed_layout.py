"""The layout of the bundled articles."""

from __future__ import annotations

from pathlib import Path

from rag.sources import find_sources, read_file
from tests.outlines import lines_of

SEEDS = Path(__file__).parents[2] / "seeds"


def seed(number: str) -> list[str]:
    (file,) = (file for file in find_sources(SEEDS, 10**7).files if file.source.startswith(number))
    return lines_of(read_file(file).documents[0])


def test_seed_with_bullets_and_glued_tables() -> None:
    blocks = seed("000")

    assert [line for line in blocks if line[0] == "f"] == [
        "f Related Post",
        "f Leave a Comment",
        "f Your email address will not be published. Required fields are marked *",
    ]
    assert sum(line.startswith("h2 ") for line in blocks) == 22
    assert sum(line.startswith("t ") for line in blocks) == 12
    assert "p Key takeaway: Ukraine disproves Trump’s theory of power—and that makes it intolerable." in blocks
    at = blocks.index("l Ukraine demonstrates that:")
    assert blocks[at + 1 : at + 4] == [
        "l1 Smaller nations can resist larger powers",
        "l1 Institutions and alliances can matter",
        "l1 Legitimacy can rival brute force",
    ]


def test_seed_with_teasers() -> None:
    blocks = seed("001")

    assert [line[0] for line in blocks[:5]] == ["m", "f", "h", "h", "p"]
    assert [line[0] for line in blocks[-7:]] == ["f"] * 7
    assert blocks[-7] == "f Related Posts"
    assert blocks[-8].startswith("p In the end, the alliance")
    assert sum(line[0] == "f" for line in blocks) == 8


def test_seed_without_blank_lines() -> None:
    blocks = seed("002")

    assert [line[0] for line in blocks[:3]] == ["p", "p", "h"]
    assert sum(line[0] == "h" for line in blocks) == 11
    assert sum(line[0] == "l" for line in blocks) == 6


def test_seed_with_debris_on_top() -> None:
    assert "".join(line[0] for line in seed("003")) == "fm" + "p" * 13


def test_seed_with_a_comment_form() -> None:
    blocks = seed("004")

    assert "".join(line[0] for line in blocks) == "mm" + "p" * 22 + "f" * 5
    assert blocks[-6] == "p Shane Harris contributed reporting."
