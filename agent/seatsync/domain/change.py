"""The difference between two states of a subscription, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from seatsync.domain.money import Money
from seatsync.domain.subscription import REMOTE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync.domain.subscription import RemoteSubscription

_NAMES = {
    "customer_external_id": "providerAccount",
    "parent_external_id": "parent",
}


def camel_case(name: str) -> str:
    """Return the contract's spelling of one of our field names."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


FIELD_NAMES = {name: _NAMES.get(name, camel_case(name)) for name in REMOTE_FIELDS}
"""The contract's field name of each provider-owned field."""

_COMPARED = tuple(name for name in REMOTE_FIELDS if name != "external_id")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of Subscription, in the contract's camelCase, with its old and new value."""

    field: str
    old: str | None
    new: str | None


def diff(old: RemoteSubscription, new: RemoteSubscription) -> tuple[FieldChange, ...]:
    """Return what changed between two canonical states, in the order of the record's fields."""
    return tuple(
        FieldChange(FIELD_NAMES[name], spell(before), spell(after))
        for name in _COMPARED
        if (before := getattr(old, name)) != (after := getattr(new, name))
    )


def field_names(changes: Iterable[FieldChange]) -> frozenset[str]:
    """Return the names of the fields that changed."""
    return frozenset(change.field for change in changes)


def spell(value: object) -> str | None:
    """Spell a value as a report shows it; None stays None."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat()
        case Money():
            return str(value)
        case _:
            return str(value)
