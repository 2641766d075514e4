"""A customer has one spelling."""

from __future__ import annotations

from seatsync.domain.customer import RemoteCustomer


def test_a_customer_is_spelled_in_one_way() -> None:
    spelled = RemoteCustomer(" 7 ", " Example ", " WWW.Customer.Example ", " ABC-DEF ").canonical()
    assert spelled == RemoteCustomer("7", "Example", "customer.example", "abc-def")


def test_an_empty_tenant_is_none() -> None:
    assert RemoteCustomer("7", "Example", None, " ").canonical().tenant_id is None
