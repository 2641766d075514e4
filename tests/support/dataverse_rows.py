"""Records as the agent writes them to a Dataverse, and reads them back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from seatsync.domain.crm import CrmNoun, CrmRecord
from seatsync.sdk.crm import CrmWrite

if TYPE_CHECKING:
    from seatsync.domain.crm import CrmChange, CrmValue
    from seatsync_dataverse.connection import DataverseConnection
    from seatsync_dataverse.simulator import Simulator

NOON = datetime(2026, 1, 5, 12, 0, 0, 123456, tzinfo=UTC)
SUBSCRIPTION, CONTRACT = CrmNoun.SUBSCRIPTION, CrmNoun.BILLING_CONTRACT
TABLE = "syn_subscription"


def read(agent: DataverseConnection, noun: CrmNoun, mark: str | None = None) -> list[CrmChange]:
    """Return all changes since a mark, or all records."""
    return [change for page in agent.changes(noun, mark) for change in page.changes]


def mark_of(agent: DataverseConnection, noun: CrmNoun, mark: str | None = None) -> str:
    """Return where the next read continues."""
    *_, last = agent.changes(noun, mark)
    assert last.mark is not None
    return last.mark


def one(agent: DataverseConnection, noun: CrmNoun, record_id: UUID) -> CrmRecord:
    """Return a record that is there and means something."""
    [found] = agent.fetch(noun, [record_id])
    assert isinstance(found, CrmRecord), found
    return found


def account(org: Simulator, **values: Any) -> UUID:
    """Add an account as a user does."""
    return UUID(org.add("account", {"name": "Example Bakery", **values}))


def create(
    agent: DataverseConnection, noun: CrmNoun, values: dict[str, CrmValue], **more: Any
) -> UUID:
    """Let the agent make a record, and return its id."""
    record_id = uuid4()
    agent.write(CrmWrite(noun, record_id, values, is_create=True, **more))
    return record_id


def contract_values(**changed: CrmValue) -> dict[str, CrmValue]:
    """Return what a contract has, with some of it changed."""
    return {
        "name": "Licences",
        "account_id": None,
        "is_default": True,
        "default_for": None,
        "billing_policy": "ADVANCE",
        "billing_frequency": "MONTHLY",
        "currency": "EUR",
        "status": "ACTIVE",
        **changed,
    }


def subscription_values(**changed: CrmValue) -> dict[str, CrmValue]:
    """Return what a subscription has, with some of it changed."""
    return {
        "provider_key": "pax8",
        "external_id": "S-1",
        "name": "Office",
        "quantity": 3,
        "status": "ACTIVE",
        "provider_status": "active",
        "billing_type": "LICENSE",
        "is_trial": False,
        "auto_renew": None,
        "discovered_at": NOON,
        "unit_cost_amount": Decimal("1.234567"),
        "unit_cost_currency": "EUR",
        **changed,
    }
