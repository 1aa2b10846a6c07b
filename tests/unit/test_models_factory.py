"""Names of models, and which of them are worth offering."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from rag.errors import LanguageModelError, ModelNotInstalledError, UsageError
from rag.models import create_chat_model, installed_models
from rag.models.extractive import ExtractiveChatModel
from rag.models.weights import QWEN_CODER, REGISTERED


@pytest.mark.parametrize("name", ["extractive", " Extractive "])
def test_extractive_is_a_model_like_any_other(name: str, tmp_path: Path) -> None:
    assert isinstance(create_chat_model(name, weights_folder=tmp_path), ExtractiveChatModel)


@pytest.mark.parametrize("name", ["", ":", "gpt-4o", "openai:", ":gpt-4o", "nonsense:model"])
def test_a_name_that_means_nothing_lists_the_forms(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        create_chat_model(name, weights_folder=tmp_path)

    for form in ("extractive", "local:NAME", "local:PATH.gguf", "ollama:MODEL", "openai:MODEL", "anthropic:MODEL"):
        assert form in str(raised.value)


def test_an_unknown_local_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        create_chat_model("local:llama", weights_folder=tmp_path)

    assert str(raised.value) == (
        "No local model is called 'llama'. Name one of local:qwen2.5-coder-1.5b, local:smollm2-135m, "
        "or a file: local:PATH.gguf."
    )


def test_a_file_that_is_not_there_or_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelNotInstalledError, match=r"There is no model file .*absent\.gguf"):
        create_chat_model(f"local:{tmp_path / 'absent.gguf'}", weights_folder=tmp_path)
    (tmp_path / "notes.gguf").write_text("not a model")
    with pytest.raises(LanguageModelError, match=r"notes\.gguf is not a GGUF model file"):
        create_chat_model(f"local:{tmp_path / 'notes.gguf'}", weights_folder=tmp_path)


def test_without_the_engine_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    (tmp_path / "model.gguf").write_bytes(b"GGUF")

    with pytest.raises(ModelNotInstalledError) as raised:
        create_chat_model(f"local:{tmp_path / 'model.gguf'}", weights_folder=tmp_path)

    assert str(raised.value) == (
        'Local models need the package xllamacpp. Run `make run-local`, or `pip install "ontherecord[local]"`.'
    )


@pytest.mark.skipif(find_spec("xllamacpp") is None, reason="xllamacpp is not installed, so no local model is offered")
def test_local_models_are_offered_when_their_weights_are_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(REGISTERED) - {QWEN_CODER.name}:
        monkeypatch.delitem(REGISTERED, name)
    (tmp_path / QWEN_CODER.file_name).write_bytes(b"GGUF")
    (tmp_path / "mine.gguf").write_bytes(b"GGUF")

    assert installed_models(tmp_path, ollama_folder=tmp_path) == (
        "local:qwen2.5-coder-1.5b",
        f"local:{tmp_path / 'mine.gguf'}",
    )


def test_ollama_offers_what_it_has_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages, fetched = tmp_path / "packages", tmp_path / "ollama" / "manifests" / "registry.ollama.ai" / "library"
    (packages / "langchain_ollama").mkdir(parents=True)
    (packages / "langchain_ollama" / "__init__.py").write_text("raise RuntimeError('looking must not import')")
    monkeypatch.syspath_prepend(str(packages))
    for name, tag in [("qwen3", "8b"), ("llama3.2", "latest")]:
        (fetched / name).mkdir(parents=True)
        (fetched / name / tag).write_text("{}")

    names = installed_models(tmp_path / "weights", ollama_folder=tmp_path / "ollama")

    assert [name for name in names if name.startswith("ollama:")] == ["ollama:llama3.2", "ollama:qwen3:8b"]


def test_looking_for_models_imports_no_provider(tmp_path: Path) -> None:
    heavy = ("langchain", "langchain_core", "langchain_openai", "langchain_ollama", "xllamacpp", "openai", "torch")
    code = (
        "import sys; from pathlib import Path; from rag.models import installed_models; "
        f"installed_models(Path({str(tmp_path)!r}), Path({str(tmp_path)!r})); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
