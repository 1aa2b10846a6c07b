"""The command line: `rag COMMAND`, as the contract in the README states it.

Exit status: 0 done · 1 the thing asked about does not hold · 2 wrong usage or settings · 3 no usable index ·
4 the language model could not be reached. Errors are one line on standard error.
"""

from __future__ import annotations

import click

from rag import __version__
from rag.cli.adding import add
from rag.cli.asking import ask
from rag.cli.chatting import chat
from rag.cli.checking import doctor, verify
from rag.cli.evaluating import evaluate
from rag.cli.group import RagGroup
from rag.cli.indexing import index
from rag.cli.options import remember_settings, settings_options
from rag.cli.reading import quotes, show
from rag.cli.searching import search
from rag.cli.tracing import trace

COMMANDS = (index, add, ask, search, trace, quotes, show, verify, evaluate, doctor, chat)


@click.group("rag", cls=RagGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rag")
@settings_options
@click.pass_context
def commands(context: click.Context, /, **given: str | None) -> None:
    """Ask your documents, and get answers that can be quoted from: every sentence cited and checked.

    \b
    rag index                          bring the index up to date with the documents in seeds/
    rag ask "What did Bolton say?"     answer on the terminal
    rag chat                           open the chat page
    """  # noqa: D301
    remember_settings(context, **given)


for command in COMMANDS:
    commands.add_command(command)


def main() -> None:
    """Run the command line and end the process with its exit status."""
    commands.main()
