"""The connector, against a simulated Pax8 that misbehaves on request."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

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
from seatsync.sdk.listing import digest_of, fingerprints_of, still_has
from seatsync.sdk.simulator import answers, dropped, garbage, throttled, truncated
from seatsync_pax8.page import TOLD_TOGETHER, SubscriptionPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.subscription import RemoteSubscription
    from seatsync_pax8.connector import Pax8Connector
    from seatsync_pax8.simulator import Simulator
    from virtual_time import VirtualTime

    Connect = Callable[..., Pax8Connector]

WRONG_SECRET = {"client_secret": "wrong-hush"}
NOBODY_THERE = {"token_url": "http://127.0.0.1:9/token"}
PASSED, SKIPPED, FAILED = CheckOutcome.PASSED, CheckOutcome.SKIPPED, CheckOutcome.FAILED


def scan(connector: Pax8Connector) -> list[RemoteSubscription]:
    return [listed.read() for page in connector.all_subscriptions() for listed in page]


def digests(connector: Pax8Connector) -> list[bytes | None]:
    return [digest_of(page) for page in connector.all_subscriptions()]


def only_page(connector: Pax8Connector) -> SubscriptionPage:
    [page] = connector.all_subscriptions()
    assert isinstance(page, SubscriptionPage)
    return page


def pieces(connector: Pax8Connector) -> list[SubscriptionPage]:
    return list(only_page(connector).parts())


def fingerprints(connector: Pax8Connector) -> list[bytes]:
    return [listed.fingerprint for page in connector.all_subscriptions() for listed in page]


def stock(partner: Simulator, count: int = 5) -> tuple[str, list[str]]:
    company = partner.add_company("Example Bakery", website="https://bakery.example")
    product = partner.add_product("Example Suite", sku="EX", vendorSku="EXAMPLE:1")
    return company, [partner.add_subscription(company, product, n + 1) for n in range(count)]


def test_companies_of_every_status_are_read_by_name(connect: Connect, partner: Simulator) -> None:
    for name, status in (("C", "Deleted"), ("A", "Active"), ("B", "Inactive")):
        partner.add_company(name, status=status)
    pages = list(connect(page_size=2).customers())
    assert [len(page) for page in pages] == [2, 1]
    assert [listed.read().name for page in pages for listed in page] == ["A", "B", "C"]


def test_one_scan_reads_the_subscriptions_of_all(connect: Connect, partner: Simulator) -> None:
    _, ids = stock(partner)
    records = scan(connect(page_size=2))
    assert [record.external_id for record in records] == ids
    assert [record.quantity for record in records] == [1, 2, 3, 4, 5]
    assert {(record.name, record.part_number) for record in records} == {
        ("Example Suite", "EXAMPLE:1")
    }


def test_one_company_is_read_alone(connect: Connect, partner: Simulator) -> None:
    company, ids = stock(partner, 3)
    other = partner.add_company("Example Garage")
    partner.add_subscription(other, "p", 9)
    pages = list(connect().subscriptions(RemoteCustomer(company, "Example Bakery")))
    assert [listed.read().external_id for page in pages for listed in page] == ids


def test_a_partner_without_anything_has_one_empty_page(connect: Connect) -> None:
    assert [list(page) for page in connect().customers()] == [[]]
    assert [list(page) for page in connect().all_subscriptions()] == [[]]


def test_a_company_that_is_not_ours_is_an_error_of_that_company(
    connect: Connect, partner: Simulator
) -> None:
    company, _ = stock(partner)
    partner.refuse_company(company)
    with pytest.raises(CustomerError, match="Invalid companyId") as raised:
        list(connect().subscriptions(RemoteCustomer(company, "Example Bakery")))
    assert raised.value.external_id == company
    assert raised.value.remedy


def test_each_product_is_asked_for_once(connect: Connect, partner: Simulator) -> None:
    stock(partner, 4)
    connector = connect(page_size=1)
    scan(connector)
    partner.faults.plan("/v1/products", answers(400))
    assert len(scan(connector)) == 4


def test_threads_ask_for_a_product_once(
    connect: Connect, partner: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(partner, 1)
    connector = connect()
    asked: list[str] = []
    monkeypatch.setattr(connector._catalogue, "_fetch", counting(connector._catalogue, asked))
    threads = [threading.Thread(target=scan, args=(connector,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1


def counting(catalogue: Any, asked: list[str]) -> Callable[[str], Any]:
    fetch = catalogue._fetch

    def counted(product_id: str) -> Any:
        asked.append(product_id)
        return fetch(product_id)

    return counted


def test_a_product_that_is_gone_costs_only_its_name(connect: Connect, partner: Simulator) -> None:
    company = partner.add_company("Example Bakery")
    record_id = partner.add_subscription(company, "gone", 2)
    (record,) = scan(connect())
    assert (record.name, record.product_name, record.part_number) == (record_id, None, None)


def test_no_product_is_asked_for_where_nothing_lacks(connect: Connect, partner: Simulator) -> None:
    partner.faults.plan("/v1/products", answers(400))
    company = partner.add_company("Example Bakery")
    partner.add_subscription(company, "p", 2, productName="Own", vendorSkuId="OWN:1")
    assert scan(connect())[0].part_number == "OWN:1"


def test_fingerprints_are_stable_and_change_with_what_is_read(
    connect: Connect, partner: Simulator
) -> None:
    _, ids = stock(partner)
    before = fingerprints(connect())
    assert len(set(before)) == 5
    assert fingerprints(connect()) == before
    partner.set_quantity(ids[1], 77)
    after = fingerprints(connect())
    assert [old == new for old, new in zip(before, after, strict=True)] == [
        True,
        False,
        True,
        True,
        True,
    ]


def test_fingerprints_change_with_the_product(connect: Connect, partner: Simulator) -> None:
    company = partner.add_company("Example Bakery")
    product = partner.add_product("Example Suite", product_id="p-1")
    partner.add_subscription(company, product, 1)
    before = fingerprints(connect())
    partner.add_product("Example Suite Plus", product_id="p-1")
    assert fingerprints(connect()) != before
    partner.add_product("Example Suite", product_id="p-1", shortDescription="new words")
    assert fingerprints(connect()) == before


def test_a_page_tells_when_a_product_adds_something_else_to_it(
    connect: Connect, partner: Simulator
) -> None:
    company = partner.add_company("Example Bakery")
    for product in ("p-1", "p-2"):
        partner.add_product(f"Example {product}", product_id=product)
        partner.add_subscription(company, product, 1)
    before = b"".join(fingerprints(connect()))
    assert still_has(only_page(connect()), before)
    partner.add_product("Example p-2", product_id="p-1")
    partner.add_product("Example p-1", product_id="p-2")
    changed = only_page(connect())
    assert not still_has(changed, before)
    assert still_has(changed, b"".join(fingerprints_of(changed)))


def test_only_the_first_subscription_of_a_product_has_it_asked_for(
    connect: Connect, partner: Simulator
) -> None:
    stock(partner, 4)
    before = fingerprints(connect(page_size=2))
    connector = connect(page_size=2)
    first, second = connector.all_subscriptions()
    assert still_has(first, b"".join(before[:2]))
    partner.faults.plan("/v1/products", answers(400))
    assert still_has(second, b"".join(before[2:]))


def test_a_page_whose_product_cannot_be_had_is_neither_known_nor_read(
    connect: Connect, partner: Simulator
) -> None:
    stock(partner, 2)
    before = b"".join(fingerprints(connect()))
    partner.faults.plan("/v1/products", answers(403))
    page = only_page(connect())
    with pytest.raises(PermissionMissing):
        still_has(page, before)
    partner.faults.plan("/v1/products", answers(403))
    with pytest.raises(PermissionMissing):
        fingerprints_of(page)


def test_the_digest_of_a_page_is_that_of_its_records_alone(
    connect: Connect, partner: Simulator
) -> None:
    company, _ = stock(partner, 2)
    [before] = digests(connect())
    other = partner.add_company("Example Garage")
    partner.add_subscription(other, "p", 9)
    pages = list(connect().subscriptions(RemoteCustomer(company, "Example Bakery")))
    assert [digest_of(page) for page in pages] == [before]


def test_a_change_shows_in_one_piece_of_its_page_alone(
    connect: Connect, partner: Simulator
) -> None:
    _, ids = stock(partner, 2 * TOLD_TOGETHER + 10)
    before = pieces(connect())
    partner.set_quantity(ids[TOLD_TOGETHER], 99)
    after = pieces(connect())
    assert [len(piece) for piece in before] == [TOLD_TOGETHER, TOLD_TOGETHER, 10]
    assert [one.digest == other.digest for one, other in zip(before, after, strict=True)] == [
        True,
        False,
        True,
    ]
    assert [listed.read().external_id for piece in after for listed in piece] == ids


@pytest.mark.parametrize(
    ("raw", "external_id", "reason"),
    [
        (b'{"id":"s-9","companyId":"c","quantity":2.5}', "s-9", "not whole"),
        (b'{"id":"s-9","companyId":"c","quantity":-2}', "s-9", "not a number of seats"),
        (b'{"companyId":"c","quantity":2}', None, "missing required field `id`"),
        (b'{"id":"s-9","productName":5,"productId":"p"}', "s-9", "productName"),
        (b'"not a record"', None, "Expected `object`"),
        (b"null", None, "Expected `object`"),
    ],
)
def test_a_broken_record_is_listed_and_the_others_are_read(
    connect: Connect, partner: Simulator, raw: bytes, external_id: str | None, reason: str
) -> None:
    _, ids = stock(partner)
    partner.break_subscription(ids[2], raw)
    (page,) = connect().all_subscriptions()
    assert len(page) == 5
    assert [page[n].read().quantity for n in (0, 1, 3, 4)] == [1, 2, 4, 5]
    with pytest.raises(RecordError, match=reason) as raised:
        page[2].read()
    assert raised.value.external_id == external_id


@pytest.mark.parametrize("fault", [truncated(40), dropped(), answers(503), throttled("2")])
def test_a_fault_that_passes_is_not_noticed(
    connect: Connect, partner: Simulator, fault: Any
) -> None:
    stock(partner)
    partner.faults.plan(r"subscriptions\?.*page=1", fault)
    assert len(scan(connect(page_size=2))) == 5


def test_retry_after_is_waited_for(connect: Connect, partner: Simulator, time: VirtualTime) -> None:
    stock(partner)
    partner.faults.plan("subscriptions", throttled("7"))
    scan(connect(max_requests_per_second=1e9))
    assert sum(time.waits) == pytest.approx(7)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (answers(500), ProviderUnreachable),
        (dropped(), ProviderUnreachable),
        (throttled(), ProviderThrottled),
        (throttled("86400"), ProviderThrottled),
        (garbage(), AnswerUnreadable),
        (garbage(b'{"content": {}}'), AnswerUnreadable),
        (garbage(b"{}"), AnswerUnreadable),
        (garbage(b""), AnswerUnreadable),
        (answers(403, b'{"message": "no"}'), PermissionMissing),
        (answers(400, b'{"message": "bad page"}'), AnswerUnreadable),
        (answers(302, b"", Location="https://elsewhere.example/"), AnswerUnreadable),
    ],
)
def test_a_fault_that_stays_is_told_by_its_kind(
    connect: Connect, partner: Simulator, fault: Any, kind: type[Exception]
) -> None:
    stock(partner)
    partner.faults.plan("subscriptions", fault, times=99)
    with pytest.raises(kind):
        scan(connect())


def test_a_page_that_repeats_ends_the_listing(connect: Connect, partner: Simulator) -> None:
    same = b'{"content":[{"id":"1"},{"id":"2"}],"page":{"totalPages":9,"totalElements":18}}'
    partner.faults.plan("subscriptions", garbage(same), times=99)
    pages = connect().all_subscriptions()
    next(pages)
    with pytest.raises(AnswerUnreadable, match="repeats"):
        next(pages)


def test_a_page_without_a_page_object_is_the_only_one(connect: Connect, partner: Simulator) -> None:
    only = b'\xef\xbb\xbf{"content":[{"id":"1","companyId":"c","quantity":3}]}'
    partner.faults.plan("subscriptions", garbage(only))
    assert [record.quantity for record in scan(connect())] == [3]


def test_a_revoked_token_is_replaced_within_the_scan(connect: Connect, partner: Simulator) -> None:
    stock(partner)
    pages = connect(page_size=2).all_subscriptions()
    next(pages)
    partner.revoke_tokens()
    assert len(list(pages)) == 2


def test_an_expired_token_is_replaced(
    connect: Connect, partner: Simulator, time: VirtualTime
) -> None:
    stock(partner)
    connector = connect()
    scan(connector)
    time.clock.passed_s += 86_400
    assert len(scan(connector)) == 5


def test_a_token_that_is_refused_twice_means_the_credentials(
    connect: Connect, partner: Simulator
) -> None:
    partner.faults.plan("companies", answers(401), times=2)
    with pytest.raises(CredentialsRefused, match="status 401"):
        list(connect().customers())


def test_cancelling_ends_a_scan(connect: Connect, partner: Simulator, time: VirtualTime) -> None:
    stock(partner)
    pages = connect(page_size=2).all_subscriptions()
    next(pages)
    time.control.cancel()
    with pytest.raises(Cancelled):
        next(pages)


def test_verify_passes_every_stage(connect: Connect, partner: Simulator) -> None:
    stock(partner)
    checks = list(connect().verify())
    assert [(check.name, check.outcome) for check in checks] == [
        ("token", PASSED),
        ("consent", SKIPPED),
        ("permission to list customers", PASSED),
        ("one page of customers", PASSED),
    ]
    assert checks[3].message == "read a page of 1 companies"


def test_verify_tells_a_wrong_secret(connect: Connect) -> None:
    checks = list(connect(**WRONG_SECRET).verify())
    assert [check.outcome for check in checks] == [FAILED, SKIPPED, SKIPPED, SKIPPED]
    assert "client_secret" in str(checks[0].remedy)
    assert "hush" not in repr(checks)


def test_verify_tells_a_fault_of_the_network(connect: Connect) -> None:
    checks = list(connect(**NOBODY_THERE).verify())
    assert [check.outcome for check in checks] == [FAILED, SKIPPED, SKIPPED, SKIPPED]
    assert "cannot be reached" in checks[0].message
    assert "network" in str(checks[0].remedy)


def test_verify_tells_a_missing_permission(connect: Connect, partner: Simulator) -> None:
    partner.refuse_path("/v1/companies")
    checks = list(connect().verify())
    assert [check.outcome for check in checks] == [PASSED, SKIPPED, FAILED, SKIPPED]
    assert "does not let us read" in checks[2].message
    assert checks[2].remedy


def test_verify_tells_a_page_that_cannot_be_read(connect: Connect, partner: Simulator) -> None:
    partner.faults.plan(r"companies\?.*size=200", garbage())
    checks = list(connect().verify())
    assert [check.outcome for check in checks] == [PASSED, SKIPPED, PASSED, FAILED]


def test_no_consents_are_needed(connect: Connect) -> None:
    assert connect().consents() == ()


def test_no_secret_is_logged(
    connect: Connect, partner: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stock(partner)
    scan(connect())
    assert "/v1/subscriptions" in caplog.text
    assert partner.state.client_secret not in caplog.text
    assert not any(token in caplog.text for token in partner.state.tokens._good_until)
