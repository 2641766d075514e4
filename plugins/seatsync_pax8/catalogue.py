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
    digest_of,
    product_decoder,
    read_needed_products,
    read_reason,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx
    import msgspec


class Entry(NamedTuple):
    """A product, and its part in the fingerprints of its subscriptions."""

    product: Product
    digest: bytes


NO_ENTRY = Entry(NO_PRODUCT, digest_of(NO_PRODUCT))


class Catalogue:
    """Products by id, kept for the life of a connector; safe to share between threads."""

    def __init__(self, client: httpx.Client) -> None:
        """Ask `client` for what is not known yet."""
        self._client = client
        self._lock = threading.Lock()
        self._entries: dict[str | None, Entry] = {None: NO_ENTRY}

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
                self._entries[product_id] = self._fetch(product_id)

    def _fetch(self, product_id: str) -> Entry:
        response = self._client.get(f"products/{quote(product_id, safe='')}")
        if response.status_code == HTTPStatus.NOT_FOUND:
            return NO_ENTRY
        if not response.is_success:
            raise_for_answer(response, read_reason(response.content))
        product = decoded(response, product_decoder)
        return Entry(product, digest_of(product))
