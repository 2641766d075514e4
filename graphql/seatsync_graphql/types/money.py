"""Amounts of money."""

from __future__ import annotations

from decimal import Decimal

import strawberry


@strawberry.type
class Money:
    """An exact amount in one currency (ISO 4217)."""

    amount: Decimal
    currency: str
