"""How good the answers to a question file are, told from the answer objects and the source files alone.

usage: python -m tests.benchmarks.answers [QUESTIONS.jsonl] [--index DIR] [--sources DIR] [--llm PROVIDER:MODEL]

A line of the file is an object of the contract (`question`, `id`, `history`, `answerable`, `gold`), and may have
`facts`: strings that a right answer shows. Prints one JSON object with the machine and the commit. `exact` is the share
of the citations whose quotation is the source's text at their offsets, `quoted` the share of the spans of four words or
more between quotation marks that stand in a source, `uncited` the number of statements without a citation.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.config import load
from rag.engine import Engine
from rag.evaluation.figures import Judged, figures, judge
from rag.evaluation.questions import read_objects, read_questions
from rag.text.normalise import normalise
from rag.text.sentences import quotation_spans
from rag.types import Answer, Status
from tests.benchmarks.provenance import ROOT, provenance

QUESTIONS = ROOT / "tests" / "data" / "seeds" / "questions.jsonl"
_LONG_ENOUGH = 4


def ask_all(engine: Engine, questions: Path, llm: str | None = None) -> list[Judged]:
    """Ask every question of a file, in order."""
    return [
        judge(question, engine.ask(question.question, question.history, llm), lambda name: engine.document(name).text)
        for question in read_questions(questions)
    ]


def measure(judged: Sequence[Judged], texts: Mapping[str, str], facts: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the figures; `texts` holds the sources by name, `facts` what each answer in turn is to show."""
    answers = [pair.answer for pair in judged]
    found = figures(judged, documents=len(texts), chunks=0)
    cited = [citation for answer in answers for citation in answer.citations]
    everything = normalise(" ".join(texts.values())).lower()
    quoted = [span in everything for answer in answers for span in quoted_spans(answer)]
    shown = [fact.lower() in shown_text(answer) for answer, each in zip(answers, facts, strict=True) for fact in each]
    refused = [pair for pair in judged if pair.answer.status is Status.REFUSED]
    answerable = [pair for pair in judged if pair.question.answerable]
    return {
        "n": len(judged),
        "answered": share([pair.answer.status is not Status.REFUSED for pair in answerable]),
        "refused": found["abstention"]["recall"],
        "refusals_right": share([not pair.question.answerable for pair in refused]),
        "gold_recall": found["citation"]["recall"],
        "citation_precision": found["citation"]["precision"],
        "facts": share(shown),
        "exact": share([texts[each.source][each.start : each.end] == each.quote for each in cited]),
        "quoted": share(quoted),
        "uncited": sum(not statement.citations for answer in answers for statement in answer.statements),
        "replaced": sum(any("shown instead" in note for note in answer.notes) for answer in answers),
        "dropped": sum(len(answer.dropped) for answer in answers),
        "median_ms": round(statistics.median(answer.timings_ms["total"] for answer in answers), 1),
    }


def share(outcomes: Sequence[bool]) -> float | None:
    """Return the share of the outcomes that are true, None where there are none."""
    return round(sum(outcomes) / len(outcomes), 3) if outcomes else None


def shown_text(answer: Answer) -> str:
    """Return what a reader sees of an answer: its text and the quotations behind its citations, in lower case."""
    if answer.status is Status.REFUSED:
        return ""
    return normalise(" ".join([answer.text, *(citation.quote for citation in answer.citations)])).lower()


def quoted_spans(answer: Answer) -> Iterator[str]:
    """Yield what stands between quotation marks in an answer, normalised, from four words on."""
    for start, end in quotation_spans(answer.text):
        words = normalise(answer.text[start + 1 : end - 1]).strip(" .,;:!?").lower()
        if len(words.split()) >= _LONG_ENOUGH:
            yield words


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="?", type=Path, default=QUESTIONS)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--llm")
    arguments = parser.parse_args()
    settings = load(index=arguments.index, sources=arguments.sources, llm=arguments.llm)
    engine = Engine.open(settings)
    facts = [row.get("facts", []) for _, row in read_objects(arguments.questions)]
    texts = {document.source: document.text for document in engine.documents()}
    report = {**provenance(), "llm": settings.llm, **measure(ask_all(engine, arguments.questions), texts, facts)}
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
