"""`rag chat`: open the chat page."""

from __future__ import annotations

import runpy
import socket
import sys
from pathlib import Path

import click

import rag
from rag.cli.options import command_with_settings
from rag.config import Settings, export
from rag.errors import UsageError

ADDRESS = "127.0.0.1"
PORT = 8501


@command_with_settings("chat")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Where it is served.")
def chat(settings: Settings, *, port: int) -> None:
    """Open the chat page in the browser.

    It is served on http://localhost:8501, to this machine only.
    """
    page = find_page(Path.cwd())
    if not port_is_free(port):
        raise UsageError(
            f"Port {port} is in use, perhaps by a chat page that is open already (http://localhost:{port}). "
            f"Close it, or choose another port: rag chat --port {port + 1}."
        )
    export(settings)
    sys.argv = ["streamlit", "run", str(page), *streamlit_options(port)]
    runpy.run_module("streamlit", run_name="__main__")


def find_page(folder: Path) -> Path:
    """Return the path of app.py: beside the package, or in `folder`. Raises UsageError where it is in neither."""
    for place in (Path(rag.__file__).resolve().parent.parent, folder):
        if (place / "app.py").is_file():
            return place / "app.py"
    raise UsageError("app.py, the chat page, is not here: it comes with the repository. Run `rag chat` in its folder.")


def port_is_free(port: int) -> bool:
    """Return whether nobody serves on the port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def streamlit_options(port: int) -> list[str]:
    """Return the options of `streamlit run`: this machine only, no questions on the terminal, nothing reported home."""
    return [
        f"--server.address={ADDRESS}",
        f"--server.port={port}",
        "--server.showEmailPrompt=false",
        "--browser.gatherUsageStats=false",
    ]
