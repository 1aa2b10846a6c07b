"""A virtual environment for each peer, with pinned packages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.peers.systems import TORCH, System

_RECORD = "installed.json"


@dataclass(frozen=True, slots=True)
class Environments:
    """The folder with the environments of the peers."""

    folder: Path

    def python(self, system: System) -> Path:
        """Return the Python that runs a system."""
        if system.environment is None:
            return Path(sys.executable)
        return self.folder / system.environment / "bin" / "python"

    def fault(self, system: System) -> str | None:
        """Return why a system cannot run here, None where its environment is ready."""
        if system.environment is None:
            return None
        record = self.folder / system.environment / _RECORD
        if not record.exists():
            return "not installed: `python -m tests.benchmarks.peers install`"
        told = json.loads(record.read_text(encoding="utf-8"))
        if told["requirements"] != _requirements(system):
            return "installed from other requirements: `python -m tests.benchmarks.peers install`"
        return None if told["fault"] is None else str(told["fault"])

    def install(self, system: System) -> str | None:
        """Make the environment of a system, unless it is there; return why that failed, None where it did not."""
        if system.environment is None:
            return None
        home = self.folder / system.environment
        home.mkdir(parents=True, exist_ok=True)
        fault = self._install(system, home)
        record = {"requirements": _requirements(system), "fault": fault}
        (home / _RECORD).write_text(json.dumps(record), encoding="utf-8")
        return fault

    def _install(self, system: System, home: Path) -> str | None:
        interpreter = find_python(system.python)
        if interpreter is None:
            return f"needs Python {system.python}, which is not on this machine"
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        own_torch = system.torch and not system.served
        commands = [
            [interpreter, "-m", "venv", str(home)],
            *([[*pip, TORCH]] if own_torch else []),
            [*pip, "-r", str(system.requirements)],
        ]
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                return error_line(done.stderr)
        return None


def find_python(version: str | None) -> str | None:
    """Return an interpreter of `version` (this one where None), from the path or pyenv; None where there is none."""
    if version is None or sys.version.startswith(f"{version}."):
        return sys.executable
    return next((path for path in _candidates(version) if _answers(path)), None)


def _candidates(version: str) -> Iterator[str]:
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from (str(path) for path in sorted(root.glob(f"versions/{version}.*/bin/python"), reverse=True))


def _answers(path: str) -> bool:
    return subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0


def error_line(output: str) -> str:
    """Return the line of a failed program's standard error that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["it ended without a word"])[-1].removeprefix("ERROR:").strip()


def _requirements(system: System) -> str:
    return system.requirements.read_text(encoding="utf-8")
