"""A builder that is killed at any step leaves the old index or the new one, and the next build finishes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import IndexMissingError
from rag.generations import files
from rag.indexing import diagnose_index
from tests.crashing import Steps, in_child, inject, kill_oneself, restored
from tests.indexes import Library, contents, make_library

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed another way there")
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def first(library: Library) -> None:
    """Nothing is indexed yet."""


def update(library: Library) -> None:
    """One document was changed, one renamed, one is gone and one is new."""
    library.write("five.txt", "A fifth text, about trains.")
    library.build()
    library.write("one.txt", "The minister said that talks were over.")
    (library.sources / "two.txt").rename(library.sources / "inner" / "two.txt")
    library.remove("five.txt")
    library.write("four.txt", "The fourth text is about ships that carry bread.")


def rebuild(library: Library) -> None:
    """Everything is made anew over an index of the same."""
    library.build()


CASES: dict[str, tuple[Callable[[Library], None], dict[str, object]]] = {
    "first": (first, {}),
    "update": (update, {}),
    "rebuild": (rebuild, {"rebuild": True}),
}


@pytest.mark.parametrize("linked", [False, True], ids=["copied", "linked"])
@pytest.mark.parametrize("case", CASES)
def test_killed_at_any_step_the_index_is_the_old_one_or_the_new(
    tmp_path: Path, case: str, linked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if linked and case != "update":
        pytest.skip("nothing is taken over")
    monkeypatch.setattr(files, "COPIED_UP_TO", 0 if linked else 16_000_000)
    prepare, options = CASES[case]
    library = make_library(tmp_path / "library")
    prepare(library)
    library.index.mkdir(exist_ok=True)
    old = answers(library)
    clean = Library(tmp_path / "clean")
    clean.folder.mkdir()
    (clean.folder / "sources").symlink_to(library.sources)
    clean.build()
    new = answers(clean)
    with restored(library.index) as restore:
        total = count_steps(library, options, tmp_path / "steps")
        assert answers(library) == new
        moments = {"old": 0, "new": 0}
        for last in range(1, total + 1):
            restore()
            assert in_child(lambda last=last: run(library, options, Steps(kill_oneself, last))) == -9, last
            found = answers(library)
            assert found in (old, new), f"something in between after step {last} of {total}"
            moments["new" if found == new else "old"] += 1
            library.build(**({} if found == new else options))
            assert answers(library) == new, last
            assert diagnose_index(library.index, library.sources) == (), last
            assert not list(library.index.glob("generations/.*")), last
        assert min(moments.values()) > 0 or old == new


def answers(library: Library) -> list[object] | None:
    """Return everything that the index answers from, None where there is none."""
    try:
        opened = library.open()
    except IndexMissingError:
        return None
    try:
        return contents(opened)
    finally:
        opened.close()


def run(library: Library, options: dict[str, object], steps: Steps) -> None:
    inject(steps, library.index)
    library.build(**options)


def count_steps(library: Library, options: dict[str, object], note: Path) -> int:
    """Build in a process that is not killed, and return how many steps it took."""

    def work() -> None:
        steps = Steps(kill_oneself)
        run(library, options, steps)
        os.write(os.open(note, os.O_WRONLY | os.O_CREAT), str(steps.count).encode())

    assert in_child(work) == 0
    return int(note.read_text())
