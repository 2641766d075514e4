"""Going through the checks that tell why a contract is not as expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seatsync.domain.billing import BillingType
from seatsync.domain.diagnosis import Diagnosis, Facts, diagnose
from seatsync.domain.exception import ExceptionKind
from seatsync.domain.filters import (
    ExceptionFilter,
    JobFilter,
    ProviderAccountFilter,
    SyncReportFilter,
)
from seatsync.domain.landing import qualifying_defaults
from seatsync.domain.paging import Window
from seatsync.domain.provider import MANUAL_PROVIDER_KEY
from seatsync.domain.roles import Permission
from seatsync.errors import SeatsyncError
from seatsync.services.found import found

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from seatsync.domain.contract import BillingContract
    from seatsync.domain.job import Job
    from seatsync.domain.preview import Preview
    from seatsync.domain.provider import ProviderAccount
    from seatsync.domain.report import ReportEntry, SyncFailure, SyncRun
    from seatsync.domain.roles import Caller
    from seatsync.domain.subscription import Subscription
    from seatsync.services.door import Reading
    from seatsync.services.preview import Previewer

_Answer = tuple["Preview | None", "tuple[str, str | None] | None"]

RECENT_JOBS = 100


@dataclass(frozen=True, slots=True)
class Diagnoses:
    """Diagnoses for callers who may read; holds no session while a provider answers."""

    read: Reading
    engine: Previewer

    def diagnose(
        self, caller: Caller, contract_id: UUID, subscription_id: UUID | None = None
    ) -> Diagnosis:
        """Go through all checks; raise `Refusal` for a contract or subscription unknown."""
        caller.require(Permission.READ)
        with self.read.session():
            case = _Case(self.read, caller, *self._records(caller, contract_id, subscription_id))
            customers = case.customers()
        preview, problem = self._ask(case, customers)
        with self.read.session():
            return diagnose(case.facts(customers, preview, problem))

    def _records(
        self, caller: Caller, contract_id: UUID, subscription_id: UUID | None
    ) -> tuple[BillingContract, Subscription | None]:
        contract = self.read.contracts.get(caller, contract_id)
        known = found(contract, "billing contract", contract_id, "billingContractId")
        if subscription_id is None:
            return known, None
        subscription = self.read.subscriptions.get(caller, subscription_id)
        return known, found(subscription, "subscription", subscription_id, "subscriptionId")

    def _ask(self, case: _Case, customers: Sequence[ProviderAccount]) -> _Answer:
        if case.is_manual or not customers:
            return None, None
        keys = sorted({customer.provider_key for customer in customers})
        try:
            return self.engine.preview(case.contract.id, keys), None
        except SeatsyncError as fault:
            return None, (fault.message, fault.remedy)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is in question, and reading what is known about it."""

    read: Reading
    caller: Caller
    contract: BillingContract
    subscription: Subscription | None

    @property
    def is_manual(self) -> bool:
        return bool(self.subscription and self.subscription.provider_key == MANUAL_PROVIDER_KEY)

    def customers(self) -> Sequence[ProviderAccount]:
        """Return the provider accounts in question."""
        accounts = self.read.provider_accounts
        if self.subscription is not None:
            one = accounts.get(self.caller, self.subscription.provider_account_id)
            return () if one is None else (one,)
        wanted = ProviderAccountFilter(account_id=self.contract.account_id)
        page = accounts.page(self.caller, wanted, Window(100))
        return [one for one in page.items if one.provider_key != MANUAL_PROVIDER_KEY]

    def facts(
        self,
        customers: Sequence[ProviderAccount],
        preview: Preview | None,
        problem: tuple[str, str | None] | None,
    ) -> Facts:
        overview = self.read.overview
        keys = sorted({customer.provider_key for customer in customers})
        runs = self._runs(keys)
        account = self.contract.account_id
        defaults = overview.active_defaults(self.caller, [account]).get(account, [])
        return Facts(
            contract=self.contract,
            subscription=self.subscription,
            customers=customers,
            providers=overview.providers_by_key(self.caller, keys) if keys else {},
            preview=preview,
            preview_problem=problem,
            runs=runs,
            failures=self._failures(runs, {customer.id for customer in customers}),
            entry=self._entry(),
            job=self._job(keys),
            setting_is_on=overview.settings(self.caller).landing.is_on,
            defaults=qualifying_defaults(defaults, self._billing_type()),
            unassigned=self._unassigned(),
            unpriced=self._unpriced(),
            now=datetime.now(UTC),
        )

    def _billing_type(self) -> BillingType:
        return self.subscription.billing_type if self.subscription else BillingType.LICENSE

    def _runs(self, keys: Sequence[str]) -> dict[str, SyncRun]:
        if not keys:
            return {}
        pages = self.read.sync_runs.pages(self.caller, "provider", keys, None, Window(1))
        return {key: page.items[0] for key, page in pages.items() if page.items}

    def _failures(self, runs: dict[str, SyncRun], about: Collection[UUID]) -> list[SyncFailure]:
        """Return what the last runs could not read of these provider accounts."""
        if not runs:
            return []
        told = self.read.overview.failures(self.caller, [run.id for run in runs.values()])
        return [
            failure
            for failures in told.values()
            for failure in failures
            if failure.provider_account_id in about and self._is_about(failure.external_id)
        ]

    def _is_about(self, external_id: str | None) -> bool:
        mine = self.subscription.external_id if self.subscription else None
        return external_id is None or mine is None or external_id == mine

    def _entry(self) -> ReportEntry | None:
        if self.subscription is None:
            return None
        wanted = SyncReportFilter(subscription_id=self.subscription.id)
        page = self.read.report.page(self.caller, wanted, Window(1))
        return next(iter(page.items), None)

    def _job(self, keys: Sequence[str]) -> Job | None:
        page = self.read.jobs.page(self.caller, JobFilter(), Window(RECENT_JOBS))
        return next((job for job in page.items if self._concerns(job, keys)), None)

    def _concerns(self, job: Job, keys: Sequence[str]) -> bool:
        arguments = job.arguments
        is_of_contract = arguments.get("billing_contract_id") == str(self.contract.id)
        return is_of_contract or arguments.get("provider_key") in keys

    def _unassigned(self) -> Sequence[Subscription]:
        wanted = ExceptionFilter(
            kind=ExceptionKind.MISSING_BILLING_CONTRACT, account_id=self.contract.account_id
        )
        page = self.read.overview.exceptions(self.caller, wanted, Window(100))
        ids = [one.subscription_id for one in page.items if one.subscription_id is not None]
        return [*self.read.subscriptions.by_ids(self.caller, ids).values()] if ids else []

    def _unpriced(self) -> int:
        if self.subscription is not None:
            return int(self.subscription.unit_price is None)
        wanted = ExceptionFilter(
            kind=ExceptionKind.MISSING_PRICE_DATA, billing_contract_id=self.contract.id
        )
        return self.read.overview.exceptions(self.caller, wanted, Window(1)).count()
