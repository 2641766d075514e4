"""The application settings, one row a switch."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from seatsync.domain.landing import LandingSetting
from seatsync.domain.settings import ApplicationSettings
from seatsync.mirror.codec import decode_json

if TYPE_CHECKING:
    from seatsync.mirror.database import Mirror

LANDING = "associateDefaultBillingContract"
FIELDS = {
    "providerAccountMatch": "provider_account_match",
    "missingThresholdPercent": "missing_threshold_percent",
    "reportRetentionDays": "report_retention_days",
    "updateCosts": "update_costs",
}
"""Row name of each plain switch, and the field of `ApplicationSettings` that it fills."""


def load_settings(mirror: Mirror) -> ApplicationSettings:
    """Return all switches, in the current session; what was never set has its default."""
    stored = {
        name: decode_json(value) for name, value in mirror.rows("SELECT name, value FROM setting")
    }
    plain: dict[str, Any] = {
        field: stored[name] for name, field in FIELDS.items() if name in stored
    }
    return ApplicationSettings(landing=_landing(stored.get(LANDING)), **plain)


def hold_settings(mirror: Mirror) -> ApplicationSettings:
    """Return all switches; no other session changes any until this one commits."""
    if not mirror.is_sqlite:
        mirror.execute("LOCK TABLE setting IN SHARE ROW EXCLUSIVE MODE")
    return load_settings(mirror)


def store_settings(
    mirror: Mirror, old: ApplicationSettings, new: ApplicationSettings, now: datetime
) -> None:
    """Write the switches that differ, in the current session."""
    before = _rows(old)
    for name, value in _rows(new).items():
        if value != before[name]:
            mirror.execute(_UPSERT, {"name": name, "value": json.dumps(value), "now": now})


_UPSERT = """
    INSERT INTO setting (name, value, updated_at) VALUES (:name, :value, :now)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
"""


def _rows(settings: ApplicationSettings) -> dict[str, Any]:
    since = settings.landing.since
    landing = {"on": settings.landing.is_on, "since": since.isoformat() if since else None}
    return {LANDING: landing} | {name: getattr(settings, field) for name, field in FIELDS.items()}


def _landing(value: dict[str, Any] | None) -> LandingSetting:
    if not value or not value["on"]:
        return LandingSetting()
    return LandingSetting(since=datetime.fromisoformat(value["since"]))
