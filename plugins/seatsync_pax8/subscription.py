"""A Pax8 subscription, read whole."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from seatsync.domain.money import Money
from seatsync.domain.subscription import RemoteSubscription
from seatsync.sdk.instant import read_instant
from seatsync_pax8.status import PENDING_CANCEL, TRIAL, read_status
from seatsync_pax8.term import is_trial_term, read_billing_type, read_frequency, read_term
from seatsync_pax8.wire import Product, unreadable

if TYPE_CHECKING:
    from datetime import datetime

MOST_SEATS = 2**31 - 1
LARGEST_COST = Decimal(10) ** 12
_CURRENCY = re.compile("[A-Za-z]{3}")


class Commitment(msgspec.Struct, frozen=True, rename="camel"):
    """A commitment, as far as it is read."""

    term: str | None = None
    end_date: str | None = None


NOT_COMMITTED = Commitment()


class Subscription(msgspec.Struct, rename="camel"):
    """A subscription, as far as it is read.

    `provisioningDetails` is left out on purpose: it may hold personal data. `price` too: the
    OpenAPI calls it the customer's price, Pax8's own tools the partner's, so it is no cost.
    """

    id: str
    company_id: str
    quantity: Decimal
    product_name: str | None = None
    vendor_sku_id: str | None = None
    parent_subscription_id: str | None = None
    status: str | None = None
    billing_term: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    partner_cost: Decimal | None = None
    currency_code: str | None = None
    commitment_term: Commitment | None = None
    commitment: Commitment | str | None = None

    @property
    def committed(self) -> Commitment:
        """The commitment, under the OpenAPI's name or the one that Pax8's own tool reads."""
        found = self.commitment_term or self.commitment
        return Commitment(found) if isinstance(found, str) else found or NOT_COMMITTED


_decoder = msgspec.json.Decoder(Subscription)


def read_subscription(raw: msgspec.Raw, product: Product) -> RemoteSubscription:
    """Read a subscription, with what its product adds; raises `RecordError`."""
    try:
        return _record(_decoder.decode(raw), product)
    except (msgspec.DecodeError, ValueError) as error:
        raise unreadable(raw, str(error)) from error


def _record(wire: Subscription, product: Product) -> RemoteSubscription:
    status = (wire.status or "").strip()
    committed = wire.committed
    return RemoteSubscription(
        external_id=_required(wire.id, "id"),
        customer_external_id=_required(wire.company_id, "companyId"),
        name=wire.product_name or product.name or wire.id,
        quantity=_seats(wire.quantity),
        status=read_status(status),
        provider_status=status,
        billing_type=read_billing_type(wire.billing_term),
        part_number=wire.vendor_sku_id or product.part,
        product_name=wire.product_name or product.name,
        term=read_term(committed.term),
        billing_frequency=read_frequency(wire.billing_term),
        is_trial=status == TRIAL or is_trial_term(wire.billing_term),
        parent_external_id=wire.parent_subscription_id,
        starts_at=_instant(wire.start_date, "startDate"),
        commitment_ends_at=_commitment_end(wire, committed, status),
        unit_cost=_cost(wire.partner_cost, wire.currency_code),
    )


def _required(text: str, field: str) -> str:
    if not text.strip():
        message = f"its {field} is empty"
        raise ValueError(message)
    return text


@lru_cache(maxsize=1_024)
def _seats(quantity: Decimal) -> int:
    if not quantity.is_finite() or not 0 <= quantity <= MOST_SEATS:
        message = f"its quantity {quantity} is not a number of seats"
        raise ValueError(message)
    if quantity != quantity.to_integral_value():
        message = f"its quantity {quantity} is not whole"
        raise ValueError(message)
    return int(quantity)


def _commitment_end(wire: Subscription, committed: Commitment, status: str) -> datetime | None:
    end = _instant(committed.end_date, "commitmentTerm.endDate")
    if end is None and status == PENDING_CANCEL:
        return _instant(wire.end_date, "endDate")
    return end


def _instant(text: str | None, field: str) -> datetime | None:
    try:
        return read_instant(text)
    except ValueError as error:
        message = f"its {field} {text!r} is not a date"
        raise ValueError(message) from error


def _cost(amount: Decimal | None, currency: str | None) -> Money | None:
    if amount is None or not _CURRENCY.fullmatch(currency or ""):
        return None
    if not amount.is_finite() or abs(amount) >= LARGEST_COST:
        message = f"its partnerCost {amount} is not an amount"
        raise ValueError(message)
    return Money(amount, str(currency))
