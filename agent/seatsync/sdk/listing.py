"""Records as a provider lists them: recognised cheaply, read only when needed."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


def fingerprint(*parts: bytes) -> bytes:
    """Return the 16-byte digest of everything that a record is read from."""
    # Processors have instructions for this digest, which make it the quickest.
    return sha256(b"\0".join(parts)).digest()[:FINGERPRINT_BYTES]


def listed(record: RecordT) -> Listed[RecordT]:
    """Wrap a record that has been read already: the simple way for a simple connector."""
    return Listed(fingerprint(repr(record).encode()), lambda: record)


if TYPE_CHECKING:
    CustomerPage = Sequence[Listed[RemoteCustomer]]
    SubscriptionPage = Sequence[Listed[RemoteSubscription]]
