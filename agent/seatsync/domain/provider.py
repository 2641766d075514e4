"""A configured connection to a distributor, and how well it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.connectivity import ConnectivityCheck, Consent

MANUAL_PROVIDER_KEY = "manual"
"""The built-in provider of subscriptions that are kept by hand; no sync ever touches it."""


class HealthState(StrEnum):
    """Outcome of the last Verify Connectivity."""

    UNKNOWN = "UNKNOWN"
    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class ProviderHealth:
    """What the last Verify Connectivity found."""

    state: HealthState = HealthState.UNKNOWN
    checked_at: datetime | None = None
    checks: tuple[ConnectivityCheck, ...] = ()
    consents: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """A configured connection, named by its key and served by a connector plug-in."""

    key: str
    plugin: str
    display_name: str
    auto_sync: bool
    health: ProviderHealth


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """One customer as a provider knows it, mapped (or not yet) to an account."""

    id: UUID
    provider_key: str
    external_id: str
    name: str
    domain: str | None
    account_id: UUID | None
    sync_enabled: bool
    discovered_at: datetime
    last_synced_at: datetime | None
    last_error: str | None
