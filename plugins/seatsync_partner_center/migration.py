"""Subscriptions that were migrated to the new commerce, which must not be counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.subscription import SubscriptionStatus
from seatsync_partner_center.marks import read_marks
from seatsync_partner_center.words import read_guid, read_status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import msgspec

_LIVING = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.SUSPENDED})


_FIELD = b"migratedfromsubscriptionid"


def living_successors(listed: Iterable[msgspec.Raw]) -> Mapping[str, str]:
    """Return, by the id of each migrated subscription, the id of the one that replaced it.

    Only a successor that is itself counted replaces; until then the old one goes on counting.
    """
    return {
        predecessor: successor
        for marks in (read_marks(raw) for raw in listed if _FIELD in bytes(raw).lower())
        if read_status(marks.status) in _LIVING
        if (predecessor := read_guid(marks.migratedfromsubscriptionid))
        if (successor := read_guid(marks.id))
    }
