"""Customers and subscriptions of ION, read from documented and from broken JSON."""

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
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.errors import RecordError
from seatsync_streamone_ion.customer import customer_id_of, read_customer
from seatsync_streamone_ion.profile import NO_PROFILE, Profile, profile_in, profiles_decoder
from seatsync_streamone_ion.status import STATUSES, read_status
from seatsync_streamone_ion.subscription import read_subscription
from seatsync_streamone_ion.wire import customers_decoder, read_reason, subscriptions_decoder

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[..., RemoteSubscription]
    Documented = Callable[[str], bytes]

TENANT = "11111111-2222-3333-4444-555555555555"


def test_the_documented_customer_is_read_by_the_end_of_its_name(documented: Documented) -> None:
    page = customers_decoder.decode(documented("customers_page"))
    assert page.customers is not None
    (customer,) = [read_customer(raw, NO_PROFILE) for raw in page.customers]
    assert (customer.external_id, customer.name) == ("306870", "Example Company One")
    assert page.next_page_token == "page-token-2"  # noqa: S105


def test_the_recorded_page_of_subscriptions_is_read(documented: Documented) -> None:
    page = subscriptions_decoder.decode(documented("subscriptions_page"))
    records = [read_subscription(raw) for raw in page.items or ()]
    assert page.total == len(records) == 7
    assert [record.quantity for record in records] == [3, 9, 1, 1, 8, 5, 1]
    assert {record.status for record in records} == {SubscriptionStatus.ACTIVE}
    assert {record.customer_external_id for record in records} == {"306870", "553598"}


def test_a_recorded_subscription_is_read_in_every_field(documented: Documented) -> None:
    record = read_subscription(msgspec.Raw(documented("subscription_detail")))
    assert record == RemoteSubscription(
        external_id="2277242",
        customer_external_id="306870",
        name="Example subscription 0",
        quantity=10,
        status=SubscriptionStatus.ACTIVE,
        provider_status="active",
        part_number="CFQ7TTC0LH18:000D:P1M:M",
        product_name="Microsoft 365 Business Basic EEA (no Teams)",
        unit_type="Licenses",
        term="P1M",
        billing_frequency=BillingFrequency.MONTHLY,
        auto_renew=True,
        starts_at=datetime(2024, 1, 3, 16, 29, 10, 491000, UTC),
        commitment_ends_at=datetime(2024, 2, 3, 16, 29, 10, 491000, UTC),
        unit_cost=Money(Decimal("63.8452759"), "SEK"),
    )


def test_the_tenant_comes_from_the_cloud_profiles(documented: Documented) -> None:
    answer = profiles_decoder.decode(documented("cloud_profiles"))
    assert profile_in(answer, 5.0) == Profile(TENANT, "company-one.example", 5.0)


def test_two_tenants_are_no_tenant() -> None:
    both = b'{"customerCloudProfiles":[{"customerTenantId":"a"},{"customerTenantId":"b"}]}'
    assert profile_in(profiles_decoder.decode(both), 5.0) == Profile(read_at=5.0)
    none = b'{"customerCloudProfiles":[{"shortName":"GCP"}]}'
    assert profile_in(profiles_decoder.decode(none), 5.0) == Profile(read_at=5.0)


@pytest.mark.parametrize("word", sorted(STATUSES))
def test_a_status_is_read_in_any_case(word: str) -> None:
    assert read_status(word) is read_status(word.lower()) is read_status(f" {word.title()} ")
    assert (read_status(word) is SubscriptionStatus.UNKNOWN) == (word in {"ERROR", "FAILED"})


def test_an_unknown_status_keeps_ions_own_word(read: Read) -> None:
    record = read(subscriptionStatus="Hibernating")
    assert (record.status, record.provider_status) == (SubscriptionStatus.UNKNOWN, "Hibernating")
    assert read(subscriptionStatus=None).status is SubscriptionStatus.UNKNOWN


@given(quantity=st.integers(0, 2**31 - 1), spelled=st.sampled_from([str, int, float]))
def test_a_quantity_is_read_as_text_or_number(quantity: int, spelled: Any) -> None:
    fields = {"id": "1", "customerId": 7, "subscriptionTotalLicenses": spelled(quantity)}
    record = read_subscription(msgspec.Raw(msgspec.json.encode(fields)))
    assert (record.quantity, record.customer_external_id) == (quantity, "7")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"subscriptionTotalLicenses": "2.5"}, "subscriptionTotalLicenses 2.5 is not whole"),
        ({"subscriptionTotalLicenses": "-1"}, "-1 is not a number of seats"),
        ({"subscriptionTotalLicenses": "many"}, "'many' is not a number"),
        ({"subscriptionTotalLicenses": ""}, "'' is not a number"),
        ({"subscriptionTotalLicenses": None}, "None is not a number"),
        ({"subscriptionTotalLicenses": "NaN"}, "NaN is not a number of seats"),
        ({"subscriptionStartDate": "yesterday"}, "its subscriptionStartDate 'yesterday'"),
        ({"subscriptionEndDate": 5}, r"\$\.subscriptionEndDate"),
        ({"cost": 1e30, "currency": "SEK"}, "its cost .* is not an amount"),
        ({"customerId": " "}, "its customerId is empty"),
        ({"customerId": None}, "missing required field `customerId`"),
    ],
)
def test_a_broken_field_is_named_with_its_record(
    read: Read, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RecordError, match=f"record 1: .*{reason}") as raised:
        read(subscriptionName="Example Suite", **fields)
    assert (raised.value.external_id, raised.value.name) == ("1", "Example Suite")


def test_usage_needs_no_quantity(read: Read) -> None:
    record = read(subscriptionBillingType="Usage", subscriptionTotalLicenses=None)
    assert (record.quantity, record.billing_type) == (0, BillingType.USAGE)


def test_the_product_is_named_as_precisely_as_can_be(read: Read) -> None:
    info = {"skuDisplayName": "Suite Basic", "productDisplayName": "Suite"}
    assert read(ccpProductInfo=info, subscriptionName="Ours").product_name == "Suite Basic"
    assert read(ccpProductInfo={"productDisplayName": "Suite"}).name == "Suite"
    assert read(subscriptionName="Ours").product_name == "Ours"
    assert (read().name, read().product_name) == ("1", None)


def test_a_part_number_falls_back_to_product_and_sku(read: Read) -> None:
    ids = {"subscriptionProductId": "P", "subscriptionSkuId": "S"}
    assert read(mfgPartNumber="M", **ids).part_number == "M"
    assert read(**ids).part_number == "P:S"
    assert read().part_number is None


def test_a_cost_without_one_currency_is_unknown(read: Read) -> None:
    assert read(cost=5).unit_cost is None
    assert read(cost=5, currency="SEK", billingCurrency="EUR").unit_cost is None
    assert read(cost=5, currency="kronor").unit_cost is None
    assert read(cost=5, billingCurrency="sek").unit_cost == Money(Decimal(5), "SEK")
    assert read(price=5, currency="SEK").unit_cost is None


def test_a_renewal_is_read_from_either_field(read: Read) -> None:
    assert read(autoRenew=False, subscriptionRenewStatus="ENABLED").auto_renew is False
    assert read(subscriptionRenewStatus="disabled").auto_renew is False
    assert read(subscriptionRenewStatus="else").auto_renew is None


def test_a_date_that_was_never_set_is_none(read: Read) -> None:
    record = read(subscriptionEndDate="0001-01-01T00:00:00Z", renewalDate="2026-05-01")
    assert record.commitment_ends_at == datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("term", "iso"),
    [("P1Y", "P1Y"), ("annually", "P1Y"), ("Monthly", "P1M"), ("p3y", "P3Y"), ("one_time", None)],
)
def test_a_term_is_read_as_a_duration(read: Read, term: str, iso: str | None) -> None:
    assert read(subscriptionBillingTerm=term).term == iso


@pytest.mark.parametrize("name", ["", " ", "accounts/1/customers/", 5, None])
def test_a_customer_without_an_id_says_so(name: object) -> None:
    raw = msgspec.Raw(msgspec.json.encode({"name": name, "customerOrganization": "Example"}))
    with pytest.raises(RecordError) as raised:
        read_customer(raw, NO_PROFILE)
    assert raised.value.name == "Example"
    assert customer_id_of(raw) is None


def test_the_contact_is_not_taken_for_the_company() -> None:
    raw = msgspec.Raw(b'{"name": "accounts/1/customers/2", "customerName": "A Person"}')
    assert read_customer(raw, NO_PROFILE).name == "2"


@pytest.mark.parametrize("raw", [b"5", b"null", b"[]", b'"text"', b'{"id": "\xff\xfe"}'])
def test_what_is_no_record_at_all_is_an_error_of_one_record(raw: bytes) -> None:
    with pytest.raises(RecordError):
        read_subscription(msgspec.Raw(raw))
    with pytest.raises(RecordError):
        read_customer(msgspec.Raw(raw), NO_PROFILE)


LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
JSON = LEAF | st.lists(LEAF, max_size=2) | st.dictionaries(st.text(max_size=5), LEAF, max_size=2)
FIELDS = ("id", "customerId", "subscriptionTotalLicenses", "cost", "currency", "renewalDate")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_json_breaks_more_than_its_record(fields: dict[str, Any]) -> None:
    with suppress(RecordError):
        record = read_subscription(msgspec.Raw(msgspec.json.encode(fields)))
        assert record.canonical().quantity >= 0


def test_documented_errors_give_their_reasons(documented: Documented) -> None:
    assert read_reason(documented("error_404_customer")) == (
        "resource 'accounts/10001/customers/10054' not found"
    )
    assert read_reason(documented("token_error_400")) == "cannot validate token: redis: nil"
    assert read_reason(b"<html>") is None
