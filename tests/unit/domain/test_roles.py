"""Who may do what, as the domain rules have it in their table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.domain.roles import Caller, Permission, Role, least_role
from seatsync.errors import Forbidden

PROVISIONING = {
    Permission.READ,
    Permission.PREVIEW,
    Permission.SYNC,
    Permission.VERIFY,
    Permission.MAP,
    Permission.RUN_SCHEDULE,
    Permission.CONTROL_JOBS,
}
TABLE = {
    Role.READER: {Permission.READ},
    Role.PROVISIONING: PROVISIONING,
    Role.BILLING: {Permission.READ, Permission.BILL},
    Role.ADMIN: set(Permission),
}


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_what_the_table_says(role: Role) -> None:
    caller = Caller("somebody", frozenset({role}))
    assert {one for one in Permission if caller.may(one)} == TABLE[role]


@given(st.sets(st.sampled_from(Role)))
def test_roles_add_up(roles: set[Role]) -> None:
    caller = Caller("somebody", frozenset(roles))
    opened = {one for role in roles for one in TABLE[role]}
    assert {one for one in Permission if caller.may(one)} == opened


def test_nobody_may_do_nothing() -> None:
    caller = Caller("nobody", frozenset())
    assert not any(caller.may(one) for one in Permission)


def test_a_refusal_names_the_least_role_that_would_do() -> None:
    with pytest.raises(Forbidden) as refused:
        Caller("somebody", frozenset({Role.BILLING})).require(Permission.SYNC)
    assert refused.value.role == "PROVISIONING"
    assert least_role(Permission.READ) is Role.READER
    assert least_role(Permission.BILL) is Role.BILLING
    assert least_role(Permission.AUDIT) is Role.ADMIN
    assert least_role(Permission.CONFIGURE) is Role.ADMIN
