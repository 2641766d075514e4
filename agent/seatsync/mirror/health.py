"""The health of providers, as the last Verify Connectivity or the last refusal left it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seatsync.domain.connectivity import (
    CheckOutcome,
    ConnectivityCheck,
    Consent,
    ConsentKind,
    ConsentState,
)
from seatsync.domain.provider import HealthState, ProviderHealth
from seatsync.mirror.codec import decode_instant, decode_json

if TYPE_CHECKING:
    from seatsync.mirror.database import Mirror


def store_health(mirror: Mirror, provider_key: str, health: ProviderHealth) -> None:
    """Write what a Verify Connectivity found, in the current session."""
    is_failed = health.state is HealthState.FAILED
    mirror.execute(
        "UPDATE provider SET health_state = :state, health_checked_at = :at, health = :health,"
        " unhealthy_since = CASE WHEN :failed = 1 THEN COALESCE(unhealthy_since, :at) END"
        " WHERE key = :key",
        {
            "state": health.state,
            "at": health.checked_at,
            "health": _encode(health),
            "failed": int(is_failed),
            "key": provider_key,
        },
    )


def load_health(mirror: Mirror, provider_key: str) -> ProviderHealth:
    """Return the health of a provider, in the current session."""
    rows = mirror.rows(
        "SELECT health_state, health_checked_at, health FROM provider WHERE key = :key",
        {"key": provider_key},
    )
    return decode_health(*rows[0]) if rows else ProviderHealth()


def decode_health(state: str, checked_at: Any, health: Any) -> ProviderHealth:
    """Decode the three columns of a provider's health."""
    details = decode_json(health)
    return ProviderHealth(
        state=HealthState(state),
        checked_at=None if checked_at is None else decode_instant(checked_at),
        checks=tuple(_check(*check) for check in details.get("checks", ())),
        consents=tuple(_consent(*consent) for consent in details.get("consents", ())),
    )


def _encode(health: ProviderHealth) -> str:
    return json.dumps(
        {
            "checks": [(c.name, c.outcome, c.message, c.remedy) for c in health.checks],
            "consents": [
                (c.kind, c.state, c.expires_at.isoformat() if c.expires_at else None, c.remedy)
                for c in health.consents
            ],
        }
    )


def _check(name: str, outcome: str, message: str, remedy: str | None) -> ConnectivityCheck:
    return ConnectivityCheck(name, CheckOutcome(outcome), message, remedy)


def _consent(kind: str, state: str, expires_at: str | None, remedy: str | None) -> Consent:
    expires = decode_instant(expires_at) if expires_at else None
    return Consent(ConsentKind(kind), ConsentState(state), expires, remedy)
