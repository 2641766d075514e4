"""Which records of the CRM are the agent's own, and what the mirror gets of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from seatsync.crm.adoption import Adopted, adopt
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_id, provider_account_id, subscription_id

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
CUSTOMER = {"provider_key": "px", "external_id": "c-1", "name": "Aster Mills"}
SUBSCRIPTION = {
    "provider_key": "px",
    "external_id": "s-1",
    "provider_account_id": new_id(),
    "name": "Seats",
    "quantity": 0,
    "status": "CANCELLED",
}
LICENSE_CHANGE = {
    "subscription_id": new_id(),
    "event": "CREATE",
    "quantity_delta": 0,
    "quantity_after": 0,
    "effective_date": NOW.date(),
}


def _adopted(noun: CrmNoun, values: dict[str, Any], record_id: Any = None) -> Adopted:
    derived = {
        CrmNoun.PROVIDER_ACCOUNT: provider_account_id("px", "c-1"),
        CrmNoun.SUBSCRIPTION: subscription_id("px", "s-1"),
        CrmNoun.LICENSE_CHANGE: new_id(),
    }
    found = adopt(noun, record_id or derived[noun], values, NOW)
    assert isinstance(found, Adopted)
    return found


def test_what_the_schema_lacks_is_filled_in_and_told() -> None:
    customer = _adopted(CrmNoun.PROVIDER_ACCOUNT, {**CUSTOMER, "name": None})
    assert (customer.row["name"], customer.row["discovered_at"]) == ("c-1", NOW)
    assert customer.filled == {"name", "discovered_at"}
    subscription = _adopted(CrmNoun.SUBSCRIPTION, SUBSCRIPTION)
    assert subscription.row["provider_status"] == "CANCELLED"
    assert subscription.row["last_synced_at"] == NOW
    assert subscription.filled == {
        "provider_status",
        "billing_type",
        "is_trial",
        "discovered_at",
        "unassigned_reason",
    }


@pytest.mark.parametrize(
    ("contract", "said", "reason"),
    [
        (None, "NO_DEFAULT_CONTRACT", "NO_DEFAULT_CONTRACT"),
        (None, None, "UNASSIGNED_BY_USER"),
        (new_id(), "NO_DEFAULT_CONTRACT", None),
        (new_id(), None, None),
    ],
)
def test_a_subscription_has_a_contract_or_a_reason(
    contract: Any, said: str | None, reason: str | None
) -> None:
    values = {**SUBSCRIPTION, "billing_contract_id": contract, "unassigned_reason": said}
    adopted = _adopted(CrmNoun.SUBSCRIPTION, values)
    assert adopted.row["unassigned_reason"] == reason
    assert ("unassigned_reason" in adopted.filled) == (said != reason)


def test_what_is_kept_by_hand_is_never_synced() -> None:
    values = {**CUSTOMER, "provider_key": "manual"}
    assert not _adopted(CrmNoun.PROVIDER_ACCOUNT, values, new_id()).row["sync_enabled"]
    assert _adopted(CrmNoun.PROVIDER_ACCOUNT, CUSTOMER).row["sync_enabled"]


@pytest.mark.parametrize(
    ("noun", "values"),
    [
        (CrmNoun.PROVIDER_ACCOUNT, CUSTOMER),
        (CrmNoun.SUBSCRIPTION, SUBSCRIPTION),
    ],
)
def test_an_id_that_is_not_derived_is_somebody_elses(noun: CrmNoun, values: dict[str, Any]) -> None:
    assert adopt(noun, new_id(), values, NOW) == "the agent did not make it"


@pytest.mark.parametrize(
    ("noun", "values", "lacking", "why"),
    [
        (CrmNoun.PROVIDER_ACCOUNT, CUSTOMER, "external_id", "external"),
        (CrmNoun.SUBSCRIPTION, SUBSCRIPTION, "provider_account_id", "provider account"),
        (CrmNoun.SUBSCRIPTION, SUBSCRIPTION, "quantity", "quantity"),
        (CrmNoun.LICENSE_CHANGE, LICENSE_CHANGE, "subscription_id", "subscription"),
        (CrmNoun.LICENSE_CHANGE, LICENSE_CHANGE, "event", "event"),
    ],
)
def test_what_lacks_something_is_not_adopted_and_says_what(
    noun: CrmNoun, values: dict[str, Any], lacking: str, why: str
) -> None:
    found = adopt(noun, new_id(), {**values, lacking: None}, NOW)
    assert found == f"it has no {why} that is known here"


def test_a_license_change_is_not_to_be_provisioned() -> None:
    row = _adopted(CrmNoun.LICENSE_CHANGE, LICENSE_CHANGE).row
    assert (row["provisioning_status"], row["archived"]) == ("NOT_APPLICABLE", False)
