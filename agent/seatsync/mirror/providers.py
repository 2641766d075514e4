"""Providers, as the configuration and Verify Connectivity left them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from seatsync.domain.connectivity import (
    CheckOutcome,
    ConnectivityCheck,
    Consent,
    ConsentKind,
    ConsentState,
)
from seatsync.domain.provider import HealthState, Provider, ProviderHealth
from seatsync.mirror.codec import decode_instant, decode_json
from seatsync.mirror.conditions import Conditions
from seatsync.mirror.rows import RowReader, optional

if TYPE_CHECKING:
    from collections.abc import Collection

    from seatsync.mirror.database import Mirror


def _provider(*values: Any) -> Provider:
    state, checked_at, details = values[4:]
    checks = tuple(_check(check) for check in details.get("checks", ()))
    consents = tuple(_consent(consent) for consent in details.get("consents", ()))
    health = ProviderHealth(state, checked_at, checks, consents)
    return Provider(*(*values[:4], health))


def _check(stored: dict[str, Any]) -> ConnectivityCheck:
    outcome = CheckOutcome(stored["outcome"])
    return ConnectivityCheck(stored["name"], outcome, stored["message"], stored["remedy"])


def _consent(stored: dict[str, Any]) -> Consent:
    expires = stored["expires_at"]
    return Consent(
        ConsentKind(stored["kind"]),
        ConsentState(stored["state"]),
        datetime.fromisoformat(expires) if expires else None,
        stored["remedy"],
    )


_READER = RowReader(
    "provider",
    ("key", "plugin", "display_name", "auto_sync", "health_state", "health_checked_at", "health"),
    {3: bool, 4: HealthState, 5: optional(decode_instant), 6: decode_json},
    _provider,
)


def configured_providers(mirror: Mirror) -> list[Provider]:
    """Return the providers that the configuration has, by key."""
    return _READER.read(mirror, "WHERE is_configured ORDER BY key")


def providers_by_key(mirror: Mirror, keys: Collection[str]) -> dict[str, Provider]:
    """Return the providers of these keys, configured or not any more."""
    conditions = Conditions(mirror).among("key", keys)
    found = _READER.read(mirror, conditions.where, conditions.params)
    return {provider.key: provider for provider in found}
