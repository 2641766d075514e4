"""A mirror with a few records in it, and the services that change them, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from seatsync.domain.ids import new_id, provider_account_id, subscription_id
from seatsync.domain.roles import LOCAL
from seatsync.jobs.queue import JobQueue
from seatsync.jobs.schedule import Schedule
from seatsync.mirror.accounts import ACCOUNTS
from seatsync.mirror.audit_pages import AUDIT_LOG
from seatsync.mirror.contracts import CONTRACTS
from seatsync.mirror.provider_accounts import PROVIDER_ACCOUNTS
from seatsync.mirror.subscriptions import SUBSCRIPTIONS
from seatsync.sdk.context import Clock
from seatsync.services.changing import Changing
from seatsync.services.contract_changes import NewContract

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.account import Account
    from seatsync.domain.audit import AuditEntry
    from seatsync.domain.change import FieldChange
    from seatsync.domain.contract import BillingContract
    from seatsync.domain.provider import ProviderAccount
    from seatsync.domain.subscription import Subscription
    from seatsync.mirror.database import Mirror

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class StandingClock(Clock):
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.instant = NOON

    def now(self) -> datetime:
        return self.instant

    def move(self, **amount: float) -> datetime:
        self.instant += timedelta(**amount)
        return self.instant


@dataclass
class BackOffice:
    """The services that change things, on one mirror, and shortcuts to fill and to look into it."""

    mirror: Mirror
    clock: StandingClock = field(default_factory=StandingClock)

    def __post_init__(self) -> None:
        self.queue = JobQueue(self.mirror, self.clock)
        self.schedule = Schedule(self.queue, self.mirror, self.clock)
        change = Changing.of(self.mirror, self.queue, self.schedule, self.clock)
        self.accounts = change.accounts
        self.contracts = change.contracts
        self.assignments = change.assignments
        self.mappings = change.mappings
        self.manual = change.manual_subscriptions
        self.settings = change.settings
        self.syncs = change.syncs
        self.jobs = change.jobs
        self.schedules = change.schedule
        self.change = change

    def account(self, name: str = "Aster Mills") -> Account:
        return self.accounts.create(LOCAL, name=name)

    def contract(self, account: Account, name: str = "Monthly", **more: Any) -> BillingContract:
        return self.contracts.create(LOCAL, NewContract(account.id, name, **more))

    def provider(self, key: str = "px") -> None:
        """Add a configured provider."""
        with self.mirror.writing():
            self._insert(
                "provider",
                key=key,
                plugin="pax8",
                display_name=key.upper(),
                auto_sync=True,
                is_configured=True,
                health_state="UNKNOWN",
                health="{}",
            )

    def customer(
        self, external_id: str = "c-1", account: Account | None = None, provider: str = "px"
    ) -> UUID:
        """Add a provider account, and return its id."""
        record_id = provider_account_id(provider, external_id)
        with self.mirror.writing():
            self._insert(
                "provider_account",
                id=record_id,
                provider_key=provider,
                external_id=external_id,
                name=f"Customer {external_id}",
                account_id=account.id if account else None,
                sync_enabled=True,
                discovered_at=self.clock.now(),
            )
        return record_id

    def subscription(
        self, customer: UUID, external_id: str = "s-1", *, provider: str = "px", **more: Any
    ) -> UUID:
        """Add a subscription of ten seats as a sync would, and return its id."""
        record_id = subscription_id(provider, external_id)
        now = self.clock.now()
        values = {
            "id": record_id,
            "provider_key": provider,
            "provider_account_id": customer,
            "external_id": external_id,
            "name": f"Subscription {external_id}",
            "quantity": 10,
            "status": "ACTIVE",
            "provider_status": "Active",
            "billing_type": "LICENSE",
            "is_trial": False,
            "discovered_at": now,
            "last_synced_at": now,
        }
        with self.mirror.writing():
            self._insert("subscription", **(values | more))
            self.license_change(record_id)
        return record_id

    def license_change(
        self, subscription: UUID, invoice: str | None = None, invoiced: UUID | None = None
    ) -> None:
        """Add a row to the License Change Log, as billed to the account `invoiced`."""
        now = self.clock.now()
        with self.mirror.writing():
            self._insert(
                "license_change",
                id=new_id(),
                subscription_id=subscription,
                event="CREATE",
                quantity_delta=10,
                quantity_after=10,
                effective_date=now.date(),
                provisioning_status="NOT_APPLICABLE",
                archived=False,
                invoice_reference=invoice,
                invoice_account_id=invoiced,
                created_at=now,
            )

    def _insert(self, table: str, **values: Any) -> None:
        encoded = [self.mirror.codec.encode(value) for value in values.values()]
        self.mirror.insert(table, tuple(values), [encoded])

    def found_account(self, account_id: UUID) -> Account:
        with self.mirror.reading():
            return ACCOUNTS.by_ids(self.mirror, [account_id])[account_id]

    def found_contract(self, contract_id: UUID) -> BillingContract:
        with self.mirror.reading():
            return CONTRACTS.by_ids(self.mirror, [contract_id])[contract_id]

    def found_subscription(self, record_id: UUID) -> Subscription:
        with self.mirror.reading():
            return SUBSCRIPTIONS.by_ids(self.mirror, [record_id])[record_id]

    def found_customer(self, record_id: UUID) -> ProviderAccount:
        with self.mirror.reading():
            return PROVIDER_ACCOUNTS.by_ids(self.mirror, [record_id])[record_id]

    def audited(self, action: str | None = None) -> list[AuditEntry]:
        """Return the audit log, oldest first."""
        with self.mirror.reading():
            entries = AUDIT_LOG.reader.read(self.mirror, "ORDER BY x.id")
        return [entry for entry in entries if action in {None, entry.action}]

    def audited_changes(self, action: str) -> tuple[FieldChange, ...]:
        """Return the field changes of the only entry with this action."""
        [entry] = self.audited(action)
        return entry.field_changes

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.mirror.reading():
            return self.mirror.rows(sql)
