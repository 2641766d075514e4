"""The one door: every use case of the agent, composed once by the bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.roles import Permission
from seatsync.mirror.accounts import ACCOUNTS
from seatsync.mirror.audit_pages import AUDIT_LOG
from seatsync.mirror.contracts import CONTRACTS
from seatsync.mirror.job_pages import JOB_PAGES
from seatsync.mirror.license_changes import LICENSE_CHANGES
from seatsync.mirror.provider_accounts import PROVIDER_ACCOUNTS
from seatsync.mirror.report import REPORT
from seatsync.mirror.runs import SYNC_RUNS
from seatsync.mirror.subscriptions import SUBSCRIPTIONS
from seatsync.services.diagnosis import Diagnoses
from seatsync.services.preview import Previewer, SyncPreviews
from seatsync.services.reading import Overview, Records
from seatsync.services.suggestions import Suggestions
from seatsync.services.watching import Watching

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from seatsync.domain.account import Account
    from seatsync.domain.audit import AuditEntry
    from seatsync.domain.contract import BillingContract
    from seatsync.domain.filters import (
        AccountFilter,
        Anything,
        AuditFilter,
        BillingContractFilter,
        JobFilter,
        ProviderAccountFilter,
        SubscriptionFilter,
        SyncReportFilter,
        SyncRunFilter,
    )
    from seatsync.domain.job import Job
    from seatsync.domain.license_change import LicenseChange
    from seatsync.domain.provider import ProviderAccount
    from seatsync.domain.report import ReportEntry, SyncRun
    from seatsync.domain.subscription import Subscription
    from seatsync.mirror.database import Mirror
    from seatsync.services.changing import Changing
    from seatsync.services.plugins import PluginCatalogue


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that only reads."""

    mirror: Mirror
    accounts: Records[Account, AccountFilter]
    contracts: Records[BillingContract, BillingContractFilter]
    provider_accounts: Records[ProviderAccount, ProviderAccountFilter]
    subscriptions: Records[Subscription, SubscriptionFilter]
    license_changes: Records[LicenseChange, Anything]
    sync_runs: Records[SyncRun, SyncRunFilter]
    report: Records[ReportEntry, SyncReportFilter]
    jobs: Records[Job, JobFilter]
    audit_log: Records[AuditEntry, AuditFilter]
    overview: Overview
    suggestions: Suggestions

    @classmethod
    def of(cls, mirror: Mirror) -> Reading:
        """Read one mirror."""
        return cls(
            mirror,
            accounts=Records(mirror, ACCOUNTS),
            contracts=Records(mirror, CONTRACTS),
            provider_accounts=Records(mirror, PROVIDER_ACCOUNTS),
            subscriptions=Records(mirror, SUBSCRIPTIONS),
            license_changes=Records(mirror, LICENSE_CHANGES),
            sync_runs=Records(mirror, SYNC_RUNS),
            report=Records(mirror, REPORT),
            jobs=Records(mirror, JOB_PAGES),
            audit_log=Records(mirror, AUDIT_LOG, Permission.AUDIT),
            overview=Overview(mirror),
            suggestions=Suggestions(mirror),
        )

    def session(self) -> AbstractContextManager[None]:
        """Open the session that all reading of one query shares."""
        return self.mirror.reading()


@dataclass(frozen=True, slots=True)
class Services:
    """All use cases; each method takes the caller first and checks what the caller may."""

    read: Reading
    change: Changing
    previews: SyncPreviews
    plugins: PluginCatalogue
    watching: Watching
    diagnoses: Diagnoses


def open_services(
    mirror: Mirror, engine: Previewer, plugins: PluginCatalogue, change: Changing
) -> Services:
    """Compose the use cases over one mirror and one engine."""
    read = Reading.of(mirror)
    return Services(
        read, change, SyncPreviews(engine), plugins, Watching(mirror), Diagnoses(read, engine)
    )
