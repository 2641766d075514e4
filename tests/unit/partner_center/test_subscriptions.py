"""What becomes of a subscription, field by field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.billing import BillingFrequency, BillingType
from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.money import Money
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import RecordError
from seatsync_partner_center.instant import read_end, read_instant
from seatsync_partner_center.kind import part_number_of
from seatsync_partner_center.subscription import read_subscription

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.subscription import RemoteSubscription
    from seatsync_partner_center.connector import PartnerCenterConnector
    from seatsync_partner_center.simulator import Simulator

    Read = Callable[..., RemoteSubscription]
    Connect = Callable[..., PartnerCenterConnector]

NEW_COMMERCE = "EXSUITE00001:0001:EXAVAIL00001"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("active", SubscriptionStatus.ACTIVE),
        ("Active", SubscriptionStatus.ACTIVE),
        ("pending", SubscriptionStatus.PENDING),
        ("suspended", SubscriptionStatus.SUSPENDED),
        ("expired", SubscriptionStatus.EXPIRED),
        ("disabled", SubscriptionStatus.CANCELLED),
        ("deleted", SubscriptionStatus.DELETED),
        ("none", SubscriptionStatus.UNKNOWN),
        ("something_new", SubscriptionStatus.UNKNOWN),
        (None, SubscriptionStatus.UNKNOWN),
    ],
)
def test_a_status_becomes_ours_and_an_unknown_one_stays_unknown(
    read: Read, word: str | None, status: SubscriptionStatus
) -> None:
    record = read(status=word)
    assert (record.status, record.provider_status) == (status, word or "")


def test_a_suspended_new_commerce_subscription_keeps_its_seats(read: Read) -> None:
    record = read(status="suspended", offerId=NEW_COMMERCE).canonical()
    assert (record.status, record.quantity) == (SubscriptionStatus.SUSPENDED, 5)


@pytest.mark.parametrize("word", ["expired", "disabled", "deleted"])
def test_what_is_not_billed_any_more_holds_no_seats(read: Read, word: str) -> None:
    assert read(status=word).canonical().quantity == 0


@pytest.mark.parametrize(
    ("fields", "billing_type"),
    [
        ({"billingType": "license"}, BillingType.LICENSE),
        ({"billingType": "usage"}, BillingType.USAGE),
        ({"billingType": "none"}, BillingType.LICENSE),
        ({"billingType": "benefit"}, BillingType.LICENSE),
        ({"offerId": "DZH318Z0BPS6:0001:EXAVAIL00002"}, BillingType.USAGE),
        ({"offerId": "MS-AZR-0145P", "billingType": "none"}, BillingType.USAGE),
    ],
)
def test_what_is_metered_is_usage_and_everything_else_is_a_licence(
    read: Read, fields: dict[str, Any], billing_type: BillingType
) -> None:
    assert read(**fields).billing_type is billing_type


def test_the_part_number_stays_when_the_availability_changes() -> None:
    assert part_number_of("EXSUITE00001:0001:A") == part_number_of("EXSUITE00001:0001:B")


def test_ids_are_the_same_in_whatever_case_they_are_spelled(read: Read) -> None:
    upper = read(id="ABC-1", parentSubscriptionId="DEF-2")
    lower = read(id="abc-1", parentSubscriptionId="def-2")
    assert (upper.external_id, upper.parent_external_id) == ("abc-1", "def-2")
    assert upper == lower


def test_property_names_are_read_in_any_case(read: Read) -> None:
    record = read(OFFERNAME="Example Suite", AutoRenewEnabled=True)
    assert (record.product_name, record.auto_renew) == ("Example Suite", True)


def test_empty_text_is_no_value(read: Read) -> None:
    record = read(termDuration="", friendlyName="", offerName="", parentSubscriptionId="")
    assert (record.term, record.name, record.product_name) == (None, "s-1", None)
    assert record.parent_external_id is None


def test_an_end_date_of_the_new_commerce_includes_that_day(read: Read) -> None:
    record = read(offerId=NEW_COMMERCE, commitmentEndDate="2027-01-13T00:00:00Z")
    assert record.commitment_ends_at == datetime(2027, 1, 13, 23, 59, 59, tzinfo=UTC)


def test_an_end_date_of_the_legacy_commerce_is_taken_as_it_is(read: Read) -> None:
    record = read(offerId="MS-AZR-0145P", commitmentEndDate="2027-01-13T00:00:00Z")
    assert record.commitment_ends_at == datetime(2027, 1, 13, tzinfo=UTC)


def test_the_exact_end_goes_before_the_date(read: Read) -> None:
    record = read(
        offerId=NEW_COMMERCE,
        commitmentEndDate="2027-01-13T00:00:00Z",
        commitmentEndDateTime="2027-01-14T23:59:59Z",
    )
    assert record.commitment_ends_at == datetime(2027, 1, 14, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("text", ["9999-12-31T00:00:00Z", "9999-12-31T23:59:59-08:00"])
def test_the_year_9999_is_no_end(text: str) -> None:
    assert read_end(text, is_whole_day=True) is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-01-14T16:57:15.0966728Z", datetime(2021, 1, 14, 16, 57, 15, 96672, UTC)),
        ("2018-03-06T17:37:05.253-08:00", datetime(2018, 3, 7, 1, 37, 5, 253000, UTC)),
        ("2023-03-13T23:59:59", datetime(2023, 3, 13, 23, 59, 59, tzinfo=UTC)),
        ("2015-11-25T06: 41: 12Z", datetime(2015, 11, 25, 6, 41, 12, tzinfo=UTC)),
        ("", None),
    ],
)
def test_every_documented_spelling_of_an_instant_is_read(
    text: str, instant: datetime | None
) -> None:
    assert read_instant(text) == instant


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(8999, 1, 1)))  # noqa: DTZ001
def test_an_instant_is_the_same_however_its_zone_is_spelled(instant: datetime) -> None:
    text = instant.isoformat()
    assert read_instant(text) == read_instant(f"{text}Z") == read_instant(f"{text}+00:00")


def test_a_scheduled_change_is_told_beside_the_status(read: Read) -> None:
    product = {"productId": "P", "skuId": "S", "billingCycle": "Annual", "termDuration": "P3Y"}
    record = read(scheduledNextTermInstructions={"product": product, "quantity": 25})
    assert record.provider_status == "active"
    assert record.provider_note == "next term: 25 x P:S, P3Y, annual"
    assert record.status is SubscriptionStatus.ACTIVE
    assert record.quantity == 5


@pytest.mark.parametrize(
    ("cycle", "frequency"),
    [
        ("monthly", BillingFrequency.MONTHLY),
        ("Annual", BillingFrequency.ANNUAL),
        ("triennial", BillingFrequency.TRIENNIAL),
        ("one_time", None),
        ("biennial", None),
    ],
)
def test_a_billing_cycle_is_our_frequency_where_we_have_the_word(
    read: Read, cycle: str, frequency: BillingFrequency | None
) -> None:
    assert read(billingCycle=cycle).billing_frequency is frequency


@pytest.mark.parametrize("quantity", [-1, 2.5, 2**31, None, "many"])
def test_a_quantity_that_is_no_number_of_seats_makes_the_record_unreadable(
    read: Read, quantity: object
) -> None:
    with pytest.raises(RecordError) as raised:
        read(quantity=quantity)
    assert raised.value.external_id == "s-1"


def test_a_date_that_is_none_names_the_field(read: Read) -> None:
    with pytest.raises(RecordError, match="commitmentenddate 'soon' is not a date"):
        read(commitmentEndDate="soon")


@given(st.binary(max_size=60))
def test_any_bytes_are_a_record_or_a_record_error(raw: bytes) -> None:
    try:
        read_subscription(msgspec.Raw(raw), "c-1")
    except RecordError as error:
        assert error.customer_external_id == "c-1"  # noqa: PT017 - both ends are good


def _records(connector: PartnerCenterConnector, customer: str) -> dict[str, RemoteSubscription]:
    pages = connector.subscriptions(RemoteCustomer(customer, "any"))
    records = [one.read() for page in pages for one in page]
    return {record.external_id: record.canonical() for record in records}


def test_a_migrated_subscription_counts_once_while_both_are_listed(
    partner: Simulator, connect: Connect
) -> None:
    customer = partner.add_customer("Example Garage")
    old = partner.add_subscription(customer, 4)
    new = partner.add_subscription(customer, 4, migratedFromSubscriptionId=old.upper())
    records = _records(connect(), customer)
    assert [records[one].quantity for one in (old, new)] == [0, 4]
    assert records[old].provider_status == "active"
    assert records[old].provider_note == f"migrated to {new}"


def test_a_migration_that_has_not_taken_effect_leaves_the_old_subscription_alone(
    partner: Simulator, connect: Connect
) -> None:
    customer = partner.add_customer("Example Garage")
    old = partner.add_subscription(customer, 4)
    partner.add_subscription(customer, 4, migratedFromSubscriptionId=old, status="pending")
    assert _records(connect(), customer)[old].quantity == 4


def test_a_migration_changes_the_fingerprint_of_what_it_replaces(
    partner: Simulator, connect: Connect
) -> None:
    customer = partner.add_customer("Example Garage")
    old = partner.add_subscription(customer, 4)
    connector = connect()
    [before] = next(connector.subscriptions(RemoteCustomer(customer, "any")))
    partner.add_subscription(customer, 4, migratedFromSubscriptionId=old)
    after, _ = next(connector.subscriptions(RemoteCustomer(customer, "any")))
    assert before.fingerprint != after.fingerprint


def test_no_price_is_invented(partner: Simulator, connect: Connect) -> None:
    customer = partner.add_customer("Example Garage")
    seats = partner.add_subscription(customer, 4)
    assert _records(connect(), customer)[seats].unit_cost is None
    assert not [call for call in partner.state.log.calls if "orders" in call.path]


def _ordered(partner: Simulator) -> tuple[str, str]:
    customer = partner.add_customer("Example Garage")
    seats = partner.add_subscription(customer, 4, orderId="0a1b")
    line = {"subscriptionId": seats.upper(), "pricing": {"discountedPrice": 36.48}}
    partner.add_order(customer, "0a1b", lineItems=[line])
    return customer, seats


def test_the_order_says_the_cost_if_that_is_switched_on(
    partner: Simulator, connect: Connect
) -> None:
    customer, seats = _ordered(partner)
    cost = _records(connect(costs="orders"), customer)[seats].unit_cost
    assert str(cost) == "36.48 USD"
    assert isinstance(cost, Money)


def test_an_order_is_asked_for_once(partner: Simulator, connect: Connect) -> None:
    customer, seats = _ordered(partner)
    partner.add_subscription(customer, 1, orderId="0a1b")
    records = _records(connect(costs="orders"), customer)
    assert len([call for call in partner.state.log.calls if "orders" in call.path]) == 1
    assert {record.unit_cost is None for record in records.values()} == {True, False}
    assert records[seats].unit_cost


def test_an_order_that_is_gone_leaves_the_cost_unknown(
    partner: Simulator, connect: Connect
) -> None:
    customer = partner.add_customer("Example Garage")
    seats = partner.add_subscription(customer, 4, orderId="gone")
    assert _records(connect(costs="orders"), customer)[seats].unit_cost is None


def test_an_order_that_is_refused_makes_the_record_unreadable_for_now(
    partner: Simulator, connect: Connect
) -> None:
    customer, _ = _ordered(partner)
    partner.refuse_path(f"/v1/customers/{customer}/orders/0a1b", 403, "900308")
    with pytest.raises(RecordError, match="403/900308"):
        _records(connect(costs="orders"), customer)
