"""Cross-encoders small enough to be made in a test: a BERT of one layer with weights drawn by a fixed seed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

WORDS = "[PAD] [UNK] [CLS] [SEP] the minister talks bread flour water salt bakers night ships harbour storm".split()
PIECES = 24
"""How much the model reads at once, three special tokens included."""


def save_cross_encoder(folder: Path, *, scores: int = 1, seed: int = 7, labels: Sequence[str] = ()) -> Path:
    """Save a model that gives `scores` scores for a pair of texts, as transformers saves one, and return its folder.

    With `labels`, one score for each, under these names.
    """
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=PIECES, **special).save_pretrained(folder)
    configuration = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=PIECES,
        **({"id2label": dict(enumerate(labels))} if labels else {"num_labels": scores}),
        initializer_range=1.0,  # so that scores differ by more than rounding
    )
    torch.manual_seed(seed)
    BertForSequenceClassification(configuration).save_pretrained(folder)
    return folder
