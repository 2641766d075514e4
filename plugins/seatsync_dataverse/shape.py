"""What a noun is kept as: its table, and a column for each field."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from seatsync.domain.ownership import FieldKind
from seatsync_dataverse.value import lookup_column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.domain.crm import CrmNoun
    from seatsync.domain.ownership import CrmField

STATE, STATUS, CURRENCY = "statecode", "statuscode", "transactioncurrencyid"
"""Columns that the platform gives to a table: its state, the reason of it, and the currency that
all its amounts are in."""

ACTIVE, INACTIVE = 0, 1
"""The states that every table has."""

WEBSITE = "websiteurl"
"""The column of `account` that the domain is read from: an address that people type in."""

MONEY_PRECISION = 4
"""Decimal places of an amount; money columns have no more (create column definitions)."""

NUMBER_PRECISION = 6
"""Decimal places of other numbers: what the mirror keeps."""

_LOOKUPS = frozenset({FieldKind.REFERENCE, FieldKind.CURRENCY})
_BY_PLATFORM = frozenset({STATE, CURRENCY})


@dataclass(frozen=True)
class Column:
    """The column of a field.

    `length` is how many characters a text may have, counted as UTF-16 does; `options` are the
    values of a choice by our words.
    """

    field: CrmField
    schema_name: str
    length: int | None = None
    options: Mapping[str, int] = dataclasses.field(default_factory=dict)
    is_ours: bool = True
    """Whether set-up makes it where it is missing."""

    @cached_property
    def logical_name(self) -> str:
        """What it is written by, unless it is a lookup."""
        return self.schema_name.lower()

    @cached_property
    def read_name(self) -> str:
        """What it is read by."""
        is_lookup = self.field.kind in _LOOKUPS
        return lookup_column(self.logical_name) if is_lookup else self.logical_name

    @cached_property
    def words(self) -> Mapping[int, str]:
        """Our words by the values of the choice; the first counts where several share a value."""
        return {value: word for word, value in reversed(list(self.options.items()))}

    @property
    def may_be_unsaid(self) -> bool:
        """Tell whether neither yes nor no is an answer, which nothing says of other flags."""
        return self.field.name == "auto_renew"

    @property
    def may_be_left_out(self) -> bool:
        """Tell whether a row without it has none, as those without an amount may come."""
        return self.field.kind is FieldKind.CURRENCY

    @property
    def is_by_platform(self) -> bool:
        """Tell whether the platform gives it to every table."""
        return self.logical_name in _BY_PLATFORM


@dataclass(frozen=True)
class Shape:
    """The table of a noun.

    `title` is the schema name of a primary name column that no field stands for; the agent fills
    it when it makes a row.
    """

    noun: CrmNoun
    schema_name: str
    columns: tuple[Column, ...]
    name: str = ""
    plural: str = ""
    description: str = ""
    title: str | None = None
    is_ours: bool = True
    """Whether set-up makes the table where it is missing."""
    required: frozenset[str] = dataclasses.field(default_factory=frozenset)
    """Fields without which a row of the CRM's users means nothing."""

    @cached_property
    def logical_name(self) -> str:
        """What metadata calls the table."""
        return self.schema_name.lower()

    @cached_property
    def by_field(self) -> Mapping[str, Column]:
        """The columns by the names of their fields."""
        return {column.field.name: column for column in self.columns}

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns that tell one row from any other; none for most tables."""
        return tuple(column.logical_name for column in self.columns if column.field.is_key)
