"""Showing how far a command has come, on stderr."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.domain.progress import ProgressSink

LINE_EVERY_S = 5.0


@contextmanager
def shown_progress(what: str) -> Iterator[ProgressSink]:
    """Yield a sink that draws a bar on a terminal, and writes a line now and then elsewhere."""
    if not sys.stderr.isatty():
        yield _Lines(what)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def sink(done: int, total: int | None, message: str | None) -> None:
            description = f"{what}: {message}" if message else what
            bar.update(task, completed=done, total=total, description=description)

        yield sink


class _Lines:
    """Writes a line when the message changes, at most every few seconds."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._written_at = -LINE_EVERY_S
        self._last: str | None = None

    def __call__(self, done: int, total: int | None, message: str | None) -> None:
        """Take note of the progress."""
        now = time.monotonic()
        if message == self._last or now - self._written_at < LINE_EVERY_S:
            return
        self._written_at, self._last = now, message
        count = f" ({done} of {total})" if total else ""
        click.echo(f"{self._what}: {message or 'waiting'}{count}", err=True)
