"""How well follow-up questions are understood without a language model, on hand-made conversations.

usage: python -m tests.benchmarks.conversation [first] [second] [--failures] [--llm PROVIDER:MODEL] [--every N] [--json]

The conversations (tests/data/conversations) are about many kinds of documents. Half of them, `second`, was written
before the rules were and never looked at while these were mended. A line of a file is one of: `Q:` a question, with
the kind of follow-up in brackets; `A:` its answer, as far as it names something; `=` a wanted question, word for word;
`+` a part that must be in the question, `-` one that must not; `==` the question stands as it was asked; `??` it stands
as it was asked, and it is said that it is not clear. Every question is understood from those before it as they were
asked, and from the answers.

A question is `exact` where it is one of those wanted, marks and capitals apart (where parts alone are wanted: has them
all), `accepted` where it has the same words of content as one of them, or all the parts. `dragged` is a
question that stands alone and came back with something of an earlier one. With `--llm`, a language model rewrites the
question, checked as in the product, and how often what it wrote stood is printed; `--every N` takes one conversation
in N.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from rag.config import load
from rag.conversation import Understanding, rewrite, understand
from rag.engine.places import weights_folder
from rag.models import create_chat_model
from rag.text.words import terms
from rag.types.exchanges import Exchange
from tests.benchmarks.provenance import ROOT, provenance

FOLDER = ROOT / "tests" / "data" / "conversations"
HALVES = ("first", "second")
ALONE, UNCLEAR = "==", "??"

Understand = Callable[[str, Sequence[Exchange]], Understanding]


@dataclass(slots=True)
class Turn:
    """One question, and what is wanted of it."""

    question: str
    kind: str = ""
    answer: str = ""
    wanted: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)

    @property
    def is_judged(self) -> bool:
        """Whether anything is wanted: of the first question of a conversation nothing is."""
        return bool(self.wanted or self.parts or self.marks)


@dataclass(frozen=True, slots=True)
class Judged:
    """One follow-up as it was understood."""

    half: str
    history: tuple[str, ...]
    turn: Turn
    understood: Understanding
    exact: bool
    accepted: bool


def read_conversations(path: Path) -> Iterator[list[Turn]]:
    """Yield the conversations of a file. Raises ValueError for a line of no known kind."""
    turns: list[Turn] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        sign, _, rest = line.partition(" ")
        if sign == "#":
            turns = []
        elif sign == "Q:":
            question, kind = re.fullmatch(r"(.*?)(?: \[([\w ]+)\])?", rest).groups()  # type: ignore[union-attr]
            turns.append(Turn(question, kind or ""))
        elif sign == "A:":
            turns[-1].answer = rest
        elif sign in {"=", "+", "-"}:
            {"=": turns[-1].wanted, "+": turns[-1].parts, "-": turns[-1].never}[sign].append(rest)
        elif sign in {ALONE, UNCLEAR}:
            turns[-1].marks.add(sign)
        elif line:
            raise ValueError(f"{path.name}: no line of a known kind: {line}")
        elif turns:
            yield turns
            turns = []
    if turns:
        yield turns


def plain(text: str) -> str:
    """Return a question without what does not count: capitals, marks at the end, forms of the apostrophe."""
    return " ".join(text.replace("’", "'").casefold().split()).rstrip("?.! ")


def judge(turn: Turn, understood: Understanding) -> tuple[bool, bool]:
    """Return whether a question was understood exactly as wanted, and whether that is as good."""
    found = plain(understood.question)
    if turn.marks:
        same = found == plain(turn.question) and (ALONE in turn.marks or bool(understood.problem))
        return same, same
    exact = any(found == plain(wanted) for wanted in turn.wanted)
    same_words = any(set(terms(found)) == set(terms(plain(wanted))) for wanted in turn.wanted)
    held = [plain(part) in found for part in turn.parts]
    parts = bool(held) and all(held) and not any(plain(part) in found for part in turn.never)
    return exact or (not turn.wanted and parts), exact or same_words or parts


def run(halves: Iterable[str], method: Understand, every: int = 1) -> list[Judged]:
    """Return every follow-up of some halves, of one conversation in `every`, as `method` understands it."""
    judged = []
    for half in halves:
        for turns in islice(read_conversations(FOLDER / f"{half}.txt"), 0, None, every):
            for number, turn in enumerate(turns):
                if turn.is_judged:
                    earlier = [Exchange(one.question, answer=one.answer) for one in turns[:number]]
                    understood = method(turn.question, earlier)
                    asked = tuple(one.question for one in earlier)
                    judged.append(Judged(half, asked, turn, understood, *judge(turn, understood)))
    return judged


def shares(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return the figures of some follow-ups."""
    alone = [one for one in judged if ALONE in one.turn.marks]
    return {
        "n": len(judged),
        "exact": round(sum(one.exact for one in judged) / len(judged), 3),
        "accepted": round(sum(one.accepted for one in judged) / len(judged), 3),
        "dragged": sum(not one.accepted for one in alone),
    }


def by_kind(judged: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """Return the figures of each kind of follow-up, and of all."""
    kinds = sorted({one.turn.kind for one in judged})
    each = {kind: shares([one for one in judged if one.turn.kind == kind]) for kind in kinds}
    return {**each, "all": shares(judged)}


def _rules(question: str, history: Sequence[Exchange]) -> Understanding:
    return understand(question, history)


class ByModel:
    """Understands questions as the product does with a language model; counts how often that was asked and stood."""

    def __init__(self, name: str) -> None:
        settings = load()
        self._model = create_chat_model(
            name, base_url=settings.llm_base_url, max_tokens=60, weights_folder=weights_folder(settings)
        )
        self.asked, self.stood, self.seconds = 0, 0, 0.0

    def __call__(self, question: str, history: Sequence[Exchange]) -> Understanding:
        by_rules = understand(question, history)
        started = time.perf_counter()
        found = rewrite(question, history, by_rules, self._model)
        took = time.perf_counter() - started
        self.asked += took > _ASKED
        self.seconds += took
        self.stood += found is not by_rules
        return found

    def __str__(self) -> str:
        each = self.seconds / max(self.asked, 1)
        return f"the model was asked {self.asked} times, {each:.1f} s each; what it wrote stood {self.stood} times"


_ASKED = 0.01
"""Seconds that nothing but a language model takes."""


def main() -> None:
    """Print the figures of each half by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("halves", nargs="*", default=HALVES)
    parser.add_argument("--failures", action="store_true", help="print what was not accepted")
    parser.add_argument("--llm", help="let this language model rewrite the questions")
    parser.add_argument("--every", type=int, default=1, help="take one conversation in so many")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    method = ByModel(arguments.llm) if arguments.llm else _rules
    judged = run(arguments.halves, method, arguments.every)
    figures = {half: by_kind([one for one in judged if one.half == half]) for half in arguments.halves}
    if arguments.json:
        print(json.dumps({**figures, **provenance()}))
        return
    for half, kinds in figures.items():
        print(f"{half}\n{'kind':16}{'n':>5}{'exact':>8}{'accepted':>10}{'dragged':>9}")
        for kind, row in kinds.items():
            print(f"{kind:16}{row['n']:>5}{row['exact']:>8.3f}{row['accepted']:>10.3f}{row['dragged']:>9}")
    if isinstance(method, ByModel):
        print(method)
    if arguments.failures:
        for one in judged:
            if not one.accepted:
                print(f"\n{' | '.join(one.history)}\n  {one.turn.question} [{one.turn.kind}]")
                print(f"  → {one.understood.question} {one.understood.problem}")


if __name__ == "__main__":
    main()
