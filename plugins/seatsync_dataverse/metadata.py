"""The organisation's metadata, read as it is: what is not there is missing, never guessed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from seatsync_dataverse.definition import (
    ChoiceDefinition,
    ColumnDefinition,
    DateDefinition,
    KeyDefinition,
    LookupDefinition,
    NumberDefinition,
    TableDefinition,
    TablePrivileges,
    TextDefinition,
)
from seatsync_dataverse.errors import RequestMistaken, RowMissing
from seatsync_dataverse.odata import columns as select_list
from seatsync_dataverse.odata import literal, query
from seatsync_dataverse.payload import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync_dataverse.api import Api
    from seatsync_dataverse.definition import Privilege

DefinitionT = TypeVar("DefinitionT", bound=msgspec.Struct)

STRONG: Mapping[str, str] = {"Consistency": "Strong"}
"""Metadata is read from where it was written, not from a cache that lags behind (query schema
definitions)."""

_ATTRIBUTES = "Attributes/Microsoft.Dynamics.CRM"
_OPTIONS = "OptionSet($select=Options),GlobalOptionSet($select=Options)"
_whole_decoder = msgspec.json.Decoder(dict[str, Any])


class _Listing(msgspec.Struct, Generic[DefinitionT]):
    value: list[DefinitionT]


class Metadata:
    """Reads metadata; tables and columns go by their logical names."""

    def __init__(self, api: Api) -> None:
        """Ask with `api`."""
        self._api = api

    def table(self, logical_name: str) -> TableDefinition | None:
        """Return a table, or None if the organisation has none of that name."""
        return self._one(logical_name, TableDefinition)

    def tables(self, logical_names: Sequence[str]) -> Mapping[str, TableDefinition]:
        """Return those of some tables that the organisation has, by name, in one request."""
        where = " or ".join(f"LogicalName eq {literal(name)}" for name in logical_names)
        address = query("EntityDefinitions", select=_selected(TableDefinition), filter=where)
        return {one.logical_name: one for one in self._read(address, TableDefinition)}

    def privileges(self, logical_name: str) -> Sequence[Privilege]:
        """Return the rights that come with a table; none if there is no such table."""
        found = self._one(logical_name, TablePrivileges)
        return found.privileges if found else ()

    def columns(self, logical_name: str) -> Mapping[str, ColumnDefinition]:
        """Return the columns of a table by name."""
        found = self._listed(_part(logical_name, "Attributes"), ColumnDefinition)
        return {column.logical_name: column for column in found}

    def options(self, logical_name: str) -> Mapping[str, Mapping[int, str]]:
        """Return the values and labels of each choice of a table, by column.

        Only the type of a column tells them, so it is asked for by name (query schema
        definitions).
        """
        path = _part(logical_name, f"{_ATTRIBUTES}.PicklistAttributeMetadata")
        address = query(path, select="LogicalName", expand=_OPTIONS)
        return {one.logical_name: one.options for one in self._read(address, ChoiceDefinition)}

    def lengths(self, logical_name: str) -> Mapping[str, int]:
        """Return how many characters each text column of a table takes, where it says so."""
        kinds = ("StringAttributeMetadata", "MemoAttributeMetadata")
        paths = [_part(logical_name, f"{_ATTRIBUTES}.{kind}") for kind in kinds]
        found = [one for path in paths for one in self._listed(path, TextDefinition)]
        return {one.logical_name: one.max_length for one in found if one.max_length is not None}

    def precisions(self, logical_name: str) -> Mapping[str, int]:
        """Return how many decimal places each decimal column of a table has, where it says so."""
        path = _part(logical_name, f"{_ATTRIBUTES}.DecimalAttributeMetadata")
        found = self._listed(path, NumberDefinition)
        return {one.logical_name: one.precision for one in found if one.precision is not None}

    def behaviors(self, logical_name: str) -> Mapping[str, str]:
        """Return what each date column of a table holds: `UserLocal`, `DateOnly` and so on."""
        path = _part(logical_name, f"{_ATTRIBUTES}.DateTimeAttributeMetadata")
        return {one.logical_name: one.behavior for one in self._listed(path, DateDefinition)}

    def keys(self, logical_name: str) -> Sequence[KeyDefinition]:
        """Return the alternate keys of a table, with the state of their indexes."""
        return self._listed(_part(logical_name, "Keys"), KeyDefinition)

    def lookups(self, logical_name: str) -> Sequence[LookupDefinition]:
        """Return the lookups of a table; one to several kinds of rows has an entry for each."""
        return self._listed(_part(logical_name, "ManyToOneRelationships"), LookupDefinition)

    def whole(self, logical_name: str) -> dict[str, Any]:
        """Return the whole definition of a table that exists, to be put back changed."""
        return read(self._api.get(_table(logical_name), headers=STRONG), _whole_decoder)

    def _one(self, logical_name: str, kind: type[DefinitionT]) -> DefinitionT | None:
        address = query(_table(logical_name), select=_selected(kind))
        try:
            response = self._api.get(address, headers=STRONG)
        except (RowMissing, RequestMistaken) as fault:
            # No code is documented for a table that is not there, only that it is not found.
            if fault.problem.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return read(response, msgspec.json.Decoder(kind))

    def _listed(self, path: str, kind: type[DefinitionT]) -> list[DefinitionT]:
        return self._read(query(path, select=_selected(kind)), kind)

    def _read(self, address: str, kind: type[DefinitionT]) -> list[DefinitionT]:
        # Listings of metadata have no pages (query schema definitions).
        response = self._api.get(address, headers=STRONG)
        decoder: msgspec.json.Decoder[_Listing[DefinitionT]]
        decoder = msgspec.json.Decoder(_Listing[kind])  # type: ignore[valid-type]
        return read(response, decoder).value


def _selected(kind: type[msgspec.Struct]) -> str | None:
    return select_list([field.encode_name for field in msgspec.structs.fields(kind)])


def _table(logical_name: str) -> str:
    return f"EntityDefinitions(LogicalName={literal(logical_name)})"


def _part(logical_name: str, part: str) -> str:
    return f"{_table(logical_name)}/{part}"
