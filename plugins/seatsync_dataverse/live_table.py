"""A table as the organisation has it now, gathered for the check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync_dataverse.definition import (
        ColumnDefinition,
        KeyDefinition,
        LookupDefinition,
        TableDefinition,
    )
    from seatsync_dataverse.metadata import Metadata


@dataclass(frozen=True, slots=True)
class LiveTable:
    """What its metadata says; columns go by their logical names."""

    definition: TableDefinition
    columns: Mapping[str, ColumnDefinition]
    options: Mapping[str, Mapping[int, str]]
    lengths: Mapping[str, int]
    precisions: Mapping[str, int]
    behaviors: Mapping[str, str]
    keys: Sequence[KeyDefinition]
    lookups: Sequence[LookupDefinition]


def read_live_table(metadata: Metadata, logical_name: str) -> LiveTable | None:
    """Read a table; None if the organisation has none of that name."""
    definition = metadata.table(logical_name)
    if definition is None:
        return None
    return LiveTable(
        definition,
        metadata.columns(logical_name),
        metadata.options(logical_name),
        metadata.lengths(logical_name),
        metadata.precisions(logical_name),
        metadata.behaviors(logical_name),
        metadata.keys(logical_name),
        metadata.lookups(logical_name),
    )
