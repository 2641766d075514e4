"""What kind of thing a subscription is; the tests are tried in the order of the specification."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from seatsync.domain.billing import BillingType
from seatsync_partner_center.words import word

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_partner_center.payload import Subscription

AZURE_PLAN_PRODUCT = "DZH318Z0BPS6"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CATALOGUE_PARTS = 3


class Kind(StrEnum):
    """The kinds that the specification tells apart."""

    AZURE_PLAN = "Azure plan"
    SAVINGS_PLAN = "savings plan"
    AZURE_LEGACY = "legacy Azure"
    TRIAL = "trial"
    ADD_ON = "add-on"
    SOFTWARE = "software"
    NEW_COMMERCE = "new commerce licence"
    MARKETPLACE = "marketplace"
    LEGACY = "legacy licence"
    OTHER = "other"


_TESTS: tuple[tuple[Kind, Callable[[Subscription], bool]], ...] = (
    (Kind.AZURE_PLAN, lambda one: product_of(one.offerid) == AZURE_PLAN_PRODUCT),
    (Kind.SAVINGS_PLAN, lambda one: word(one.billingtype) == "benefit"),
    (Kind.SAVINGS_PLAN, lambda one: word(one.subtype) == "savingsplan"),
    (Kind.AZURE_LEGACY, lambda one: (one.offerid or "").upper().startswith("MS-AZR-")),
    (Kind.TRIAL, lambda one: bool(one.istrial)),
    (Kind.ADD_ON, lambda one: one.parentsubscriptionid is not None),
    (Kind.SOFTWARE, lambda one: word(one.family) == "software"),
    (Kind.NEW_COMMERCE, lambda one: word(one.family) == "onlineservicesnce"),
    (Kind.MARKETPLACE, lambda one: one.ismicrosoftproduct is False),
    (Kind.LEGACY, lambda one: bool(_GUID.fullmatch(one.offerid or ""))),
)

_USAGE = frozenset({Kind.AZURE_PLAN, Kind.AZURE_LEGACY})


def kind_of(one: Subscription) -> Kind:
    """Return the first kind whose test holds."""
    return next((kind for kind, holds in _TESTS if holds(one)), Kind.OTHER)


def billing_type_of(one: Subscription) -> BillingType:
    """Return USAGE for what is metered; a benefit such as a savings plan is bought, so it is not.

    Azure plans are metered whatever their billing type says.
    """
    is_usage = word(one.billingtype) == "usage" or kind_of(one) in _USAGE
    return BillingType.USAGE if is_usage else BillingType.LICENSE


def is_new_commerce(one: Subscription) -> bool:
    """Tell whether an offer is of the new commerce: product, SKU and availability."""
    return product_of(one.offerid) is not None


def product_of(offer_id: str | None) -> str | None:
    """Return the product of a new-commerce offer, or None."""
    parts = (offer_id or "").split(":")
    return parts[0].upper() if len(parts) == _CATALOGUE_PARTS else None


def part_number_of(offer_id: str | None) -> str | None:
    """Return `productId:skuId`, which stays, without the availability, which changes over time.

    A legacy offer is its own part number; ids that are GUIDs are in lower case.
    """
    parts = (offer_id or "").split(":")
    if len(parts) == _CATALOGUE_PARTS:
        return ":".join(parts[:2]).upper()
    offer = (offer_id or "").strip() or None
    return offer.lower() if offer and _GUID.fullmatch(offer) else offer
