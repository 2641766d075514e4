"""Which fields of a subscription a planned step changes, as the mirror and the CRM call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.change import FIELD_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.domain.change import FieldChange
    from seatsync.domain.plan import KnownSubscription, Step

_COLUMNS: dict[str, tuple[str, ...]] = {
    **{reported: (name,) for name, reported in FIELD_NAMES.items()},
    FIELD_NAMES["customer_external_id"]: ("provider_account_id",),
    FIELD_NAMES["unit_cost"]: ("unit_cost_amount", "unit_cost_currency"),
    "missingSince": ("missing_since",),
    "billingContract": (),
}
"""The fields behind each field of a report; where it is billed is told by the step itself."""


def changed_fields(step: Step) -> frozenset[str]:
    """Return which fields of a known subscription the step writes with another value."""
    reported = {name for change in step.field_changes for name in columns_of(change)}
    return frozenset(reported.union(_moved(step, step.known) if step.known else ()))


def columns_of(change: FieldChange) -> tuple[str, ...]:
    """Return the fields behind one that a report names."""
    return _COLUMNS[change.field]


def _moved(step: Step, known: KnownSubscription) -> Iterator[str]:
    if step.account_id != known.account_id:
        yield "account_id"
    if step.contract_id != known.contract_id:
        yield "billing_contract_id"
    if step.reason != known.reason:
        yield "unassigned_reason"
