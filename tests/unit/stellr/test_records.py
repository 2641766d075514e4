"""Customers and subscriptions of Stellr, under whatever names their fields come."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.billing import BillingFrequency
from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.money import Money
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.errors import AnswerUnreadable, RecordError
from seatsync_stellr.customer import read_customer
from seatsync_stellr.envelope import Envelope, read_envelope, read_reason
from seatsync_stellr.fields import Fields
from seatsync_stellr.status import read_status
from seatsync_stellr.subscription import lacking, read_subscription

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[..., RemoteSubscription]
    Constructed = Callable[[str], bytes]


def envelope(body: bytes) -> Envelope:
    request = httpx.Request("GET", "https://stellr.example/api")
    return read_envelope(httpx.Response(200, content=body, request=request))


def test_the_constructed_customer_is_read(constructed: Constructed) -> None:
    page = envelope(constructed("customers_page"))
    assert page.total == 1
    assert [read_customer(raw) for raw in page.records] == [
        RemoteCustomer("1002345", "Example Company One")
    ]


def test_the_constructed_subscriptions_are_read(constructed: Constructed) -> None:
    page = envelope(constructed("subscriptions_page"))
    licence, ended = [read_subscription(raw, "1002345", "CAD") for raw in page.records]
    assert licence == RemoteSubscription(
        external_id="411833_1",
        customer_external_id="1002345",
        name="NCE Microsoft 365 Business Premium (Annual Commit, Monthly Bill)",
        quantity=12,
        status=SubscriptionStatus.ACTIVE,
        provider_status="Active",
        part_number="CFQ7TTC0LCHC:0002",
        product_name="NCE Microsoft 365 Business Premium (Annual Commit, Monthly Bill)",
        term="P1Y",
        billing_frequency=BillingFrequency.MONTHLY,
        starts_at=datetime(2026, 1, 15, tzinfo=UTC),
        commitment_ends_at=datetime(2027, 1, 15, tzinfo=UTC),
        unit_cost=Money(Decimal("18.2"), "CAD"),
    )
    assert (ended.status, ended.provider_status) == (SubscriptionStatus.CANCELLED, "Discontinued")
    assert ended.billing_frequency is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"requestId": "r", "data": {"total": 1, "records": [{"a": 1}]}}',
        b'{"data": {"totalCount": "1", "items": [{"a": 1}]}}',
        b'\xef\xbb\xbf{"result": {"totalElements": 1, "content": [{"a": 1}]}}',
        b'{"total": 1, "records": [{"a": 1}]}',
    ],
)
def test_an_envelope_is_read_under_several_names(body: bytes) -> None:
    page = envelope(body)
    assert (len(page.records), page.total) == (1, 1)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"requestId": "r", "payload": []}', "its keys are requestId, payload"),
        (b'{"data": {"rows": [], "n": 0}}', "its keys are data; inside: rows, n"),
        (b'{"data": [1]}', "its keys are data; inside: no object"),
        (b'{"data": {"records": {}}}', "inside: records"),
        (b"<html>", "it is no JSON object"),
        (b"{}", "its keys are none"),
    ],
)
def test_an_answer_without_a_listing_says_which_keys_came(body: bytes, said: str) -> None:
    with pytest.raises(AnswerUnreadable, match=said) as raised:
        envelope(body)
    assert "keys" in str(raised.value.remedy)


def test_no_value_is_taken_for_a_key() -> None:
    assert Fields.read(b'{"ok": 1, "a person@customer.example": 2}').keys == "ok and 1 more"
    assert Fields.read(msgspec.json.encode({f"k{n}": n for n in range(99)})).keys.endswith(
        "k59 and 39 more"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"customerNo": "7", "companyName": "Example"},
        {"customer_no": 7, "customer_name": " Example "},
        {"CustomerNumber": "7", "Name": "Example", "companyName": ""},
        {"id": 7, "organizationName": "Example", "companyName": None},
    ],
)
def test_a_customer_is_read_under_any_alias(fields: dict[str, Any]) -> None:
    raw = msgspec.Raw(msgspec.json.encode(fields))
    assert read_customer(raw) == RemoteCustomer("7", "Example")


def test_a_customer_tells_its_tenant_and_domain_if_it_can() -> None:
    raw = msgspec.Raw(b'{"customerNo": 7, "tenantId": "t", "domain": "customer.example"}')
    assert read_customer(raw) == RemoteCustomer("7", "7", "customer.example", "t")


def test_a_customer_without_a_number_says_which_keys_came() -> None:
    with pytest.raises(RecordError, match="its keys are companyName, clientRef") as raised:
        read_customer(msgspec.Raw(b'{"companyName": "Example", "clientRef": 5}'))
    assert raised.value.name == "Example"


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"subscription_id": "9_9", "subscriptionId": None}, "external_id", "9_9"),
        ({"contractNo": 9, "lineNo": 2, "subscriptionId": None}, "external_id", "9_2"),
        ({"seats": "7", "quantity": None}, "quantity", 7),
        ({"subscriptionName": "Suite"}, "name", "Suite"),
        ({"offerId": "O", "skuNo": 5}, "part_number", "O"),
        ({"skuNo": 5}, "part_number", "5"),
        ({"commitmentTerm": "3 Years"}, "term", "P3Y"),
        ({"productName": "Suite (Monthly Commit)"}, "term", "P1M"),
        ({"productName": "Suite 1-Year Commit"}, "term", "P1Y"),
        ({"term": "P1Y", "productName": "Suite (Monthly Commit)"}, "term", "P1Y"),
        ({"billingFrequency": "annual"}, "billing_frequency", BillingFrequency.ANNUAL),
        ({"billingFrequency": "one_time"}, "billing_frequency", None),
        ({"autoRenew": "Y"}, "auto_renew", True),
        ({"autoRenew": False}, "auto_renew", False),
        ({"autoRenew": "perhaps"}, "auto_renew", None),
        ({"isTrial": True}, "is_trial", True),
        ({"startDate": "15.01.2026"}, "starts_at", None),
        ({"expiryDate": "2027-01-15"}, "commitment_ends_at", datetime(2027, 1, 15, tzinfo=UTC)),
    ],
)
def test_a_field_is_read_under_any_alias(
    read: Read, fields: dict[str, Any], name: str, value: object
) -> None:
    assert getattr(read(**fields), name) == value


def test_the_customers_price_is_never_a_cost(read: Read) -> None:
    assert read("USD", customerPrice=22).unit_cost is None


def test_a_cost_needs_a_currency(read: Read) -> None:
    assert read(unitPrice=18.2).unit_cost is None
    assert read("USD", unitPrice=18.2).unit_cost == Money(Decimal("18.2"), "USD")
    assert read("USD", unitPrice="18.2", currency="CAD").unit_cost == Money(Decimal("18.2"), "CAD")
    assert read("USD", unitPrice="free").unit_cost is None


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("Active", SubscriptionStatus.ACTIVE),
        ("INACTIVE", SubscriptionStatus.CANCELLED),
        ("Cancelled", SubscriptionStatus.CANCELLED),
        ("discontinued", SubscriptionStatus.CANCELLED),
        ("Expired", SubscriptionStatus.EXPIRED),
        ("Suspended", SubscriptionStatus.SUSPENDED),
        ("Pending activation", SubscriptionStatus.PENDING),
        ("Somehow", SubscriptionStatus.UNKNOWN),
        ("", SubscriptionStatus.UNKNOWN),
    ],
)
def test_a_status_is_read_by_what_it_contains(status: str, ours: SubscriptionStatus) -> None:
    assert read_status(status) is ours


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"quantity": None}, "its quantity None is not a number"),
        ({"quantity": "many"}, "its quantity 'many' is not a number"),
        ({"quantity": 2.5}, "its quantity 2.5 is not a whole number of seats"),
        ({"quantity": -1}, "its quantity -1 is not a whole number of seats"),
        ({"quantity": "NaN"}, "NaN is not a whole number of seats"),
        ({"unitPrice": 1e30, "currency": "USD"}, "unitPrice .* is not an amount"),
        ({"subscriptionId": None}, "it has no subscriptionId"),
    ],
)
def test_a_broken_record_says_what_is_wrong_and_which_keys_came(
    read: Read, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RecordError, match=f"{reason}; its keys are ") as raised:
        read(productName="Example Suite", **fields)
    assert (raised.value.customer_external_id, raised.value.name) == ("c-1", "Example Suite")


def test_what_no_record_has_is_told(read: Read) -> None:
    full = {"productName": "Suite (Annual Commit)", "mfgPartNo": "M", "startDate": "2026-01-01"}
    records = [read(**full), read(billingFrequency="month")]
    assert lacking(records) == ("commitment_ends_at", "unit_cost")


@pytest.mark.parametrize("raw", [b"5", b"null", b"[]", b'"text"', b'{"id": "\xff\xfe"}'])
def test_what_is_no_record_at_all_is_an_error_of_one_record(raw: bytes) -> None:
    with pytest.raises(RecordError):
        read_subscription(msgspec.Raw(raw), "c-1", None)
    with pytest.raises(RecordError):
        read_customer(msgspec.Raw(raw))


LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
JSON = LEAF | st.lists(LEAF, max_size=2) | st.dictionaries(st.text(max_size=5), LEAF, max_size=2)
FIELDS = ("subscriptionId", "quantity", "unitPrice", "currency", "renewalDate", "status", "term")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_json_breaks_more_than_its_record(fields: dict[str, Any]) -> None:
    with suppress(RecordError):
        record = read_subscription(msgspec.Raw(msgspec.json.encode(fields)), "c-1", "USD")
        assert record.canonical().quantity >= 0


@pytest.mark.parametrize("name", ["message", "error", "error_description", "errorMessage"])
def test_a_reason_is_read_under_any_of_its_names(name: str) -> None:
    assert read_reason(msgspec.json.encode({name: "no"})) == "no"
    assert read_reason(b"<html>") is None
