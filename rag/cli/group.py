"""How every command ends: the exit status, errors as one line, broken pipes and Ctrl-C without noise."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from rag.cli.terminal import one_line
from rag.errors import RagError

USAGE = 2
INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell reports for a program that its reader has left (128 + SIGPIPE)."""


class RagGroup(click.Group):
    """The group of all commands. `main` always ends in SystemExit with a status of the contract."""

    def main(  # type: ignore[override]  # ends in SystemExit, whatever `standalone_mode` says
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run the command that `args` name (default: the process's own arguments)."""
        _print_unknown_letters_as_marks()
        extra.pop("standalone_mode", None)
        sys.exit(self._status(args, prog_name, extra))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that went away is no error."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _discard_output()
            raise click.exceptions.Exit(BROKEN_PIPE) from None
        return result

    def _status(self, args: Sequence[str] | None, prog_name: str | None, extra: dict[str, Any]) -> int:
        try:
            status = super().main(args, "rag", standalone_mode=False, **extra)
        except click.Abort:
            return INTERRUPTED
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            return 0
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "rag"
            return _fail(f"{error.format_message()} See `{command} --help`.", USAGE)
        except click.ClickException as error:
            return _fail(error.format_message(), USAGE)
        except RagError as error:
            return _fail(str(error), error.exit_status)
        except OSError as error:
            # The system's refusal (no permission, no space left) is for the person, not a bug.
            if error.strerror is None:
                raise
            return _fail(f"{error.filename or 'The system'}: {error.strerror}.", USAGE)
        return status if isinstance(status, int) else 0


def _fail(message: str, status: int) -> int:
    click.echo(f"rag: {one_line(message)}", err=True)
    return status


def _print_unknown_letters_as_marks() -> None:
    """Make the output streams replace what the terminal's encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _discard_output() -> None:
    """Point standard output to nowhere, so that the interpreter's last flush does not complain."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # not a real file, as under a test
        sys.stdout = io.StringIO()
