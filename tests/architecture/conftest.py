"""The repository as its checks see it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def repository() -> Path:
    """Give the repository's top folder."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def tracked_files(repository: Path) -> list[Path]:
    """List what is under version control, or would be with the next `git add`."""
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others"]
    done = subprocess.run(
        [*git, "--exclude-standard"], cwd=repository, capture_output=True, check=True, text=True
    )
    named = [repository / name for name in done.stdout.split("\0") if name]
    return [path for path in named if path.is_file()]
