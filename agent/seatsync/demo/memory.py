"""What the demo keeps in its folder between two starts."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from seatsync.errors import SetupError
from seatsync.mirror.locks import Locks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DATABASE_FILES = ("demo.db", "demo.db-wal", "demo.db-shm")


@dataclass(frozen=True, slots=True)
class Memory:
    """A folder with the demo's database, and how far its world has come."""

    folder: Path

    @property
    def database_url(self) -> str:
        """The URL of the embedded database."""
        return f"sqlite:///{quote(str(self.folder.absolute() / 'demo.db'))}"

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Make the folder, and keep other demos out of it; raise `SetupError` if one is in."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(
                f"the folder {self.folder} cannot be made: {error.strerror}",
                remedy="Name another with --folder.",
            ) from error
        held = Locks(self.database_url).try_hold("demo")
        if held is None:
            raise SetupError(
                f"another demo runs in {self.folder}", remedy="Stop it, or name another --folder."
            )
        with held:
            yield

    def tick(self) -> int | None:
        """Return how often something has happened in this world; None if it has not begun."""
        try:
            return int(self._file.read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def keep(self, tick: int) -> None:
        """Remember how often something has happened."""
        self._file.write_text(str(tick), "ascii")

    def forget(self) -> None:
        """Delete everything that an earlier demo has left."""
        self._file.unlink(missing_ok=True)
        for name in _DATABASE_FILES:
            (self.folder / name).unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self.folder / "tick"
