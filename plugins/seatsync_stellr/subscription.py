"""A Stellr subscription, under whatever names its fields come."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import msgspec

from seatsync.domain.money import Money
from seatsync.domain.subscription import RemoteSubscription
from seatsync.errors import RecordError
from seatsync.sdk.instant import read_instant
from seatsync_stellr.fields import Fields
from seatsync_stellr.status import read_status
from seatsync_stellr.term import read_frequency, read_term

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

IDS = ("subscriptionId", "subscriptionNo", "id")
NAMES = ("productName", "subscriptionName", "skuName", "productDescription")
QUANTITIES = ("quantity", "qty", "seats", "seatCount", "licenseQuantity")
STATUSES = ("status", "subscriptionStatus", "state")
PARTS = ("mfgPartNo", "mfgPartNumber", "manufacturerPartNo", "offerId", "skuNo")
COSTS = ("unitPrice", "unitCost", "resellerUnitPrice")
CURRENCIES = ("currency", "currencyCode")
STARTS = ("startDate", "subscriptionStartDate", "contractStartDate", "effectiveDate")
ENDS = ("endDate", "expiryDate", "expirationDate", "contractEndDate", "renewalDate")
TERMS = ("term", "commitmentTerm", "termDuration", "contractTerm")
FREQUENCIES = ("billingFrequency", "billingCycle")
RENEWALS = ("autoRenew", "autoRenewal", "isAutoRenew")
PARENTS = ("parentSubscriptionId", "parentSubscriptionNo")

MOST_SEATS = 2**31 - 1
LARGEST_COST = Decimal(10) ** 12
_CURRENCY = re.compile("[A-Za-z]{3}")
_YES = frozenset({"true", "y", "yes", "1", "enabled", "on"})
_NO = frozenset({"false", "n", "no", "0", "disabled", "off"})

UNCERTAIN = (
    "product_name",
    "part_number",
    "term",
    "billing_frequency",
    "starts_at",
    "commitment_ends_at",
    "unit_cost",
)
"""What may be None because its key has another name than all that are known."""


def read_subscription(
    raw: msgspec.Raw, customer_id: str, currency: str | None
) -> RemoteSubscription:
    """Read a subscription of a customer; raises `RecordError` that says which keys came.

    `currency` is that of costs which name none.
    """
    try:
        fields = Fields.read(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordError(str(error), customer_external_id=customer_id) from error
    try:
        return _record(fields, customer_id, currency)
    except ValueError as error:
        raise RecordError(
            f"{error}; its keys are {fields.keys}",
            external_id=_id(fields),
            customer_external_id=customer_id,
            name=fields.text(*NAMES),
        ) from error


def lacking(records: Sequence[RemoteSubscription]) -> tuple[str, ...]:
    """Return which uncertain fields none of the records has."""
    return tuple(
        name for name in UNCERTAIN if all(getattr(record, name) is None for record in records)
    )


def _record(fields: Fields, customer_id: str, currency: str | None) -> RemoteSubscription:
    record_id, name = _id(fields), fields.text(*NAMES)
    if record_id is None:
        message = "it has no subscriptionId"
        raise ValueError(message)
    status = fields.text(*STATUSES) or ""
    return RemoteSubscription(
        external_id=record_id,
        customer_external_id=customer_id,
        name=name or record_id,
        quantity=_seats(fields.first(*QUANTITIES)),
        status=read_status(status),
        provider_status=status,
        part_number=fields.text(*PARTS),
        product_name=name,
        term=read_term(fields.text(*TERMS), name),
        billing_frequency=read_frequency(fields.text(*FREQUENCIES)),
        is_trial=_is_yes(fields.first("isTrial", "trial")) or False,
        auto_renew=_is_yes(fields.first(*RENEWALS)),
        parent_external_id=fields.text(*PARENTS),
        starts_at=_instant(fields.text(*STARTS)),
        commitment_ends_at=_instant(fields.text(*ENDS)),
        unit_cost=_cost(fields, currency),
    )


def _id(fields: Fields) -> str | None:
    """Return the id, which is the contract's number, `_`, and the number of its line."""
    contract, line = fields.text("contractNo"), fields.text("lineNo")
    composed = f"{contract}_{line}" if contract and line else None
    return fields.text(*IDS) or composed


def _seats(value: Any) -> int:
    try:
        quantity = Decimal(str(value))
    except InvalidOperation as error:
        message = f"its quantity {value!r} is not a number"
        raise ValueError(message) from error
    is_possible = quantity.is_finite() and 0 <= quantity <= MOST_SEATS
    if not is_possible or quantity != quantity.to_integral_value():
        message = f"its quantity {value} is not a whole number of seats"
        raise ValueError(message)
    return int(quantity)


def _is_yes(value: Any) -> bool | None:
    word = str(value).strip().lower()
    if word in _YES:
        return True
    return False if word in _NO else None


def _instant(text: str | None) -> datetime | None:
    """Return an instant; a date in a spelling that nobody has seen yet is unknown."""
    try:
        return read_instant(text)
    except ValueError:
        return None


def _cost(fields: Fields, currency: str | None) -> Money | None:
    named = fields.text(*CURRENCIES) or currency
    amount = fields.text(*COSTS)
    if amount is None or not _CURRENCY.fullmatch(named or ""):
        return None
    try:
        cost = Decimal(amount)
    except InvalidOperation:
        return None
    if not cost.is_finite() or abs(cost) >= LARGEST_COST:
        message = f"its unitPrice {amount} is not an amount"
        raise ValueError(message)
    return Money(cost, str(named))
