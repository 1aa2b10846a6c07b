"""Weights in pieces: found, joined, checked, and refused with words that help."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import LanguageModelError, ModelNotInstalledError
from rag.models.weights import REGISTERED, LocalWeights, Piece, ensure_weights, installed_weights

PARTS = (b"GGUF first", b" second", b" third")


def weights_of(parts: tuple[bytes, ...], prefix: str = "weights_piece", **changes: object) -> LocalWeights:
    whole = b"".join(parts)
    values: dict[str, object] = {
        "name": "tiny",
        "file_name": "tiny.gguf",
        "size": len(whole),
        "sha256": hashlib.sha256(whole).hexdigest(),
        "pieces": tuple(Piece(f"{prefix}{number}", "data/part.bin") for number in range(len(parts))),
        "install": "`make run-local`",
    }
    return LocalWeights(**{**values, **changes})  # type: ignore[arg-type]


def install(folder: Path, parts: tuple[bytes, ...], prefix: str = "weights_piece") -> None:
    for number, part in enumerate(parts):
        package = folder / f"{prefix}{number}"
        (package / "data").mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").write_text("raise RuntimeError('looking for a file must not run the package')")
        (package / "data" / "part.bin").write_bytes(part)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_pieces_are_joined_in_order_once(packages: Path, tmp_path: Path) -> None:
    install(packages, PARTS)
    weights, folder = weights_of(PARTS), tmp_path / "weights"
    seen: list[tuple[int, int]] = []

    path = ensure_weights(weights, folder, lambda done, total: seen.append((done, total)))

    assert path == folder / "tiny.gguf"
    assert path.read_bytes() == b"GGUF first second third"
    assert seen == [(10, 23), (17, 23), (23, 23)]
    changed = path.stat().st_mtime_ns
    assert ensure_weights(weights, folder, lambda done, total: seen.append((done, total))) == path
    assert (path.stat().st_mtime_ns, len(seen)) == (changed, 3)
    assert not list(folder.glob("*.part"))


def test_one_piece_is_used_where_it_is_installed(packages: Path, tmp_path: Path) -> None:
    install(packages, (b"GGUF whole",))
    weights = weights_of((b"GGUF whole",))

    assert ensure_weights(weights, tmp_path / "weights") == packages / "weights_piece0" / "data" / "part.bin"
    assert not (tmp_path / "weights").exists()


def test_missing_pieces_name_the_package_and_the_command(packages: Path, tmp_path: Path) -> None:
    install(packages, PARTS[:1])

    with pytest.raises(ModelNotInstalledError) as raised:
        ensure_weights(weights_of(PARTS), tmp_path)

    assert str(raised.value) == (
        "The weights of local:tiny are not installed (missing package: weights-piece1 and 1 more). "
        "Run `make run-local`."
    )


def test_an_altered_piece_is_refused_and_nothing_is_left(packages: Path, tmp_path: Path) -> None:
    install(packages, (*PARTS[:2], b" THIRD"))
    folder = tmp_path / "weights"

    with pytest.raises(LanguageModelError, match="not the expected ones: the installed pieces hash to"):
        ensure_weights(weights_of(PARTS), folder)

    assert not list(folder.glob("*.gguf")) + list(folder.glob("*.part"))


def test_an_altered_joined_file_is_refused(packages: Path, tmp_path: Path) -> None:
    install(packages, PARTS)
    path = ensure_weights(weights_of(PARTS), tmp_path)
    path.write_bytes(b"GGUF first second THIRD")

    with pytest.raises(LanguageModelError, match=r"are altered .* Delete the file"):
        ensure_weights(weights_of(PARTS), tmp_path)

    path.unlink()
    assert ensure_weights(weights_of(PARTS), tmp_path).read_bytes() == b"".join(PARTS)


def test_a_checked_file_is_not_hashed_again(packages: Path, tmp_path: Path) -> None:
    install(packages, PARTS)
    path = ensure_weights(weights_of(PARTS), tmp_path)
    times = path.stat()
    path.write_bytes(b"GGUF first second THIRD")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert ensure_weights(weights_of(PARTS), tmp_path) == path


def test_a_full_disk_says_how_much_is_needed(packages: Path, tmp_path: Path) -> None:
    install(packages, PARTS)

    with pytest.raises(LanguageModelError, match=r"No room for the weights of local:tiny in .*: 9000000000.0 GB"):
        ensure_weights(weights_of(PARTS, size=9 * 10**18), tmp_path / "weights")


def test_a_folder_that_cannot_be_written_is_named(packages: Path, tmp_path: Path) -> None:
    install(packages, PARTS)
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(LanguageModelError, match=r"cannot be joined in .*/file: .* Make the folder writable"):
        ensure_weights(weights_of(PARTS), tmp_path / "file")


def test_joining_at_once_from_several_threads_gives_one_whole_file(packages: Path, tmp_path: Path) -> None:
    install(packages, PARTS)
    paths: list[Path] = []
    threads = [
        threading.Thread(target=lambda: paths.append(ensure_weights(weights_of(PARTS), tmp_path))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [path.read_bytes() for path in paths] == [b"".join(PARTS)] * 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.binary(max_size=200), min_size=2, max_size=5))
def test_whatever_the_pieces_the_file_is_their_concatenation(
    parts: list[bytes], packages: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    install(packages, tuple(parts), prefix="property_piece")
    weights = weights_of(tuple(parts), prefix="property_piece")

    joined = ensure_weights(weights, tmp_path_factory.mktemp("weights"))

    assert joined.read_bytes() == b"".join(parts)


def test_installed_names_are_those_with_a_file_or_all_pieces(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(packages, PARTS)
    joined = weights_of(PARTS, prefix="absent", name="joined", file_name="joined.gguf")
    (tmp_path / "joined.gguf").write_bytes(b"GGUF")
    for name in list(REGISTERED):
        monkeypatch.delitem(REGISTERED, name)
    for weights in (weights_of(PARTS), joined, weights_of(PARTS, prefix="absent", name="absent", file_name="no.gguf")):
        monkeypatch.setitem(REGISTERED, weights.name, weights)

    assert installed_weights(tmp_path) == ("tiny", "joined")
