"""The command line: one file a verb."""

from seatsync.cli.program import main

__all__ = ["main"]
