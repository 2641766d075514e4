"""How work tells how far it has come."""

from collections.abc import Callable

ProgressSink = Callable[[int, int | None, str | None], None]
"""Takes how much is done, the total (None while unknown), and what is being done."""


def no_progress(_done: int, _total: int | None, _message: str | None) -> None:
    """Ignore progress."""
