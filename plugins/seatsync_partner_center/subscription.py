"""A Partner Center subscription, read whole."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.errors import RecordError
from seatsync_partner_center.folded import read_folded
from seatsync_partner_center.instant import read_end, read_instant
from seatsync_partner_center.kind import billing_type_of, is_new_commerce, part_number_of
from seatsync_partner_center.marks import read_marks
from seatsync_partner_center.next_term import describe_next_term
from seatsync_partner_center.payload import Subscription
from seatsync_partner_center.words import (
    read_frequency,
    read_guid,
    read_status,
    read_term,
)

if TYPE_CHECKING:
    from datetime import datetime

MOST_SEATS = 2**31 - 1
_WHOLE = Decimal(1)


def read_subscription(
    raw: msgspec.Raw, customer_id: str, successor: str | None = None
) -> RemoteSubscription:
    """Read a subscription of a customer; raises `RecordError`.

    One that was migrated to a living `successor` counts no more: its seats are counted there.
    """
    try:
        record = _record(read_folded(raw, Subscription), customer_id)
    except (msgspec.DecodeError, ValueError) as error:
        raise _unreadable(raw, customer_id, str(error)) from error
    return record if successor is None else _replaced(record, successor)


def _record(wire: Subscription, customer_id: str) -> RemoteSubscription:
    external_id = read_guid(wire.id)
    if external_id is None:
        message = "its id is empty"
        raise ValueError(message)
    return RemoteSubscription(
        external_id=external_id,
        customer_external_id=customer_id,
        name=wire.friendlyname or wire.offername or external_id,
        quantity=_seats(wire.quantity),
        status=read_status(wire.status),
        provider_status=wire.status or "",
        billing_type=billing_type_of(wire),
        part_number=part_number_of(wire.offerid),
        product_name=wire.offername,
        unit_type=wire.unittype,
        term=read_term(wire.termduration),
        billing_frequency=read_frequency(wire.billingcycle),
        is_trial=bool(wire.istrial),
        auto_renew=wire.autorenewenabled,
        parent_external_id=read_guid(wire.parentsubscriptionid),
        provider_note=_next_term(wire),
        starts_at=_read_date(wire, "effectivestartdate"),
        commitment_ends_at=_end(wire),
    )


def _seats(quantity: Decimal) -> int:
    if not quantity.is_finite() or not 0 <= quantity <= MOST_SEATS:
        message = f"its quantity {quantity} is not a number of seats"
        raise ValueError(message)
    if quantity % _WHOLE:
        message = f"its quantity {quantity} is not whole"
        raise ValueError(message)
    return int(quantity)


def _next_term(wire: Subscription) -> str | None:
    scheduled = describe_next_term(wire.schedulednextterminstructions)
    return f"next term: {scheduled}" if scheduled else None


def _end(wire: Subscription) -> datetime | None:
    if wire.commitmentenddatetime:
        return _read_date(wire, "commitmentenddatetime", is_end=True)
    return _read_date(wire, "commitmentenddate", is_end=True, is_whole_day=is_new_commerce(wire))


def _read_date(
    wire: Subscription, field: str, *, is_end: bool = False, is_whole_day: bool = False
) -> datetime | None:
    text: str | None = getattr(wire, field)
    try:
        return read_end(text, is_whole_day=is_whole_day) if is_end else read_instant(text)
    except (ValueError, OverflowError) as error:
        message = f"its {field} {text!r} is not a date"
        raise ValueError(message) from error


def _replaced(record: RemoteSubscription, successor: str) -> RemoteSubscription:
    return replace(
        record,
        status=SubscriptionStatus.CANCELLED,
        provider_note=f"migrated to {successor}",
    )


def _unreadable(raw: msgspec.Raw, customer_id: str, reason: str) -> RecordError:
    marks = read_marks(raw)
    return RecordError(
        reason,
        external_id=read_guid(marks.id),
        customer_external_id=customer_id,
        name=marks.friendlyname or marks.offername,
    )
