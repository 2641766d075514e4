"""Names of types that refer to each other in circles, found when the schema is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from seatsync_graphql.types.account import Account
    from seatsync_graphql.types.billing_contract import BillingContract
    from seatsync_graphql.types.job import Job
    from seatsync_graphql.types.license_change import LicenseChange
    from seatsync_graphql.types.provider import Provider
    from seatsync_graphql.types.provider_account import ProviderAccount
    from seatsync_graphql.types.subscription import Subscription
    from seatsync_graphql.types.sync_report_entry import SyncReportEntry
    from seatsync_graphql.types.sync_run import SyncRun

_TYPES = "seatsync_graphql.types"

AccountRef = Annotated["Account", strawberry.lazy(f"{_TYPES}.account")]
BillingContractRef = Annotated["BillingContract", strawberry.lazy(f"{_TYPES}.billing_contract")]
JobRef = Annotated["Job", strawberry.lazy(f"{_TYPES}.job")]
LicenseChangeRef = Annotated["LicenseChange", strawberry.lazy(f"{_TYPES}.license_change")]
ProviderRef = Annotated["Provider", strawberry.lazy(f"{_TYPES}.provider")]
ProviderAccountRef = Annotated["ProviderAccount", strawberry.lazy(f"{_TYPES}.provider_account")]
SubscriptionRef = Annotated["Subscription", strawberry.lazy(f"{_TYPES}.subscription")]
SyncReportEntryRef = Annotated["SyncReportEntry", strawberry.lazy(f"{_TYPES}.sync_report_entry")]
SyncRunRef = Annotated["SyncRun", strawberry.lazy(f"{_TYPES}.sync_run")]
