"""The connector, against a simulated ION that misbehaves on request."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from seatsync.domain.connectivity import CheckOutcome
from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import (
    AnswerUnreadable,
    Cancelled,
    CustomerError,
    PermissionMissing,
    ProviderThrottled,
    ProviderUnreachable,
    RecordError,
)
from seatsync.sdk.context import MemoryState
from seatsync.sdk.simulator import answers, dropped, garbage, throttled, truncated

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.subscription import RemoteSubscription
    from seatsync_streamone_ion.connector import IonConnector
    from seatsync_streamone_ion.simulator import Simulator
    from virtual_time import VirtualTime

    Connect = Callable[..., IonConnector]

PASSED, SKIPPED, FAILED = CheckOutcome.PASSED, CheckOutcome.SKIPPED, CheckOutcome.FAILED
TENANT = "11111111-2222-3333-4444-555555555555"
SUBSCRIPTIONS = "/subscriptions"


def scan(connector: IonConnector) -> list[RemoteSubscription]:
    return [listed.read() for page in connector.all_subscriptions() for listed in page]


def names(connector: IonConnector) -> list[str]:
    return [listed.read().name for page in connector.customers() for listed in page]


def stock(ion: Simulator, count: int = 5) -> tuple[str, list[str]]:
    customer = ion.add_customer("Example Bakery")
    return customer, [ion.add_subscription(customer, n + 1) for n in range(count)]


def test_customers_are_read_by_page_tokens(connect: Connect, ion: Simulator) -> None:
    for name in "ABCDE":
        ion.add_customer(name)
    pages = list(connect(page_size=2).customers())
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [listed.read().name for page in pages for listed in page] == list("ABCDE")


def test_subscriptions_are_read_by_offset(connect: Connect, ion: Simulator) -> None:
    _, ids = stock(ion)
    records = scan(connect(page_size=2))
    assert [record.external_id for record in records] == ids
    assert [record.quantity for record in records] == [1, 2, 3, 4, 5]


def test_one_customer_is_read_alone(connect: Connect, ion: Simulator) -> None:
    customer, ids = stock(ion, 3)
    ion.add_subscription(ion.add_customer("Example Garage"), 9)
    pages = list(connect().subscriptions(RemoteCustomer(customer, "Example Bakery")))
    assert [listed.read().external_id for page in pages for listed in page] == ids


def test_an_account_without_anything_has_one_empty_page(connect: Connect) -> None:
    assert list(connect().customers()) == [[]]
    assert list(connect().all_subscriptions()) == [[]]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"<html>", b"", b'{"items": {}}'])
def test_an_answer_without_a_listing_is_not_taken_for_an_empty_one(
    connect: Connect, ion: Simulator, body: bytes
) -> None:
    ion.faults.plan("/api/", garbage(body), times=9)
    with pytest.raises(AnswerUnreadable):
        scan(connect())
    with pytest.raises(AnswerUnreadable):
        names(connect())


@pytest.mark.parametrize(
    ("path", "body", "fault"),
    [
        ("customers", b'{"customers":[{}],"nextPageToken":"x"}', "circle|repeats"),
        ("subscriptions", b'{"items":[{"id":1}],"totalCount":"9"}', "repeats"),
        ("subscriptions", b'{"paginationResponse":{"totalSize":9}}', "ends after 0 of 9"),
    ],
)
def test_a_listing_that_does_not_end_well_is_refused(
    connect: Connect, ion: Simulator, path: str, body: bytes, fault: str
) -> None:
    ion.faults.plan(path, garbage(body), times=99)
    with pytest.raises(AnswerUnreadable, match=fault):
        list(connect().customers() if path == "customers" else connect().all_subscriptions())


def test_a_row_that_moves_up_during_the_scan_is_not_missed(
    connect: Connect, ion: Simulator
) -> None:
    _, ids = stock(ion, 6)
    pages = connect(page_size=2).all_subscriptions()
    read = [listed.read().external_id for listed in next(pages)]
    ion.remove_subscription(ids[0])
    read += [listed.read().external_id for page in pages for listed in page]
    assert set(read) == set(ids)


def test_a_customer_that_is_refused_is_an_error_of_that_customer(
    connect: Connect, ion: Simulator
) -> None:
    customer, _ = stock(ion)
    ion.refuse_customer(customer)
    with pytest.raises(CustomerError, match="does not have access") as raised:
        list(connect().subscriptions(RemoteCustomer(customer, "Example Bakery")))
    assert raised.value.external_id == customer
    assert raised.value.remedy


def test_a_broken_record_is_listed_and_the_others_are_read(
    connect: Connect, ion: Simulator
) -> None:
    _, ids = stock(ion)
    ion.break_subscription(ids[2], b'{"id":"9","subscriptionTotalLicenses":"?","customerId":1}')
    (page,) = connect().all_subscriptions()
    assert [page[n].read().quantity for n in (0, 1, 3, 4)] == [1, 2, 4, 5]
    with pytest.raises(RecordError, match="'\\?' is not a number"):
        page[2].read()


def test_fingerprints_are_stable_and_change_with_what_is_read(
    connect: Connect, ion: Simulator
) -> None:
    _, ids = stock(ion, 3)
    before = [listed.fingerprint for page in connect().all_subscriptions() for listed in page]
    ion.set_quantity(ids[1], 77)
    after = [listed.fingerprint for page in connect().all_subscriptions() for listed in page]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True]


def test_tenants_are_asked_for_once_a_week(
    connect: Connect, ion: Simulator, time: VirtualTime
) -> None:
    first, second = ion.add_customer("A"), ion.add_customer("B")
    ion.add_profile(first, TENANT, "a.example")
    (page,) = connect(cloud_profiles=True).customers()
    assert [listed.read() for listed in page] == [
        RemoteCustomer(first, "A", "a.example", TENANT),
        RemoteCustomer(second, "B"),
    ]
    ion.faults.plan("cloudProfiles", answers(400), times=99)
    (again,) = connect(cloud_profiles=True).customers()
    assert [listed.fingerprint for listed in again] == [listed.fingerprint for listed in page]
    time.clock.passed_s = 7 * 86_400
    with pytest.raises(AnswerUnreadable):
        names(connect(cloud_profiles=True))


def test_a_customer_without_cloud_profiles_has_no_tenant(connect: Connect, ion: Simulator) -> None:
    ion.add_customer("A")
    ion.faults.plan("cloudProfiles", answers(404))
    (page,) = connect(cloud_profiles=True).customers()
    assert page[0].read().tenant_id is None


def test_no_profile_is_asked_for_unless_it_is_wanted(connect: Connect, ion: Simulator) -> None:
    ion.add_customer("A")
    ion.faults.plan("cloudProfiles", answers(400))
    assert names(connect()) == ["A"]


@pytest.mark.parametrize("fault", [truncated(40), dropped(), answers(503), throttled("2")])
def test_a_fault_that_passes_is_not_noticed(connect: Connect, ion: Simulator, fault: Any) -> None:
    stock(ion)
    ion.faults.plan(SUBSCRIPTIONS, fault, nth=2)
    assert len(scan(connect(page_size=2))) == 5


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
    connect: Connect, ion: Simulator, fault: Any, kind: type[Exception]
) -> None:
    ion.faults.plan(SUBSCRIPTIONS, fault, times=99)
    with pytest.raises(kind):
        scan(connect())


def test_a_token_that_is_revoked_during_a_scan_is_replaced(
    connect: Connect, ion: Simulator
) -> None:
    stock(ion)
    pages = connect(page_size=2).all_subscriptions()
    next(pages)
    ion.tokens.revoke_access()
    assert len(list(pages)) == 2


def test_cancelling_ends_a_scan(connect: Connect, ion: Simulator, time: VirtualTime) -> None:
    stock(ion)
    pages = connect(page_size=2).all_subscriptions()
    next(pages)
    time.control.cancel()
    with pytest.raises(Cancelled):
        next(pages)


def test_verify_passes_every_stage(connect: Connect, ion: Simulator) -> None:
    stock(ion)
    checks = list(connect().verify())
    assert [(check.name, check.outcome) for check in checks] == [
        ("token", PASSED),
        ("consent", SKIPPED),
        ("permission to list customers", PASSED),
        ("one page of customers", PASSED),
    ]
    assert "lives for 32 days" in checks[0].message
    assert checks[3].message == "read a page of 1 customers"


def test_verify_warns_of_a_refresh_token_that_dies_soon(connect: Connect, ion: Simulator) -> None:
    soon = b'{"access_expires_in": 6673, "refresh_expires_in": 86400}'
    ion.faults.plan("validateAccess", garbage(soon))
    check = next(connect().verify())
    assert (check.outcome, check.message[-10:]) == (CheckOutcome.WARNING, "for 1 days")


@pytest.mark.parametrize("fault", [answers(404), garbage()])
def test_verify_does_without_the_lifetime(connect: Connect, ion: Simulator, fault: Any) -> None:
    ion.faults.plan("validateAccess", fault)
    assert next(connect().verify()).message == "ION gave a token"


def test_verify_tells_a_dead_token(connect: Connect, ion: Simulator, time: VirtualTime) -> None:
    ion.tokens.revoke_refresh()
    checks = list(connect(replace(time.context, state=MemoryState())).verify())
    assert [check.outcome for check in checks] == [FAILED, SKIPPED, SKIPPED, SKIPPED]
    assert "needs a new token" in checks[0].message
    assert "refresh_token" in str(checks[0].remedy)


def test_verify_tells_a_fault_of_the_network(connect: Connect) -> None:
    checks = list(connect(base_url="http://127.0.0.1:9").verify())
    assert checks[0].outcome is FAILED
    assert "cannot be reached" in checks[0].message


def test_verify_tells_a_missing_permission(connect: Connect, ion: Simulator) -> None:
    ion.refuse_path("customers")
    checks = list(connect().verify())
    assert [check.outcome for check in checks] == [PASSED, SKIPPED, FAILED, SKIPPED]
    assert "permission denied" in checks[2].message


def test_verify_tells_a_page_that_cannot_be_read(connect: Connect, ion: Simulator) -> None:
    ion.faults.plan("pageSize=100", garbage())
    assert [check.outcome for check in connect().verify()][-1] is FAILED


def test_no_consents_are_needed(connect: Connect) -> None:
    assert connect().consents() == ()


@pytest.fixture
def caller(origin: str, ion: Simulator) -> httpx.Client:
    form = {"grant_type": "refresh_token", "refresh_token": ion.refresh_token}
    token = httpx.post(f"{origin}/oauth/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{origin}/api/v3/accounts/10001", headers=headers)


def test_the_simulator_answers_as_the_documents_say(
    caller: httpx.Client, ion: Simulator, origin: str
) -> None:
    customer, (subscription,) = stock(ion, 1)
    with caller:
        assert caller.get("customers").json()["error"] == "INVALID_REQUEST"
        assert caller.get(f"customers/{customer}").json()["uid"] == f"uid{customer}"
        assert caller.get("customers/9").status_code == 404
        assert caller.get("customers/9/cloudProfiles").status_code == 404
        detail = caller.get(f"customers/{customer}/subscriptions/{subscription}").json()
        assert detail["subscriptionTotalLicenses"] == "1"
        assert caller.get(f"customers/{customer}/subscriptions/9").status_code == 404
        assert caller.get("subscriptions", params={"pagination.limit": "x"}).status_code == 400
        assert caller.get(f"{origin}/api/v3/accounts/2/customers").status_code == 403
        assert caller.get("customers", headers={"Authorization": ""}).status_code == 401
    answer = httpx.post(f"{origin}/oauth/token", data={"grant_type": "password"})
    assert answer.json()["code"] == 400
    again = {"grant_type": "refresh_token", "refresh_token": ion.refresh_token}
    assert httpx.post(f"{origin}/oauth/token", data=again).json() == {
        "error": "cannot validate token: redis: nil"
    }
    assert httpx.post(f"{origin}/oauth/validateAccess", data={}).status_code == 400
