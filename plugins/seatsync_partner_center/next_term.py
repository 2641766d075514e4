"""Changes that are scheduled for the next term, told in words so that they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync_partner_center.words import read_term

if TYPE_CHECKING:
    from seatsync_partner_center.payload import NextProduct, NextTerm


def describe_next_term(scheduled: NextTerm | None) -> str | None:
    """Return what a subscription becomes, such as `25 x CFQ7TTC0LH18:0001, P1Y, monthly`."""
    if scheduled is None:
        return None
    parts = [_what(scheduled)]
    if scheduled.product:
        cycle = (scheduled.product.billingcycle or "").lower()
        parts += [read_term(scheduled.product.termduration), cycle]
    if scheduled.customtermenddate:
        parts.append(f"ends {scheduled.customtermenddate[:10]}")
    return ", ".join(part for part in parts if part) or None


def _what(scheduled: NextTerm) -> str | None:
    product = _part(scheduled.product) if scheduled.product else None
    if scheduled.quantity is None:
        return product
    return f"{scheduled.quantity} x {product}" if product else f"{scheduled.quantity} seats"


def _part(product: NextProduct) -> str | None:
    parts = [part for part in (product.productid, product.skuid) if part]
    return ":".join(parts) or None
