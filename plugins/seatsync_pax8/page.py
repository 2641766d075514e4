"""Pages of the listings of Pax8, of which nothing is read that is known already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.subscription import RemoteSubscription
from seatsync.sdk.listing import ListedPage, fingerprint, page_digest
from seatsync_pax8.subscription import read_subscription
from seatsync_pax8.wire import read_company

if TYPE_CHECKING:
    from collections.abc import Sequence

    import msgspec

    from seatsync_pax8.catalogue import Entry

TOLD_TOGETHER = 25
"""So many subscriptions share a digest."""


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
    """A page of subscriptions, with the products that they are read with."""

    def __init__(self, raws: Sequence[msgspec.Raw], entries: Sequence[Entry]) -> None:
        """Hold the bytes of the subscriptions, and the product of each."""
        self._raws = raws
        self._entries = entries

    @property
    def digest(self) -> bytes:
        """The digest of the subscriptions' bytes, and of what their products add."""
        return page_digest(*self._raws, *[entry.digest for entry in self._entries])

    def parts(self) -> Sequence[SubscriptionPage]:
        """Cut the page into small ones."""
        places = range(0, len(self._raws), TOLD_TOGETHER)
        pieces = [slice(place, place + TOLD_TOGETHER) for place in places]
        return [SubscriptionPage(self._raws[piece], self._entries[piece]) for piece in pieces]

    def __len__(self) -> int:
        """Return how many subscriptions the page has."""
        return len(self._raws)

    def fingerprints(self) -> Sequence[bytes]:
        """Return digests, each of a subscription's bytes and of what its product adds."""
        pairs = zip(self._raws, self._entries, strict=True)
        return [fingerprint(raw, entry.digest) for raw, entry in pairs]

    def read(self, place: int) -> RemoteSubscription:
        """Read a subscription; raises `RecordError`."""
        return read_subscription(self._raws[place], self._entries[place].product)
