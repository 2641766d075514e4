"""Records as a provider lists them: recognised cheaply, read only when needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.subscription import RemoteSubscription

RecordT = TypeVar("RecordT")

FINGERPRINT_BYTES = 16


class Listed(NamedTuple, Generic[RecordT]):
    """One listed record.

    `fingerprint` (16 bytes) must change whenever what `read` returns would change, and must
    differ between records; the engine never reads a record whose fingerprint it has seen.
    `read` returns the record, or raises `RecordError` when it cannot be read.
    """

    fingerprint: bytes
    read: Callable[[], RecordT]


class ListedPage(Sequence[Listed[RecordT]]):
    """A page of which nothing is made but fingerprints, until a record is asked for.

    The quick way for long listings. `fingerprints` are those of the records, in order; `read`
    returns the record at a place, or raises `RecordError` when it cannot be read.
    """

    __slots__ = ("_read", "fingerprints")

    def __init__(self, fingerprints: Sequence[bytes], read: Callable[[int], RecordT]) -> None:
        """Hold the fingerprints of a page, and the way to read its records by their place."""
        self.fingerprints = fingerprints
        self._read = read

    def __len__(self) -> int:
        """Return how many records the page has."""
        return len(self.fingerprints)

    @overload
    def __getitem__(self, place: int) -> Listed[RecordT]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Listed[RecordT]]: ...
    def __getitem__(self, place: int | slice) -> Listed[RecordT] | Sequence[Listed[RecordT]]:
        """Return the record at a place, still unread."""
        if isinstance(place, slice):
            return [self[index] for index in range(*place.indices(len(self)))]
        return Listed(self.fingerprints[place], partial(self._read, place))


def fingerprints_of(page: Sequence[Listed[RecordT]]) -> Sequence[bytes]:
    """Return the fingerprints of a page's records, in order."""
    if isinstance(page, ListedPage):
        return page.fingerprints
    return [listed.fingerprint for listed in page]


def fingerprint(*parts: bytes) -> bytes:
    """Return the 16-byte digest of everything that a record is read from."""
    return blake2b(b"\0".join(parts), digest_size=FINGERPRINT_BYTES).digest()


def listed(record: RecordT) -> Listed[RecordT]:
    """Wrap a record that has been read already: the simple way for a simple connector."""
    return Listed(fingerprint(repr(record).encode()), lambda: record)


if TYPE_CHECKING:
    CustomerPage = Sequence[Listed[RemoteCustomer]]
    SubscriptionPage = Sequence[Listed[RemoteSubscription]]
