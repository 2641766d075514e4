"""What a run has read completely, so that absence means something there; and what stopped it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.errors import CustomerError, PassingFault

if TYPE_CHECKING:
    from seatsync.errors import SeatsyncError
    from seatsync.sync.extract import ListingEnded

PASSING_FAULTS_IN_A_ROW = 3
"""After so many customers in a row (or all) that cannot be reached, the provider is down."""


class Coverage:
    """Follows the listings of one run, each of one customer or (owner None) of everybody."""

    def __init__(self, listings: int = 0, *, is_credible: bool = True) -> None:
        """Follow so many listings; without credibility, no absence from them is believed."""
        self._patience = min(PASSING_FAULTS_IN_A_ROW, listings)
        self._is_credible = is_credible
        self._passing_in_a_row = 0
        self._complete: set[str | None] = set()
        self._doubtful: set[str | None] = set()
        self.ended = 0
        """How many listings have come to their end, whichever."""
        self.fault: SeatsyncError | None = None
        """What ended the reading before its end."""

    @property
    def is_whole(self) -> bool:
        """Tell whether one listing has shown everything that the provider holds."""
        return None in self._complete

    @property
    def is_empty(self) -> bool:
        """Tell whether no listing was complete."""
        return not self._complete

    def doubt(self, owner: str | None) -> None:
        """Note a record that does not say which one it is, so that it may be any of its listing."""
        self._doubtful.add(owner)

    def is_doubtful(self, owner: str | None) -> bool:
        """Tell whether a listing holds such a record."""
        return owner in self._doubtful

    def end(self, end: ListingEnded) -> None:
        """Note the end of a listing, and whether it ends the reading as a whole."""
        self.ended += 1
        if end.is_complete and self._is_credible and not self.is_doubtful(end.owner):
            self._complete.add(end.owner)
        self.fault = end.fault if end.owner is None else self._judge(end.fault)

    def covers(self, customer_external_id: str) -> bool:
        """Tell whether absence of a customer's subscriptions counts."""
        return self.is_whole or customer_external_id in self._complete

    def _judge(self, fault: SeatsyncError | None) -> SeatsyncError | None:
        passing = isinstance(fault, PassingFault)
        self._passing_in_a_row = self._passing_in_a_row + 1 if passing else 0
        if isinstance(fault, CustomerError):
            return None
        is_down = self._passing_in_a_row >= self._patience
        return fault if is_down or not passing else None
