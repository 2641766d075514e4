"""Records as a provider lists them: recognised cheaply, read only when needed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, overload

from seatsync.domain.fingerprint import fingerprint as fingerprint  # noqa: PLC0414 - for connectors
from seatsync.domain.fingerprint import page_digest as page_digest  # noqa: PLC0414

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.subscription import RemoteSubscription

RecordT = TypeVar("RecordT")


class Listed(NamedTuple, Generic[RecordT]):
    """One listed record.

    `fingerprint` (16 bytes) must change whenever what `read` returns would change, and must
    differ between records; the engine never reads a record whose fingerprint it has seen.
    `read` returns the record, or raises `RecordError` when it cannot be read.
    """

    fingerprint: bytes
    read: Callable[[], RecordT]


class ListedPage(Sequence[Listed[RecordT]], ABC):
    """A page of which nothing is made until it is asked for: the quick way for long listings.

    What a page of subscriptions is asked for may need the provider, such as a product's name;
    what is raised then, other than `RecordError`, ends the listing that the page is of.
    """

    @property
    def digest(self) -> bytes | None:
        """The 16 bytes that a page is recognised by as a whole; None where it cannot be.

        They change whenever a fingerprint would, unless `still_has` tells that.
        """
        return None

    def still_has(self, fingerprints: bytes) -> bool:  # noqa: ARG002 - for those that override it
        """Tell whether records that had these fingerprints, joined, have them still.

        All that is asked of a page whose digest was seen before, with what it had then.
        """
        return True

    def parts(self) -> Sequence[ListedPage[RecordT]]:
        """Return the pieces that have digests of their own, in order; the page itself unless cut.

        Where one record changed, the others of its piece are looked at one by one.
        """
        return (self,)

    @abstractmethod
    def __len__(self) -> int:
        """Return how many records the page has."""

    @abstractmethod
    def fingerprints(self) -> Sequence[bytes]:
        """Return the fingerprints of the records, in order."""

    @abstractmethod
    def read(self, place: int) -> RecordT:
        """Return the record at a place, or raise `RecordError` when it cannot be read."""

    def __iter__(self) -> Iterator[Listed[RecordT]]:
        """Yield the records, still unread."""
        for place, known_by in enumerate(self.fingerprints()):
            yield Listed(known_by, partial(self.read, place))

    @overload
    def __getitem__(self, place: int) -> Listed[RecordT]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Listed[RecordT]]: ...
    def __getitem__(self, place: int | slice) -> Listed[RecordT] | Sequence[Listed[RecordT]]:
        """Return the record at a place, still unread."""
        if isinstance(place, slice):
            return list(self)[place]
        return Listed(self.fingerprints()[place], partial(self.read, place))


def reader_of(page: Sequence[Listed[RecordT]]) -> Callable[[int], RecordT]:
    """Return what reads the record at a place; it raises `RecordError` when it cannot be read."""
    return page.read if isinstance(page, ListedPage) else lambda place: page[place].read()


def digest_of(page: Sequence[Listed[RecordT]]) -> bytes | None:
    """Return what a page is recognised by as a whole, or None."""
    return page.digest if isinstance(page, ListedPage) else None


def still_has(page: Sequence[Listed[RecordT]], fingerprints: bytes) -> bool:
    """Tell whether a page with a digest that was seen has the fingerprints that it had then."""
    return not isinstance(page, ListedPage) or page.still_has(fingerprints)


def parts_of(page: Sequence[Listed[RecordT]]) -> Sequence[Sequence[Listed[RecordT]]]:
    """Return the pieces of a page that may be recognised, each as a whole."""
    return page.parts() if isinstance(page, ListedPage) else (page,)


def fingerprints_of(page: Sequence[Listed[RecordT]]) -> Sequence[bytes]:
    """Return the fingerprints of a page's records, in order."""
    if isinstance(page, ListedPage):
        return page.fingerprints()
    return [listed.fingerprint for listed in page]


def listed(record: RecordT) -> Listed[RecordT]:
    """Wrap a record that has been read already: the simple way for a simple connector."""
    return Listed(fingerprint(repr(record).encode()), lambda: record)


if TYPE_CHECKING:
    CustomerPage = Sequence[Listed[RemoteCustomer]]
    SubscriptionPage = Sequence[Listed[RemoteSubscription]]
