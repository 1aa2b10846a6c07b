"""How well follow-up questions are understood without a language model, on hand-made conversations.

usage: python -m tests.benchmarks.conversation [first] [second] [--failures] [--llm PROVIDER:MODEL] [--json]

The conversations (tests/data/conversations) are about many kinds of documents. Half of them, `second`, was written
before the rules were and never looked at while these were mended. A line of a file is one of: `Q:` a question, with
the kind of follow-up in brackets; `A:` its answer, as far as it names something; `=` a wanted question, word for word;
`+` a part that must be in the question, `-` one that must not; `==` the question stands as it was asked; `??` it stands
as it was asked, and it is said that it is not clear. Every question is understood from those before it as they were
asked, and from the answers.

A question is `exact` where it is one of those wanted, marks and capitals apart, `accepted` where it has the same words
of content as one of them, or all the parts. `dragged` is a question that stands alone and came back with something of
an earlier one.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.conversation import Understanding, understand
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


def run(halves: Iterable[str], method: Understand) -> list[Judged]:
    """Return every follow-up of some halves as `method` understands it."""
    judged = []
    for half in halves:
        for turns in read_conversations(FOLDER / f"{half}.txt"):
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


def main() -> None:
    """Print the figures of each half by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("halves", nargs="*", default=HALVES)
    parser.add_argument("--failures", action="store_true", help="print what was not accepted")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    judged = run(arguments.halves, _rules)
    figures = {half: by_kind([one for one in judged if one.half == half]) for half in arguments.halves}
    if arguments.json:
        print(json.dumps({**figures, **provenance()}))
        return
    for half, kinds in figures.items():
        print(f"{half}\n{'kind':16}{'n':>5}{'exact':>8}{'accepted':>10}{'dragged':>9}")
        for kind, row in kinds.items():
            print(f"{kind:16}{row['n']:>5}{row['exact']:>8.3f}{row['accepted']:>10.3f}{row['dragged']:>9}")
    if arguments.failures:
        for one in judged:
            if not one.accepted:
                print(f"\n{' | '.join(one.history)}\n  {one.turn.question} [{one.turn.kind}]")
                print(f"  → {one.understood.question} {one.understood.problem}")


if __name__ == "__main__":
    main()
