"""Which of the known records a listing has shown, told by their fingerprints alone."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from seatsync.mirror.codec import decode_uuid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from seatsync.mirror.database import Mirror

PAGE = 5_000

_EPOCH_RESET = {
    True: "UPDATE subscription SET fingerprint = id"
    " WHERE provider_key = :key AND fingerprint IS NOT NULL",
    False: "UPDATE subscription SET fingerprint = uuid_send(id)"
    " WHERE provider_key = :key AND fingerprint IS NOT NULL",
}


class Sightings:
    """The records that were present after the last run, until this run's listing shows them.

    What holds them is the 16-byte fingerprint: nothing else of an unchanged record is needed.
    """

    def __init__(self, fingerprints: Iterable[bytes] = ()) -> None:
        """Start with what the mirror holds as present."""
        self._unseen = set(fingerprints)
        self._listed: set[bytes] = set()

    def recognise(self, fingerprints: AbstractSet[bytes]) -> AbstractSet[bytes]:
        """Note that the records of a page were listed; return those known and unchanged."""
        known = self._unseen & fingerprints
        self._unseen -= known
        self._listed |= known
        return known

    def is_first(self, fingerprint: bytes) -> bool:
        """Note that a record was listed; tell whether the very same one was not before."""
        if fingerprint in self._listed:
            return False
        self._listed.add(fingerprint)
        return True

    def see(self, before: bytes) -> None:
        """Note that the record which had this fingerprint was listed, with another one now."""
        self._unseen.discard(before)

    def was_listed(self, fingerprint: bytes) -> bool:
        """Tell whether the listing has shown this very record, up to now."""
        return fingerprint in self._listed

    @property
    def unseen(self) -> frozenset[bytes]:
        """Return the fingerprints of known records that no listing has shown."""
        return frozenset(self._unseen)


def load_subscription_sightings(mirror: Mirror, provider_key: str) -> Sightings:
    """Load the fingerprints of a provider's subscriptions that are not missing."""
    return _load(mirror, "subscription", provider_key)


def load_customer_sightings(mirror: Mirror, provider_key: str) -> Sightings:
    """Load the fingerprints of a provider's accounts that were listed the last time."""
    return _load(mirror, "provider_account", provider_key)


def _load(mirror: Mirror, table: str, provider_key: str) -> Sightings:
    with mirror.reading():
        rows = mirror.each(
            # Reading all rows as they lie is quicker than jumping to those that an index tells.
            f"SELECT fingerprint FROM {table}"  # noqa: S608
            " WHERE provider_key || '' = :key AND fingerprint IS NOT NULL",
            {"key": provider_key},
        )
        return Sightings(map(bytes, chain.from_iterable(rows)))


def begin_epoch(mirror: Mirror, provider_key: str, epoch: str) -> None:
    """Have every record of a provider read again if the way of reading has changed.

    `epoch` names the way: the plug-in's mapping and the settings that it depends on. Records
    keep a fingerprint that no listing can show, so that their absence is still noticed.
    """
    with mirror.writing():
        changed = mirror.execute(
            "UPDATE provider SET record_epoch = :epoch"
            " WHERE key = :key AND (record_epoch IS NULL OR record_epoch <> :epoch)",
            {"key": provider_key, "epoch": epoch},
        )
        if changed:
            mirror.execute(_EPOCH_RESET[mirror.is_sqlite], {"key": provider_key})


def unseen_subscriptions(
    mirror: Mirror, provider_key: str, unseen: frozenset[bytes]
) -> Iterator[tuple[UUID, str]]:
    """Yield (subscription id, external id of its customer) of present records not seen.

    Disabled provider accounts are left out. Reads page by page, in the current session.
    """
    last: UUID | None = None
    while True:
        after = "AND s.id > :last" if last else ""
        rows = mirror.rows(
            "SELECT s.id, p.external_id, s.fingerprint FROM subscription s"  # noqa: S608
            " JOIN provider_account p ON p.id = s.provider_account_id"
            " WHERE s.provider_key = :key AND s.fingerprint IS NOT NULL"
            f" AND p.sync_enabled {after} ORDER BY s.id LIMIT {PAGE}",
            {"key": provider_key} | ({"last": last} if last else {}),
        )
        for row in rows:
            if bytes(row[2]) in unseen:
                yield decode_uuid(row[0]), row[1]
        if len(rows) < PAGE:
            return
        last = decode_uuid(rows[-1][0])
