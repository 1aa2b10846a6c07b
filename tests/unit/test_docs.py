"""The README says what there is: every command, option, setting and target; and what it shows is what comes out."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from rag.cli import commands
from rag.config import Settings
from tests.readme_examples import OBJECT, QUESTION, TERMINAL, folded

ROOT = Path(__file__).resolve().parents[2]
INDENTED = re.compile(r"^ {4}(.*)$", re.M)
SETTINGS_OPTIONS = {"--index", "--sources", "--llm", "--store", "--reranker", "--checker", "--help", "-h"}


@cache
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[str]:
    """The rows of the table under a heading."""
    section = readme().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_has_help_and_stands_in_the_readme(name: str) -> None:
    command = commands.commands[name]
    described = [row for row in rows("Commands") if row.startswith(f"| `rag {name}")]
    assert described, f"README does not describe rag {name}"
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            longest = max(parameter.opts, key=len)
            assert longest in SETTINGS_OPTIONS or any(option in "".join(described) for option in parameter.opts), (
                longest
            )
    result = CliRunner().invoke(commands, [name, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: rag {name}")


def test_the_readme_describes_no_command_that_is_not_there() -> None:
    named = {match for row in rows("Commands") for match in re.findall(r"^\| `rag (\w+)", row)}
    assert named == set(commands.commands)


def test_every_setting_stands_in_the_readme_with_its_default() -> None:
    described = {row.split("|")[1].strip(" `"): row.split("|")[2].strip(" `") for row in rows("Settings")}
    fields = Settings.model_fields
    assert described.keys() == {f"RAG_{name.upper()}" for name in fields}
    for name, field in fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        shown = "" if default in (None, {}, ()) else f"{default:g}" if isinstance(default, float) else str(default)
        assert described[f"RAG_{name.upper()}"] == shown


def test_the_make_targets_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for document in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        named = re.findall(r"(?:^ {4}|`)make ([a-z-]+)", text, re.M)
        assert named
        assert set(named) <= targets


def test_the_files_of_the_documents_exist() -> None:
    for document in ("README.md", "CONTRIBUTING.md", "seeds/README.md", "index/README.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
        files = re.findall(r"-r (\S+\.txt)|`((?:rag|tests)/[\w/]+\.py)`", text)
        for name in [*links, *(one or other for one, other in files)]:
            assert (ROOT / document).parent.joinpath(name).exists() or (ROOT / name).exists(), name


def test_the_pinned_install_satisfies_the_ranges() -> None:
    from packaging.requirements import Requirement

    pinned: dict[str, str] = {}
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-local.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if "==" in line:
                package, _, version = line.partition("==")
                pinned[canonical(package)] = version
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for text in [*project["dependencies"], *extras["dev"], *extras["local"]]:
        requirement = Requirement(text)
        assert canonical(requirement.name) in pinned, f"{text} is not pinned: make lock"
        assert requirement.specifier.contains(pinned[canonical(requirement.name)]), f"{text}: make lock"


def canonical(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


# ---------------------------------------------------------------- what the README shows is what comes out


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Path:
    """An index of the bundled articles."""
    folder = tmp_path_factory.mktemp("seeds-index") / "index"
    shutil.copytree(encoders, folder / "encoders")
    result = CliRunner().invoke(commands, ["index", "--index", str(folder), "--sources", str(ROOT / "seeds")])
    assert result.exit_code == 0, result.stderr
    return folder


def run(index: Path, *arguments: str) -> str:
    """Run `rag` on the bundled articles as somebody in the repository does, and return what it prints."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("RAG_INDEX", str(index))
        result = CliRunner().invoke(commands, list(arguments))
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_the_answer_in_the_readme_is_the_answer(index: Path) -> None:
    shown = TERMINAL.search(readme())
    assert shown is not None
    assert shown.group() == folded(run(index, "ask", QUESTION)), "make readme"


def test_the_answer_object_in_the_readme_has_the_keys_of_a_real_one(index: Path) -> None:
    block = OBJECT.search(readme())
    assert block is not None
    shown = json.loads(block.group())
    real = json.loads(run(index, "ask", "--json", QUESTION))
    assert shown.keys() == real.keys(), "make readme"
    for part in ("statements", "citations", "passages"):
        assert shown[part][0].keys() == real[part][0].keys(), "make readme"


def test_the_shell_lines_of_the_readme_run(index: Path, encoders: Path, tmp_path: Path) -> None:
    shutil.copytree(encoders, tmp_path / "index" / "encoders")
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "one.txt").write_text("Ada Lane said the bridge was closed.", encoding="utf-8")
    lines = re.findall(r"`(rag [^`]*)`", readme()) + re.findall(r"^ {4}(rag [^\n]*)", readme(), re.M)
    whole = [line for line in lines if "~/articles" in line]
    assert whole
    for line in whole:
        arguments = line.replace("~/articles-index", str(index.parent / "articles")).replace(
            "~/articles", str(articles)
        )
        assert run(index, *arguments.split()[1:])
