"""Turning faults into the failures that a run reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.report import SyncFailure
from seatsync.errors import RecordError

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.errors import SeatsyncError

MISSING_GUARD = "MISSING_THRESHOLD_EXCEEDED"
EMPTY_LISTING = "EMPTY_LISTING"


def failure_of(
    fault: SeatsyncError, provider_key: str, customer_id: UUID | None = None
) -> SyncFailure:
    """Describe a fault as a failure of a provider, or of one of its customers."""
    return SyncFailure(
        provider_key=provider_key,
        code=fault.code,
        message=fault.message,
        remedy=fault.remedy,
        provider_account_id=customer_id,
        external_id=fault.external_id if isinstance(fault, RecordError) else None,
    )


def breakage_failure(provider_key: str, error: BaseException) -> SyncFailure:
    """Describe that something which nobody foresaw broke a run off."""
    return SyncFailure(
        provider_key=provider_key,
        code="INTERNAL",
        message=f"The run broke off at a fault of the agent or a plug-in: {type(error).__name__}.",
        remedy="The agent's log says where. What the run had applied is kept.",
    )


def empty_failure(provider_key: str, known: int) -> SyncFailure:
    """Describe that a provider listed no customer at all, though some are known."""
    return SyncFailure(
        provider_key=provider_key,
        code=EMPTY_LISTING,
        message=f"The provider listed no customer, though {known} are known.",
        remedy="Check that the credentials still see all customers: `seatsync verify`.",
    )


def guard_failure(provider_key: str, missing: int, known: int, percent: int) -> SyncFailure:
    """Describe that a run found too much missing to believe it."""
    return SyncFailure(
        provider_key=provider_key,
        code=MISSING_GUARD,
        message=(
            f"{missing} of {known} known subscriptions were not in the provider's answer, more "
            f"than the missing threshold of {percent} %. None was marked missing."
        ),
        remedy=(
            "Check that the credentials still see all customers. If the subscriptions are really "
            "gone, raise the missing threshold for one run."
        ),
    )


def unreadable_message(count: int) -> str:
    """Say of a customer that its listing came, and some of its records could not be read."""
    records = "1 subscription" if count == 1 else f"{count} subscriptions"
    return f"{records} could not be read; the sync report says why."


def homeless_error(record: RemoteSubscription) -> RecordError:
    """Describe a subscription of a customer that the provider has not listed."""
    customer = record.customer_external_id
    return flaw_error(record, f"its customer {customer} is not in the provider's list of customers")


def contradiction_error(record: RemoteSubscription) -> RecordError:
    """Describe a subscription that one listing shows twice, with different contents."""
    return flaw_error(record, "it is listed more than once, and not always the same")


def flaw_error(record: RemoteSubscription, reason: str) -> RecordError:
    """Describe why a record cannot be kept."""
    return RecordError(
        reason,
        external_id=record.external_id.strip() or None,
        customer_external_id=record.customer_external_id,
        name=record.name,
    )
