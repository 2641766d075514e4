"""How a command ends when something is wrong: a message, a remedy, an exit code."""

from __future__ import annotations

import logging
import secrets
import sys
from typing import TYPE_CHECKING

import click

from seatsync.errors import Cancelled, SeatsyncError, SetupError

if TYPE_CHECKING:
    from types import TracebackType

LOG = logging.getLogger(__name__)

FAILED = 1
WRONG_SETUP = 2
PARTIAL = 3


class TellingGroup(click.Group):
    """A group whose commands end with the message and remedy of our own errors."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; print an error of ours to stderr, and exit with its code."""
        try:
            return super().invoke(ctx)
        except SeatsyncError as error:
            LOG.debug("the command ends with %s", error.code, exc_info=error)
            tell(error)
            ctx.exit(exit_code(error))


def tell(error: SeatsyncError) -> None:
    """Print an error and what can be done about it to stderr."""
    click.echo(f"Error: {error}", err=True)
    if error.remedy:
        click.echo(f"  {error.remedy}", err=True)


def exit_code(error: SeatsyncError) -> int:
    """Return 2 for what is wrong with the set-up, 1 for everything else."""
    return WRONG_SETUP if isinstance(error, SetupError) else FAILED


def tell_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print one line with a reference; the traceback goes to the log at its level DEBUG."""
    if issubclass(kind, KeyboardInterrupt | Cancelled):
        click.echo("Stopped.", err=True)
        return
    reference = secrets.token_hex(4)
    LOG.debug("reference %s", reference, exc_info=(kind, error, trace))
    click.echo(
        f"Error: something unexpected happened ({kind.__name__}, reference {reference}).\n"
        "  Run it again with `seatsync --verbose ...` to see where, and report it.",
        err=True,
    )


def catch_unexpected() -> None:
    """Let an error that nobody foresaw end the process with `tell_unexpected`."""
    sys.excepthook = tell_unexpected
