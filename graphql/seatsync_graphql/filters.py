"""The contract's filter inputs, and the domain filters that they stand for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import strawberry
from strawberry import UNSET

from seatsync.domain.account import DefaultContractState
from seatsync.domain.billing import BillingType
from seatsync.domain.contract import ContractStatus
from seatsync.domain.exception import ExceptionKind
from seatsync.domain.job import JobKind, JobStatus
from seatsync.domain.paging import Window
from seatsync.domain.report import SyncChange, SyncOutcome, SyncTrigger
from seatsync.domain.subscription import SubscriptionStatus
from seatsync_graphql.scalars import identifier

F = TypeVar("F")


@strawberry.input
class AccountFilter:
    """Narrows accounts."""

    search: str | None = UNSET
    default_contract_state: DefaultContractState | None = UNSET


@strawberry.input
class BillingContractFilter:
    """Narrows billing contracts."""

    account_id: strawberry.ID | None = UNSET
    is_default: bool | None = UNSET
    status: ContractStatus | None = UNSET
    search: str | None = UNSET


@strawberry.input
class SubscriptionFilter:
    """Narrows subscriptions."""

    account_id: strawberry.ID | None = UNSET
    billing_contract_id: strawberry.ID | None = UNSET
    provider_key: str | None = UNSET
    provider_account_id: strawberry.ID | None = UNSET
    status: SubscriptionStatus | None = UNSET
    billing_type: BillingType | None = UNSET
    unassigned: bool | None = strawberry.field(
        default=UNSET, description="True: only those without a billing contract."
    )
    missing: bool | None = UNSET
    search: str | None = UNSET


@strawberry.input
class ProviderAccountFilter:
    """Narrows provider accounts."""

    provider_key: str | None = UNSET
    account_id: strawberry.ID | None = UNSET
    mapped: bool | None = UNSET
    search: str | None = UNSET


@strawberry.input
class SyncRunFilter:
    """Narrows sync runs."""

    provider_key: str | None = UNSET
    billing_contract_id: strawberry.ID | None = UNSET
    trigger: SyncTrigger | None = UNSET
    outcome: SyncOutcome | None = UNSET
    since: datetime | None = UNSET
    until: datetime | None = UNSET


@strawberry.input
class SyncReportFilter:
    """Narrows the Subscription Sync Report."""

    run_id: strawberry.ID | None = UNSET
    provider_key: str | None = UNSET
    account_id: strawberry.ID | None = UNSET
    billing_contract_id: strawberry.ID | None = UNSET
    subscription_id: strawberry.ID | None = UNSET
    trigger: SyncTrigger | None = UNSET
    change: SyncChange | None = UNSET
    field: str | None = strawberry.field(
        default=UNSET, description="Only entries that changed this field."
    )
    since: datetime | None = UNSET
    until: datetime | None = UNSET


@strawberry.input
class JobFilter:
    """Narrows jobs."""

    kind: JobKind | None = UNSET
    status: JobStatus | None = UNSET
    since: datetime | None = UNSET


@strawberry.input
class ExceptionFilter:
    """Narrows the Exceptions Dashboard."""

    kind: ExceptionKind | None = UNSET
    account_id: strawberry.ID | None = UNSET
    billing_contract_id: strawberry.ID | None = UNSET
    provider_key: str | None = UNSET


@strawberry.input
class AuditFilter:
    """Narrows the audit log."""

    actor: str | None = UNSET
    action: str | None = UNSET
    target_id: strawberry.ID | None = UNSET
    since: datetime | None = UNSET
    until: datetime | None = UNSET


def read_filter(record_type: type[F], given: Any) -> F:
    """Return the domain filter of an input; raise `BadInput` for a garbage id."""
    if not given:
        return record_type()
    values = {name: _value(name, value) for name, value in vars(given).items()}
    return record_type(**values)


def _value(name: str, value: Any) -> Any:
    if value is None or value is UNSET:
        return None
    return identifier(value, name) if name.endswith("_id") else value


def window(first: int | None, after: str | None, last: int | None, before: str | None) -> Window:
    """Return the window of Relay's four arguments, absent or null."""
    size, back = (None if value is UNSET else value for value in (first, last))
    return Window.of(size, _given(after), back, _given(before))


def _given(cursor: str | None) -> str | None:
    return None if cursor is UNSET else cursor
