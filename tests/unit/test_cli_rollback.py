"""`rag index --rollback`, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rag.cli import commands
from tests.indexes import Library, make_library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = make_library(tmp_path)
    made.build()
    return made


def run(library: Library, *options: str) -> Result:
    folders = ["--index", str(library.index), "--sources", str(library.sources)]
    return CliRunner().invoke(commands, ["index", *options, *folders])


def test_it_says_what_answers_again_and_what_comes_next(library: Library) -> None:
    first = library.generation
    library.write("four.txt", "A fourth.")
    second = library.build().generation
    result = run(library, "--rollback")
    assert result.exit_code == 0
    built = first.manifest.created[:19].replace("T", " ")
    assert result.stdout == (
        f"Generation {first.id}, built {built} UTC, answers again instead of {second}.\n"
        "`rag index` will bring it up to date with the documents as they are now.\n"
    )
    assert library.open().generation == first.id
    assert library.build().added == 1


def test_as_json(library: Library) -> None:
    first = library.generation
    library.write("four.txt", "A fourth.")
    second = library.build().generation
    expected = {"generation": first.id, "built_at": first.manifest.created, "before": second, "notes": []}
    assert json.loads(run(library, "--rollback", "--json").stdout) == expected


def test_with_nothing_to_go_back_to_the_index_stays(library: Library) -> None:
    result = run(library, "--rollback")
    assert result.exit_code == 3
    assert "no generation before" in result.stderr
    assert result.stderr.count("\n") == 1
    assert library.open().trouble is None


@pytest.mark.parametrize("other", ["--rebuild", "--watch", "one.txt"])
def test_it_stands_alone(library: Library, other: str) -> None:
    result = run(library, "--rollback", other)
    assert result.exit_code == 2
    assert "give it alone" in result.stderr
