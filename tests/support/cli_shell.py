"""The command line, run in the test's own process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from seatsync.cli.program import program

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Shell:
    """Runs commands on one configuration."""

    config: Path

    def run(self, *arguments: str, takes_config: bool = True) -> Result:
        options = ["--config", str(self.config)] if takes_config else []
        return CliRunner().invoke(program, [*arguments, *options])
