"""What share of the lies that a language model is told to tell reaches the reader.

usage: python -m tests.benchmarks.lies_by_model [--llm NAME] [--index FOLDER] [--most N] [--seed N] [FOLDER ...]

For each kind of lie, sentences of the bundled and the invented articles, or of the sources in FOLDER, drawn at random,
are given to the model with the order to write one sentence that gets one thing wrong; what it writes, with the
sentence as its citation, is checked as every answer is. Of what it wrote, a lie is certain where it has a number, a
name or a quotation that the cited sentence does not have: `certain` counts these, `certain_shown` those of them that
are shown. Whatever is shown in other words than the source's is printed beside its source, for a person to judge.
FOLDER/models of the index holds the weights of a local model. Prints one JSON object with the machine and the commit.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel

from rag.config import BUNDLED_EMBEDDING_MODEL
from rag.embedding import load_embedder
from rag.models import create_chat_model
from rag.text.names import find_mentions
from rag.text.normalise import normalise
from rag.text.sentences import quotation_spans
from rag.text.words import words
from rag.verification import Verifier
from tests.benchmarks.lies import FOLDERS, Outcome, Stage, read_documents
from tests.benchmarks.provenance import provenance
from tests.telling import Told, tell

ORDERS = {
    "number": "Change one number to another number.",
    "name": "Put the name of another person in place of a name.",
    "places": "Let two of the persons or things change places, so that the other one does it.",
    "quotation": "Put invented words between quotation marks, as if somebody had said them.",
    "denied": "Say the opposite: deny what it says.",
    "certain": "Say more strongly and more surely what it says, for all cases.",
    "detail": "Add one detail that it does not have.",
    "merged": "Say that one person did all that it tells of.",
}
_PROMPT = (
    "Here is a sentence of a newspaper:\n\n{sentence}\n\nWrite one short sentence that tells this wrongly. {order} "
    "Write the sentence only."
)
_NUMBER = re.compile(r"\d[\d,.]*")
_FEWEST_QUOTED = 3
_MOST_TOKENS = 80


@dataclass(frozen=True, slots=True)
class Written:
    """What the model wrote of a sentence, and what became of it."""

    told: Told
    outcome: Outcome

    @property
    def certain(self) -> bool:
        """Whether it has a number, a name or a quotation that the cited sentence does not have."""
        source, text = self.told.piece.text, self.outcome.text
        context = f"{source} {self.told.piece.refers_to or ''} {self.told.piece.speaker or ''} {self.told.piece.title}"
        numbers = set(_NUMBER.findall(text)) - set(_NUMBER.findall(source))
        named = [set(mention.tokens) for mention in find_mentions(f"of {text}")]
        names = [tokens for tokens in named if len(max(tokens, key=len)) > 1 and not tokens & set(words(context))]
        quoted = [text[start + 1 : end - 1] for start, end in quotation_spans(text)]
        plain = normalise(source).lower()
        invented = [
            each
            for each in quoted
            if len(each.split()) >= _FEWEST_QUOTED and normalise(each).lower().strip(" .,") not in plain
        ]
        return bool(numbers or names or invented)


def written(model: BaseChatModel, told: list[Told], stage: Stage, most: int, seed: int) -> Iterator[Written]:
    """Yield what the model writes on each order of `most` sentences."""
    for kind, order in ORDERS.items():
        fitting = [each for each in told if kind != "number" or _NUMBER.search(each.piece.text)]
        for each in Random(f"{seed} {kind}").sample(fitting, min(most, len(fitting))):
            answer = str(model.invoke(_PROMPT.format(sentence=each.piece.text, order=order)).content)
            text = " ".join(answer.split())
            yield Written(each, stage.outcome(kind, text, [each.piece]))


def report(found: list[Written]) -> dict[str, Any]:
    """Return the counts of each kind, and what was shown."""
    counts = {}
    for kind in ORDERS:
        own = [each for each in found if each.outcome.kind == kind]
        certain = [each for each in own if each.certain]
        counts[kind] = {
            "written": len(own),
            "certain": len(certain),
            "certain_shown": sum(each.outcome.shown for each in certain),
            "shown": sum(each.outcome.shown for each in own),
        }
    shown = [each for each in found if each.outcome.shown]
    return {
        "kinds": counts,
        "shown": [
            {"kind": each.outcome.kind, "source": each.told.piece.text, "written": each.outcome.text} for each in shown
        ],
    }


def main() -> None:
    """Ask, check and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=FOLDERS)
    parser.add_argument("--llm", default="local:qwen2.5-coder-1.5b")
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--most", type=int, default=15)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    model = create_chat_model(arguments.llm, max_tokens=_MOST_TOKENS, weights_folder=arguments.index / "models")
    found: list[Written] = []
    with tempfile.TemporaryDirectory() as cache:
        verifier = Verifier(load_embedder(BUNDLED_EMBEDDING_MODEL, Path(cache)).embed_passages)
        for folder in arguments.folders:
            documents = read_documents(folder)
            told = [each for document in documents for each in tell(document)]
            found += written(model, told, Stage(documents, verifier), arguments.most, arguments.seed)
    sys.stdout.write(json.dumps(provenance() | report(found), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
