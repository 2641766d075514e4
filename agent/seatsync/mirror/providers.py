"""Providers, as the configuration and Verify Connectivity left them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.domain.provider import Provider
from seatsync.mirror.conditions import Conditions
from seatsync.mirror.health import decode_health
from seatsync.mirror.rows import RowReader

if TYPE_CHECKING:
    from collections.abc import Collection

    from seatsync.mirror.database import Mirror


def _provider(*values: Any) -> Provider:
    record: tuple[Any, ...] = (*values[:4], decode_health(*values[4:]))
    return Provider(*record)


_READER = RowReader(
    "provider",
    ("key", "plugin", "display_name", "auto_sync", "health_state", "health_checked_at", "health"),
    {3: bool},
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
