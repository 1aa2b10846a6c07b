"""The contract of `Embedder` on every implementation, and how a model is found, prepared and kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag.embedding import Embedder, load_embedder
from rag.embedding.openvino import OpenVinoEmbedder
from rag.embedding.record import RECORD, read_record
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder, quiet
from rag.embedding.weights import BUNDLED_NAME, find_model
from rag.errors import EmbeddingModelError
from rag.types import Precision
from tests.doubles import HashingEmbedder

TEXTS = (
    "John Bolton said the president was being played.",
    "“Talks will resume,” the minister said — naïvely, on 2025-05-31.",
    "",
    "Bread is baked from flour, water and salt.",
    "word " * 300,
    "Ütközés; 条約; договор",
    "The envoy declined to comment.",
    "A",
    "Bakers bake bread.",
    "Officials said that the ceasefire would hold.",
)


@pytest.fixture(scope="module")
def preparing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The bundled model prepared by a process of its own: the cache folder, and how the process ended."""
    folder = tmp_path_factory.mktemp("encoders")
    program = (
        "from pathlib import Path; from rag.embedding import load_embedder\n"
        f"load_embedder({BUNDLED_NAME!r}, Path({str(folder)!r}))"
    )
    return folder, subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def encoders(preparing: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    """A cache folder in which the bundled model has been prepared."""
    return preparing[0]


@pytest.fixture(scope="module")
def implementations(encoders: Path) -> dict[str, Embedder]:
    exported = load_embedder(BUNDLED_NAME, encoders, Precision.FLOAT32)
    assert isinstance(exported, OpenVinoEmbedder)
    files = find_model(BUNDLED_NAME)
    return {
        "hashing": HashingEmbedder(),
        "openvino": exported,
        "sentence-transformers": SentenceTransformerEmbedder(files, files.fingerprint()),
    }


@pytest.fixture(params=["hashing", "openvino", "sentence-transformers"])
def embedder(request: pytest.FixtureRequest, implementations: dict[str, Embedder]) -> Embedder:
    return implementations[request.param]


# ---------------------------------------------------------------- the contract


def test_vectors_are_unit_rows_in_the_order_of_the_texts(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    assert np.abs(vectors - alone).max() < 1e-5


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)
    assert embedder.embed_queries([]).shape == (0, embedder.dimension)


def test_nearer_in_meaning_is_higher(embedder: Embedder) -> None:
    question = embedder.embed_queries(["Who bakes bread?"])[0]
    similarities = embedder.embed_passages(TEXTS) @ question
    assert int(similarities.argmax()) == TEXTS.index("Bakers bake bread.")


def test_progress_ends_at_the_number_of_texts(embedder: Embedder) -> None:
    reported: list[int] = []
    embedder.embed_passages([*TEXTS, *TEXTS], reported.append)
    assert reported == sorted(reported)
    assert reported[-1] == 2 * len(TEXTS)


def test_what_lies_beyond_the_limit_is_not_read_and_can_be_told(embedder: Embedder) -> None:
    read, beyond = "a " * embedder.max_pieces, "a " * embedder.max_pieces + "bread and flour"
    assert embedder.count_pieces("a") <= embedder.max_pieces < embedder.count_pieces(read)
    assert embedder.count_pieces(beyond) > embedder.count_pieces(read)
    assert np.abs(np.diff(embedder.embed_passages([read, beyond]), axis=0)).max() < 1e-6


def test_threads_get_the_same_vectors(embedder: Embedder) -> None:
    with ThreadPoolExecutor(4) as executor:
        results = list(executor.map(lambda _: embedder.embed_queries(TEXTS[5:]), range(8)))
    expected = embedder.embed_queries(TEXTS[5:])
    assert max(float(np.abs(result - expected).max()) for result in results) < 1e-5


def test_a_model_says_what_it_is(embedder: Embedder) -> None:
    assert embedder.name
    assert len(embedder.fingerprint) == 64
    assert set(embedder.fingerprint) <= set("0123456789abcdef")


# ---------------------------------------------------------------- openvino against the original


def test_openvino_gives_the_vectors_of_sentence_transformers(implementations: dict[str, Embedder]) -> None:
    ours, theirs = implementations["openvino"], implementations["sentence-transformers"]
    assert (ours.dimension, ours.max_pieces, ours.fingerprint) == (384, 256, theirs.fingerprint)
    assert np.abs(ours.embed_passages(TEXTS) - theirs.embed_passages(TEXTS)).max() < 1e-4
    assert np.abs(ours.embed_queries(TEXTS) - theirs.embed_queries(TEXTS)).max() < 1e-4
    assert [ours.count_pieces(text) for text in TEXTS] == [theirs.count_pieces(text) for text in TEXTS]


def test_a_prepared_model_needs_no_torch_no_telemetry_and_makes_no_noise(encoders: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from rag.embedding import load_embedder\n"
        f"model = load_embedder({BUNDLED_NAME!r}, Path({str(encoders)!r}))\n"
        "model.embed_queries(['What did she say?']); model.count_pieces('word')\n"
        "unwanted = ('torch', 'sentence_transformers', 'transformers', 'huggingface_hub', 'openvino_telemetry')\n"
        "sys.exit(str([name for name in unwanted if sys.modules.get(name)] or ''))"
    )
    result = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr.strip()) == ("", "")


def test_preparing_makes_no_noise(preparing: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    assert (preparing[1].stdout, preparing[1].stderr) == ("", "")


# ---------------------------------------------------------------- other models, in small


MakeModel = Callable[..., Path]


@pytest.fixture
def make_model(tmp_path: Path) -> MakeModel:
    """A function that saves a tiny sentence-transformers model, random but always the same, and returns its folder."""

    def make(*, pooling: str = "mean", dense: bool = False, prompts: dict[str, str] | None = None) -> Path:
        with quiet():
            import torch
            from sentence_transformers import SentenceTransformer
            from sentence_transformers.base.modules import Transformer
            from sentence_transformers.sentence_transformer.modules import Dense, Pooling
            from transformers import BertConfig, BertModel, BertTokenizerFast
            from transformers.utils import logging

            logging.disable_progress_bar()
            torch.manual_seed(0)
            vocabulary = "[PAD] [UNK] [CLS] [SEP] [MASK] query passage : who said what bread flour".split()
            (tmp_path / "vocab.txt").write_text("\n".join(vocabulary))
            config = BertConfig(
                vocab_size=len(vocabulary),
                hidden_size=16,
                num_hidden_layers=1,
                num_attention_heads=2,
                intermediate_size=32,
                max_position_embeddings=40,
            )
            BertModel(config).save_pretrained(tmp_path / "bert")
            BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path / "bert")
            modules = [Transformer(str(tmp_path / "bert"), max_seq_length=32), Pooling(16, pooling_mode=pooling)]
            if dense:
                modules.append(Dense(16, 8))
            SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(tmp_path / "model"))
        return tmp_path / "model"

    return make


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_pooling_and_prompts_are_the_models_own(make_model: MakeModel, tmp_path: Path, pooling: str) -> None:
    folder = make_model(pooling=pooling, prompts={"query": "query: ", "document": "passage: "})
    model = load_embedder(str(folder), tmp_path / "encoders", Precision.FLOAT32)
    files = find_model(str(folder))
    original = SentenceTransformerEmbedder(files, files.fingerprint())
    texts = ["who said what", "bread", "", "flour " * 50]
    assert isinstance(model, OpenVinoEmbedder)
    assert np.abs(model.embed_queries(texts) - original.embed_queries(texts)).max() < 1e-5
    assert np.abs(model.embed_passages(texts) - original.embed_passages(texts)).max() < 1e-5
    assert np.abs(model.embed_passages(texts) - model.embed_queries(texts)).max() > 1e-3
    assert model.count_pieces("bread") == len("[CLS] passage : bread [SEP]".split())


@pytest.mark.parametrize("model", [{"pooling": "max"}, {"dense": True}])
def test_a_model_that_cannot_be_exported_runs_in_sentence_transformers(
    make_model: MakeModel, tmp_path: Path, model: dict[str, object]
) -> None:
    folder = make_model(**model)
    first = load_embedder(str(folder), tmp_path / "encoders")
    record = read_record(next((tmp_path / "encoders").iterdir()))
    again = load_embedder(str(folder), tmp_path / "encoders")
    assert isinstance(first, SentenceTransformerEmbedder)
    assert isinstance(again, SentenceTransformerEmbedder)
    assert record is not None
    assert record.runtime == "sentence-transformers"
    assert record.reason
    assert np.linalg.norm(again.embed_passages(["bread"])) == pytest.approx(1)


def test_a_changed_model_is_prepared_anew_and_an_untouched_one_is_not_read(
    make_model: MakeModel, tmp_path: Path
) -> None:
    folder, cache = make_model(), tmp_path / "encoders"
    first = load_embedder(str(folder), cache)
    weights = folder / "model.safetensors"
    content, times = weights.read_bytes(), weights.stat()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    changed = load_embedder(str(folder), cache)
    assert changed.fingerprint != first.fingerprint
    assert len(list(cache.iterdir())) == 2
    weights.write_bytes(content)
    assert load_embedder(str(folder), cache).fingerprint == first.fingerprint
    record = next(path for path in cache.glob(f"{first.fingerprint[:16]}/{RECORD}"))
    assert json.loads(record.read_text())["stamps"]["model.safetensors"][1] != times.st_mtime_ns


def test_a_broken_export_is_made_again(make_model: MakeModel, tmp_path: Path) -> None:
    folder, cache = make_model(), tmp_path / "encoders"
    expected = load_embedder(str(folder), cache).embed_queries(["bread"])
    network = next(cache.glob("*/model.bin"))
    network.write_bytes(network.read_bytes()[:-10])
    assert np.array_equal(load_embedder(str(folder), cache).embed_queries(["bread"]), expected)
    next(cache.glob(f"*/{RECORD}")).write_text("{")
    assert np.array_equal(load_embedder(str(folder), cache).embed_queries(["bread"]), expected)
    assert len(list(cache.iterdir())) == 1


def test_what_a_killed_process_left_is_not_used_and_goes_after_an_hour(make_model: MakeModel, tmp_path: Path) -> None:
    folder, cache = make_model(), tmp_path / "encoders"
    load_embedder(str(folder), cache)
    for name, age in ((".preparing-old", 7200), (".preparing-new", 60)):
        next(path for path in cache.iterdir() if not path.name.startswith(".")).rename(cache / name)
        os.utime(cache / name, (time.time() - age,) * 2)
        load_embedder(str(folder), cache)
    assert [path.name for path in cache.iterdir() if path.name.startswith(".")] == [".preparing-new"]
    assert len(list(cache.iterdir())) == 2


def test_an_unreadable_export_is_an_error_that_names_its_folder(make_model: MakeModel, tmp_path: Path) -> None:
    folder, cache = make_model(), tmp_path / "encoders"
    load_embedder(str(folder), cache)
    network = next(cache.glob("*/model.xml"))
    network.write_bytes(b"x" * network.stat().st_size)
    with pytest.raises(EmbeddingModelError, match=str(network.parent)):
        load_embedder(str(folder), cache)


# ---------------------------------------------------------------- finding a model


def test_a_model_that_is_not_here_is_an_error_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingModelError, match="hf download some-lab/some-model"):
        load_embedder("some-lab/some-model", tmp_path)
    with pytest.raises(EmbeddingModelError, match="neither a folder nor on this machine"):
        load_embedder("no such: name", tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmbeddingModelError, match="holds no weights"):
        load_embedder(str(tmp_path / "empty"), tmp_path)


def test_a_folder_that_is_no_model_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(EmbeddingModelError, match="cannot be loaded"):
        load_embedder(str(tmp_path / "model"), tmp_path / "encoders")
    assert not list((tmp_path / "encoders").glob("*"))


def test_a_model_in_the_hubs_cache_is_found_by_name(
    make_model: MakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    hub = tmp_path / "hub"
    repository = hub / "models--some-lab--some-model"
    shutil.copytree(make_model(), repository / "snapshots" / "abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(hub))
    monkeypatch.setattr("huggingface_hub._snapshot_download.constants.HF_HUB_CACHE", str(hub))
    model = load_embedder("some-lab/some-model", tmp_path / "encoders")
    assert (model.name, model.dimension) == ("some-lab/some-model", 16)


def test_altered_weights_of_the_bundled_model_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"altered")
    monkeypatch.setattr("rag.embedding.weights._bundled_folder", lambda: tmp_path)
    with pytest.raises(EmbeddingModelError, match="not the published ones"):
        load_embedder(BUNDLED_NAME, tmp_path / "encoders")


def test_a_cache_that_cannot_be_written_is_an_error(make_model: MakeModel, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(EmbeddingModelError, match="cannot be prepared"):
        load_embedder(str(make_model()), blocked)
