"""Inputs about the application settings."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from seatsync.services.setting_changes import SettingEdit
from seatsync_graphql.inputs.given import given


@strawberry.input
class SubscriptionManagementSettingsInput:
    """How new subscriptions land."""

    associate_default_billing_contract: bool | None = UNSET


@strawberry.input
class ProvisioningSettingsInput:
    """How provider accounts are mapped."""

    provider_account_match: bool | None = UNSET


@strawberry.input
class SyncSettingsInput:
    """What a sync may do."""

    missing_threshold_percent: int | None = UNSET
    report_retention_days: int | None = UNSET
    update_costs: bool | None = UNSET


@strawberry.input(description="Only what is given changes.")
class ApplicationSettingsInput:
    """What changes of the settings."""

    subscription_management: SubscriptionManagementSettingsInput | None = UNSET
    provisioning: ProvisioningSettingsInput | None = UNSET
    sync: SyncSettingsInput | None = UNSET

    def edit(self) -> SettingEdit:
        """Return what changes."""
        landing = given(self.subscription_management) or SubscriptionManagementSettingsInput()
        mapping = given(self.provisioning) or ProvisioningSettingsInput()
        sync = given(self.sync) or SyncSettingsInput()
        return SettingEdit(
            associate_default_billing_contract=given(landing.associate_default_billing_contract),
            provider_account_match=given(mapping.provider_account_match),
            missing_threshold_percent=given(sync.missing_threshold_percent),
            report_retention_days=given(sync.report_retention_days),
            update_costs=given(sync.update_costs),
        )
