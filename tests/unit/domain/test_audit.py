"""Field changes of the audit log."""

from __future__ import annotations

from uuid import UUID

from seatsync.domain.account import Account
from seatsync.domain.audit import audited_changes
from seatsync.domain.change import FieldChange
from seatsync.domain.moves import Assignment
from seatsync.domain.subscription import UnassignedReason

ACCOUNT = UUID(int=7)


def test_equal_records_differ_in_nothing() -> None:
    assert audited_changes(Account(ACCOUNT, "Aster", None), Account(ACCOUNT, "Aster", None)) == ()


def test_fields_are_named_as_in_the_contract() -> None:
    old = Assignment(None, None, UnassignedReason.SETTING_DISABLED)
    new = Assignment(ACCOUNT, UUID(int=8), None)
    assert audited_changes(old, new) == (
        FieldChange("account", None, str(ACCOUNT)),
        FieldChange("billingContract", None, str(UUID(int=8))),
        FieldChange("unassignedReason", "SETTING_DISABLED", None),
    )


def test_a_new_record_tells_what_it_starts_with() -> None:
    assert audited_changes(None, Account(ACCOUNT, "Aster", None)) == (
        FieldChange("id", None, str(ACCOUNT)),
        FieldChange("name", None, "Aster"),
    )
