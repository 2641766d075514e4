"""Records whose missing or conflicting data blocks billing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class ExceptionKind(StrEnum):
    """What is wrong; derived from the data, so mending the data clears it."""

    MISSING_CUSTOMER = "MISSING_CUSTOMER"
    MISSING_BILLING_CONTRACT = "MISSING_BILLING_CONTRACT"
    MISSING_PRICE_DATA = "MISSING_PRICE_DATA"
    UNMAPPED_PROVIDER_ACCOUNT = "UNMAPPED_PROVIDER_ACCOUNT"
    MULTIPLE_DEFAULT_CONTRACTS = "MULTIPLE_DEFAULT_CONTRACTS"
    MISSING_AT_PROVIDER = "MISSING_AT_PROVIDER"
    LICENSE_CHANGE_MISMATCH = "LICENSE_CHANGE_MISMATCH"
    PROVIDER_UNHEALTHY = "PROVIDER_UNHEALTHY"
    STALE_JOB = "STALE_JOB"
    CRM_WRITE_FAILED = "CRM_WRITE_FAILED"
    ACCOUNT_MISMATCH = "ACCOUNT_MISMATCH"


@dataclass(frozen=True, slots=True)
class SyncException:
    """One exception of the dashboard, with what it is about and what to do."""

    kind: ExceptionKind
    message: str
    remedy: str
    since: datetime
    subscription_id: UUID | None = None
    provider_account_id: UUID | None = None
    account_id: UUID | None = None
    billing_contract_id: UUID | None = None
    provider_key: str | None = None
