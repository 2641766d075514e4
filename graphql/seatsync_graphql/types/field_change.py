"""Field changes."""

from __future__ import annotations

import strawberry

from seatsync_graphql.types.node import of_record


@strawberry.type
class FieldChange:
    """One field of a record, with its old and new value."""

    field: str = of_record("Field of Subscription, in camelCase.")
    old: str | None = of_record(name="oldValue")
    new: str | None = of_record(name="newValue")
