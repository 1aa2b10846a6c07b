"""Train the evidence model again.

usage: RAG_EVAL_DATA=DIR python -m tests.training.evidence TRAINING_DATA OUT [--epochs N] [--rate R] [--bfloat16]

Starts from the weights of all-MiniLM-L6-v2 that the embedding model has, with its word embeddings left as they are, and
writes OUT.pt and OUT.json (how it was trained, and how well it tells on what was held out, after each epoch).
`python -m tests.training.export` makes of it what the product reads.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from rag.config import BUNDLED_EMBEDDING_MODEL, evaluation_data
from rag.embedding.weights import find_model
from rag.evidence_model.arranging import Arranger
from tests.benchmarks.provenance import provenance
from tests.training.data import Asked, beside_another, is_held_out, read_all, with_another_name, without_answer
from tests.training.network import EvidenceNetwork, Example, collate, loss_of, padded, sentence_scores

PIECES_AT_A_TIME = 5_000
SHARES = {"without answer": 0.4, "beside another": 0.3, "another name": 0.5}
"""How many of the questions made without an answer are taken, anew each epoch."""
HEAD_RATE, DECAY, WARM_UP, LEAST_RATE, CLIP = 1e-3, 0.01, 0.06, 0.02, 1.0
_SAID_EVERY = 40


@dataclass(frozen=True, slots=True)
class Questions:
    """What is trained on."""

    asked: list[Asked]
    made: dict[str, list[Asked]]

    def epoch(self, rng: random.Random) -> list[Asked]:
        """Return all questions asked and some of those made."""
        some = [each for name, made in self.made.items() for each in rng.sample(made, int(SHARES[name] * len(made)))]
        return [*self.asked, *some]


def questions(asked: list[Asked], rng: random.Random) -> Questions:
    """Return questions and what is made of them."""
    by_group: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for each in asked:
        by_group[each.set_name, each.stretch.title].append(each)
    swapped = []
    for each in asked:
        near, far = by_group[each.set_name, each.stretch.title], rng.sample(asked, 3)
        others = [other.stretch for other in (*rng.sample(near, min(6, len(near))), *far)]
        swapped.append(with_another_name(each, others, rng) if each.gold else None)
    made = {
        "without answer": [cut for each in asked if (cut := without_answer(each))],
        "beside another": beside_another(asked),
        "another name": [each for each in swapped if each],
    }
    return Questions(asked, made)


def examples(asked: Asked, arranger: Arranger) -> Iterator[Example]:
    """Yield the windows of a question's text, each with what is right in it."""
    for window in arranger.windows(asked.question, asked.stretch):
        gold = frozenset(place for place, sentence in enumerate(window.sentences) if sentence.number in asked.gold)
        span = (0, 0) if not gold and asked.set_name.startswith("squad") else None
        for sentence in window.sentences:
            if asked.answer and asked.gold and sentence.number == asked.gold[0]:
                start, end = asked.answer
                inside = [n for n, (first, last) in enumerate(sentence.offsets) if first < end and start < last]
                span = (sentence.start + inside[0], sentence.start + inside[-1]) if inside else None
        yield Example(window, gold, span)


def batches(found: Sequence[Example], rng: random.Random | None = None) -> list[list[Example]]:
    """Return examples in batches of like length and of as many pieces, in random order where `rng` is given."""
    by_length: dict[int, list[Example]] = defaultdict(list)
    for each in rng.sample(found, len(found)) if rng else found:
        by_length[padded(len(each.window.pieces))].append(each)
    made = []
    for length, own in by_length.items():
        size = PIECES_AT_A_TIME // length
        made += [own[start : start + size] for start in range(0, len(own), size)]
    if rng:
        rng.shuffle(made)
    return made


def held_out_figures(network: EvidenceNetwork, asked: Sequence[Asked], arranger: Arranger) -> dict[str, Any]:
    """Return for each set: the share of questions whose best sentence answers, and the AUROC of the best score."""
    network.eval()
    tops: dict[int, tuple[float, int]] = {}
    found = [(number, each) for number, one in enumerate(asked) for each in examples(one, arranger)]
    by_example = {id(each): number for number, each in found}
    with torch.no_grad():
        for some in batches([each for _, each in found]):
            batch = collate(some)
            scores, none = sentence_scores(network(**batch.inputs), batch)
            for row, each in enumerate(some):
                place = int(scores[row].argmax())
                top = (float(scores[row, place] - none[row]), each.window.sentences[place].number)
                number = by_example[id(each)]
                tops[number] = max(top, tops.get(number, top))
    network.train()
    report: dict[str, Any] = {}
    for name in dict.fromkeys(each.set_name for each in asked):
        own = [(each, tops[number]) for number, each in enumerate(asked) if each.set_name == name]
        hits = [top[1] in each.gold for each, top in own if each.gold]
        report[name] = {"n": len(own), "hit@1": round(float(np.mean(hits)), 3)}
        if len(hits) < len(own):
            known = [bool(each.gold) for each, _ in own]
            report[name]["auroc"] = round(float(roc_auc_score(known, [top[0] for _, top in own])), 3)
    return report


def train(
    network: EvidenceNetwork,
    material: Questions,
    held: Sequence[Asked],
    arranger: Arranger,
    options: argparse.Namespace,
) -> Iterator[dict[str, Any]]:
    """Train, and yield the figures on what is held out after each epoch."""
    rng = random.Random(options.seed)
    network.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    plan = [
        batches([each for asked in material.epoch(rng) for each in examples(asked, arranger)], rng)
        for _ in range(options.epochs)
    ]
    total = sum(map(len, plan))
    body = [value for name, value in network.named_parameters() if value.requires_grad and not name.startswith("head")]
    groups = [
        {"params": body, "lr": options.rate, "weight_decay": DECAY},
        {"params": network.head.parameters(), "lr": HEAD_RATE, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (WARM_UP * total)) * max(LEAST_RATE, 1 - step / total)
    )
    started, losses = time.perf_counter(), []
    for epoch in plan:
        for some in epoch:
            batch = collate(some)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bfloat16):
                numbers = network(**batch.inputs)
            loss = loss_of(numbers.float(), batch)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            losses.append(loss.item())
            if len(losses) % _SAID_EVERY == 0:
                mean = float(np.mean(losses[-_SAID_EVERY:]))
                seconds = time.perf_counter() - started
                sys.stderr.write(f"{len(losses)}/{total} loss {mean:.3f} after {seconds:.0f} s\n")
                sys.stderr.flush()
        yield {"seconds": round(time.perf_counter() - started), "figures": held_out_figures(network, held, arranger)}


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("training", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--start", type=Path, help="weights of an earlier training to go on from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bfloat16", action="store_true", help="compute so; quicker where the processor has it")
    options = parser.parse_args()
    data = evaluation_data()
    if data is None:
        sys.exit("RAG_EVAL_DATA is not set: name the folder of evaluation data.")
    torch.manual_seed(options.seed)
    folder = find_model(BUNDLED_EMBEDDING_MODEL).folder
    arranger = Arranger(folder / "tokenizer.json")
    asked = read_all(data, options.training)
    held = [each for each in asked if is_held_out(each)]
    material = questions([each for each in asked if not is_held_out(each)], random.Random(options.seed))
    network = EvidenceNetwork(folder)
    if options.start:
        network.load_state_dict(torch.load(options.start, weights_only=True))
    report: dict[str, Any] = {
        **provenance(),
        "asked": len(material.asked),
        "made": {name: len(made) for name, made in material.made.items()},
        "held out": len(held),
        "epochs": [],
    }
    for epoch in train(network, material, held, arranger, options):
        report["epochs"].append(epoch)
        torch.save(network.state_dict(), options.out.with_suffix(".pt"))
        options.out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(json.dumps(epoch) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
