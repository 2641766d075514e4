"""The nouns of the API: where their records come from; each type says how it shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync_graphql.batch import Noun

if TYPE_CHECKING:
    from seatsync.domain import account as accounts
    from seatsync.domain import audit, contract, job, license_change, provider, report, subscription
    from seatsync_graphql.types.account import Account
    from seatsync_graphql.types.audit_entry import AuditEntry
    from seatsync_graphql.types.billing_contract import BillingContract
    from seatsync_graphql.types.job import Job
    from seatsync_graphql.types.license_change import LicenseChange
    from seatsync_graphql.types.provider import Provider
    from seatsync_graphql.types.provider_account import ProviderAccount
    from seatsync_graphql.types.subscription import Subscription
    from seatsync_graphql.types.sync_report_entry import SyncReportEntry
    from seatsync_graphql.types.sync_run import SyncRun

ACCOUNT: Noun[accounts.Account, Account] = Noun.of(lambda read: read.accounts)
AUDIT_ENTRY: Noun[audit.AuditEntry, AuditEntry] = Noun.of(lambda read: read.audit_log)
BILLING_CONTRACT: Noun[contract.BillingContract, BillingContract] = Noun.of(
    lambda read: read.contracts
)
JOB: Noun[job.Job, Job] = Noun.of(lambda read: read.jobs)
LICENSE_CHANGE: Noun[license_change.LicenseChange, LicenseChange] = Noun.of(
    lambda read: read.license_changes
)
PROVIDER: Noun[provider.Provider, Provider] = Noun(
    lambda read, caller, keys: read.overview.providers_by_key(caller, keys)
)
PROVIDER_ACCOUNT: Noun[provider.ProviderAccount, ProviderAccount] = Noun.of(
    lambda read: read.provider_accounts
)
SUBSCRIPTION: Noun[subscription.Subscription, Subscription] = Noun.of(
    lambda read: read.subscriptions
)
SYNC_REPORT_ENTRY: Noun[report.ReportEntry, SyncReportEntry] = Noun.of(lambda read: read.report)
SYNC_RUN: Noun[report.SyncRun, SyncRun] = Noun.of(lambda read: read.sync_runs)

NODES = (
    ACCOUNT,
    BILLING_CONTRACT,
    SUBSCRIPTION,
    PROVIDER_ACCOUNT,
    JOB,
    SYNC_RUN,
    SYNC_REPORT_ENTRY,
    LICENSE_CHANGE,
    AUDIT_ENTRY,
)
"""Every noun whose records are found by a UUID."""
