"""Creating accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from seatsync.domain.change import FieldChange
from seatsync.domain.roles import LOCAL, Caller, Role
from seatsync.errors import Forbidden, Refusal

if TYPE_CHECKING:
    from back_office import BackOffice

CRM_ID = UUID("0f7c2b5e-9d1a-4f5e-8a34-1d2c3b4a5e6f")


def test_an_account_takes_the_id_that_the_crm_gave_it(office: BackOffice) -> None:
    account = office.accounts.create(
        LOCAL, name=" Aster Mills ", domain="WWW.Aster.Example", account_id=CRM_ID
    )
    assert (account.id, account.name, account.domain) == (CRM_ID, "Aster Mills", "aster.example")


def test_an_id_that_is_taken_is_refused_and_changes_nothing(office: BackOffice) -> None:
    office.accounts.create(LOCAL, name="Aster Mills", account_id=CRM_ID)
    with pytest.raises(Refusal) as refused:
        office.accounts.create(LOCAL, name="Birch Foods", account_id=CRM_ID)
    assert (refused.value.code, refused.value.path) == ("INVALID_INPUT", ("id",))
    assert office.rows("SELECT name FROM account") == [("Aster Mills",)]
    assert len(office.audited()) == 1


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "x" * 401, "\ud800"])
def test_a_name_that_cannot_be_kept_is_refused(office: BackOffice, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        office.accounts.create(LOCAL, name=name)
    assert (refused.value.code, refused.value.path) == ("INVALID_INPUT", ("name",))
    assert office.rows("SELECT id FROM account") == []


def test_the_audit_log_tells_who_created_an_account_and_when(office: BackOffice) -> None:
    caller = Caller("dana", frozenset({Role.BILLING}))
    account = office.accounts.create(caller, name="Aster Mills")
    [entry] = office.audited("createAccount")
    assert (entry.actor, entry.target_id, entry.occurred_at) == (
        "dana",
        account.id,
        office.clock.now(),
    )
    assert FieldChange("name", None, "Aster Mills") in entry.field_changes


@pytest.mark.parametrize("role", [Role.READER, Role.PROVISIONING])
def test_only_billing_may_create_accounts(office: BackOffice, role: Role) -> None:
    with pytest.raises(Forbidden, match="BILLING"):
        office.accounts.create(Caller("dana", frozenset({role})), name="Aster Mills")
    assert office.rows("SELECT id FROM account") == []
