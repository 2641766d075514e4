"""The connector, against a simulated Stellr that misbehaves on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from seatsync.domain.connectivity import CheckOutcome
from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import (
    AnswerUnreadable,
    Cancelled,
    CredentialsRefused,
    CustomerError,
    PermissionMissing,
    ProviderThrottled,
    ProviderUnreachable,
    RecordError,
)
from seatsync.sdk.simulator import answers, dropped, garbage, throttled, truncated
from seatsync_stellr.path import CLOUD, STATE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.subscription import RemoteSubscription
    from seatsync_stellr.connector import StellrConnector
    from seatsync_stellr.simulator import Simulator
    from virtual_time import VirtualTime

    Connect = Callable[..., StellrConnector]

PASSED, SKIPPED, FAILED = CheckOutcome.PASSED, CheckOutcome.SKIPPED, CheckOutcome.FAILED
NOBODY_THERE = {"token_url": "http://127.0.0.1:9/token"}
WRONG_SECRET = {"client_secret": "wrong-hush"}


def stock(stellr: Simulator, count: int = 5) -> tuple[RemoteCustomer, list[str]]:
    customer = stellr.add_customer("Example Bakery")
    ids = [stellr.add_subscription(customer, n + 1) for n in range(count)]
    return RemoteCustomer(customer, "Example Bakery"), ids


def read(connector: StellrConnector, customer: RemoteCustomer) -> list[RemoteSubscription]:
    return [listed.read() for page in connector.subscriptions(customer) for listed in page]


def test_customers_are_read_page_by_page(connect: Connect, stellr: Simulator) -> None:
    for name in "ABCDE":
        stellr.add_customer(name)
    pages = list(connect(page_size=2).customers())
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [listed.read().name for page in pages for listed in page] == list("ABCDE")


def test_the_subscriptions_of_a_customer_are_read(connect: Connect, stellr: Simulator) -> None:
    customer, ids = stock(stellr)
    records = read(connect(page_size=2), customer)
    assert [record.external_id for record in records] == ids
    assert [record.quantity for record in records] == [1, 2, 3, 4, 5]
    assert str(records[0].unit_cost) == "18.2 USD"


def test_no_customer_at_all_is_not_taken_for_a_complete_listing(
    connect: Connect, stellr: Simulator
) -> None:
    with pytest.raises(AnswerUnreadable, match="shows no customer at all") as raised:
        list(connect().customers())
    assert "List Customers" in str(raised.value.remedy)
    stock(stellr)
    stellr.state.sees_nothing = True
    with pytest.raises(AnswerUnreadable, match="shows no customer at all"):
        list(connect().customers())


def test_a_customer_without_any_subscription_is_not_taken_for_one_that_holds_none(
    connect: Connect, stellr: Simulator
) -> None:
    customer, _ = stock(stellr, 0)
    with pytest.raises(CustomerError, match="shows no subscription") as raised:
        read(connect(), customer)
    assert raised.value.external_id == customer.external_id
    assert "List Customers' Subscriptions" in str(raised.value.remedy)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'{"data":{"total":9,"records":[{"a":1}]}}', "repeats a page"),
        (b'{"data":{"total":9,"records":[]}}', "ends after 0 of 9"),
        (b'{"data":{"rows":[]}}', "holds no listing.*inside: rows"),
        (b"<html>", "it is no JSON object"),
    ],
)
def test_a_listing_that_does_not_end_well_is_refused(
    connect: Connect, stellr: Simulator, body: bytes, fault: str
) -> None:
    customer, _ = stock(stellr)
    stellr.faults.plan("/api/", garbage(body), times=99)
    with pytest.raises(AnswerUnreadable, match=fault):
        list(connect().customers())
    with pytest.raises(AnswerUnreadable, match=fault):
        list(connect().subscriptions(customer))


def test_a_listing_without_a_total_is_read_to_its_empty_page(
    connect: Connect, stellr: Simulator
) -> None:
    stellr.state.renamed["total"] = "somethingElse"
    customer, ids = stock(stellr)
    assert [r.external_id for r in read(connect(page_size=2), customer)] == ids


def test_fields_under_other_names_are_read(connect: Connect, stellr: Simulator) -> None:
    renamed = {"records": "items", "total": "totalCount", "companyName": "customer_name"}
    stellr.state.renamed |= {**renamed, "quantity": "seats", "subscriptionId": "SubscriptionNo"}
    customer, ids = stock(stellr, 2)
    (page,) = connect().customers()
    assert page[0].read().name == "Example Bakery"
    assert [(r.external_id, r.quantity) for r in read(connect(), customer)] == [
        (ids[0], 1),
        (ids[1], 2),
    ]


def test_the_path_that_works_is_remembered(
    connect: Connect, stellr: Simulator, time: VirtualTime
) -> None:
    customer, ids = stock(stellr)
    stellr.state.is_on_cloud_path = True
    assert len(read(connect(), customer)) == len(ids)
    assert time.context.state.load(STATE_NAME) == CLOUD
    stellr.faults.plan("/api/v1/customers/", answers(500), times=99)
    assert len(read(connect(), customer)) == len(ids)
    stellr.faults.clear()
    stellr.state.is_on_cloud_path = False
    assert len(read(connect(), customer)) == len(ids)


def test_a_customer_that_neither_path_knows_is_an_error_of_that_customer(
    connect: Connect, time: VirtualTime
) -> None:
    with pytest.raises(CustomerError) as raised:
        read(connect(), RemoteCustomer("9/9", "nobody"))
    assert raised.value.external_id == "9/9"
    assert time.context.state.load(STATE_NAME) is None


def test_a_customer_that_is_refused_is_an_error_of_that_customer(
    connect: Connect, stellr: Simulator
) -> None:
    customer, _ = stock(stellr)
    stellr.refuse_customer(customer.external_id)
    with pytest.raises(CustomerError, match="Access denied") as raised:
        read(connect(), customer)
    assert raised.value.remedy


def test_a_broken_record_is_listed_and_the_others_are_read(
    connect: Connect, stellr: Simulator
) -> None:
    customer, ids = stock(stellr)
    stellr.break_subscription(customer.external_id, ids[2], b'{"subscriptionId":"9_1","qty":"?"}')
    (page,) = connect().subscriptions(customer)
    assert [page[n].read().quantity for n in (0, 1, 3, 4)] == [1, 2, 4, 5]
    with pytest.raises(
        RecordError, match=r"'\?' is not a number; its keys are subscriptionId, qty"
    ):
        page[2].read()


def test_fingerprints_are_stable_and_change_with_what_is_read(
    connect: Connect, stellr: Simulator
) -> None:
    customer, ids = stock(stellr, 3)

    def prints(**changed: Any) -> list[bytes]:
        pages = connect(**changed).subscriptions(customer)
        return [listed.fingerprint for page in pages for listed in page]

    before = prints()
    stellr.change_subscription(customer.external_id, ids[1], quantity=77)
    same = [old == new for old, new in zip(before, prints(), strict=True)]
    assert same == [True, False, True]
    assert not set(prints(currency="CAD")) & set(before)


@pytest.mark.parametrize("fault", [truncated(40), dropped(), answers(503), throttled("2")])
def test_a_fault_that_passes_is_not_noticed(
    connect: Connect, stellr: Simulator, fault: Any
) -> None:
    customer, ids = stock(stellr)
    stellr.faults.plan("pageNo=2", fault)
    assert len(read(connect(page_size=2), customer)) == len(ids)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (answers(500), ProviderUnreachable),
        (dropped(), ProviderUnreachable),
        (throttled("86400"), ProviderThrottled),
        (answers(403, b'{"message": "no"}'), PermissionMissing),
        (answers(400, b'{"message": "bad page"}'), AnswerUnreadable),
    ],
)
def test_a_fault_that_stays_is_told_by_its_kind(
    connect: Connect, stellr: Simulator, fault: Any, kind: type[Exception]
) -> None:
    stellr.faults.plan("/api/", fault, times=99)
    with pytest.raises(kind):
        list(connect().customers())


def test_a_server_fault_at_one_customer_is_no_error_of_that_customer(
    connect: Connect, stellr: Simulator
) -> None:
    customer, _ = stock(stellr)
    stellr.faults.plan("subscriptions", answers(503), times=99)
    with pytest.raises(ProviderUnreachable):
        read(connect(), customer)


def test_a_token_that_is_revoked_or_expires_is_replaced(
    connect: Connect, stellr: Simulator, time: VirtualTime
) -> None:
    customer, ids = stock(stellr)
    connector = connect(page_size=2)
    pages = connector.subscriptions(customer)
    next(pages)
    stellr.state.revoke_tokens()
    assert len(list(pages)) == 2
    time.clock.passed_s += 7200
    assert len(read(connector, customer)) == len(ids)


def test_cancelling_ends_a_listing(connect: Connect, stellr: Simulator, time: VirtualTime) -> None:
    customer, _ = stock(stellr)
    pages = connect(page_size=2).subscriptions(customer)
    next(pages)
    time.control.cancel()
    with pytest.raises(Cancelled):
        next(pages)


def test_verify_says_which_keys_came_and_what_was_not_found(
    connect: Connect, stellr: Simulator
) -> None:
    stellr.add_customer("Without anything")
    stock(stellr)
    checks = list(connect(currency=None).verify())
    assert [(check.name, check.outcome) for check in checks] == [
        ("token", PASSED),
        ("consent", SKIPPED),
        ("permission to list customers", PASSED),
        ("one page of customers", PASSED),
    ]
    told = checks[3].message
    assert "read a page of 2 customers with the keys customerNo, companyName, address1" in told
    assert "customer 1000001 has subscriptions with the keys subscriptionId, contractNo" in told
    assert told.endswith("not found in them: unit_cost")
    assert "Example" not in told


def test_verify_says_what_is_wrong_with_the_subscriptions(
    connect: Connect, stellr: Simulator
) -> None:
    customer, ids = stock(stellr, 2)
    stellr.break_subscription(customer.external_id, ids[0], b'["no object"]')
    stellr.break_subscription(customer.external_id, ids[1], b'{"subscriptionId": "9_1"}')
    told = list(connect().verify())[3].message
    assert "has subscriptions with the keys of no object" in told
    assert "Expected `object`" in told


def test_verify_survives_a_promise_without_records(connect: Connect, stellr: Simulator) -> None:
    stellr.faults.plan("/api/", garbage(b'{"data":{"total":9,"records":[]}}'), times=9)
    assert list(connect().verify())[3].message.startswith(
        "read a page of 0 customers with the keys of no record"
    )


def test_verify_does_without_a_readable_subscription(connect: Connect, stellr: Simulator) -> None:
    stellr.add_customer("Without anything")
    assert list(connect().verify())[3].message.endswith("could be read")


def test_verify_tells_credentials_that_see_nothing(connect: Connect, stellr: Simulator) -> None:
    stellr.state.sees_nothing = True
    checks = list(connect().verify())
    assert [check.outcome for check in checks] == [PASSED, SKIPPED, FAILED, SKIPPED]
    assert "permissions" in str(checks[2].remedy)


def test_verify_tells_a_wrong_secret(connect: Connect) -> None:
    checks = list(connect(**WRONG_SECRET).verify())
    assert [check.outcome for check in checks] == [FAILED, SKIPPED, SKIPPED, SKIPPED]
    assert "client_secret" in str(checks[0].remedy)
    assert "hush" not in repr(checks)


def test_a_wrong_secret_is_no_fault_that_passes(connect: Connect) -> None:
    with pytest.raises(CredentialsRefused):
        list(connect(**WRONG_SECRET).customers())


def test_verify_tells_a_fault_of_the_network(connect: Connect) -> None:
    checks = list(connect(**NOBODY_THERE).verify())
    assert checks[0].outcome is FAILED
    assert "cannot be reached" in checks[0].message


def test_no_consents_are_needed_and_no_listing_of_all_is_offered(connect: Connect) -> None:
    assert connect().consents() == ()
    with pytest.raises(NotImplementedError):
        connect().all_subscriptions()


def test_no_secret_is_logged(
    connect: Connect, stellr: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    customer, _ = stock(stellr)
    read(connect(), customer)
    assert "/subscriptions" in caplog.text
    assert "simulated-" not in caplog.text


def test_the_simulator_shows_nothing_without_both_paging_parameters(
    origin: str, stellr: Simulator
) -> None:
    stock(stellr)
    form = {
        "grant_type": "client_credentials",
        "client_id": stellr.state.client_id,
        "client_secret": stellr.state.client_secret,
    }
    token = httpx.post(f"{origin}/oauth2/v1/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{origin}/api/v1/cloud", headers=headers) as caller:
        for query in ({}, {"pageNo": 1}, {"pageSize": 9}):
            assert caller.get("customers", params=query).json()["data"]["total"] == 0
        whole = caller.get("customers", params={"pageNo": 1, "pageSize": 9}).json()
        assert whole["data"]["total"] == len(whole["data"]["records"]) == 1
    assert httpx.get(f"{origin}/api/v1/cloud/customers").status_code == 401
