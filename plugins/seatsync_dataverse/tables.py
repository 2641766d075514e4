"""The names that the organisation gives to tables and lookups, read when they are first needed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from seatsync.errors import StandingFault
from seatsync_dataverse.meaning import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.domain.crm import CrmNoun
    from seatsync_dataverse.metadata import Metadata
    from seatsync_dataverse.shape import Shape
    from seatsync_dataverse.table_ref import TableRef

SET_UP = "`seatsync crm setup` makes what is missing; `seatsync crm check` lists it."


class Tables:
    """Asks once for the sets of all tables, and once for the lookups of each; for any thread."""

    def __init__(self, metadata: Metadata, shapes: Mapping[CrmNoun, Shape]) -> None:
        """Ask `metadata` about the tables of `shapes`."""
        self._metadata = metadata
        self._shapes = shapes
        self._lock = threading.Lock()
        self._refs: dict[str, TableRef] = {}
        self._navigations: dict[CrmNoun, dict[tuple[str, str], str]] = {}

    def ref(self, noun: CrmNoun) -> TableRef:
        """Return how rows of a noun are addressed; raises `StandingFault` without its table."""
        name = self._shapes[noun].logical_name
        with self._lock:
            if name not in self._refs:
                self._read_all()
        if name not in self._refs:
            message = f"the CRM has no table {name}"
            raise StandingFault(message, remedy=SET_UP)
        return self._refs[name]

    def navigation(self, noun: CrmNoun, column: str, target: CrmNoun) -> str:
        """Return the property that a lookup is written through; raises `StandingFault`."""
        with self._lock:
            if noun not in self._navigations:
                self._navigations[noun] = self._read_lookups(noun)
            found = self._navigations[noun].get((column, self._shapes[target].logical_name))
            if found is None:
                # It may be made while the agent is running.
                del self._navigations[noun]
        if found is None:
            table = self._shapes[noun].logical_name
            message = f"{table} has no lookup {column} to {self._shapes[target].logical_name}"
            raise StandingFault(message, remedy=NAMES)
        return found

    def _read_all(self) -> None:
        names = sorted({shape.logical_name for shape in self._shapes.values()})
        found = self._metadata.tables(names)
        self._refs.update({name: table.ref for name, table in found.items()})

    def _read_lookups(self, noun: CrmNoun) -> dict[tuple[str, str], str]:
        held = self._metadata.lookups(self._shapes[noun].logical_name)
        return {
            (one.referencing_attribute, one.referenced_entity): one.navigation
            for one in held
            if one.navigation is not None
        }
