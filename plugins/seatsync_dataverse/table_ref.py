"""A table, as far as its rows are addressed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableRef:
    """The names that one table goes by; all of them come from its metadata, none is made up.

    Addresses hold the name of its set, bulk messages and metadata its logical name.
    """

    logical_name: str
    entity_set: str
    primary_id: str
    """The column of its primary key."""

    @property
    def odata_type(self) -> str:
        """What its rows are called where a body may hold several kinds."""
        return f"Microsoft.Dynamics.CRM.{self.logical_name}"
