"""When each customer of a provider was last read completely, and without a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.mirror.codec import decode_instant

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.mirror.database import Mirror

_RESET = {True: "s.id", False: "uuid_send(s.id)"}
"""The fingerprint of a record that must be read again, since the way of reading has changed."""


def read_customers(mirror: Mirror, provider_key: str) -> dict[str, datetime]:
    """Return the provider's id of each customer, and when it was read, in the current session.

    Left out are customers whose sync is off, whose last reading failed, and those with a record
    that could not be read or must be read anew.
    """
    rows = mirror.rows(
        "SELECT p.external_id, p.last_synced_at FROM provider_account p"  # noqa: S608
        " WHERE p.provider_key = :key AND p.sync_enabled AND p.last_error IS NULL"
        " AND p.last_synced_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM subscription s"
        " WHERE s.provider_account_id = p.id AND (s.unreadable_since IS NOT NULL"
        f" OR s.fingerprint = {_RESET[mirror.is_sqlite]}))",
        {"key": provider_key},
    )
    return {external_id: decode_instant(read_at) for external_id, read_at in rows}
