"""Identifiers: the same for ever where they are derived, in order where they are new."""

from __future__ import annotations

import threading
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.ids import NAMESPACE, new_id, provider_account_id, subscription_id

KEYS = st.text(min_size=1, max_size=8).filter(lambda key: ":" not in key)


def test_derived_ids_never_change() -> None:
    assert UUID("6f1c1f0e-53c1-5d0e-9a53-7e0f5a2f7c11") == NAMESPACE
    assert subscription_id("pax8", "s-1") == UUID("742425a1-b5dd-5617-8b46-37b1a8ebca4c")
    assert subscription_id("csp-us", "0a1b2c3d") == UUID("12897105-fc26-5cb1-97fe-6df8dfdb72a0")
    assert provider_account_id("pax8", "c-1") == UUID("911ad075-82a4-5402-9191-d0afef9ebd4a")
    assert provider_account_id("manual", "c-1") == UUID("76ec2f87-ba3e-5421-9dd2-98cde65f065e")


@given(key=KEYS, other=KEYS, name=st.text(max_size=8), another=st.text(max_size=8))
def test_derived_ids_are_equal_only_for_equal_names(
    key: str, other: str, name: str, another: str
) -> None:
    same = (key, name) == (other, another)
    assert (subscription_id(key, name) == subscription_id(other, another)) is same
    assert (provider_account_id(key, name) == provider_account_id(other, another)) is same
    assert subscription_id(key, name) != provider_account_id(key, name)


@given(key=KEYS, name=st.text(max_size=8))
def test_derived_ids_are_name_based_uuids(key: str, name: str) -> None:
    assert subscription_id(key, name) == uuid5(NAMESPACE, f"subscription:{key}:{name}")


def test_new_ids_are_of_version_seven() -> None:
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_new_ids_are_in_order() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_new_ids_are_in_order_on_every_thread_and_different_on_all() -> None:
    made: list[list[UUID]] = [[] for _ in range(8)]

    def make(into: list[UUID]) -> None:
        into.extend(new_id() for _ in range(5_000))

    threads = [threading.Thread(target=make, args=(into,)) for into in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(into == sorted(into) for into in made)
    assert len({one for into in made for one in into}) == 40_000
