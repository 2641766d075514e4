"""The Admin Hub's switches."""

from __future__ import annotations

from datetime import datetime

import strawberry

from seatsync.domain.settings import ApplicationSettings as SettingsRecord
from seatsync_graphql.types.node import of_record, resolved


@strawberry.type
class SubscriptionManagementSettings:
    """How new subscriptions land."""

    record: strawberry.Private[SettingsRecord]

    @resolved(
        "Attach new provider-synced subscriptions to the account's default contract."
        " Off until switched on."
    )
    def associate_default_billing_contract(self) -> bool:
        """Tell whether the switch is on."""
        return self.record.landing.is_on

    @resolved("When it was last switched on; null while off.")
    def associate_default_billing_contract_since(self) -> datetime | None:
        """Return since when the switch is on."""
        return self.record.landing.since


@strawberry.type
class ProvisioningSettings:
    """How provider accounts are mapped."""

    record: strawberry.Private[SettingsRecord]
    provider_account_match: bool = of_record(
        "Map new provider accounts to the one account with the same domain by themselves."
    )


@strawberry.type
class SyncSettings:
    """What a sync may do."""

    record: strawberry.Private[SettingsRecord]
    missing_threshold_percent: int = of_record(
        "A run that would mark more than this share of a provider's subscriptions missing stops"
        " short of it and ends PARTIAL, loudly. 0 to 100; 100 switches the guard off."
    )
    report_retention_days: int = of_record(
        "Report entries older than this are pruned; 0 keeps them for ever."
    )
    update_costs: bool = of_record("Take unit costs from the provider.")


@strawberry.type
class ApplicationSettings:
    """All switches."""

    record: strawberry.Private[SettingsRecord]

    @strawberry.field
    def subscription_management(self) -> SubscriptionManagementSettings:
        """Return how new subscriptions land."""
        return SubscriptionManagementSettings(record=self.record)

    @strawberry.field
    def provisioning(self) -> ProvisioningSettings:
        """Return how provider accounts are mapped."""
        return ProvisioningSettings(record=self.record)

    @strawberry.field
    def sync(self) -> SyncSettings:
        """Return what a sync may do."""
        return SyncSettings(record=self.record)
