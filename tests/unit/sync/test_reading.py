"""Reading a page: only what is new or changed is read, and only its neighbours are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.fingerprint import fingerprint, page_digest
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.mirror.sightings import Sightings
from seatsync.sdk.listing import ListedPage
from seatsync.sync.batch import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

PIECE = 10


class CutPage(ListedPage[RemoteSubscription]):
    """A page in pieces, which writes down what it was asked for."""

    def __init__(self, seats: Sequence[tuple[str, int]], asked: list[str]) -> None:
        self._seats = seats
        self._asked = asked

    @property
    def digest(self) -> bytes:
        return page_digest(*(repr(one).encode() for one in self._seats))

    def parts(self) -> Sequence[CutPage]:
        places = range(0, len(self._seats), PIECE)
        return [CutPage(self._seats[place : place + PIECE], self._asked) for place in places]

    def __len__(self) -> int:
        return len(self._seats)

    def fingerprints(self) -> Sequence[bytes]:
        self._asked.append(f"looked at {len(self)}")
        return [fingerprint(repr(one).encode()) for one in self._seats]

    def read(self, place: int) -> RemoteSubscription:
        name, quantity = self._seats[place]
        self._asked.append(f"read {name}")
        return RemoteSubscription(name, "c", name, quantity, SubscriptionStatus.ACTIVE, "Active")


def test_of_a_page_in_pieces_only_the_piece_that_changed_is_looked_at() -> None:
    seats = [(f"s-{number}", 1) for number in range(3 * PIECE)]
    asked: list[str] = []
    first = Sightings()
    Reading().add_page(CutPage(seats, asked), first)
    asked.clear()
    reading = Reading()
    seats[PIECE + 3] = (f"s-{PIECE + 3}", 2)
    reading.add_page(CutPage(seats, asked), Sightings(pages=first.new_pages))
    assert asked == [f"looked at {PIECE}", f"read s-{PIECE + 3}"]
    assert (reading.recognised, reading.fresh) == (3 * PIECE - 1, 1)
