"""The table of refusals, row by row: what each does to a customer, and to a listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import CustomerError, PassingFault, SeatsyncError, StandingFault
from seatsync.sdk.simulator import answers
from seatsync_partner_center.problem import Problem
from seatsync_partner_center.refusals import REFUSALS, Reach, fault_for, meaning_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_partner_center.connector import PartnerCenterConnector
    from seatsync_partner_center.simulator import Simulator

    Connect = Callable[..., PartnerCenterConnector]

ROWS = [
    pytest.param(status, code, refusal.reach, id=f"{status}-{code}")
    for (status, code), refusal in REFUSALS.items()
    if status != 200
]


@pytest.mark.parametrize(("status", "code", "reach"), ROWS)
def test_a_documented_refusal_of_a_customer_reaches_as_far_as_the_table_says(
    partner: Simulator, connect: Connect, status: int, code: str, reach: Reach
) -> None:
    customer = partner.add_customer("Example Bakery")
    partner.refuse_customer(customer, status, code, "the provider's words")
    with pytest.raises(SeatsyncError) as raised:
        list(connect().subscriptions(RemoteCustomer(customer, "any")))
    fault = raised.value
    assert fault.remedy == REFUSALS[status, code].remedy
    assert f"the provider's words ({status}/{code})" in fault.message
    expected = {
        Reach.CUSTOMER: CustomerError,
        Reach.RUN: StandingFault,
        Reach.LATER: PassingFault,
    }
    assert isinstance(fault, expected[reach])
    if reach is Reach.CUSTOMER:
        assert fault.code == f"{status}/{code}"


def test_the_same_code_means_another_thing_with_another_status() -> None:
    assert meaning_of(Problem(401, "400")) != meaning_of(Problem(400, "400"))


@pytest.mark.parametrize("status", [400, 403, 404, 405, 406, 409, 412, 417, 501])
def test_a_refusal_that_is_not_in_the_table_never_stops_the_run_over_one_customer(
    status: int,
) -> None:
    fault = fault_for(Problem(status, "123456"), "c-1")
    assert isinstance(fault, CustomerError | PassingFault)
    assert fault.remedy


@pytest.mark.parametrize("body", [b"", b"<html>502</html>", b"plain words", b"[1, 2]", b"\xff"])
def test_a_refusal_without_an_envelope_is_named_by_its_status(
    partner: Simulator, connect: Connect, body: bytes
) -> None:
    customer = partner.add_customer("Example Bakery")
    partner.faults.plan("/subscriptions$", answers(403, body))
    with pytest.raises(CustomerError) as raised:
        list(connect().subscriptions(RemoteCustomer(customer, "any")))
    assert raised.value.code == "403"
