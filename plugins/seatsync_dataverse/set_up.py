"""Making what the organisation lacks; what is there already stays as it is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from seatsync.errors import SetupError
from seatsync_dataverse.making import (
    PUBLISHER,
    SOLUTION,
    column_of,
    key_of,
    lookup_columns,
    lookup_of,
    plain_columns,
    table_of,
)
from seatsync_dataverse.rights import OF_METADATA, ROLE, granted
from seatsync_dataverse.schema import option_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatsync.domain.crm import CrmNoun
    from seatsync_dataverse.client import DataverseClient
    from seatsync_dataverse.customization import Customization
    from seatsync_dataverse.shape import Column, Shape

KEY_PATIENCE_S = 1_800.0
"""How long the indexes of keys may take: on tables that have rows already, quite long."""


class SetUp:
    """Goes through everything in the order in which one needs the other; looks before it makes."""

    def __init__(self, client: DataverseClient, shapes: Mapping[CrmNoun, Shape]) -> None:
        """Make what `shapes` call ours, with `client`."""
        self._client = client
        self._metadata = client.metadata
        self._shapes = shapes
        self._to_publish: set[str] = set()

    @cached_property
    def _custom(self) -> Customization:
        return self._client.customization(SOLUTION)

    def run(self) -> Iterator[str]:
        """Yield a sentence for each thing that was made."""
        yield from self._solution()
        for shape in self._shapes.values():
            yield from self._table(shape)
        for shape in self._shapes.values():
            yield from self._inside(shape)
        yield from self._published()
        yield from self._role()
        for shape in self._shapes.values():
            if shape.key and shape.is_ours:
                self._custom.await_keys(shape.logical_name, KEY_PATIENCE_S)

    def _solution(self) -> Iterator[str]:
        if self._custom.make_publisher(PUBLISHER):
            yield f"Made the publisher {PUBLISHER.unique_name}."
        if self._custom.make_solution(PUBLISHER):
            yield f"Made the solution {SOLUTION.unique_name}."

    def _table(self, shape: Shape) -> Iterator[str]:
        if not shape.is_ours:
            self._id_of(shape)
        elif self._custom.make_table(table_of(shape)):
            yield f"Made the table {shape.logical_name}."

    def _inside(self, shape: Shape) -> Iterator[str]:
        yield from self._columns(shape)
        yield from self._options(shape)
        yield from self._lookups(shape)
        yield from self._key(shape)
        if self._custom.track_changes(shape.logical_name):
            self._to_publish.add(shape.logical_name)
            yield f"Switched change tracking on for {shape.logical_name}."

    def _columns(self, shape: Shape) -> Iterator[str]:
        held = self._metadata.columns(shape.logical_name)
        for column in plain_columns(shape):
            if column.logical_name not in held:
                self._custom.make_column(shape.logical_name, column_of(column))
                yield f"Made the column {shape.logical_name}.{column.logical_name}."

    def _options(self, shape: Shape) -> Iterator[str]:
        choices = [column for column in plain_columns(shape) if column.options]
        held = self._metadata.options(shape.logical_name) if choices else {}
        for column in choices:
            for word, value in column.options.items():
                if value not in held.get(column.logical_name, {}):
                    yield self._option(shape, column, word)

    def _option(self, shape: Shape, column: Column, word: str) -> str:
        table, shown = shape.logical_name, option_label(word)
        self._custom.add_option(table, column.logical_name, column.options[word], shown)
        self._to_publish.add(table)
        return f"Added the value {shown} to {table}.{column.logical_name}."

    def _lookups(self, shape: Shape) -> Iterator[str]:
        columns = lookup_columns(shape)
        held = self._metadata.columns(shape.logical_name) if columns else {}
        for column in columns:
            if column.logical_name not in held:
                target = self._shapes[column.field.refers_to or shape.noun]
                blueprint = lookup_of(shape, column, target, self._id_of(target))
                self._custom.make_lookup(blueprint)
                yield f"Made the lookup {shape.logical_name}.{column.logical_name}."

    def _id_of(self, shape: Shape) -> str:
        table = self._metadata.table(shape.logical_name)
        if table is None:
            message = f"the CRM has no table {shape.logical_name}"
            raise SetupError(message, remedy=f"Correct tables.{shape.noun}.table in config.yaml.")
        return table.primary_id_attribute

    def _key(self, shape: Shape) -> Iterator[str]:
        if not shape.key:
            return
        held = self._metadata.keys(shape.logical_name)
        if not any(set(key.key_attributes) == set(shape.key) for key in held):
            self._custom.make_key(shape.logical_name, key_of(shape))
            yield f"Made the key of {shape.logical_name}: {', '.join(shape.key)}."

    def _published(self) -> Iterator[str]:
        if self._to_publish:
            self._custom.publish(sorted(self._to_publish))
            yield f"Published {', '.join(sorted(self._to_publish))}."

    def _role(self) -> Iterator[str]:
        roles, who = self._client.roles, self._client.who_am_i()
        if roles.make(ROLE, who.business_unit_id):
            yield f"Made the security role {ROLE}."
        role_id = roles.find(ROLE, who.business_unit_id)
        if role_id is None:
            message = f"the CRM made the security role {ROLE}, and does not show it"
            raise SetupError(message, remedy="Try again in a minute.")
        wanted = [*granted(self._metadata, self._shapes), *roles.named(OF_METADATA)]
        if roles.grant(role_id, wanted):
            yield f"Gave the security role {ROLE} what it lacked."
        if roles.assign(role_id, who.user_id):
            yield f"Gave the application user the security role {ROLE}."
