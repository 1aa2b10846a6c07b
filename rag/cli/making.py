"""`rag eval --make`: write a starter set of questions about the indexed documents."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from rag.cli.indexing import ProgressBar
from rag.cli.terminal import print_json
from rag.config import Settings
from rag.disk import write_whole
from rag.errors import UsageError
from rag.evaluation.making import make_set, material_of, questions_of
from rag.evaluation.questions import read_questions
from rag.evaluation.sets import QUESTIONS
from rag.types import FAISS

if TYPE_CHECKING:
    from collections.abc import Iterator


def make(settings: Settings, *, output: Path, count: int, foreign: Path | None, force: bool, as_json: bool) -> None:
    """Write `count` questions at most to a file, and say what is in it.

    Raises UsageError for a file that is there already, unless `force` says to write over it, and where no question can
    be made.
    """
    if output.exists() and not force:
        raise UsageError(f"{output} is there already. Name another file with --output, or write over it with --force.")
    from rag.engine import Engine

    with closing(Engine.open(settings)) as engine:
        others = None if foreign is None else foreign_questions(settings, foreign)
        rows = make_set(engine, material_of(engine), count, others)
    if not rows:
        raise UsageError(
            "No question could be made: the documents have no headings, no quotations and no figures in English that "
            "the rules know how to ask for. Write some questions by hand; the README shows the form of the file."
        )
    write_whole(output, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())
    kinds = Counter(row["kind"] for row in rows)
    if as_json:
        print_json({"file": str(output), "n": len(rows), "kinds": kinds})
        return
    made = ", ".join(f"{number} from {_NAMES[kind]}" for kind, number in kinds.items() if kind in _NAMES)
    click.echo(f"{len(rows)} questions in {output}: {made}; {kinds['foreign']} that the documents do not answer.")
    click.echo("Read them before they decide anything: strike out what nobody would ask, and add what they do ask.")
    if not kinds["foreign"]:
        click.echo("For questions without an answer, name other documents: --unanswerable-from DIR", err=True)


_NAMES = {"quotation": "quotations", "figure": "figures", "heading": "headings"}


def foreign_questions(settings: Settings, path: Path) -> Sequence[str]:
    """Return questions about other documents: those of a file, or made from the documents of a folder.

    Raises UsageError where there are none.
    """
    file = path / QUESTIONS if path.is_dir() else path
    if file.exists():
        return [each.question for each in read_questions(file) if each.answerable is not False and not each.history]
    if not path.is_dir():
        raise UsageError(f"{path} does not exist. Name a file of questions, or a folder of documents.")
    from rag.engine import Engine

    with _indexed(settings, path) as scratch, closing(Engine.open(scratch)) as engine:
        return [made.question for made in questions_of(material_of(engine))]


@contextmanager
def _indexed(settings: Settings, sources: Path) -> Iterator[Settings]:
    """Lend settings that name an index of a folder, made for the purpose."""
    from rag.engine import build_index

    with TemporaryDirectory(prefix="rag-make-") as name, ExitStack() as stack:
        index = Path(name)
        if (settings.index / "encoders").is_dir():
            (index / "encoders").symlink_to((settings.index / "encoders").resolve())
        scratch = settings.model_copy(update={"sources": sources, "index": index, "store": FAISS})
        bar = ProgressBar()
        stack.callback(bar.clear)
        build_index(scratch, progress=bar.show)
        yield scratch
