"""Which providers the configuration has, written down for everything that refers to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.provider import MANUAL_PROVIDER_KEY, HealthState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync.mirror.database import Mirror

_REGISTER = """
    INSERT INTO provider (key, plugin, display_name, auto_sync, is_configured, health_state, health)
    VALUES (:key, :plugin, :display_name, :auto_sync, :yes, :health_state, :health)
    ON CONFLICT (key) DO UPDATE SET plugin = excluded.plugin,
        display_name = excluded.display_name, auto_sync = excluded.auto_sync,
        is_configured = excluded.is_configured
"""


_REGISTER_UNCONFIGURED = """
    INSERT INTO provider (key, plugin, display_name, auto_sync, is_configured, health_state, health)
    VALUES (:key, :key, :key, :no, :no, :health_state, :health)
    ON CONFLICT (key) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class ConfiguredProvider:
    """What the configuration says of one provider."""

    key: str
    plugin: str
    display_name: str
    auto_sync: bool


def register_providers(mirror: Mirror, providers: Iterable[ConfiguredProvider]) -> None:
    """Make these the configured providers, in the current session.

    What is known of the others stays, marked as no longer configured; health stays as it is.
    """
    mirror.execute(
        "UPDATE provider SET is_configured = :no WHERE key <> :manual",
        {"no": False, "manual": MANUAL_PROVIDER_KEY},
    )
    for provider in providers:
        mirror.execute(
            _REGISTER,
            {
                "key": provider.key,
                "plugin": provider.plugin,
                "display_name": provider.display_name,
                "auto_sync": provider.auto_sync,
                "yes": True,
                "health_state": HealthState.UNKNOWN,
                "health": "{}",
            },
        )


def register_unconfigured(mirror: Mirror, keys: Iterable[str]) -> None:
    """Let records refer to providers that no configuration names; those known stay as they are."""
    for key in keys:
        mirror.execute(
            _REGISTER_UNCONFIGURED,
            {"key": key, "no": False, "health_state": HealthState.UNKNOWN, "health": "{}"},
        )
