from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from back_office import NOON
from seatsync.domain.filters import AccountFilter, Anything, SubscriptionFilter
from seatsync.domain.ids import new_id
from seatsync.domain.paging import Page, Window, encode_cursor
from seatsync.errors import BadInput
from seatsync.mirror.accounts import ACCOUNTS
from seatsync.mirror.audit_pages import AUDIT_LOG
from seatsync.mirror.contracts import CONTRACTS
from seatsync.mirror.license_changes import LICENSE_CHANGES
from seatsync.mirror.subscriptions import SUBSCRIPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from back_office import BackOffice
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.keyset import Listing

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=4)


def add_accounts(mirror: Mirror, names: list[str]) -> None:
    with mirror.writing():
        encode = mirror.codec.encode
        instant = encode(NOON)
        mirror.insert(
            "account",
            ("id", "name", "created_at"),
            [(encode(new_id()), name, instant) for name in names],
        )


def forward(mirror: Mirror, listing: Listing[Any, Any], size: int) -> Iterator[Page[Any]]:
    window = Window(size)
    with mirror.reading():
        while True:
            page = listing.page(mirror, listing.everything, window)
            yield page
            if not page.has_next:
                return
            window = Window(size, after=page.cursors[-1])


def backward(mirror: Mirror, listing: Listing[Any, Any], size: int) -> Iterator[Page[Any]]:
    window = Window(size, backward=True)
    with mirror.reading():
        while True:
            page = listing.page(mirror, listing.everything, window)
            yield page
            if not page.has_previous:
                return
            window = Window(size, backward=True, before=page.cursors[0])


def items(pages: Iterator[Page[Any]]) -> list[Any]:
    return [item for page in pages for item in page.items]


@given(names=st.lists(NAMES, max_size=12), size=st.integers(1, 5))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_paging_forward_and_backward_sees_every_record_once_in_the_same_order(
    office: BackOffice, names: list[str], size: int
) -> None:
    mirror = office.mirror
    with mirror.writing():
        mirror.execute("DELETE FROM account")
    add_accounts(mirror, names)
    there = items(forward(mirror, ACCOUNTS, size))
    back = [page.items for page in backward(mirror, ACCOUNTS, size)]
    assert sorted(one.name for one in there) == sorted(names)
    assert [one for page in reversed(back) for one in page] == there


def test_records_that_arrive_between_two_pages_disturb_neither(office: BackOffice) -> None:
    add_accounts(office.mirror, ["b", "d", "f", "h"])
    with office.mirror.reading():
        first = ACCOUNTS.page(office.mirror, AccountFilter(), Window(2))
    add_accounts(office.mirror, ["a", "c", "e"])
    with office.mirror.reading():
        rest = ACCOUNTS.page(office.mirror, AccountFilter(), Window(9, after=first.cursors[-1]))
    assert [one.name for one in first.items] == ["b", "d"]
    assert [one.name for one in rest.items] == ["e", "f", "h"]


def test_the_audit_log_runs_from_the_newest_to_the_oldest(office: BackOffice) -> None:
    for name in ("one", "two", "three"):
        office.account(name)
    pages = list(forward(office.mirror, AUDIT_LOG, 2))
    assert [len(page.items) for page in pages] == [2, 1]
    instants = [entry.id for page in pages for entry in page.items]
    assert instants == sorted(instants, reverse=True)


def test_the_pages_of_many_parents_are_those_of_each_alone(office: BackOffice) -> None:
    accounts = [office.account(name) for name in ("one", "two", "three")]
    for account, count in zip(accounts, (3, 0, 1), strict=True):
        for number in range(count):
            office.contract(account, f"contract {number}")
    ids = [account.id for account in accounts]
    wanted = CONTRACTS.everything
    with office.mirror.reading():
        for window in (Window(2), Window(2, backward=True)):
            pages = CONTRACTS.pages(office.mirror, "account", ids, wanted, window)
            for account_id, page in pages.items():
                alone = type(wanted)(account_id=account_id)
                expected = CONTRACTS.page(office.mirror, alone, window)
                assert (page.items, page.cursors) == (expected.items, expected.cursors)
                assert page.count() == expected.count()
                assert (page.has_next, page.has_previous) == (
                    expected.has_next,
                    expected.has_previous,
                )


@pytest.mark.parametrize("search", ["MÜLLER", "100%", "a_b", "it's", "!", "\\"])
def test_a_search_takes_every_character_as_itself_in_any_case(
    office: BackOffice, search: str
) -> None:
    add_accounts(office.mirror, [f"x {search.lower()} y", "100 ab it s", "nothing"])
    with office.mirror.reading():
        page = ACCOUNTS.page(office.mirror, AccountFilter(search=search), Window())
    assert [one.name for one in page.items] == [f"x {search.lower()} y"]


@pytest.mark.parametrize("search", ["\x00", "\ud800"])
def test_a_search_that_no_database_can_compare_with_is_bad_input(
    office: BackOffice, search: str
) -> None:
    with office.mirror.reading(), pytest.raises(BadInput):
        ACCOUNTS.page(office.mirror, AccountFilter(search=search), Window())


def test_a_cursor_whose_id_is_garbage_is_bad_input(office: BackOffice) -> None:
    window = Window(after=encode_cursor("newest", ("not an id",)))
    with office.mirror.reading(), pytest.raises(BadInput):
        LICENSE_CHANGES.page(office.mirror, Anything(), window)


def test_many_ids_are_looked_up_in_one_statement(office: BackOffice) -> None:
    account = office.account()
    strangers = [UUID(int=number) for number in range(2000)]
    with office.mirror.reading():
        assert ACCOUNTS.by_ids(office.mirror, [*strangers, account.id]) == {account.id: account}
        assert ACCOUNTS.by_ids(office.mirror, []) == {}


def test_what_was_found_unchanged_was_synced_with_its_provider_account(
    office: BackOffice,
) -> None:
    office.provider()
    customer = office.customer()
    present = office.subscription(customer, "present")
    missing = office.subscription(customer, "missing", missing_since=office.clock.now())
    unreadable = office.subscription(customer, "unreadable", unreadable_since=office.clock.now())
    before, after = office.clock.now(), office.clock.move(hours=1)
    with office.mirror.writing():
        office.mirror.execute("UPDATE provider_account SET last_synced_at = :at", {"at": after})
    with office.mirror.reading():
        page = SUBSCRIPTIONS.page(office.mirror, SubscriptionFilter(), Window())
    synced = {one.id: one.last_synced_at for one in page.items}
    assert synced == {present: after, missing: before, unreadable: before}
