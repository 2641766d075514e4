"""A mirror that pulls from a CRM in memory, with shortcuts to fill both and to look into them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from memory_crm import MemoryCrm
from seatsync.crm.pull import Pull
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import provider_account_id, subscription_id
from seatsync.domain.ownership import FIELDS
from seatsync.domain.progress import no_progress
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.crm_values import record_values
from seatsync.mirror.pending import pending_of
from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from uuid import UUID

    from back_office import BackOffice
    from seatsync.crm.summary import PullSummary
    from seatsync.mirror.pending import Pending

CONTRACT = {
    "billing_policy": "ARREARS",
    "billing_frequency": "ANNUAL",
    "currency": "EUR",
    "status": "ACTIVE",
    "is_default": False,
}


@dataclass
class ReaderOfCrm:
    """Pulls into the mirror of an office; nothing is pushed."""

    office: BackOffice
    crm: MemoryCrm = field(default_factory=lambda: MemoryCrm(page_size=2))

    def __post_init__(self) -> None:
        self.mirror = self.office.mirror
        self.mirror.feeds_crm = True
        self.pulls = Pull(self.mirror, self.office.clock)

    def pull(self) -> PullSummary:
        return self.pulls.everything(self.crm, Control(), no_progress)

    # Records of the CRM.

    def account(self, name: str = "Aster Mills", **values: Any) -> UUID:
        return self.crm.add(CrmNoun.ACCOUNT, name=name, **values)

    def contract(self, account: UUID | None, name: str = "Monthly", **values: Any) -> UUID:
        given: dict[str, Any] = {**CONTRACT, **values}
        return self.crm.add(CrmNoun.BILLING_CONTRACT, name=name, account_id=account, **given)

    def customer(self, external_id: str = "c-1", **values: Any) -> UUID:
        """Add a provider account as the agent wrote it in another life."""
        given: dict[str, Any] = {
            "provider_key": "px",
            "name": f"Customer {external_id}",
            "discovered_at": self.office.clock.now(),
        }
        made = provider_account_id("px", external_id)
        return self.crm.add(
            CrmNoun.PROVIDER_ACCOUNT,
            made,
            self.crm.agent_user,
            external_id=external_id,
            **{**given, **values},
        )

    def subscription(self, customer: UUID, external_id: str = "s-1", **values: Any) -> UUID:
        """Add a subscription of ten seats as the agent wrote it in another life."""
        given: dict[str, Any] = {
            "provider_key": "px",
            "provider_account_id": customer,
            "name": f"Subscription {external_id}",
            "quantity": 10,
            "status": "ACTIVE",
            "provider_status": "Active",
            "billing_type": "LICENSE",
            "is_trial": False,
            "unassigned_reason": "SETTING_DISABLED",
            "discovered_at": self.office.clock.now(),
        }
        return self.crm.add(
            CrmNoun.SUBSCRIPTION,
            subscription_id("px", external_id),
            self.crm.agent_user,
            external_id=external_id,
            **{**given, **values},
        )

    def license_change(self, subscription: UUID, **values: Any) -> UUID:
        """Add the license change that a subscription begins with."""
        now = self.office.clock.now()
        given: dict[str, Any] = {
            "event": "CREATE",
            "quantity_delta": 10,
            "quantity_after": 10,
            "effective_date": now.date(),
            "created_at": now,
        }
        return self.crm.add(
            CrmNoun.LICENSE_CHANGE,
            by=self.crm.agent_user,
            subscription_id=subscription,
            **{**given, **values},
        )

    def request(self, kind: str | None = "SYNC", by: UUID | None = None, **asked: Any) -> UUID:
        return self.crm.add(CrmNoun.CHANGE_REQUEST, by=by, kind=kind, **asked)

    # What the mirror holds, and what the CRM is going to be told.

    def ids(self, noun: CrmNoun) -> set[UUID]:
        with self.mirror.reading():
            return {decode_uuid(row[0]) for row in self.mirror.rows(f"SELECT id FROM {noun}")}  # noqa: S608

    def held(self, noun: CrmNoun, record_id: UUID) -> dict[str, Any]:
        with self.mirror.reading():
            return record_values(self.mirror, noun, [record_id])[record_id]

    def pending(self, noun: CrmNoun, record_id: UUID) -> Pending | None:
        with self.mirror.reading():
            return pending_of(self.mirror, noun, [record_id]).get(record_id)

    def told(self) -> int:
        """Return how many records the CRM is going to be told."""
        rows = self.office.rows("SELECT count(*) FROM crm_outbox")
        return int(rows[0][0])

    def audited(self) -> list[tuple[str, str, UUID | None, dict[str, tuple[Any, Any]]]]:
        """Return the audit log: who did what to which record, and the fields with old and new."""
        return [
            (
                entry.actor,
                entry.action,
                entry.target_id,
                {change.field: (change.old, change.new) for change in entry.field_changes},
            )
            for entry in self.office.audited()
        ]

    def agrees(self, noun: CrmNoun, record_id: UUID) -> bool:
        """Tell whether mirror and CRM hold the same of a record."""
        record = self.crm.held(noun, record_id)
        assert record is not None
        held = self.crm.kept(noun, self.held(noun, record_id))
        return all(record.values[one.name] == held[one.name] for one in FIELDS[noun])
