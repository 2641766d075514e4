"""Pages of the listings of Pax8, of which nothing is read that is known already."""

from __future__ import annotations

from functools import cached_property
from struct import unpack
from typing import TYPE_CHECKING

from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.fingerprint import FINGERPRINT_BYTES
from seatsync.domain.subscription import RemoteSubscription
from seatsync.sdk.listing import ListedPage, fingerprint, page_digest
from seatsync_pax8.subscription import read_subscription
from seatsync_pax8.wire import MARK_BYTES, read_company

if TYPE_CHECKING:
    from collections.abc import Sequence

    import msgspec

    from seatsync_pax8.catalogue import Catalogue, Entry

TOLD_TOGETHER = 25
"""So many subscriptions share a digest."""

_RAW_BYTES = FINGERPRINT_BYTES - MARK_BYTES
"""So much of a fingerprint comes from the subscription, the rest is the mark of its product."""


class CompanyPage(ListedPage[RemoteCustomer]):
    """A page of companies."""

    def __init__(self, raws: Sequence[msgspec.Raw]) -> None:
        """Hold the bytes of the companies."""
        self._raws = raws

    def __len__(self) -> int:
        """Return how many companies the page has."""
        return len(self._raws)

    def fingerprints(self) -> Sequence[bytes]:
        """Return the digests of the companies' bytes."""
        return [fingerprint(raw) for raw in self._raws]

    def read(self, place: int) -> RemoteCustomer:
        """Read a company; raises `RecordError`."""
        return read_company(self._raws[place])


class SubscriptionPage(ListedPage[RemoteSubscription]):
    """A page of subscriptions; the products that they are read with are asked for when needed."""

    def __init__(self, raws: Sequence[msgspec.Raw], catalogue: Catalogue) -> None:
        """Hold the bytes of the subscriptions, and where their products are found."""
        self._raws = raws
        self._catalogue = catalogue

    @property
    def digest(self) -> bytes:
        """The digest of the subscriptions' bytes."""
        return page_digest(*self._raws)

    def still_has(self, fingerprints: bytes) -> bool:
        """Tell whether the products still add what they added when the marks were made."""
        marks = _marks_in(fingerprints)
        if not self._catalogue.knows(marks):
            self._catalogue.entries_for(self._raws)
        return self._catalogue.knows(marks)

    def parts(self) -> Sequence[SubscriptionPage]:
        """Cut the page into small ones."""
        places = range(0, len(self._raws), TOLD_TOGETHER)
        pieces = [self._raws[place : place + TOLD_TOGETHER] for place in places]
        return [SubscriptionPage(piece, self._catalogue) for piece in pieces]

    def __len__(self) -> int:
        """Return how many subscriptions the page has."""
        return len(self._raws)

    def fingerprints(self) -> Sequence[bytes]:
        """Return digests, each of a subscription's bytes, with the mark of its product."""
        pairs = zip(self._raws, self._entries, strict=True)
        return [fingerprint(raw)[:_RAW_BYTES] + entry.mark for raw, entry in pairs]

    def read(self, place: int) -> RemoteSubscription:
        """Read a subscription; raises `RecordError`."""
        return read_subscription(self._raws[place], self._entries[place].product)

    @cached_property
    def _entries(self) -> Sequence[Entry]:
        return self._catalogue.entries_for(self._raws)


def _marks_in(fingerprints: bytes) -> frozenset[bytes]:
    count = len(fingerprints) // FINGERPRINT_BYTES
    return frozenset(unpack(f"{_RAW_BYTES}x{MARK_BYTES}s" * count, fingerprints))
