"""Make of a trained evidence model what the product reads.

usage: python -m tests.training.export MODEL.pt [--folder FOLDER]

Converts the network for OpenVINO, its weights in 8 bits (one scale for each row, as NNCF's weight compression does),
copies the tokenizer beside it, and prints the largest difference between both on a few texts, with the size.
Needs `pip install nncf`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import torch

from rag.config import BUNDLED_EMBEDDING_MODEL
from rag.embedding.openvino import import_openvino
from rag.embedding.samples import SAMPLES
from rag.embedding.weights import find_model
from rag.evidence_model import WEIGHTS, Arranger, EvidenceModel, Stretch
from rag.evidence_model.model import NETWORK, TOKENIZER
from tests.training.network import EvidenceNetwork, Example, collate, sentence_scores

_QUESTION = "Who said what, and when?"


def main() -> None:
    """Export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--folder", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    folder = find_model(BUNDLED_EMBEDDING_MODEL).folder
    network = EvidenceNetwork(folder)
    network.load_state_dict(torch.load(options.model, weights_only=True))
    network.eval()
    options.folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / TOKENIZER, options.folder / TOKENIZER)
    write(network, options.folder / NETWORK)
    size = sum(path.stat().st_size for path in options.folder.iterdir())
    report = {"difference": difference(network, options.folder), "bytes": size}
    sys.stdout.write(json.dumps(report) + "\n")


def write(network: EvidenceNetwork, path: Path) -> None:
    """Write the network for OpenVINO, compressed."""
    import nncf

    openvino = import_openvino()
    ids = torch.ones(2, 64, dtype=torch.long)
    example = {"input_ids": ids, "token_type_ids": torch.zeros_like(ids), "attention_mask": ids}
    converted = openvino.convert_model(network, example_input=example)
    for port, name in zip(converted.inputs, example, strict=True):
        port.get_tensor().set_names({name})
    openvino.save_model(nncf.compress_weights(converted), path, compress_to_fp16=False)


def difference(network: EvidenceNetwork, folder: Path) -> float:
    """Return the largest difference of a sentence's score between the network and its export."""
    exported, arranger = EvidenceModel(folder), Arranger(folder / TOKENIZER)
    stretch = Stretch("Samples", "", tuple(SAMPLES))
    ours = [reading.score for reading in exported.read(_QUESTION, [stretch])[0]]
    theirs: list[float] = []
    for window in arranger.windows(_QUESTION, stretch):
        batch = collate([Example(window, frozenset(), None)])
        with torch.no_grad():
            scores, none = sentence_scores(network(**batch.inputs), batch)
        theirs += (scores[0] - none[0]).tolist()
    return float(np.abs(np.array(ours) - np.array(theirs)).max())


if __name__ == "__main__":
    main()
