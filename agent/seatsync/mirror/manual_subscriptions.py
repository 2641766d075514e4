"""Writing subscriptions that are kept by hand, and the provider that they stand under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmNoun
from seatsync.domain.provider import MANUAL_PROVIDER_KEY, HealthState
from seatsync.mirror.outbox import note_created, note_values

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.domain.crm import CrmValue
    from seatsync.domain.provider import ProviderAccount
    from seatsync.domain.subscription import Subscription
    from seatsync.mirror.database import Mirror

_PROVIDER = """
    INSERT INTO provider (key, plugin, display_name, auto_sync, is_configured, health_state, health)
    VALUES (:key, :key, :display_name, :no, :no, :health_state, :health)
    ON CONFLICT (key) DO NOTHING
"""

_PROVIDER_ACCOUNT = """
    INSERT INTO provider_account (id, provider_key, external_id, name, domain, account_id,
        sync_enabled, discovered_at)
    VALUES (:id, :provider_key, :external_id, :name, :domain, :account_id,
        :sync_enabled, :discovered_at)
    ON CONFLICT (id) DO NOTHING
"""

_SUBSCRIPTION = """
    INSERT INTO subscription (id, provider_key, provider_account_id, account_id,
        billing_contract_id, external_id, name, quantity, status, provider_status, billing_type,
        part_number, is_trial, starts_at, discovered_at, last_synced_at)
    VALUES (:id, :provider_key, :provider_account_id, :account_id,
        :billing_contract_id, :external_id, :name, :quantity, :status, :provider_status,
        :billing_type, :part_number, :is_trial, :starts_at, :discovered_at, :last_synced_at)
    ON CONFLICT DO NOTHING
"""

_INSERTED = (
    "id",
    "provider_key",
    "provider_account_id",
    "account_id",
    "billing_contract_id",
    "external_id",
    "name",
    "quantity",
    "status",
    "provider_status",
    "billing_type",
    "part_number",
    "is_trial",
    "starts_at",
    "discovered_at",
    "last_synced_at",
)


def ensure_manual_provider(mirror: Mirror) -> None:
    """Add the built-in provider `manual` unless it is there; no configuration names it."""
    mirror.execute(
        _PROVIDER,
        {
            "key": MANUAL_PROVIDER_KEY,
            "display_name": "Manual",
            "no": False,
            "health_state": HealthState.UNKNOWN,
            "health": '{"checks": [], "consents": []}',
        },
    )


def ensure_provider_account(mirror: Mirror, provider_account: ProviderAccount) -> None:
    """Add a provider account unless it is there."""
    names = (
        "id",
        "provider_key",
        "external_id",
        "name",
        "domain",
        "account_id",
        "sync_enabled",
        "discovered_at",
    )
    params = {name: getattr(provider_account, name) for name in names}
    if mirror.execute(_PROVIDER_ACCOUNT, params):
        made_at = provider_account.discovered_at
        note_created(mirror, CrmNoun.PROVIDER_ACCOUNT, [provider_account.id], made_at)


def insert_manual_subscription(mirror: Mirror, subscription: Subscription) -> bool:
    """Add a subscription; return False, having changed nothing, if its id is taken."""
    params = {name: getattr(subscription, name) for name in _INSERTED}
    count = mirror.execute(_SUBSCRIPTION, params)
    if count:
        note_created(mirror, CrmNoun.SUBSCRIPTION, [subscription.id], subscription.discovered_at)
    return count == 1


def update_manual_subscription(mirror: Mirror, subscription: Subscription, now: datetime) -> None:
    """Write what a person may change of it: name, quantity and status."""
    values: dict[str, CrmValue] = {
        "name": subscription.name,
        "quantity": subscription.quantity,
        "status": subscription.status,
        "provider_status": subscription.provider_status,
    }
    note_values(mirror, CrmNoun.SUBSCRIPTION, {subscription.id: values}, now)
    mirror.execute(
        "UPDATE subscription SET name = :name, quantity = :quantity, status = :status,"
        " provider_status = :provider_status WHERE id = :id",
        {**values, "id": subscription.id},
    )
