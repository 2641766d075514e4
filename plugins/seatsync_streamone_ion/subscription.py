"""An ION subscription, read whole."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import msgspec

from seatsync.domain.billing import BillingType
from seatsync.domain.money import Money
from seatsync.domain.subscription import RemoteSubscription
from seatsync.sdk.instant import read_instant
from seatsync_streamone_ion.status import read_status
from seatsync_streamone_ion.term import read_billing_type, read_frequency, read_term
from seatsync_streamone_ion.wire import unreadable

if TYPE_CHECKING:
    from datetime import datetime

MOST_SEATS = 2**31 - 1
LARGEST_COST = Decimal(10) ** 12
_CURRENCY = re.compile("[A-Za-z]{3}")
_RENEWS = {"ENABLED": True, "DISABLED": False}


class ProductInfo(msgspec.Struct, rename="camel"):
    """The distributor's names of what is subscribed to."""

    sku_display_name: str | None = None
    product_display_name: str | None = None


class Subscription(msgspec.Struct, rename="camel"):
    """A subscription, as far as it is read; `price` is what the customer pays, not we."""

    id: str | int
    customer_id: str | int
    subscription_name: str | None = None
    subscription_status: str | None = None
    subscription_total_licenses: str | int | float | None = None
    unit_type: str | None = None
    ccp_product_info: ProductInfo | None = None
    mfg_part_number: str | None = None
    subscription_product_id: str | None = None
    subscription_sku_id: str | None = None
    parent_subscription_id: str | None = None
    subscription_billing_type: str | None = None
    subscription_billing_cycle: str | None = None
    subscription_billing_term: str | None = None
    subscription_renew_status: str | None = None
    auto_renew: bool | None = None
    is_trial: bool | None = None
    subscription_start_date: str | None = None
    subscription_end_date: str | None = None
    renewal_date: str | None = None
    cost: Decimal | None = None
    currency: str | None = None
    billing_currency: str | None = None

    @property
    def product(self) -> str | None:
        """The most precise name that the distributor has for it."""
        info = self.ccp_product_info or ProductInfo()
        return info.sku_display_name or info.product_display_name or self.subscription_name

    @property
    def part(self) -> str | None:
        """The vendor's part number, or its product and SKU; usage has neither."""
        if self.mfg_part_number:
            return self.mfg_part_number
        ids = (self.subscription_product_id, self.subscription_sku_id)
        return ":".join(filter(None, ids)) or None


_decoder = msgspec.json.Decoder(Subscription)


def read_subscription(raw: msgspec.Raw) -> RemoteSubscription:
    """Read a subscription; raises `RecordError`."""
    try:
        return _record(_decoder.decode(raw))
    except (msgspec.DecodeError, ValueError) as error:
        raise unreadable(raw, str(error)) from error


def _record(wire: Subscription) -> RemoteSubscription:
    status = (wire.subscription_status or "").strip()
    billing_type = read_billing_type(wire.subscription_billing_type)
    return RemoteSubscription(
        external_id=_id(wire.id, "id"),
        customer_external_id=_id(wire.customer_id, "customerId"),
        name=wire.subscription_name or wire.product or str(wire.id),
        quantity=_seats(wire.subscription_total_licenses, billing_type),
        status=read_status(status),
        provider_status=status,
        billing_type=billing_type,
        part_number=wire.part,
        product_name=wire.product,
        unit_type=wire.unit_type,
        term=read_term(wire.subscription_billing_term),
        billing_frequency=read_frequency(wire.subscription_billing_cycle),
        is_trial=bool(wire.is_trial),
        auto_renew=_renews(wire),
        parent_external_id=wire.parent_subscription_id,
        starts_at=_instant(wire.subscription_start_date, "subscriptionStartDate"),
        commitment_ends_at=_commitment_end(wire),
        unit_cost=_cost(wire),
    )


def _id(value: str | int, field: str) -> str:
    text = str(value).strip()
    if not text:
        message = f"its {field} is empty"
        raise ValueError(message)
    return text


def _seats(value: str | float | None, billing_type: BillingType) -> int:
    if value in {None, ""} and billing_type is BillingType.USAGE:
        return 0
    quantity = _number(value)
    if not quantity.is_finite() or not 0 <= quantity <= MOST_SEATS:
        message = f"its subscriptionTotalLicenses {value} is not a number of seats"
        raise ValueError(message)
    if quantity != quantity.to_integral_value():
        message = f"its subscriptionTotalLicenses {value} is not whole"
        raise ValueError(message)
    return int(quantity)


def _number(value: str | float | None) -> Decimal:
    try:
        return Decimal(str(value).strip())
    except InvalidOperation as error:
        message = f"its subscriptionTotalLicenses {value!r} is not a number"
        raise ValueError(message) from error


def _renews(wire: Subscription) -> bool | None:
    if wire.auto_renew is not None:
        return wire.auto_renew
    return _RENEWS.get((wire.subscription_renew_status or "").strip().upper())


def _commitment_end(wire: Subscription) -> datetime | None:
    end = _instant(wire.subscription_end_date, "subscriptionEndDate")
    return end or _instant(wire.renewal_date, "renewalDate")


def _instant(text: str | None, field: str) -> datetime | None:
    try:
        return read_instant(text)
    except ValueError as error:
        message = f"its {field} {text!r} is not a date"
        raise ValueError(message) from error


def _cost(wire: Subscription) -> Money | None:
    currencies = {text.strip().upper() for text in (wire.currency, wire.billing_currency) if text}
    # Two currencies do not say which of them the cost is in.
    if wire.cost is None or len(currencies) != 1:
        return None
    currency = currencies.pop()
    if not _CURRENCY.fullmatch(currency):
        return None
    if not wire.cost.is_finite() or abs(wire.cost) >= LARGEST_COST:
        message = f"its cost {wire.cost} is not an amount"
        raise ValueError(message)
    return Money(wire.cost, currency)
