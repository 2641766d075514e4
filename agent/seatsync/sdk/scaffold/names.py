"""The names that a new plug-in bears, all made from one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zlib import crc32

from seatsync.errors import SetupError

_NAME = re.compile("[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_LONGEST = 40
_FIRST_PORT = 8400
_PORTS = 400


@dataclass(frozen=True, slots=True)
class Names:
    """What the parts of a new plug-in are called; `plugin` is the name in config.yaml."""

    plugin: str

    @classmethod
    def of(cls, name: str) -> Names:
        """Make all names from one; raises `SetupError` for one that none can be made from."""
        if not _NAME.fullmatch(name) or len(name) > _LONGEST:
            raise SetupError(
                f"{name!r} cannot be the name of a plug-in",
                remedy="Take small letters and digits, with - or _ between words: acme-cloud.",
            )
        return cls(name.replace("-", "_"))

    @property
    def package(self) -> str:
        """The import package."""
        return f"seatsync_{self.plugin}"

    @property
    def distribution(self) -> str:
        """The name of the distribution, and of its folder."""
        return self.package.replace("_", "-")

    @property
    def title(self) -> str:
        """The name for people."""
        return " ".join(word.capitalize() for word in self.plugin.split("_"))

    @property
    def class_prefix(self) -> str:
        """What the names of its classes begin with."""
        return self.title.replace(" ", "")

    @property
    def port(self) -> int:
        """Where its simulator is served unless another port is asked for."""
        return _FIRST_PORT + crc32(self.plugin.encode()) % _PORTS

    def fill(self, text: str) -> str:
        """Put the names into a template, where they stand between signs such as @plugin@."""
        for place in ("plugin", "package", "distribution", "title", "class_prefix", "port"):
            text = text.replace(f"@{place}@", str(getattr(self, place)))
        return text
