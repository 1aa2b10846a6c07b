"""The store on disk: documents as JSON lines, vectors in FAISS's own format, a manifest with the hash of both.

The files of each saving have names of their own, and the manifest, which names them, is swapped last by one atomic
rename: whenever the machine stops, the folder holds the store as it was or as it is.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.documents import Document

from rag.disk import flush, sha256_of
from rag.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from rag.vector_store import FaissVectorStore, Vectors

FORMAT = 1
MANIFEST = "store.json"
DOCUMENTS, VECTORS = "documents-*.jsonl", "vectors-*.faiss"
"""The names of the files, with the number of the saving in place of the star."""
_LOCK = ".saving.lock"
_TRIES = 3


def write_store(folder: Path, documents: Sequence[Document], vectors: FaissVectorStore | None) -> None:
    """Write documents and their vectors, row by row, into `folder`, in place of the store that it held.

    Raises ValueError for a document whose metadata JSON cannot hold, OSError when the folder cannot be written; what
    the folder held is untouched then.
    """
    from filelock import FileLock

    lines = [_line(document) for document in documents]
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / _LOCK):
        number = uuid.uuid4().hex
        files = {"documents": folder / DOCUMENTS.replace("*", number), "vectors": folder / VECTORS.replace("*", number)}
        draft = folder / f"{MANIFEST}.{number}"
        try:
            files["documents"].write_text("".join(lines), encoding="ascii")
            (FaissVectorStore(1) if vectors is None else vectors).save(files["vectors"])
            manifest = {
                "format": FORMAT,
                "dimension": None if vectors is None else vectors.dimension,
                "count": len(lines),
                "files": {kind: {"name": path.name, "sha256": sha256_of(path)} for kind, path in files.items()},
            }
            draft.write_text(json.dumps(manifest, indent=1), encoding="ascii")
            for path in (*files.values(), draft):
                flush(path)
            draft.replace(folder / MANIFEST)
        except BaseException:
            _remove(folder, [path.name for path in (*files.values(), draft)])
            raise
        flush(folder)
        kept = {path.name for path in files.values()}
        _remove(folder, [path.name for path in _own(folder) if path.name not in kept])


def read_store(folder: Path) -> tuple[list[Document], Vectors]:
    """Return the documents of a store and their vectors, shape (n, dimension), after checking all of it.

    Raises IndexMissingError where `folder` holds none, IndexMismatchError where another version of this program wrote
    it, IndexDamagedError where a file is missing, altered, or does not fit the others.
    """
    for remaining in reversed(range(_TRIES)):
        manifest = _read_manifest(folder)
        try:
            return _read_files(folder, manifest)
        except IndexDamagedError:
            # somebody may have saved meanwhile, and removed what this manifest names
            if not remaining or _read_manifest(folder) == manifest:
                raise
    raise AssertionError("the last try returns or raises")


def _read_files(folder: Path, manifest: dict[str, Any]) -> tuple[list[Document], Vectors]:
    paths = {kind: _checked(folder, entry) for kind, entry in manifest["files"].items()}
    store = FaissVectorStore.load(paths["vectors"])
    documents = _read_documents(paths["documents"])
    if manifest["dimension"] is not None and store.dimension != manifest["dimension"]:
        raise _damaged(folder, f"has vectors of {store.dimension} numbers instead of {manifest['dimension']}")
    if not len(documents) == len({each.id for each in documents}) == len(store) == manifest["count"]:
        raise _damaged(folder, f"has {len(documents)} documents and {len(store)} vectors, not {manifest['count']}")
    return documents, store.reconstruct(np.arange(len(store)))


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
        version = manifest["format"]
        whole = version != FORMAT or _is_whole(manifest)
    except FileNotFoundError as error:
        raise IndexMissingError(f"There is no store in {folder}: save one there first.") from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _damaged(path, "cannot be read") from error
    if not whole:
        raise _damaged(path, "is not what this program writes")
    if version != FORMAT:
        raise IndexMismatchError(
            f"The store in {folder} has format {version}, this program reads format {FORMAT}. Make the store anew."
        )
    return manifest


def _is_whole(manifest: dict[str, Any]) -> bool:
    """Tell whether a manifest has all that is read of it, and names files of its own folder."""
    entries = [manifest["files"][kind] for kind in ("documents", "vectors")]
    named = all(Path(entry["name"]).name == entry["name"] and entry["sha256"] for entry in entries)
    return named and {"count", "dimension"} <= manifest.keys() and len(manifest["files"]) == len(entries)


def _checked(folder: Path, entry: dict[str, str]) -> Path:
    """Return the path of a file that the manifest names. Raises IndexDamagedError unless it is the one written."""
    path = folder / entry["name"]
    try:
        digest = sha256_of(path)
    except OSError as error:
        raise _damaged(path, "cannot be read") from error
    if digest != entry["sha256"]:
        raise _damaged(path, "was altered")
    return path


def _read_documents(path: Path) -> list[Document]:
    try:
        entries = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
        return [Document(page_content=text, metadata=metadata, id=key) for key, text, metadata in entries]
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(path, "cannot be read") from error


def _line(document: Document) -> str:
    """Return a document as one line of ASCII. Raises ValueError for metadata that would not come back the same."""
    entry = [document.id, document.page_content, document.metadata]
    try:
        line = json.dumps(entry)
        same = json.loads(line) == entry
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"The metadata of document {document.id!r} cannot be saved as JSON: {error}.") from error
    if not same:
        raise ValueError(
            f"The metadata of document {document.id!r} would not come back from JSON as it is: "
            "make lists of its tuples and strings of keys that are numbers."
        )
    return line + "\n"


def _damaged(path: Path, problem: str) -> IndexDamagedError:
    return IndexDamagedError(f"{path} {problem}. Save the store again, or take a copy of it.")


def _own(folder: Path) -> list[Path]:
    return [path for pattern in (DOCUMENTS, VECTORS, f"{MANIFEST}.*") for path in folder.glob(pattern)]


def _remove(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)
