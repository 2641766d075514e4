"""The pages of a provider's last whole listing, by which the next one is recognised.

They are kept only while they say exactly which fingerprints the subscriptions have: whoever
changes a fingerprint forgets the pages in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.mirror.database import Mirror


def load_pages(mirror: Mirror, provider_key: str) -> dict[bytes, bytes]:
    """Return the fingerprints of each page, one after the other, by its digest."""
    rows = mirror.each(
        "SELECT digest, fingerprints FROM listed_page WHERE provider_key = :key",
        {"key": provider_key},
    )
    return {bytes(digest): bytes(fingerprints) for digest, fingerprints in rows}


def keep_pages(mirror: Mirror, provider_key: str, pages: Mapping[bytes, bytes]) -> None:
    """Keep the pages of a whole listing, in the current session."""
    forget_pages(mirror, provider_key)
    rows = [(provider_key, digest, fingerprints) for digest, fingerprints in pages.items()]
    mirror.insert("listed_page", ("provider_key", "digest", "fingerprints"), rows)


def forget_pages(mirror: Mirror, provider_key: str) -> None:
    """Forget a provider's pages, in the current session."""
    mirror.execute("DELETE FROM listed_page WHERE provider_key = :key", {"key": provider_key})
