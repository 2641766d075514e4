"""Exceptions: records whose missing or conflicting data blocks billing."""

from __future__ import annotations

from datetime import datetime

import strawberry

from seatsync.domain.exception import ExceptionKind
from seatsync.domain.exception import SyncException as SyncExceptionRecord
from seatsync_graphql.batch import Batch
from seatsync_graphql.nouns import (
    ACCOUNT,
    BILLING_CONTRACT,
    PROVIDER,
    PROVIDER_ACCOUNT,
    SUBSCRIPTION,
)
from seatsync_graphql.references import (
    AccountRef,
    BillingContractRef,
    ProviderAccountRef,
    ProviderRef,
    SubscriptionRef,
)
from seatsync_graphql.types.node import of_record


@strawberry.type
class SyncException:
    """What is wrong, with which record, and what to do about it."""

    record: strawberry.Private[SyncExceptionRecord]
    batch: strawberry.Private[Batch[SyncExceptionRecord]]
    kind: ExceptionKind = of_record()
    message: str = of_record()
    remedy: str = of_record()
    since: datetime = of_record()

    @strawberry.field
    def subscription(self) -> SubscriptionRef | None:
        """Return the subscription that it is about."""
        return self.batch.optional(SUBSCRIPTION, self.record, "subscription_id")

    @strawberry.field
    def provider_account(self) -> ProviderAccountRef | None:
        """Return the provider account that it is about."""
        return self.batch.optional(PROVIDER_ACCOUNT, self.record, "provider_account_id")

    @strawberry.field
    def account(self) -> AccountRef | None:
        """Return the account that it is about."""
        return self.batch.optional(ACCOUNT, self.record, "account_id")

    @strawberry.field
    def billing_contract(self) -> BillingContractRef | None:
        """Return the contract that it is about."""
        return self.batch.optional(BILLING_CONTRACT, self.record, "billing_contract_id")

    @strawberry.field
    def provider(self) -> ProviderRef | None:
        """Return the provider that it is about."""
        return self.batch.optional(PROVIDER, self.record, "provider_key")


@strawberry.type
class ExceptionCount:
    """How many exceptions of one kind there are."""

    kind: ExceptionKind
    count: int
