"""Whatever happens in whatever order: at rest a further sync writes nothing, and sums hold."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from pony.orm.core import CommitException

from lab import World
from laboratory import Laboratory, emptied
from seatsync.domain.defaults import DefaultWish
from seatsync.domain.ids import provider_account_id, subscription_id
from seatsync.domain.roles import LOCAL
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import (
    CustomerError,
    PermissionMissing,
    ProviderUnreachable,
    SeatsyncError,
)
from seatsync.sync import provider_run

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.account import Account
    from seatsync.domain.contract import BillingContract
    from seatsync.mirror.database import Mirror

CUSTOMERS = st.sampled_from(["c-1", "c-2", "c-3"])
NAMES = [f"s-{number}" for number in range(6)]
SUBSCRIPTIONS = st.sampled_from(NAMES)
LISTINGS = st.sampled_from(["customers", "everybody", "c-1", "c-2", "c-3"])
FAULTS = st.sampled_from(
    [
        ProviderUnreachable("no answer"),
        PermissionMissing("not any more"),
        CustomerError("c-1", "the partner was removed"),
    ]
)


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class AnyHistory(RuleBasedStateMachine):
    """A provider, an office and an engine; people, faults and crashes in any order."""

    mirror: Mirror
    scans: bool

    @initialize()
    def begin(self) -> None:
        world = World(scans=self.scans, page_size=2, readers=2)
        self.lab = Laboratory(emptied(self.mirror), world)
        self.world = world
        world.fill(customers=2, each=0)
        self.accounts: list[Account] = []
        self.contracts: list[BillingContract] = []
        for name in ("Aster Mills", "Birch Works"):
            account = self.lab.office.account(name)
            self.accounts.append(account)
            self.contracts += [self.lab.office.contract(account, kind) for kind in ("One", "Two")]

    @rule(name=SUBSCRIPTIONS, customer=CUSTOMERS, quantity=st.integers(0, 9))
    def provider_sells(self, name: str, customer: str, quantity: int) -> None:
        if name not in self.world.subscriptions:
            self.world.subscription(name, customer, quantity=quantity)

    @rule(
        name=SUBSCRIPTIONS,
        quantity=st.integers(0, 9),
        status=st.sampled_from(SubscriptionStatus),
        customer=CUSTOMERS,
    )
    def provider_changes(
        self, name: str, quantity: int, status: SubscriptionStatus, customer: str
    ) -> None:
        if name in self.world.subscriptions:
            self.world.change(name, quantity=quantity, status=status, customer_external_id=customer)

    @rule(name=SUBSCRIPTIONS)
    def provider_forgets(self, name: str) -> None:
        self.world.subscriptions.pop(name, None)

    @rule(name=SUBSCRIPTIONS, reason=st.sampled_from(["a quantity of minus one", None]))
    def provider_garbles(self, name: str, reason: str | None) -> None:
        self.world.unreadable = {name: reason} if reason else {}

    @rule(customer=CUSTOMERS, listed=st.booleans())
    def provider_lists(self, customer: str, *, listed: bool) -> None:
        if listed:
            self.world.customer(customer)
        else:
            self.world.customers.pop(customer, None)

    @rule(listing=LISTINGS, page=st.integers(0, 2), fault=FAULTS, late=st.booleans())
    def provider_fails(self, listing: str, page: int, fault: SeatsyncError, *, late: bool) -> None:
        faults: dict[tuple[str, int], BaseException] = {(listing, page): fault}
        self.world.faults, self.world.late_faults = ({}, faults) if late else (faults, {})

    @rule(listing=LISTINGS)
    def provider_shifts_pages(self, listing: str) -> None:
        self.world.repeats = {(listing, 1)}

    @rule()
    def provider_mends(self) -> None:
        self.world.faults, self.world.late_faults, self.world.repeats = {}, {}, set()

    @rule(on=st.booleans(), costs=st.booleans())
    def admin_switches(self, *, on: bool, costs: bool) -> None:
        self.lab.switch(associate_default_billing_contract=on, update_costs=costs)

    @rule(which=st.integers(0, 3), on=st.booleans())
    def clerk_flags_a_default(self, which: int, *, on: bool) -> None:
        wish = DefaultWish(is_default=on, replace_existing=True)
        self.lab.office.contracts.set_default(LOCAL, self.contracts[which].id, wish)

    @rule(customer=CUSTOMERS, which=st.integers(0, 2))
    def clerk_maps(self, customer: str, which: int) -> None:
        with suppress(SeatsyncError):
            self.lab.map(customer, [*self.accounts, None][which])

    @rule(customer=CUSTOMERS, on=st.booleans())
    def clerk_switches_sync(self, customer: str, *, on: bool) -> None:
        with suppress(SeatsyncError):
            self.lab.office.mappings.set_sync(
                LOCAL, provider_account_id("lab", customer), sync_enabled=on
            )

    @rule()
    def schedule_syncs(self) -> None:
        self.sync_keeping_contracts()

    @rule(commits=st.integers(1, 8))
    def process_dies(self, commits: int) -> None:
        with self.failing_after(commits, Killed()), suppress(CommitException):
            self.sync_keeping_contracts()

    @rule(commits=st.integers(1, 8))
    def database_is_busy(self, commits: int) -> None:
        with self.failing_after(commits, _busy()):
            self.sync_keeping_contracts()

    @rule(which=st.integers(0, 3), ticked=st.sets(SUBSCRIPTIONS, max_size=3), checked=st.booleans())
    def clerk_proceeds(self, which: int, ticked: set[str], *, checked: bool) -> None:
        contract = self.contracts[which].id
        with suppress(SeatsyncError):
            checksum = self.lab.preview(contract).checksum if checked else None
            ids = [subscription_id("lab", name) for name in ticked]
            before = self.assignments()
            self.lab.proceed(contract, ids, checksum=checksum)
            after = self.assignments()
            moved = {name for name in before if before[name] != after[name]}
            assert all(before[name] is None and name in ticked for name in moved)

    def sync_keeping_contracts(self) -> None:
        before = self.assignments()
        with suppress(SeatsyncError):
            self.lab.sync()
        after = self.assignments()
        assert {name: after[name] for name in before} == before

    def assignments(self) -> dict[str, UUID | None]:
        return dict(self.lab.rows("SELECT external_id, billing_contract_id FROM subscription"))

    def failing_after(self, commits: int, fault: BaseException) -> _FailingCommits:
        return _FailingCommits(self.lab.mirror, commits, fault)

    @invariant()
    def license_changes_add_up(self) -> None:
        if hasattr(self, "lab"):
            assert self.lab.mismatches() == []

    @invariant()
    def nothing_is_created_twice(self) -> None:
        if hasattr(self, "lab"):
            creations = Counter(
                row[0]
                for row in self.lab.rows(
                    "SELECT subscription_id FROM license_change WHERE event = 'CREATE'"
                )
            )
            assert set(creations.values()) <= {1}

    @invariant()
    def nobody_has_a_contract_and_a_reason(self) -> None:
        if hasattr(self, "lab"):
            query = (
                "SELECT external_id FROM subscription"
                " WHERE (billing_contract_id IS NULL) = (unassigned_reason IS NULL)"
            )
            assert self.lab.rows(query) == []

    def teardown(self) -> None:
        if not hasattr(self, "lab"):
            return
        self.provider_mends()
        self.world.unreadable = {}
        for customer in ("c-1", "c-2", "c-3"):
            self.world.customer(customer)
        self.lab.sync()
        before = self.lab.dump()
        self.lab.sync()
        assert self.lab.dump() == before
        running = self.lab.rows("SELECT 1 FROM sync_run WHERE outcome = 'RUNNING'")
        assert running == []
        self.every_listed_subscription_is_known()

    def every_listed_subscription_is_known(self) -> None:
        known = {
            name: (quantity, status, missing)
            for name, quantity, status, missing in self.lab.rows(
                "SELECT s.external_id, s.quantity, s.status, s.missing_since IS NOT NULL"
                " FROM subscription s JOIN provider_account p ON p.id = s.provider_account_id"
            )
        }
        enabled = {
            row[0]
            for row in self.lab.rows("SELECT external_id FROM provider_account WHERE sync_enabled")
        }
        for record in self.world.subscriptions.values():
            if record.customer_external_id in enabled:
                canonical = record.canonical()
                quantity, status, missing = known[record.external_id]
                assert (quantity, status) == (canonical.quantity, canonical.status.value)
                assert not missing


def _busy() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


class _FailingCommits:
    """Let a mirror's commits fail from the n-th on; Pony wraps what they raise."""

    def __init__(self, mirror: Mirror, commits: int, fault: BaseException) -> None:
        self._provider: Any = mirror.db.provider
        self._left = commits
        self._fault = fault

    def __enter__(self) -> None:
        commit = self._provider.commit

        def failing(*arguments: Any) -> None:
            self._left -= 1
            if self._left <= 0:
                raise self._fault
            commit(*arguments)

        self._provider.commit = failing

    def __exit__(self, *_: object) -> None:
        del self._provider.commit


@pytest.mark.parametrize("scans", [False, True], ids=["by customer", "in one scan"])
def test_any_history_ends_at_rest(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, *, scans: bool
) -> None:
    monkeypatch.setattr(provider_run, "APPLY_BATCH", 2)
    monkeypatch.setattr(provider_run, "MARK_BATCH", 1)

    class History(AnyHistory):
        pass

    History.mirror, History.scans = mirror, scans
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
