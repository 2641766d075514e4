"""Unit costs from the orders that subscriptions were bought with; only if switched on."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from seatsync.domain.money import Money
from seatsync.errors import Cancelled, CustomerError, RecordError, SeatsyncError
from seatsync_partner_center.folded import fold, without_bom
from seatsync_partner_center.words import read_guid

if TYPE_CHECKING:
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync_partner_center.api import Api

LARGEST_COST = Decimal(10) ** 12
_CURRENCY_LETTERS = 3
_exact = msgspec.json.Decoder(float_hook=Decimal)
_NOT_FOUND = "404/"


class Pricing(msgspec.Struct):
    """The prices of a line; `discountedprice` is for one unit of a whole billing cycle."""

    discountedprice: Decimal | None = None


class LineItem(msgspec.Struct):
    """A line of an order, as far as it is read."""

    subscriptionid: str | None = None
    pricing: Pricing | None = None


class Order(msgspec.Struct):
    """An order, as far as it is read."""

    currencycode: str | None = None
    lineitems: list[LineItem] | None = None


class _Marks(msgspec.Struct):
    orderid: str | None = None


NO_ORDER = Order()


class OrderCosts:
    """Looks up orders, each once; what an order does not say stays unknown."""

    def __init__(self, api: Api) -> None:
        """Ask `api` for orders."""
        self._api = api
        self._lock = threading.Lock()
        self._orders: dict[tuple[str, str], Order] = {}

    def add_to(self, record: RemoteSubscription, raw: msgspec.Raw) -> RemoteSubscription:
        """Return a record with what one unit cost at purchase; raises `RecordError`.

        A record whose order cannot be asked for now is read again in the next run: without a
        cost, it would look as if the cost had changed.
        """
        order_id = _order_id(raw)
        if order_id is None:
            return record
        try:
            order = self._order(record.customer_external_id, order_id)
        except (Cancelled, RecordError):
            raise
        except SeatsyncError as fault:
            raise RecordError(
                f"the price of its order {order_id} cannot be read: {fault.message}",
                external_id=record.external_id,
                customer_external_id=record.customer_external_id,
                name=record.name,
            ) from fault
        return replace(record, unit_cost=cost_in(order, record.external_id))

    def _order(self, customer_id: str, order_id: str) -> Order:
        with self._lock:
            key = (customer_id, order_id)
            if key not in self._orders:
                self._orders[key] = self._fetch(customer_id, order_id)
            return self._orders[key]

    def _fetch(self, customer_id: str, order_id: str) -> Order:
        where = f"customers/{quote(customer_id, safe='')}/orders/{quote(order_id, safe='')}"
        url = f"{self._api.origin}/v1/{where}?include_price=True"
        try:
            return read_order(self._api.get(url, customer_id=customer_id).content)
        except CustomerError as fault:
            if fault.code.startswith(_NOT_FOUND):
                return NO_ORDER
            raise


def read_order(body: bytes) -> Order:
    """Read an order, its prices exact; one that cannot be read says nothing."""
    try:
        return msgspec.convert(fold(_exact.decode(without_bom(body))), Order, strict=False)
    except (msgspec.DecodeError, ValueError):
        return NO_ORDER


def cost_in(order: Order, subscription_id: str) -> Money | None:
    """Return what one unit of a subscription costs by its order, or None."""
    amounts = {
        line.pricing.discountedprice
        for line in order.lineitems or ()
        if line.pricing and read_guid(line.subscriptionid) == subscription_id
    }
    currency = order.currencycode or ""
    amount = amounts.pop() if len(amounts) == 1 else None
    is_currency = len(currency) == _CURRENCY_LETTERS and currency.isalpha()
    if amount is None or not is_currency or not 0 <= amount < LARGEST_COST:
        return None
    return Money(amount, currency)


def _order_id(raw: msgspec.Raw) -> str | None:
    try:
        return msgspec.convert(fold(msgspec.json.decode(raw)), _Marks).orderid
    except (msgspec.DecodeError, ValueError):
        return None
