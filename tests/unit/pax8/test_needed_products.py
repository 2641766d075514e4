"""Which products a page of subscriptions is read with."""

from __future__ import annotations

import msgspec

from seatsync_pax8.wire import read_needed_products


def raws(*texts: bytes) -> list[msgspec.Raw]:
    return [msgspec.Raw(text) for text in texts]


def test_a_product_is_needed_for_a_name_or_a_part_number() -> None:
    whole = b'{"productId":"p-1","productName":"Suite","vendorSkuId":"EX:1"}'
    nameless = b'{"productId":"p-2","vendorSkuId":"EX:1"}'
    without_part = b'{"productId":"p-3","productName":"Suite"}'
    assert read_needed_products(raws(whole, nameless, without_part)) == [None, "p-2", "p-3"]
    assert read_needed_products([]) == []


def test_a_broken_record_hides_no_product_of_the_others() -> None:
    page = raws(b'{"productId":"p-1"}', b'{"productId":7}', b'"no record"', b'{"id":"s-1"}')
    assert read_needed_products(page) == ["p-1", None, None, None]
