"""Columns of tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds, in the words of `AttributeType`."""

    BIGINT = "BigInt"
    BOOLEAN = "Boolean"
    DATETIME = "DateTime"
    DECIMAL = "Decimal"
    DOUBLE = "Double"
    ID = "Uniqueidentifier"
    INTEGER = "Integer"
    LOOKUP = "Lookup"
    MEMO = "Memo"
    MONEY = "Money"
    OWNER = "Owner"
    PICKLIST = "Picklist"
    STATE = "State"
    STATUS = "Status"
    STRING = "String"


LOOKUPS = frozenset({Kind.LOOKUP, Kind.OWNER})
CHOICES = frozenset({Kind.PICKLIST, Kind.STATE, Kind.STATUS})
TEXTS = frozenset({Kind.STRING, Kind.MEMO})


@dataclass(slots=True, eq=False)
class Column:
    """A column; `slot` is its place in the rows of its table."""

    logical: str
    schema: str
    kind: Kind
    slot: int = -1
    label: str = ""
    targets: tuple[str, ...] = ()
    options: dict[int, str] = field(default_factory=dict)
    """Labels by value, of a choice."""
    states: dict[int, int] = field(default_factory=dict)
    """The state that each status belongs to."""
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    precision: int = 4
    is_date_only: bool = False
    is_writable: bool = True
    is_secret: bool = False
    """Whether it is written and never read back."""

    @property
    def wire(self) -> str:
        """The property of a row that shows this column."""
        return f"_{self.logical}_value" if self.kind in LOOKUPS else self.logical

    @property
    def navigations(self) -> dict[str, str]:
        """The targets by navigation property; a lookup of several has one for each."""
        if self.kind is Kind.OWNER or len(self.targets) == 1:
            return {self.schema: self.targets[0]}
        return {f"{self.schema}_{target}": target for target in self.targets}
