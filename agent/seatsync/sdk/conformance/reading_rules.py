"""Rules about reading while nothing goes wrong: all of it, as it is, and nothing changed."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seatsync.domain.fingerprint import FINGERPRINT_BYTES
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import CustomerError, RecordError
from seatsync.sdk.conformance.meddler import with_records
from seatsync.sdk.conformance.rule import (
    Chapter,
    Inapplicable,
    Tier,
    require,
    require_all,
    require_same,
)
from seatsync.sdk.listing import digest_of, fingerprints_of, parts_of, still_has

if TYPE_CHECKING:
    from seatsync.domain.customer import RemoteCustomer
    from seatsync.sdk.conformance.bench import Bench
    from seatsync.sdk.connector import Connector
    from seatsync.sdk.listing import SubscriptionPage

READING = Chapter("Reading")

STRANGE_WORD = "SomethingNew"
_COMPARED = ("customer_external_id", "name", "quantity", "status", "provider_status")
_READS = {"GET", "HEAD", "OPTIONS"}


@READING.rule(Tier.BRONZE)
def customers_are_listed_to_the_end(bench: Bench) -> None:
    """All customers come, however many pages they take, with their names."""
    with bench.connected() as connector:
        came = bench.walks()[0].read(connector)
    expected = {customer.external_id: customer.name for customer in bench.customers}
    require_same({key: customer.name for key, customer in came.items()}, expected, "the customers")


@READING.rule(Tier.BRONZE)
def subscriptions_are_listed_to_the_end(bench: Bench) -> None:
    """All subscriptions of every customer come, however many pages they take."""
    expected = {record.external_id for record in bench.subscriptions}
    require_same(set(bench.read()), expected, "the subscriptions")
    with bench.connected() as connector:
        for customer in bench.customers:
            came = _held_by(connector, customer)
            require_same(came, bench.held_by(customer), f"the subscriptions of {customer.name}")


@READING.rule(Tier.BRONZE)
def nothing_is_listed_as_nothing(bench: Bench) -> None:
    """A customer without subscriptions is read without a fault."""
    if bench.anatomy.distrusts_nothing:
        raise Inapplicable("its provider answers nothing, too, where it lets nothing be seen")
    nobody = replace(
        bench.customers[0], external_id=bench.anatomy.spell_id("customer", 99), name="Nobody"
    )
    bench.stand_in.put_customer(nobody)
    with bench.connected() as connector:
        require_same(_held_by(connector, nobody), frozenset(), "the subscriptions of nobody")


@READING.rule(Tier.BRONZE)
def records_say_what_the_provider_says(bench: Bench) -> None:
    """Owner, name, seats and state of each subscription come as the provider has them."""
    came = bench.read()
    for record in bench.subscriptions:
        for field in _COMPARED:
            found = getattr(came.get(record.external_id), field, None)
            require_same(found, getattr(record, field), f"{field} of {record.external_id}")


@READING.rule(Tier.BRONZE)
def reading_changes_nothing(bench: Bench) -> None:
    """Nothing but reading methods is used, except for asking for a token."""
    bench.read()
    with bench.connected() as connector:
        list(connector.verify())
    token = bench.anatomy.sign_in
    changing = [call for call in bench.meddler.calls if call.method not in _READS]
    elsewhere = [
        f"{call.method} {call.target}"
        for call in changing
        if token is None or not re.search(token, call.target)
    ]
    require_all(elsewhere, "not reading")


@READING.rule(Tier.BRONZE)
def fingerprints_recognise_records(bench: Bench) -> None:
    """A fingerprint has 16 bytes, differs between records, and stays while nothing changes."""
    first, second = _fingerprints(bench), _fingerprints(bench)
    require_same({len(mark) for mark in first.values()}, {FINGERPRINT_BYTES}, "their lengths")
    require(len(set(first.values())) == len(first), "two records share a fingerprint")
    require_same(first, second, "fingerprints read again")


@READING.rule(Tier.BRONZE)
def fingerprints_change_with_their_records(bench: Bench) -> None:
    """A fingerprint changes when the quantity, the name or the state does."""
    record = bench.subscriptions[0]
    changes: tuple[dict[str, Any], ...] = (
        {"quantity": record.quantity + 1},
        {"name": "Renamed", "product_name": "Renamed"},
        {"provider_status": STRANGE_WORD, "status": SubscriptionStatus.UNKNOWN},
    )
    before = _fingerprints(bench)[record.external_id]
    for changed in changes:
        bench.put(replace(record, **changed))
        after = _fingerprints(bench)[record.external_id]
        require(after != before, f"the fingerprint stays although {', '.join(changed)} changes")
        before = after


@READING.rule(Tier.BRONZE)
def page_digests_change_with_their_records(bench: Bench) -> None:
    """Where pages have digests, they are recognised until a record changes."""
    record = bench.subscriptions[0]
    before = _pages_by_digest(bench)
    if not before:
        return
    require(_are_recognised(bench, before), "a page is not recognised although nothing changes")
    bench.put(replace(record, quantity=record.quantity + 1))
    require(not _are_recognised(bench, before), "all are recognised although a quantity changes")


@READING.rule(Tier.SILVER)
def unknown_states_stay_unknown(bench: Bench) -> None:
    """A word for a state that nobody documented is UNKNOWN, kept beside, and costs no seat."""
    record = bench.record(2, provider_status=STRANGE_WORD, status=SubscriptionStatus.UNKNOWN)
    bench.put(record)
    came = bench.read()[record.external_id]
    require_same(came.status, SubscriptionStatus.UNKNOWN, "the state of an unknown word")
    require_same(came.provider_status, STRANGE_WORD, "the provider's own word")
    require_same(came.quantity, record.quantity, "its quantity")


@READING.rule(Tier.SILVER)
def ended_subscriptions_are_listed(bench: Bench) -> None:
    """A cancelled subscription stays in the listing, as one that has ended."""
    if not bench.plugin.capabilities.includes_ended:
        raise Inapplicable("it does not declare includes_ended")
    record = bench.record(2, provider_status=bench.anatomy.ended)
    bench.put(replace(record, status=SubscriptionStatus.CANCELLED))
    came = bench.read().get(record.external_id)
    require(came is not None, "it is not listed any more")
    require(came and came.status.is_ended, f"its state is {came and came.status}")


@READING.rule(Tier.SILVER)
def unit_costs_come_with_their_currency(bench: Bench) -> None:
    """What the provider charges for one unit comes to the cent, in its currency."""
    if not bench.plugin.capabilities.knows_unit_costs:
        raise Inapplicable("it does not declare knows_unit_costs")
    came = bench.read()
    for record in bench.subscriptions:
        expected = record.canonical().unit_cost
        require_same(came[record.external_id].unit_cost, expected, "a unit cost")


@READING.rule(Tier.SILVER)
def one_bad_record_costs_itself_only(bench: Bench) -> None:
    """A subscription whose seats are no number is named by a `RecordError`; the others come."""
    bad = bench.subscriptions[1].external_id
    _spoil(bench, bad, "many")
    good, errors = _sorted_out(bench)
    expected = {record.external_id for record in bench.subscriptions} - {bad}
    require_same(good, expected, "the records that can be read")
    require_same([error.external_id for error in errors], [bad], "what the errors name")


@READING.rule(Tier.SILVER)
def what_is_no_record_costs_itself_only(bench: Bench) -> None:
    """Something else in the place of a record is a `RecordError`; the others come."""
    listing = bench.walks()[-1].listing
    bench.meddler.tamper(listing, 1, with_records(listing, lambda page: ["odd", *page[1:]]))
    good, errors = _sorted_out(bench)
    require_same(len(errors), 1, "the number of errors")
    require_same(len(good), len(bench.subscriptions) - 1, "the number of records")


@READING.rule(Tier.SILVER)
def a_customer_that_is_refused_costs_itself_only(bench: Bench) -> None:
    """A customer that the partner may not read is a `CustomerError`; others are read on."""
    refused, *others = bench.customers
    bench.stand_in.put_customer(refused, refused=True)
    with bench.connected() as connector:
        for _ in range(2):
            _require_refusal(connector, refused)
            came = [_held_by(connector, other) for other in others]
            require_same(came, [bench.held_by(other) for other in others], "the others")


@READING.rule(Tier.GOLD)
def one_scan_tells_what_customers_tell(bench: Bench) -> None:
    """The scan of all subscriptions shows the same as reading customer by customer."""
    if not bench.scans:
        raise Inapplicable("it does not declare lists_all_subscriptions")
    scanned = bench.read()
    with bench.connected() as connector:
        singly = {
            listed.read().external_id: listed.read().canonical()
            for customer in bench.customers
            for page in connector.subscriptions(customer)
            for listed in page
        }
    require_same(singly, scanned, "customer by customer")


@READING.rule(Tier.GOLD)
def pages_are_handed_on_as_they_come(bench: Bench) -> None:
    """The first page of customers is handed on before all the others are asked for."""
    walk = bench.walks()[0]
    pages = bench.pages_of(walk)
    if pages < 3:  # noqa: PLR2004 - with two, reading one ahead looks like reading all
        raise Inapplicable("its listing of customers has no pages")
    before = bench.meddler.count(walk.listing.path)
    with bench.connected() as connector:
        next(walk.pages(connector))
        asked = bench.meddler.count(walk.listing.path) - before
    require(asked < pages, f"all {pages} pages are asked for before the first is handed on")


@READING.rule(Tier.GOLD)
def several_threads_may_read(bench: Bench) -> None:
    """As many threads as it declares readers may read customers at the same time."""
    readers = bench.plugin.capabilities.readers
    if readers == 1:
        raise Inapplicable("it declares one reader")
    with bench.connected() as connector, ThreadPoolExecutor(readers) as pool:
        customers = bench.customers * 2
        came = list(pool.map(lambda customer: _held_by(connector, customer), customers))
    require_same(came, [bench.held_by(customer) for customer in customers], "read at once")


def _held_by(connector: Connector, customer: RemoteCustomer) -> frozenset[str]:
    pages = connector.subscriptions(customer)
    return frozenset(listed.read().external_id for page in pages for listed in page)


def _require_refusal(connector: Connector, customer: RemoteCustomer) -> None:
    try:
        _held_by(connector, customer)
    except CustomerError as error:
        require_same(error.external_id, customer.external_id, "the customer that is named")
        return
    require(condition=False, message="a refused customer is read as if it held nothing")


def _fingerprints(bench: Bench) -> dict[str, bytes]:
    with bench.connected() as connector:
        return {listed.read().external_id: listed.fingerprint for listed in bench.listed(connector)}


def _pages_by_digest(bench: Bench) -> dict[bytes, bytes]:
    """Return what the engine remembers of a listing: the joined fingerprints of each page."""
    with bench.connected() as connector:
        return {
            digest: b"".join(fingerprints_of(part))
            for part in _parts(bench, connector)
            if (digest := digest_of(part)) is not None
        }


def _are_recognised(bench: Bench, before: dict[bytes, bytes]) -> bool:
    with bench.connected() as connector:
        digests = [(part, digest_of(part)) for part in _parts(bench, connector)]
        return all(
            digest in before and still_has(part, before[digest])
            for part, digest in digests
            if digest is not None
        )


def _parts(bench: Bench, connector: Connector) -> list[SubscriptionPage]:
    return [part for page in bench.listed_pages(connector) for part in parts_of(page)]


def _spoil(bench: Bench, external_id: str, seats: str) -> None:
    """Replace the quantity of one record, wherever it is listed."""
    listing, key = bench.walks()[-1].listing, bench.anatomy.seats

    def spoilt(record: Any) -> Any:
        is_it = str(record.get(listing.id)) == external_id
        return {**record, key: seats} if is_it else record

    bench.meddler.tamper(listing, None, with_records(listing, lambda page: list(map(spoilt, page))))


def _sorted_out(bench: Bench) -> tuple[set[str], list[RecordError]]:
    good: set[str] = set()
    errors: list[RecordError] = []
    with bench.connected() as connector:
        for listed in bench.listed(connector):
            try:
                good.add(listed.read().external_id)
            except RecordError as error:
                errors.append(error)
    return good, errors
