"""Companies and subscriptions, read from documented and from broken JSON."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync.domain.money import Money
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import RecordError
from seatsync_pax8.subscription import read_subscription
from seatsync_pax8.wire import (
    NO_PRODUCT,
    Product,
    envelope_decoder,
    product_decoder,
    read_company,
    read_domain,
    read_reason,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.subscription import RemoteSubscription

    Read = Callable[..., RemoteSubscription]
    Documented = Callable[[str], bytes]


def test_the_documented_page_of_companies_is_read(documented: Documented) -> None:
    page = envelope_decoder.decode(documented("companies_page"))
    companies = [read_company(raw) for raw in page.content]
    assert len(companies) == 10
    assert companies[0].name == "Example Customer 1"
    assert companies[0].domain == "customer-1.example"
    assert page.page is not None
    assert (page.page.total_pages, page.page.total_elements) == (7, 65)


def test_the_documented_company_is_read(documented: Documented) -> None:
    assert read_company(msgspec.Raw(documented("company"))).external_id


def test_the_documented_page_of_subscriptions_is_read(documented: Documented) -> None:
    page = envelope_decoder.decode(documented("subscriptions_page"))
    records = [read_subscription(raw, NO_PRODUCT) for raw in page.content]
    assert [record.quantity for record in records] == [5, 1, 1, 1, 8, 7, 1, 2, 1, 1]
    assert records[1].provider_status == "PendingCancel"
    assert records[1].commitment_ends_at == datetime(2020, 11, 18, tzinfo=UTC)
    assert {record.unit_cost for record in records} == {None}


def test_the_documented_history_is_a_page_without_a_count(documented: Documented) -> None:
    page = envelope_decoder.decode(documented("subscription_history"))
    assert page.page is None
    assert [read_subscription(raw, NO_PRODUCT).quantity for raw in page.content] == [5, 2]


def test_a_subscription_with_every_field_is_read(documented: Documented) -> None:
    record = read_subscription(msgspec.Raw(documented("subscription_full")), NO_PRODUCT)
    assert record.quantity == 25
    assert record.part_number == "EXAMPLE:0001"
    assert record.term == "P1Y"
    assert record.billing_frequency is BillingFrequency.MONTHLY
    assert record.billing_type is BillingType.LICENSE
    assert record.unit_cost == Money(Decimal("27.5"), "USD")
    assert record.starts_at == datetime(2026, 1, 1, 8, 30, tzinfo=UTC)
    assert record.commitment_ends_at == datetime(2026, 12, 31, tzinfo=UTC)
    assert not record.is_trial


def test_the_documented_products_are_read(documented: Documented) -> None:
    product = product_decoder.decode(documented("product"))
    assert (product.name, product.part) == ("Example Product 1", "EXAMPLE-VENDOR-0001")
    page = envelope_decoder.decode(documented("products_page"))
    assert product_decoder.decode(page.content[0]).sku == "EXA-MPL-0001"


def test_the_documented_error_gives_its_reason(documented: Documented) -> None:
    assert str(read_reason(documented("error_404"))).startswith("Company Not Found: ")
    assert read_reason(documented("token_error_401")) is None
    assert read_reason(b"<html>") is None


def test_names_and_part_numbers_come_from_the_product_where_they_lack(read: Read) -> None:
    product = Product(name="Example Suite", sku="EX", vendor_sku="EXAMPLE:1")
    record = read(product)
    assert (record.name, record.product_name, record.part_number) == (
        "Example Suite",
        "Example Suite",
        "EXAMPLE:1",
    )
    assert read(Product(sku="EX")).part_number == "EX"
    own = read(product, productName="Own", vendorSkuId="OWN:1")
    assert (own.name, own.part_number) == ("Own", "OWN:1")


def test_a_subscription_that_nobody_names_is_called_by_its_id(read: Read) -> None:
    assert read().name == "s-1"


def test_the_price_is_never_a_cost(read: Read) -> None:
    assert read(price=32.01, currencyCode="USD").unit_cost is None


def test_a_cost_without_its_currency_is_unknown(read: Read) -> None:
    assert read(partnerCost=27.5).unit_cost is None
    assert read(partnerCost=27.5, currencyCode="dollars").unit_cost is None


@given(cost=st.decimals(-(10**9), 10**9, places=6))
def test_a_cost_is_exact(cost: Decimal) -> None:
    encoder = msgspec.json.Encoder(decimal_format="number")
    fields = {"id": "s", "companyId": "c", "quantity": 1, "partnerCost": cost}
    raw = msgspec.Raw(encoder.encode({**fields, "currencyCode": "EUR"}))
    assert read_subscription(raw, NO_PRODUCT).unit_cost == Money(cost, "EUR")


def test_a_trial_is_active_and_a_trial(read: Read) -> None:
    record = read(status="Trial")
    assert (record.status, record.is_trial) == (SubscriptionStatus.ACTIVE, True)
    assert read(billingTerm="Trial").is_trial


def test_an_unknown_status_keeps_pax8s_own_word(read: Read) -> None:
    record = read(status="Hibernating")
    assert record.status is SubscriptionStatus.UNKNOWN
    assert record.provider_status == "Hibernating"


def test_arrears_are_usage(read: Read) -> None:
    assert read(billingTerm="Arrears").billing_type is BillingType.USAGE


def test_the_older_name_of_the_commitment_is_read_too(read: Read) -> None:
    assert read(commitment={"term": "3-Year"}).term == "P3Y"
    assert read(commitment="3-Year").term == "P3Y"
    both = read(commitmentTerm={"term": "1-Year"}, commitment={"term": "3-Year"})
    assert both.term == "P1Y"


def test_an_end_date_is_a_commitment_end_only_for_what_is_being_cancelled(read: Read) -> None:
    end = datetime(2026, 5, 1, tzinfo=UTC)
    assert read(endDate="2026-05-01").commitment_ends_at is None
    assert read(status="PendingCancel", endDate="2026-05-01").commitment_ends_at == end
    committed = {"term": "1-Year", "endDate": "2026-05-01"}
    ending = read(status="PendingCancel", endDate="2026-04-01", commitmentTerm=committed)
    assert ending.commitment_ends_at == end


def test_unknown_fields_and_personal_answers_are_passed_over(read: Read) -> None:
    record = read(provisioningDetails=[{"key": "email", "values": ["hush"]}], somethingNew={})
    assert "hush" not in repr(record)


@given(st.integers(0, 2**31 - 1), st.sampled_from(["", ".0", ".000"]))
def test_a_whole_quantity_is_read_however_it_is_written(quantity: int, tail: str) -> None:
    raw = msgspec.Raw(b'{"id":"s","companyId":"c","quantity":%d%b}' % (quantity, tail.encode()))
    assert read_subscription(raw, NO_PRODUCT).quantity == quantity


@given(
    st.one_of(
        st.decimals(max_value=Decimal("-0.001"), allow_nan=False, allow_infinity=False),
        st.decimals(Decimal("0.001"), Decimal("0.999"), places=3),
        st.decimals(min_value=2**31, allow_nan=False, allow_infinity=False),
    )
)
def test_a_quantity_that_is_no_number_of_seats_is_refused_by_name(quantity: Decimal) -> None:
    encoder = msgspec.json.Encoder(decimal_format="number")
    raw = msgspec.Raw(encoder.encode({"id": "s", "companyId": "c", "quantity": quantity}))
    with pytest.raises(RecordError, match="quantity") as raised:
        read_subscription(raw, NO_PRODUCT)
    assert raised.value.external_id == "s"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"quantity": 2.5}, "its quantity 2.5 is not whole"),
        ({"quantity": -1}, "its quantity -1 is not a number of seats"),
        ({"quantity": "NaN"}, "its quantity NaN is not a number of seats"),
        ({"quantity": "Infinity"}, "its quantity Infinity is not a number of seats"),
        ({"quantity": None}, r"missing required field `quantity`"),
        ({"quantity": True}, r"\$\.quantity"),
        ({"quantity": "many"}, r"\$\.quantity"),
        ({"startDate": "yesterday"}, "its startDate 'yesterday' is not a date"),
        ({"startDate": 5}, r"\$\.startDate"),
        ({"status": "PendingCancel", "endDate": "?"}, r"its endDate '\?' is not a date"),
        ({"commitmentTerm": {"endDate": "?"}}, r"its commitmentTerm\.endDate '\?'"),
        ({"commitmentTerm": 5}, r"\$\.commitmentTerm"),
        ({"partnerCost": "NaN", "currencyCode": "USD"}, "its partnerCost NaN is not an amount"),
        ({"partnerCost": 1e30, "currencyCode": "USD"}, "its partnerCost .* is not an amount"),
        ({"companyId": None}, "missing required field `companyId`"),
        ({"companyId": " "}, "its companyId is empty"),
    ],
)
def test_a_broken_field_is_named_with_its_record(
    read: Read, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RecordError, match=f"record s-1: .*{reason}") as raised:
        read(productName="Example Suite", **fields)
    assert raised.value.external_id == "s-1"
    assert raised.value.name == "Example Suite"


@pytest.mark.parametrize("record_id", [None, 5, "", " ", ["s"]])
def test_a_record_without_an_id_says_so(read: Read, record_id: object) -> None:
    with pytest.raises(RecordError, match="record without an id") as raised:
        read(id=record_id)
    assert raised.value.external_id is None
    assert raised.value.customer_external_id == "c-1"


@pytest.mark.parametrize("raw", [b"5", b"null", b"[]", b'"text"', b'{"id": "\xff\xfe"}'])
def test_what_is_no_record_at_all_is_an_error_of_one_record(raw: bytes) -> None:
    with pytest.raises(RecordError):
        read_subscription(msgspec.Raw(raw), NO_PRODUCT)
    with pytest.raises(RecordError):
        read_company(msgspec.Raw(raw))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ("id", "companyId", "quantity", "status", "startDate", "partnerCost", "commitmentTerm")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_json_breaks_more_than_its_record(fields: dict[str, Any]) -> None:
    raw = msgspec.Raw(msgspec.json.encode(fields))
    with suppress(RecordError):
        assert read_subscription(raw, NO_PRODUCT).canonical().quantity >= 0


def test_a_company_without_an_id_says_so() -> None:
    with pytest.raises(RecordError, match="its id is empty"):
        read_company(msgspec.Raw(b'{"id": " ", "name": "Example"}'))
    with pytest.raises(RecordError, match="missing required field `id`") as raised:
        read_company(msgspec.Raw(b'{"name": "Example"}'))
    assert raised.value.name == "Example"


def test_a_company_that_nobody_names_is_called_by_its_id() -> None:
    assert read_company(msgspec.Raw(b'{"id": "c-1"}')).name == "c-1"


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.customer.example/", "customer.example"),
        ("customer.example", "customer.example"),
        ("HTTP://Customer.Example:8080/path?x=1", "customer.example"),
        ("//customer.example", "customer.example"),
        ("n/a", None),
        ("none", None),
        ("http://[broken", None),
        ("two words.example", None),
        (".", None),
        ("", None),
        (None, None),
    ],
)
def test_a_website_gives_a_bare_domain_or_none(website: str | None, domain: str | None) -> None:
    assert read_domain(website) == domain


@given(st.text())
def test_no_website_breaks_a_company(website: str) -> None:
    domain = read_domain(website)
    assert domain is None or "." in domain
