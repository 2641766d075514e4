"""What rows must meet, as parameterised SQL that both databases understand."""

from __future__ import annotations

import json
from copy import copy
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from seatsync.domain.text import is_storable
from seatsync.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from seatsync.mirror.database import Mirror

# SQLite takes no list as a parameter: ids arrive as one row of bytes, 16 for each.
_SQLITE_IDS = (
    "WITH RECURSIVE piece(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM piece WHERE n + 1 < {size})"
    " SELECT substr({ids}, n * 16 + 1, 16) FROM piece"
)


class Conditions:
    """Clauses that must all hold, with their parameters; values of None add no clause."""

    def __init__(self, mirror: Mirror) -> None:
        """Start without any condition."""
        self.mirror = mirror
        self.clauses: list[str] = []
        self.params: dict[str, Any] = {}
        self.searches = False

    @property
    def where(self) -> str:
        """The clauses as a WHERE, or nothing."""
        return f"WHERE {' AND '.join(self.clauses)}" if self.clauses else ""

    def also(self) -> Conditions:
        """Return a copy that can be narrowed further."""
        narrowed = copy(self)
        narrowed.clauses = [*self.clauses]
        narrowed.params = {**self.params}
        return narrowed

    def sharing(self) -> Conditions:
        """Return empty conditions of the same statement: their parameters count on."""
        branch = Conditions(self.mirror)
        branch.params = self.params
        return branch

    def require(self, clause: str) -> Self:
        """Add a clause that has no parameter of its own."""
        self.clauses.append(clause)
        return self

    def value(self, value: object) -> str:
        """Keep a parameter and return its mark; refuse text that no database can compare with."""
        if isinstance(value, str) and not is_storable(value):
            raise BadInput("text must not hold NUL or half a character")
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def equal(self, column: str, value: object) -> Self:
        """Ask for one value."""
        return self if value is None else self.require(f"{column} = {self.value(value)}")

    def flag(self, clause: str, wanted: bool | None) -> Self:  # noqa: FBT001 - as a filter has it
        """Ask for a clause to hold, or for it not to."""
        return self if wanted is None else self.require(clause if wanted else f"NOT ({clause})")

    def period(self, column: str, since: datetime | None, until: datetime | None) -> Self:
        """Ask for instants from `since` on, and before `until`."""
        if since is not None:
            self.require(f"{column} >= {self.value(since)}")
        if until is not None:
            self.require(f"{column} < {self.value(until)}")
        return self

    def search(self, columns: Sequence[str], text: str | None) -> Self:
        """Ask for `text` as a part of any of the columns, in upper or lower case."""
        if text is None or not text.strip():
            return self
        mark = self.value(f"%{_escaped(text.strip().lower())}%")
        self.searches = True
        # SQLite's own lower() knows ASCII alone, and is five times as fast as Python's.
        lower = "py_lower" if self.mirror.is_sqlite and not text.isascii() else "lower"
        likes = [f"{lower}({column}) LIKE {mark} ESCAPE '!'" for column in columns]
        return self.require(f"({' OR '.join(likes)})")

    def contains(self, column: str, text: str) -> Self:
        """Ask for exactly `text` as a part of the column."""
        return self.require(f"{column} LIKE {self.value(f'%{_escaped(text)}%')} ESCAPE '!'")

    def among(self, column: str, values: Collection[UUID | str]) -> Self:
        """Ask for any of the values, in one statement however many there are."""
        if not self.mirror.is_sqlite:
            return self.require(f"{column} = ANY({self.value(list(values))})")
        ids = [value for value in values if isinstance(value, UUID)]
        if ids:
            marks = {
                "ids": self.value(b"".join(value.bytes for value in ids)),
                "size": self.value(len(ids)),
            }
            return self.require(f"{column} IN ({_SQLITE_IDS.format(**marks)})")
        mark = self.value(json.dumps(list(values)))
        return self.require(f"{column} IN (SELECT value FROM json_each({mark}))")  # noqa: S608


def _escaped(text: str) -> str:
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return text
