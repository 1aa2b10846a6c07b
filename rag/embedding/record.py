"""The folder of a prepared encoder: what stands in it, and whether it is whole.

`<cache folder>/<first 16 digits of the fingerprint>/` holds `encoder.json` (the record below), `model.xml` and
`model.bin` (the network in OpenVINO's own format) and `tokenizer.json` (the format of `tokenizers`).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from rag.embedding.weights import FileStamps

FORMAT = 1
RECORD = "encoder.json"
NETWORK = "model.xml"
TOKENIZER = "tokenizer.json"

Pooling = Literal["mean", "cls"]
Runtime = Literal["openvino", "sentence-transformers"]


@dataclass(frozen=True, slots=True)
class EncoderRecord:
    """How texts become vectors with one model, and which files that rests on."""

    model: str
    fingerprint: str
    stamps: FileStamps
    """The model's own files as they were when the fingerprint was taken."""
    runtime: Runtime
    reason: str = ""
    """Why the model runs in sentence-transformers itself, where it does."""
    dimension: int = 0
    max_pieces: int = 0
    pooling: Pooling = "mean"
    query_prompt: str = ""
    passage_prompt: str = ""
    lower_case: bool = False
    padding_id: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Bytes of each file beside the record."""
    bfloat16_cosine: float | None = None
    """The least cosine between vectors in bfloat16 and in 32 bits, once it was measured."""
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write the record into `folder`, at once: a reader sees the old one or the new one."""
        draft = folder / f".{RECORD}-{uuid.uuid4().hex}"
        draft.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        draft.replace(folder / RECORD)

    def is_whole(self, folder: Path) -> bool:
        """Tell whether every file that the record names is there in its full size."""
        paths = {folder / name: size for name, size in self.sizes.items()}
        return all(path.is_file() and path.stat().st_size == size for path, size in paths.items())


def read_record(folder: Path) -> EncoderRecord | None:
    """Return the record of a prepared encoder, None where there is none that this version can read."""
    try:
        values = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if values["format"] != FORMAT:
            return None
        values["stamps"] = {name: (size, time) for name, (size, time) in values["stamps"].items()}
        record = EncoderRecord(**values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return record if record.is_whole(folder) else None


def prepared(cache_folder: Path) -> Iterator[tuple[Path, EncoderRecord]]:
    """Yield the encoders that stand ready in `cache_folder`, each with its folder."""
    for path in sorted(cache_folder.glob(f"[!.]*/{RECORD}")):
        record = read_record(path.parent)
        if record is not None:
            yield path.parent, record
