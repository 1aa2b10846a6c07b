"""How many questions that stand alone come back changed behind questions that they have nothing to do with.

usage: RAG_EVAL_DATA=DIR python -m tests.benchmarks.topic_changes [--show N]

Of each evaluation set up to 800 questions, shuffled with a fixed seed, each behind two others of its set. Prints how
many the rules changed, or said of that they are not clear. Questions with a history of their own are left out.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

from rag.config import evaluation_data
from rag.conversation import understand

SETS = (
    "squad2_dev_half/questions.jsonl",
    "clapnq_dev/questions.jsonl",
    "claude_docs/questions.jsonl",
    "seeds_dev.jsonl",
)
MOST = 800


def read_set(path: Path) -> list[str]:
    """Return questions of a set that stand alone, in an order that is always the same."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    questions = [" ".join(row["question"].split()) for row in rows if not row.get("history")]
    random.Random(1).shuffle(questions)
    return questions[:MOST]


def changed(questions: list[str]) -> Iterator[tuple[list[str], str, str]]:
    """Yield the questions that do not come back as they were: the two before, the question, what became of it."""
    count = len(questions)
    for number, question in enumerate(questions):
        before = [questions[(number * 7 + 3) % count], questions[(number * 13 + 5) % count]]
        found = understand(question, before)
        if found.question != question or found.problem:
            yield before, question, found.problem or found.question


def main() -> None:
    """Print the figures of each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", type=int, default=0, help="print so many of those changed, of each set")
    arguments = parser.parse_args()
    folder = evaluation_data()
    if folder is None:
        parser.error("set RAG_EVAL_DATA to the folder of the evaluation sets")
    for name in SETS:
        questions = read_set(folder / name)
        found = list(changed(questions))
        print(f"{name}: {len(found)} of {len(questions)} changed")
        for before, question, became in found[: arguments.show]:
            print(f"  {' | '.join(before)}\n    {question}\n    → {became}")


if __name__ == "__main__":
    main()
