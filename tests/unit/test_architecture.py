"""The rules of CONTRIBUTING.md, read from the imports and the sizes of the modules.

A part is a module or folder directly under `rag/`. Its layer is what stands in LAYERS; a part that stands nowhere is a
leaf, so that a new one is held to the strictest rule until somebody decides otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50

VALUES = frozenset({"types", "errors", "text", "disk"})
BUILDERS = frozenset({"indexing", "retrieval", "answering", "auditing", "conversation"})
SURFACES = frozenset({"cli", "evaluation", "ui"})
SURFACES_MAY_IMPORT = VALUES | {"engine", "config", "evaluation"}
UPPER = BUILDERS | SURFACES | {"engine", "config"}
LEAVES_OF_A_LEAF: dict[str, frozenset[str]] = {
    # The extractive provider is a language model that reads its evidence out of the prompt, as every other one does.
    "models": frozenset({"prompts"}),
    # The reader of an index and the keeper of its generations are the two halves of one format on disk.
    "index_reader": frozenset({"generations", "catalog", "vector_store", "lexical", "stores"}),
    # A store is vectors and words together: here those of this program, elsewhere an engine's that weighs words alike.
    "stores": frozenset({"vector_store", "lexical"}),
    # A cross-encoder is found and loaded as an embedding model is: in a folder or the hub's cache, without a word.
    "cross_encoders": frozenset({"embedding"}),
    # What orders passages is one, and puts its scores to a use of its own.
    "reranking": frozenset({"cross_encoders"}),
    # Who says what in an answer is read as it is in the sources.
    "verification": frozenset({"quotations"}),
    # OpenVINO is imported in one place, without its telemetry.
    "evidence_model": frozenset({"embedding"}),
    # LangChain's vector store is a table of documents beside the vectors of the one exact search that there is.
    "langchain_store": frozenset({"vector_store"}),
}
"""Leaves that may import named other leaves, each with its reason."""


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the product."""
    return (*sorted((ROOT / "rag").rglob("*.py")), *(path for path in [ROOT / "app.py"] if path.exists()))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def part(path: Path) -> str:
    """The name of the part that a module belongs to; `rag` for the package's own `__init__`, `app` for app.py."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    return inside[1] if len(inside) > 1 and inside[1] != "__init__" else inside[0]


def imported_names(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports anywhere, inside functions and type checks too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module is not None
            yield node.module
            if node.module == "rag":
                yield from (f"rag.{alias.name}" for alias in node.names)


def parts_imported(path: Path) -> set[str]:
    """The other parts of ours that a module imports."""
    names = (name.split(".") for name in imported_names(path))
    imported = {name[1] for name in names if name[0] == "rag" and len(name) > 1}
    return {name for name in imported if not name.startswith("__")} - {part(path)}


def allowed(name: str, leaves: frozenset[str]) -> frozenset[str]:
    """The parts that the part `name` may import."""
    if name == "text":
        return VALUES
    if name in VALUES:
        return VALUES - {"text", "disk"}
    if name == "config":
        return VALUES
    if name in BUILDERS:
        return VALUES | leaves
    if name == "engine":
        return VALUES | leaves | BUILDERS | {"config"}
    if name in SURFACES:
        return SURFACES_MAY_IMPORT
    if name == "app":
        return SURFACES_MAY_IMPORT | {"ui"}
    if name == "rag":
        return frozenset()
    return VALUES | LEAVES_OF_A_LEAF.get(name, frozenset())


def identify(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


each_module = pytest.mark.parametrize("path", modules(), ids=identify)


@each_module
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    leaves = frozenset(part(other) for other in modules()) - VALUES - UPPER - {"rag", "app"}
    assert parts_imported(path) <= allowed(part(path), leaves)


@each_module
def test_streamlit_stays_in_the_pages(path: Path) -> None:
    if part(path) not in {"ui", "app"}:
        assert not [name for name in imported_names(path) if name.split(".")[0] == "streamlit"]


@each_module
def test_only_config_reads_the_environment(path: Path) -> None:
    if part(path) == "config":
        return
    attributes = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    names = {alias.name for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert not (attributes | names) & {"environ", "getenv", "environb"}


@each_module
def test_only_the_command_line_prints(path: Path) -> None:
    if part(path) == "cli":
        return
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert [call.lineno for call in calls if getattr(call.func, "id", None) == "print"] == []


@each_module
def test_nothing_is_pickled(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported_names(path)} & {"pickle", "cloudpickle", "dill", "joblib"}


@each_module
def test_modules_and_functions_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_MODULE, f"{lines} lines"
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name: node.end_lineno - node.lineno + 1 for node in functions if node.end_lineno is not None}
    assert {name: count for name, count in long.items() if count > LONGEST_FUNCTION} == {}


def hands_over(node: ast.AST, name: str | None) -> bool:
    """Whether the exception `name` is given to another thread, which raises it."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"put", "set_exception"}
        and any(isinstance(argument, ast.Name) and argument.id == name for argument in node.args)
    )


@each_module
def test_an_exception_is_never_swallowed_whole(path: Path) -> None:
    broad = [
        handler.lineno
        for handler in ast.walk(tree(path))
        if isinstance(handler, ast.ExceptHandler)
        and (handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id.endswith("Exception")))
        and not any(isinstance(node, ast.Raise) or hands_over(node, handler.name) for node in ast.walk(handler))
    ]
    assert broad == []


def test_the_rules_see_a_breach(tmp_path: Path) -> None:
    path = tmp_path / "leaf.py"
    path.write_text("def f():\n    from rag.vector_store import x\n    import rag.engine\n    from rag import config\n")
    assert sorted(imported_names(path)) == ["rag", "rag.config", "rag.engine", "rag.vector_store"]
