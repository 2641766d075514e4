"""What a list is narrowed to: every field that is not None must hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.account import DefaultContractState
    from seatsync.domain.billing import BillingType
    from seatsync.domain.contract import ContractStatus
    from seatsync.domain.exception import ExceptionKind
    from seatsync.domain.job import JobKind, JobStatus
    from seatsync.domain.report import SyncChange, SyncOutcome, SyncTrigger
    from seatsync.domain.subscription import SubscriptionStatus


@dataclass(frozen=True, slots=True)
class Anything:
    """No narrowing at all."""


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Narrows accounts; `search` is a part of name or domain, in any case."""

    search: str | None = None
    default_contract_state: DefaultContractState | None = None


@dataclass(frozen=True, slots=True)
class BillingContractFilter:
    """Narrows billing contracts; `search` is a part of the name, in any case."""

    account_id: UUID | None = None
    is_default: bool | None = None
    status: ContractStatus | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionFilter:
    """Narrows subscriptions; `search` is a part of name, product, part number or provider's id."""

    account_id: UUID | None = None
    billing_contract_id: UUID | None = None
    provider_key: str | None = None
    provider_account_id: UUID | None = None
    status: SubscriptionStatus | None = None
    billing_type: BillingType | None = None
    unassigned: bool | None = None
    missing: bool | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderAccountFilter:
    """Narrows provider accounts; `search` is a part of name, domain or provider's id."""

    provider_key: str | None = None
    account_id: UUID | None = None
    mapped: bool | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class SyncRunFilter:
    """Narrows sync runs; they started at or after `since` and before `until`."""

    provider_key: str | None = None
    billing_contract_id: UUID | None = None
    trigger: SyncTrigger | None = None
    outcome: SyncOutcome | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SyncReportFilter:
    """Narrows the report; `field` is a camelCase field of Subscription that changed."""

    run_id: UUID | None = None
    provider_key: str | None = None
    account_id: UUID | None = None
    billing_contract_id: UUID | None = None
    subscription_id: UUID | None = None
    trigger: SyncTrigger | None = None
    change: SyncChange | None = None
    field: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Narrows jobs; they were created at or after `since`."""

    kind: JobKind | None = None
    status: JobStatus | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExceptionFilter:
    """Narrows the exceptions to one kind, account, contract or provider."""

    kind: ExceptionKind | None = None
    account_id: UUID | None = None
    billing_contract_id: UUID | None = None
    provider_key: str | None = None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Narrows the audit log; changes were made at or after `since` and before `until`."""

    actor: str | None = None
    action: str | None = None
    target_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
