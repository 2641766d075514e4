"""Reading what changed in the CRM, noun by noun, and taking it over into the mirror."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from seatsync.crm.intake import Intake, take_together
from seatsync.crm.noun_pull import NounPull
from seatsync.crm.progress import Steps
from seatsync.crm.shrinkage import Shrinkage
from seatsync.crm.summary import PullSummary
from seatsync.domain.crm import CrmNoun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatsync.domain.crm import CrmChange
    from seatsync.domain.progress import ProgressSink
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock, Control
    from seatsync.sdk.crm import CrmConnection

_log = logging.getLogger(__name__)

_ORDER = (
    CrmNoun.CHANGE_REQUEST,
    *(noun for noun in CrmNoun if noun is not CrmNoun.CHANGE_REQUEST),
)
"""Requests first: whatever they are about was there before them, and is read after them."""


class Pull:
    """Takes over into one mirror; whoever calls holds the lock on the exchange with the CRM."""

    def __init__(self, mirror: Mirror, clock: Clock) -> None:
        """Read nothing yet."""
        self._mirror = mirror
        self._clock = clock

    def everything(
        self, crm: CrmConnection, control: Control, progress: ProgressSink
    ) -> PullSummary:
        """Read every noun from where the last read ended; return what that did.

        A noun that was never read, or whose mark has expired, is read whole. What was taken over
        stays when a fault, or `Cancelled`, ends the read, and the next one takes over the rest.
        Raises `CrmListingShrunk`, when every noun has been read, if whole reads showed too little.
        """
        intake, shrinkage = Intake(self._mirror, self._clock, crm), Shrinkage(self._mirror)
        steps = Steps(progress)
        summary = PullSummary()
        for noun in _ORDER:
            pull = NounPull(intake, self._clock, noun, control, steps, shrinkage)
            summary += pull.carry_out()
        _log.log(logging.INFO if summary.has_changed else logging.DEBUG, "pulled: %s", summary)
        shrinkage.complain()
        return summary

    def take_over(self, crm: CrmConnection, changes: Sequence[CrmChange]) -> PullSummary:
        """Take over records as the CRM was seen to hold them now, in one transaction."""
        return take_together(Intake(self._mirror, self._clock, crm), changes)
