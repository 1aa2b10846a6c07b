"""Finding a cross-encoder on this machine, and telling it from a model that is none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from rag.embedding.weights import hub_folder
from rag.errors import RagError

_WEIGHTS = ("*.safetensors", "*.bin")
_KIND = "ForSequenceClassification"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a cross-encoder is to do, for the messages of what goes wrong."""

    noun: str
    """What the settings call it."""
    error: type[RagError]
    example: str
    """A model that can do it."""
    reads: str
    """What it reads together."""

    @property
    def settings(self) -> str:
        """The flag and the variable that name it."""
        return f"--{self.noun} and RAG_{self.noun.upper()}"


def find_cross_encoder(name: str, purpose: Purpose) -> Path:
    """Return the folder of the cross-encoder called `name`: a folder, or a model of the hub that is in its cache.

    Nothing is downloaded. Raises the purpose's error, which says how to get one that is not there, and for a model
    that is no cross-encoder: sentence-transformers would load it all the same, and score by weights drawn at random.
    """
    local = Path(name).expanduser()
    folder = local.resolve() if local.is_dir() else hub_folder(name if "/" in name else f"cross-encoder/{name}")
    if folder is None:
        raise purpose.error(
            f"The {purpose.noun} {name!r} is neither a folder nor on this machine. Fetch it once with "
            f"`hf download {name}`, name the folder it is in, or leave {purpose.settings} out."
        )
    kinds = _architectures(folder)
    if not any(kind.endswith(_KIND) for kind in kinds):
        raise purpose.error(
            f"{folder} holds no cross-encoder ({', '.join(kinds) or 'no model'}, not one {_KIND}). Name a model that "
            f"reads {purpose.reads} together, such as {purpose.example}."
        )
    if not any(next(folder.glob(pattern), None) for pattern in _WEIGHTS):
        raise purpose.error(
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
