"""The products that subscriptions refer to, each asked for once."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from seatsync.sdk.http import decoded, raise_for_answer
from seatsync_pax8.wire import (
    NO_PRODUCT,
    Product,
    mark_of,
    product_decoder,
    read_needed_products,
    read_reason,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    import httpx
    import msgspec


class Entry(NamedTuple):
    """A product, and its part in the fingerprints of its subscriptions."""

    product: Product
    mark: bytes


def _entry(product_id: str | None, product: Product) -> Entry:
    return Entry(product, mark_of(product_id, product))


class Catalogue:
    """Products by id, kept for the life of a connector; safe to share between threads."""

    def __init__(self, client: httpx.Client) -> None:
        """Ask `client` for what is not known yet."""
        self._client = client
        self._lock = threading.Lock()
        self._entries: dict[str | None, Entry] = {None: _entry(None, NO_PRODUCT)}
        self._marks = {entry.mark for entry in self._entries.values()}

    def knows(self, marks: AbstractSet[bytes]) -> bool:
        """Tell whether all of these are marks of products that were asked for, as they are now."""
        return marks <= self._marks

    def entries_for(self, subscriptions: Sequence[msgspec.Raw]) -> list[Entry]:
        """Return the product of each subscription, an empty one where none is needed or known."""
        wanted = read_needed_products(subscriptions)
        for product_id in dict.fromkeys(wanted):
            if product_id is not None and product_id not in self._entries:
                self._learn(product_id)
        return [self._entries[product_id] for product_id in wanted]

    def _learn(self, product_id: str) -> None:
        with self._lock:
            if product_id not in self._entries:
                entry = _entry(product_id, self._fetch(product_id))
                self._marks.add(entry.mark)
                self._entries[product_id] = entry

    def _fetch(self, product_id: str) -> Product:
        response = self._client.get(f"products/{quote(product_id, safe='')}")
        if response.status_code == HTTPStatus.NOT_FOUND:
            return NO_PRODUCT
        if not response.is_success:
            raise_for_answer(response, read_reason(response.content))
        return decoded(response, product_decoder)
