"""Inputs about syncs, jobs and the schedule."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from seatsync.services.sync_requests import ContractSyncRequest
from seatsync_graphql.inputs.given import given, identifiers
from seatsync_graphql.scalars import identifier


@strawberry.input
class SyncSubscriptionsInput:
    """Which contract to sync, and what to import into it."""

    billing_contract_id: strawberry.ID
    provider_keys: list[str] | None = strawberry.field(
        default=UNSET,
        description="Only these providers; all that serve the contract's account when absent.",
    )
    subscription_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Candidates of the preview to import. Subscriptions already on the contract"
        " are refreshed whether listed or not.",
    )
    expect_checksum: str | None = strawberry.field(
        default=UNSET,
        description="The preview's checksum: if provider or mirror have moved since, the job ends"
        " FAILED with errorCode PREVIEW_OUTDATED and changes nothing.",
    )
    idempotency_key: str | None = strawberry.field(
        default=UNSET,
        description="Repeating a call with the same key returns the first call's job.",
    )

    def request(self) -> ContractSyncRequest:
        """Return what is asked for; raise `BadInput` for a garbage id."""
        return ContractSyncRequest(
            identifier(self.billing_contract_id, "billingContractId"),
            provider_keys=given(self.provider_keys) or (),
            subscription_ids=identifiers(self.subscription_ids, "subscriptionIds"),
            expect_checksum=given(self.expect_checksum),
            idempotency_key=given(self.idempotency_key),
        )


@strawberry.input
class SyncProviderInput:
    """Which provider to sync."""

    provider_key: str
    idempotency_key: str | None = UNSET


@strawberry.input
class SyncProviderAccountsInput:
    """Which provider's customers to read."""

    provider_key: str
    idempotency_key: str | None = UNSET


@strawberry.input
class VerifyConnectivityInput:
    """Which provider to verify."""

    provider_key: str


@strawberry.input
class JobInput:
    """Which job."""

    job_id: strawberry.ID


@strawberry.input
class UpdateScheduledJobInput:
    """What changes of a scheduled job."""

    key: str
    enabled: bool | None = UNSET
    interval_minutes: int | None = UNSET


@strawberry.input
class RunScheduledJobInput:
    """Which scheduled job to run now."""

    key: str
