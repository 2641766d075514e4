"""Putting the environment's values in place of `${NAME}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.config.problems import Location

_REFERENCE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>[^}]*)\})")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(slots=True)
class Substitution:
    """Replaces references in a tree of plain values; keeps which keys wanted what is not there.

    The tree has been parsed before, so a value can never add keys. `$$` stands for `$`.
    """

    environment: Mapping[str, str]
    unmet: dict[Location, str] = field(default_factory=dict)

    def apply(self, value: Any, location: Location = ()) -> Any:
        """Return `value` with all references in its strings replaced."""
        if isinstance(value, str):
            return self._text(value, location)
        if isinstance(value, dict):
            return {key: self.apply(item, (*location, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.apply(item, (*location, index)) for index, item in enumerate(value)]
        return value

    def _text(self, text: str, location: Location) -> str:
        return _REFERENCE.sub(lambda match: self._resolve(match, location), text)

    def _resolve(self, match: re.Match[str], location: Location) -> str:
        if match["escaped"]:
            return "$"
        name = match["name"]
        if not _NAME.fullmatch(name):
            self.unmet[location] = f"${{{name}}} is no name of an environment variable"
        elif name not in self.environment:
            self.unmet[location] = f"wants ${{{name}}}, which is not set in the environment"
        else:
            return self.environment[name]
        return match[0]
