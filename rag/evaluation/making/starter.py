"""A starter set: questions that the sources answer, with the place of the answer, and questions that they do not."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from rag.evaluation.making.choosing import choose
from rag.evaluation.making.figures import questions_of_figures
from rag.evaluation.making.headings import questions_of_headings
from rag.evaluation.making.material import Made, Material
from rag.evaluation.making.speech import questions_of_speech
from rag.evaluation.making.unanswerable import Foreign
from rag.types import SourceFilter

if TYPE_CHECKING:
    from rag.engine import Engine

UNANSWERABLE = 4
"""One question in so many is one that the sources do not answer, as far as there are such."""
_GLOB = frozenset("*?[]")

Row = dict[str, Any]


def questions_of(material: Material) -> list[Made]:
    """Return every question that can be made."""
    return [*questions_of_speech(material), *questions_of_figures(material), *questions_of_headings(material)]


def make_set(engine: Engine, material: Material, count: int, foreign: Sequence[str] | None = None) -> list[Row]:
    """Return `count` questions at most as the lines of a file of questions.

    A quarter are questions that the sources do not answer: of `foreign`, questions of other documents, where given.
    Else one folder's are asked of another alone, or one document's of another where there is only one folder.
    """
    made = questions_of(material)
    wanted = count // UNANSWERABLE
    unanswerable = list(islice(_foreign(engine, foreign) if foreign is not None else _across(engine, made), wanted))
    chosen = choose(made, count - len(unanswerable))
    rows = [_answerable(each) for each in chosen] + unanswerable
    return [{"id": f"m{number:03}", **row} for number, row in enumerate(rows, start=1)]


def _answerable(made: Made) -> Row:
    gold = [{"source": made.source, "quote": quote} for quote in made.quotes]
    return {"question": made.question, "kind": made.kind, "answerable": True, "gold": gold, "facts": list(made.facts)}


def _unanswerable(question: str, source_filter: SourceFilter) -> Row:
    row: Row = {"question": question, "kind": "foreign", "answerable": False, "gold": []}
    return {**row, "filter": {"sources": list(source_filter.sources)}} if source_filter.sources else row


def _foreign(engine: Engine, questions: Sequence[str]) -> Iterator[Row]:
    everything = SourceFilter()
    test = Foreign(engine, everything)
    for question in sorted(set(questions), key=_drawn):
        if test.is_foreign(question):
            yield _unanswerable(question, everything)


def _across(engine: Engine, made: Sequence[Made]) -> Iterator[Row]:
    """Yield questions of one group of documents that another does not answer, each asked of that one alone.

    What lies in no folder is asked about and not asked: no filter admits that alone.
    """
    groups, sources = _groups(made), {each.source for each in made}
    names = sorted(groups, key=_drawn)
    if len(names) < 2:
        return
    tests: dict[str, Foreign] = {}
    for turn in range(max(map(len, groups.values()))):
        for place, name in enumerate(names):
            other = names[(place + 1 + turn) % len(names)]
            if other in {name, ""} or turn >= len(groups[name]):
                continue
            source_filter = SourceFilter((other if other in sources else f"{other}/**",))
            test = tests.setdefault(other, Foreign(engine, source_filter))
            question = groups[name][turn]
            if test.is_foreign(question):
                yield _unanswerable(question, source_filter)


def _groups(made: Sequence[Made]) -> dict[str, list[str]]:
    """Return the questions by top folder, or by document where there is only one folder."""
    folders = {_folder(each.source) for each in made}
    groups: dict[str, list[str]] = defaultdict(list)
    for each in made:
        name = _folder(each.source) if len(folders) > 1 else each.source
        if not _GLOB & set(name):
            groups[name].append(each.question)
    return {name: sorted(set(questions), key=_drawn) for name, questions in groups.items()}


def _folder(source: str) -> str:
    folder, slash, _ = source.partition("#")[0].partition("/")
    return folder if slash else ""


def _drawn(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
