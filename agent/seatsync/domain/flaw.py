"""What keeps a listed record from being kept: a value that no database gives back unchanged."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR
from typing import TYPE_CHECKING

from seatsync.domain.text import AMOUNT_LIMIT, LONGEST, is_storable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.money import Money
    from seatsync.domain.subscription import RemoteSubscription

MOST_SEATS = 2**63 - 1


def subscription_flaw(record: RemoteSubscription) -> str | None:
    """Return why a subscription cannot be kept, as the end of a sentence; None if it can."""
    return (
        _id_flaw("id", record.external_id)
        or _id_flaw("customer id", record.customer_external_id)
        or _text_flaw(_texts(record))
        or _quantity_flaw(record.quantity)
        or _instant_flaw(record.starts_at)
        or _instant_flaw(record.commitment_ends_at)
        or _cost_flaw(record.unit_cost)
    )


def customer_flaw(customer: RemoteCustomer) -> str | None:
    """Return why a customer cannot be kept, as the end of a sentence; None if it can."""
    return _id_flaw("id", customer.external_id) or _text_flaw(
        (customer.external_id, customer.name, customer.domain or "")
    )


def _id_flaw(what: str, text: str) -> str | None:
    if not text.strip():
        return f"its {what} is blank"
    if len(text) > LONGEST:
        return f"its {what} is longer than {LONGEST} characters"
    return None


def _texts(record: RemoteSubscription) -> Iterable[str]:
    return filter(
        None,
        (
            record.external_id,
            record.customer_external_id,
            record.name,
            record.provider_status,
            record.part_number,
            record.product_name,
            record.unit_type,
            record.term,
            record.parent_external_id,
            record.provider_note,
            record.unit_cost.currency if record.unit_cost else None,
        ),
    )


def _text_flaw(texts: Iterable[str]) -> str | None:
    return None if is_storable("".join(texts)) else "it holds characters that are no text"


def _quantity_flaw(quantity: int) -> str | None:
    if 0 <= quantity <= MOST_SEATS:
        return None
    return f"a quantity of {quantity} is not possible"


def _instant_flaw(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    if instant.tzinfo is None:
        return f"the instant {instant.isoformat()} does not say its time zone"
    # The first and the last year have instants that lie outside of the calendar in UTC.
    if MINYEAR < instant.year < MAXYEAR:
        return None
    return f"the instant {instant.isoformat()} is out of range"


def _cost_flaw(cost: Money | None) -> str | None:
    if cost is None or (cost.amount.is_finite() and abs(cost.amount) < AMOUNT_LIMIT):
        return None
    return f"a unit cost of {cost.amount} is not possible"
