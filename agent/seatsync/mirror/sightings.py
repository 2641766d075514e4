"""Which of the known records a listing has shown, told by their fingerprints alone."""

from __future__ import annotations

import struct
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from seatsync.domain.fingerprint import FINGERPRINT_BYTES
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.listed_pages import forget_pages, load_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    Where the last listing is known page by page, a page that is shown again is recognised by
    its digest. The records of a page are looked at one by one only from when the listing shows
    one of them on another page.
    """

    def __init__(
        self, fingerprints: Iterable[bytes] = (), pages: Mapping[bytes, bytes] | None = None
    ) -> None:
        """Start with what the mirror holds as present: records, or pages that hold them all."""
        self._unseen = set(fingerprints)
        self._closed = dict(pages or {})
        self._recognised: dict[bytes, bytes] = {}
        self._noted: dict[bytes, bytes] = {}
        self._fresh: set[bytes] = set()
        self._is_tellable = True

    def recognise_page(self, digest: bytes | None, still_has: Callable[[bytes], bool]) -> bool:
        """Tell whether a page is known, with records that no other page has shown; note it.

        `still_has` is told the joined fingerprints that a page with this digest had, and tells
        whether it has them still.
        """
        if digest is None or digest not in self._closed or not still_has(self._closed[digest]):
            return False
        self._recognised[digest] = self._closed.pop(digest)
        return True

    def note_page(self, digest: bytes | None, fingerprints: Sequence[bytes]) -> None:
        """Remember a page that was not recognised, for the next listing."""
        if digest is None:
            self._is_tellable = False
        else:
            self._noted[digest] = b"".join(fingerprints)

    @property
    def new_pages(self) -> Mapping[bytes, bytes] | None:
        """Return all pages shown, if one was new and they hold each listed record once."""
        if not self._noted or not self._is_tellable:
            return None
        shown = self._recognised | self._noted
        waiting = len(self._unseen) + _size(self._closed)
        listed = len(self._page_of) - waiting + len(self._fresh)
        return shown if _size(shown) == listed else None

    def recognise(self, fingerprints: AbstractSet[bytes]) -> AbstractSet[bytes]:
        """Note that the records of a page were listed; return those known and unchanged."""
        self._open(fingerprints)
        known = self._unseen & fingerprints
        self._unseen -= known
        return known

    def is_first(self, fingerprint: bytes) -> bool:
        """Note that a record was listed; tell whether the very same one was not before."""
        if self.was_listed(fingerprint):
            return False
        self._fresh.add(fingerprint)
        return True

    def see(self, before: bytes) -> None:
        """Note that the record which had this fingerprint was listed, with another one now."""
        self._open((before,))
        self._unseen.discard(before)
        self._page_of.pop(before, None)

    def was_listed(self, fingerprint: bytes) -> bool:
        """Tell whether the listing has shown this very record, up to now."""
        page_of = self._page_of
        if fingerprint in page_of:
            return fingerprint not in self._unseen and page_of[fingerprint] not in self._closed
        return fingerprint in self._fresh

    @property
    def unseen(self) -> AbstractSet[bytes]:
        """Return the fingerprints of known records that no listing has shown."""
        return self._unseen.union(*map(_split, self._closed.values()))

    @cached_property
    def _page_of(self) -> dict[bytes, bytes | None]:
        """The page of each record that was present, None where pages are not known.

        Made when a record is first looked at, which is when all that were present still stand
        in a page or among the unseen.
        """
        pages = chain(self._recognised.items(), self._closed.items())
        page_of: dict[bytes, bytes | None] = {
            record: digest for digest, page in pages for record in _split(page)
        }
        page_of.update(dict.fromkeys(self._unseen))
        return page_of

    def _open(self, fingerprints: Iterable[bytes]) -> None:
        """From now on look at the records one by one that share a page with one of these."""
        page_of = self._page_of
        for digest in {page_of.get(fingerprint) for fingerprint in fingerprints}:
            if digest in self._closed:
                self._unseen.update(_split(self._closed.pop(digest)))


def _size(pages: Mapping[bytes, bytes]) -> int:
    """Return how many records the pages hold."""
    return sum(map(len, pages.values())) // FINGERPRINT_BYTES


def _split(fingerprints: bytes) -> tuple[bytes, ...]:
    """Take the fingerprints of one page apart."""
    parts: tuple[bytes, ...] = struct.unpack(
        f"{FINGERPRINT_BYTES}s" * (len(fingerprints) // FINGERPRINT_BYTES), fingerprints
    )
    return parts


def load_subscription_sightings(mirror: Mirror, provider_key: str) -> Sightings:
    """Load the fingerprints of a provider's subscriptions that are not missing."""
    with mirror.reading():
        if pages := load_pages(mirror, provider_key):
            return Sightings(pages=pages)
        return Sightings(_fingerprints(mirror, "subscription", provider_key))


def load_customer_sightings(mirror: Mirror, provider_key: str) -> Sightings:
    """Load the fingerprints of a provider's accounts that were listed the last time."""
    with mirror.reading():
        return Sightings(_fingerprints(mirror, "provider_account", provider_key))


def _fingerprints(mirror: Mirror, table: str, provider_key: str) -> Iterator[bytes]:
    rows = mirror.each(
        # Reading all rows as they lie is quicker than jumping to those that an index tells.
        f"SELECT fingerprint FROM {table}"  # noqa: S608
        " WHERE provider_key || '' = :key AND fingerprint IS NOT NULL",
        {"key": provider_key},
    )
    return map(bytes, chain.from_iterable(rows))


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
            forget_pages(mirror, provider_key)
            mirror.execute(_EPOCH_RESET[mirror.is_sqlite], {"key": provider_key})


def unseen_subscriptions(
    mirror: Mirror, provider_key: str, unseen: AbstractSet[bytes]
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
