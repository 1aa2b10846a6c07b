"""Finding a cross-encoder on this machine, and telling it from a model that is none."""

from __future__ import annotations

import json
from pathlib import Path

from rag.embedding.weights import hub_folder
from rag.errors import RerankerError

_WEIGHTS = ("*.safetensors", "*.bin")
_KIND = "ForSequenceClassification"


def find_cross_encoder(name: str) -> Path:
    """Return the folder of the cross-encoder called `name`: a folder, or a model of the hub that is in its cache.

    Nothing is downloaded. Raises RerankerError that says how to get one that is not there, and for a model that is no
    cross-encoder: sentence-transformers would load it all the same, and score by weights drawn at random.
    """
    local = Path(name).expanduser()
    folder = local.resolve() if local.is_dir() else hub_folder(name if "/" in name else f"cross-encoder/{name}")
    if folder is None:
        raise RerankerError(
            f"The reranker {name!r} is neither a folder nor on this machine. Fetch it once with `hf download {name}`, "
            "name the folder it is in, or leave --reranker and RAG_RERANKER out."
        )
    kinds = _architectures(folder)
    if not any(kind.endswith(_KIND) for kind in kinds):
        raise RerankerError(
            f"{folder} holds no cross-encoder ({', '.join(kinds) or 'no model'}, not one {_KIND}). Name a model that "
            "reads question and passage together, such as cross-encoder/ms-marco-MiniLM-L6-v2."
        )
    if not any(next(folder.glob(pattern), None) for pattern in _WEIGHTS):
        raise RerankerError(
            f"The folder {folder} holds no weights (*.safetensors). Name a folder that CrossEncoder.save wrote, or a "
            "model's name."
        )
    return folder


def _architectures(folder: Path) -> list[str]:
    """Return what kinds of model the folder's configuration names, none where there is no such configuration."""
    try:
        named = json.loads((folder / "config.json").read_bytes())["architectures"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [kind for kind in named if isinstance(kind, str)] if isinstance(named, list) else []
