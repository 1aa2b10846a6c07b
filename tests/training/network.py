"""The network of the evidence model and what it is trained to do.

A small BERT reads question and text together (see `rag.evidence_model.arranging`). Five numbers come out at each word
piece; from them a sentence has a score (mean over its pieces, and its separator), the text one for 'no sentence here
answers' (at the opening piece), and each piece one as the first and the last of the words that answer (as Devlin et
al., "BERT", 2019, read spans; the score for no answer as in their SQuAD 2 model).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

from rag.evidence_model.arranging import Window

MEAN, SEPARATOR, FIRST, LAST, NONE = range(5)
_DROPOUT = 0.1
_SPREAD = 0.02
_LEAST = -30.0
_SENTENCE_WEIGHT, _SPAN_WEIGHT = 0.5, 0.4


@dataclass(frozen=True, slots=True)
class Example:
    """A window, the sentences of it that answer (places in the window), and where known the pieces of the answer.

    `span` is (0, 0) where it is known that there is no answer, None where the words are not known.
    """

    window: Window
    gold: frozenset[int]
    span: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples as tensors: the network's inputs, how to pool, and what is right."""

    inputs: dict[str, Tensor]
    pooling: Tensor
    """(examples, sentences, pieces): rows add up to one."""
    separators: Tensor
    """(examples, sentences): the place behind each sentence."""
    held: Tensor
    """(examples, sentences): which of them there are."""
    gold: Tensor
    span: Tensor
    """(examples, 2): -1 where it is not known."""


class EvidenceNetwork(nn.Module):
    """A BERT with five numbers for each word piece."""

    def __init__(self, folder: Path) -> None:
        """Start from the weights in `folder`."""
        super().__init__()
        # Dropout of attention would take as long as all the rest on a processor.
        options = {"attn_implementation": "eager", "attention_probs_dropout_prob": 0.0}
        self.bert = BertModel.from_pretrained(str(folder), add_pooling_layer=False, **options)
        self.head = nn.Linear(self.bert.config.hidden_size, 5)
        nn.init.normal_(self.head.weight, std=_SPREAD)
        nn.init.zeros_(self.head.bias)
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the five numbers, shape (texts, pieces, 5)."""
        states = self.bert(input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask)
        numbers: Tensor = self.head(self.dropout(states.last_hidden_state))
        return numbers


def padded(pieces: int) -> int:
    """Return the length that a text of so many pieces is filled up to: few lengths, for each is compiled apart."""
    return -(-pieces // _STEP) * _STEP


_STEP = 32


def collate(examples: list[Example]) -> Batch:
    """Return examples as one batch, padded on the right."""
    count = len(examples)
    length = padded(max(len(each.window.pieces) for each in examples))
    most = max(len(each.window.sentences) for each in examples)
    ids, types, mask = (torch.zeros(count, length, dtype=torch.long) for _ in range(3))
    pooling = torch.zeros(count, most, length)
    separators = torch.zeros(count, most, dtype=torch.long)
    held, gold = torch.zeros(count, most, dtype=torch.bool), torch.zeros(count, most)
    span = torch.full((count, 2), -1)
    for row, each in enumerate(examples):
        size = len(each.window.pieces)
        ids[row, :size], types[row, :size] = torch.tensor(each.window.pieces), torch.tensor(each.window.types)
        mask[row, :size] = 1
        for place, sentence in enumerate(each.window.sentences):
            pooling[row, place, sentence.start : sentence.end] = 1 / max(1, sentence.end - sentence.start)
            separators[row, place] = sentence.end
            held[row, place] = True
            gold[row, place] = place in each.gold
        if each.span is not None:
            span[row] = torch.tensor(each.span)
    inputs = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
    return Batch(inputs, pooling, separators, held, gold, span)


def sentence_scores(numbers: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return the score of each sentence, shape (texts, sentences), and that of 'none', shape (texts,)."""
    pooled = torch.einsum("tsp,tp->ts", batch.pooling, numbers[..., MEAN])
    scores = pooled + numbers[..., SEPARATOR].gather(1, batch.separators)
    return scores.masked_fill(~batch.held, _LEAST), numbers[:, 0, NONE]


def loss_of(numbers: Tensor, batch: Batch) -> Tensor:
    """Return how wrong the network is: which sentence or none, each sentence by itself, and which words."""
    scores, none = sentence_scores(numbers, batch)
    shares = torch.log_softmax(torch.cat([none[:, None], scores], 1), 1)
    right = torch.logsumexp(shares[:, 1:].masked_fill(batch.gold == 0, -1e9), 1)
    which = -torch.where(batch.gold.sum(1) > 0, right, shares[:, 0]).mean()
    each = nn.functional.binary_cross_entropy_with_logits(scores - none[:, None], batch.gold, reduction="none")
    alone = (each * batch.held).sum() / batch.held.sum()
    return which + _SENTENCE_WEIGHT * alone + _SPAN_WEIGHT * _span_loss(numbers, batch)


def _span_loss(numbers: Tensor, batch: Batch) -> Tensor:
    known = batch.span[:, 0] >= 0
    if not known.any():
        return torch.zeros(())
    empty = batch.inputs["attention_mask"][known] == 0
    ends = [
        nn.functional.cross_entropy(numbers[known][..., column].masked_fill(empty, -1e4), batch.span[known][:, side])
        for side, column in enumerate((FIRST, LAST))
    ]
    return (ends[0] + ends[1]) / 2
