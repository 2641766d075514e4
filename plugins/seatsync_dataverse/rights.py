"""What the agent's user must be allowed to do, in the whole organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seatsync.domain.crm import CrmNoun
    from seatsync_dataverse.definition import Privilege
    from seatsync_dataverse.metadata import Metadata
    from seatsync_dataverse.shape import Shape

ROLE = "seatsync"
"""The security role that set-up makes."""

_READ_AND_WRITE = ("Read", "Create", "Write", "Append", "AppendTo")
"""Change tracking wants organisation-level Read (use change tracking); lookups the last two."""

_STANDARD: Mapping[str, tuple[str, ...]] = {
    "systemuser": ("Read",),
    "transactioncurrency": ("Read", "AppendTo"),
}
_TO_CHECK: Mapping[str, tuple[str, ...]] = {
    "privilege": ("Read",),
    "publisher": ("Read",),
    "role": ("Read",),
    "solution": ("Read",),
}
"""What `crm setup` and `crm check` look at."""

OF_METADATA = ("prvReadEntity", "prvReadAttribute", "prvReadRelationship", "prvReadOptionSet")
"""Privileges that come with no table."""


def needed(metadata: Metadata, shapes: Mapping[CrmNoun, Shape]) -> Iterator[tuple[str, Privilege]]:
    """Yield each privilege that the agent cannot work without, with the table it is for."""
    tables = {shape.logical_name: _READ_AND_WRITE for shape in shapes.values()}
    return _of_tables(metadata, {**tables, **_STANDARD})


def granted(metadata: Metadata, shapes: Mapping[CrmNoun, Shape]) -> Iterator[Privilege]:
    """Yield each privilege of a table that the role is given."""
    yield from (right for _, right in needed(metadata, shapes))
    yield from (right for _, right in _of_tables(metadata, _TO_CHECK))


def _of_tables(
    metadata: Metadata, kinds: Mapping[str, Iterable[str]]
) -> Iterator[tuple[str, Privilege]]:
    for table, wanted in kinds.items():
        for right in metadata.privileges(table):
            if right.privilege_type in wanted:
                yield table, right
