"""How often the words set bold are the answer: the rules of `rag.evidence.focus` on sentences that hold it.

usage: python -m tests.benchmarks.focus [SET]

SET is a folder with `docs.jsonl` and `questions.jsonl` of the contract whose gold entries have offsets of the answer
itself (default: `squad2_dev_half` of the evaluation data). For each answerable question the sentence that holds the
answer is given. Prints one JSON object: by kind of answer the number of questions, the share with words in focus, and
of these the share in which they overlap the answer.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.config import evaluation_data
from rag.evaluation.questions import read_objects
from rag.evidence.focus import focus_of
from rag.text.questions import parse_question
from rag.text.sentences import sentence_spans
from tests.benchmarks.provenance import provenance


def cases(folder: Path) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Yield each answerable question with the sentence that answers it, and where the answer stands in that."""
    texts = {row["doc_id"]: row["text"] for _, row in read_objects(folder / "docs.jsonl")}
    for _, row in read_objects(folder / "questions.jsonl"):
        gold = row["gold"][0] if row["answerable"] and row["gold"] else {}
        if "start" in gold:
            text, start, end = texts[gold["doc_id"]], gold["start"], gold["end"]
            holding = next((span for span in sentence_spans(text) if span[0] <= start and end <= span[1]), None)
            if holding:
                yield row["question"], text[slice(*holding)], (start - holding[0], end - holding[0])


def measure(folder: Path) -> dict[str, Any]:
    """Return the figures of a set."""
    outcomes: dict[str, list[bool | None]] = defaultdict(list)
    for question, sentence, (start, end) in cases(folder):
        parsed = parse_question(question)
        spans = focus_of(parsed, sentence)
        right = any(one < end and start < other for one, other in spans) if spans else None
        outcomes[parsed.answer_type.value].append(right)
        outcomes["all"].append(right)
    return {kind: _figures(found) for kind, found in sorted(outcomes.items())}


def _figures(found: list[bool | None]) -> dict[str, float | int | None]:
    told = [right for right in found if right is not None]
    return {
        "n": len(found),
        "focused": round(len(told) / len(found), 3),
        "right": round(sum(told) / len(told), 3) if told else None,
    }


def main() -> None:
    """Measure and print."""
    data = evaluation_data()
    if len(sys.argv) < 2 and data is None:
        sys.exit("Name a set, or set RAG_EVAL_DATA to the folder of the evaluation data.")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(str(data)) / "squad2_dev_half"
    sys.stdout.write(json.dumps({**provenance(), "set": folder.name, **measure(folder)}, indent=1) + "\n")


if __name__ == "__main__":
    main()
