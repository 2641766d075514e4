"""Changes to the organisation's metadata, each of which does nothing when it is there already."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from seatsync.errors import PassingFault, SetupError
from seatsync_dataverse.api import RETRY
from seatsync_dataverse.blueprint import label
from seatsync_dataverse.metadata import STRONG
from seatsync_dataverse.odata import literal, row_path
from seatsync_dataverse.rows import read_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from uuid import UUID

    from seatsync_dataverse.api import Api
    from seatsync_dataverse.blueprint import Blueprint
    from seatsync_dataverse.definition import KeyDefinition
    from seatsync_dataverse.metadata import Metadata
    from seatsync_dataverse.rows import Rows

TRIES = 5
POLL_S = 5.0


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose customisations they are; `prefix` begins every schema name."""

    unique_name: str
    friendly_name: str
    prefix: str
    option_value_prefix: int
    """Begins every value of a choice: from 10,000 to 99,999."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What holds them together, so that they can be moved to another environment."""

    unique_name: str
    friendly_name: str
    version: str = "1.0.0.0"


class Customization:
    """Makes what is missing, one call at a time, into one solution.

    Every step looks first and returns whether it made anything. The service takes one
    customisation at a time, and refuses others meanwhile: such a call waits, looks again, and is
    repeated (create and update table definitions).
    """

    def __init__(self, api: Api, rows: Rows, metadata: Metadata, solution: Solution) -> None:
        """Put what is made into `solution`, which `make_solution` makes first."""
        self._api = api
        self._rows = rows
        self._metadata = metadata
        self._solution = solution
        self._lock = threading.Lock()

    def make_publisher(self, publisher: Publisher) -> bool:
        """Make the publisher."""
        body = {
            "uniquename": publisher.unique_name,
            "friendlyname": publisher.friendly_name,
            "customizationprefix": publisher.prefix,
            "customizationoptionvalueprefix": publisher.option_value_prefix,
        }
        return self._made(
            lambda: self._publisher_id(publisher.unique_name) is not None,
            partial(self._api.write, "POST", "publishers", body),
        )

    def make_solution(self, publisher: Publisher) -> bool:
        """Make the solution, below a publisher that exists."""
        publisher_id = self._publisher_id(publisher.unique_name)
        if publisher_id is None:
            message = f"the CRM has no publisher {publisher.unique_name}"
            raise SetupError(message)
        body = {
            "uniquename": self._solution.unique_name,
            "friendlyname": self._solution.friendly_name,
            "version": self._solution.version,
            "publisherid@odata.bind": row_path("publishers", publisher_id),
        }
        return self._made(self._has_solution, partial(self._api.write, "POST", "solutions", body))

    def make_table(self, blueprint: Blueprint) -> bool:
        """Make a table, with the columns that its blueprint holds."""
        logical_name = blueprint["SchemaName"].lower()
        return self._made(
            lambda: self._metadata.table(logical_name) is not None,
            partial(self._post, "EntityDefinitions", blueprint),
        )

    def make_column(self, logical_name: str, blueprint: Blueprint) -> bool:
        """Make a column of a table that exists."""
        column = blueprint["SchemaName"].lower()
        return self._made(
            lambda: column in self._metadata.columns(logical_name),
            partial(self._post, f"{_table(logical_name)}/Attributes", blueprint),
        )

    def make_lookup(self, blueprint: Blueprint) -> bool:
        """Make a relationship, and the lookup that belongs to it."""
        return self._made(
            partial(self._has_lookup, blueprint),
            partial(self._post, "RelationshipDefinitions", blueprint),
        )

    def make_key(self, logical_name: str, blueprint: Blueprint) -> bool:
        """Make an alternate key; its index is built afterwards, see `await_keys`."""
        path = f"{_table(logical_name)}/Keys"
        return self._made(
            lambda: self._key(logical_name, blueprint["SchemaName"]) is not None,
            partial(self._post, path, blueprint),
        )

    def await_keys(self, logical_name: str, patience_s: float) -> None:
        """Wait until every alternate key of a table is of use, for `patience_s` at most.

        An index that could not be built is tried again, once. Raises `SetupError` naming the keys
        that are not of use by then, and `Cancelled`.
        """
        context = self._api.context
        end = context.clock.monotonic() + patience_s
        tried_again: set[str] = set()
        while waiting := [key for key in self._metadata.keys(logical_name) if not key.is_active]:
            lost = [key for key in waiting if key.has_failed and key.schema_name in tried_again]
            if lost or context.clock.monotonic() >= end:
                raise _unusable(logical_name, lost or waiting)
            self._try_again(logical_name, (key for key in waiting if key.has_failed), tried_again)
            context.control.sleep(POLL_S)

    def add_option(self, logical_name: str, column: str, value: int, shown: str) -> bool:
        """Give a choice a value that it lacks; it takes effect once it is published."""
        body = {
            "EntityLogicalName": logical_name,
            "AttributeLogicalName": column,
            "Value": value,
            "Label": label(shown),
            "SolutionUniqueName": self._solution.unique_name,
        }
        return self._made(
            lambda: value in self._metadata.options(logical_name).get(column, {}),
            partial(self._api.write, "POST", "InsertOptionValue", body),
        )

    def track_changes(self, logical_name: str) -> bool:
        """Switch change tracking on for a table that exists; it cannot be switched off again.

        A definition is put whole, and its labels in other languages must be merged, or they are
        lost; it takes effect once it is published (create and update table definitions).
        """
        return self._made(
            lambda: self._tracks_changes(logical_name),
            lambda: self._put(logical_name, {"ChangeTrackingEnabled": True}),
        )

    def publish(self, logical_names: Iterable[str]) -> None:
        """Let changed definitions of tables take effect."""
        entities = "".join(f"<entity>{escape(name)}</entity>" for name in logical_names)
        xml = f"<importexportxml><entities>{entities}</entities></importexportxml>"
        self._alone(partial(self._api.write, "POST", "PublishXml", {"ParameterXml": xml}))

    def _made(self, is_there: Callable[[], bool], make: Callable[[], object]) -> bool:
        if is_there():
            return False
        for attempt in range(1, TRIES):
            try:
                self._alone(make)
            except PassingFault:
                self._api.context.control.sleep(RETRY.wait_s(attempt))
                if is_there():
                    return True
            else:
                return True
        self._alone(make)
        return True

    def _alone(self, make: Callable[[], object]) -> None:
        with self._lock:
            make()

    def _post(self, path: str, blueprint: Blueprint) -> None:
        self._api.write("POST", path, blueprint, headers=self._headers())

    def _put(self, logical_name: str, changed: Mapping[str, object]) -> None:
        whole = self._metadata.whole(logical_name)
        body = {name: value for name, value in whole.items() if not name.startswith("@odata.")}
        typed = {"@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata", **body, **changed}
        headers = {**self._headers(), "MSCRM.MergeLabels": "true"}
        self._api.write("PUT", _table(logical_name), typed, headers=headers)

    def _headers(self) -> dict[str, str]:
        return {**STRONG, "MSCRM.SolutionUniqueName": self._solution.unique_name}

    def _publisher_id(self, unique_name: str) -> UUID | None:
        found = self._rows.find(
            "publishers", ("publisherid",), f"uniquename eq {literal(unique_name)}"
        )
        return next((read_id(row.get("publisherid"), "publishers") for row in found), None)

    def _has_solution(self) -> bool:
        where = f"uniquename eq {literal(self._solution.unique_name)}"
        return next(self._rows.find("solutions", ("solutionid",), where), None) is not None

    def _has_lookup(self, blueprint: Blueprint) -> bool:
        column = blueprint["Lookup"]["SchemaName"].lower()
        held = self._metadata.lookups(blueprint["ReferencingEntity"])
        return any(lookup.referencing_attribute == column for lookup in held)

    def _key(self, logical_name: str, schema_name: str) -> KeyDefinition | None:
        held = self._metadata.keys(logical_name)
        return next((key for key in held if key.schema_name == schema_name), None)

    def _tracks_changes(self, logical_name: str) -> bool:
        table = self._metadata.table(logical_name)
        return table is not None and table.change_tracking_enabled

    def _try_again(
        self, logical_name: str, failed: Iterable[KeyDefinition], tried_again: set[str]
    ) -> None:
        for key in failed:
            tried_again.add(key.schema_name)
            name = key.schema_name.lower()
            body = {"EntityLogicalName": logical_name, "EntityKeyLogicalName": name}
            self._api.write("POST", "ReactivateEntityKey", body)


def _table(logical_name: str) -> str:
    return f"EntityDefinitions(LogicalName={literal(logical_name)})"


def _unusable(logical_name: str, keys: Iterable[KeyDefinition]) -> SetupError:
    named = ", ".join(f"{key.schema_name} is {key.entity_key_index_status}" for key in keys)
    return SetupError(
        f"the alternate keys of {logical_name} are not of use: {named}",
        remedy="Look for rows with the same values in the key's columns, then try again.",
    )
