"""Shows the domain's enums under the contract's names, before any type refers to one."""

from __future__ import annotations

import strawberry

from seatsync.domain.account import DefaultContractState
from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.connectivity import CheckOutcome, ConsentKind, ConsentState
from seatsync.domain.contract import ContractStatus
from seatsync.domain.diagnosis import DiagnosisCheckKind
from seatsync.domain.exception import ExceptionKind
from seatsync.domain.job import JobKind, JobStatus
from seatsync.domain.license_change import LicenseChangeEvent, ProvisioningStatus
from seatsync.domain.preview import CandidateChange, CandidatePlacement
from seatsync.domain.provider import HealthState
from seatsync.domain.report import SyncChange, SyncOutcome, SyncTrigger
from seatsync.domain.roles import Role
from seatsync.domain.subscription import SubscriptionStatus, UnassignedReason
from seatsync.services.plugins import PluginKind

_ENUMS = (
    BillingFrequency,
    BillingPolicy,
    BillingType,
    CandidateChange,
    CandidatePlacement,
    CheckOutcome,
    ConsentKind,
    ConsentState,
    DefaultContractState,
    DiagnosisCheckKind,
    ExceptionKind,
    HealthState,
    JobKind,
    JobStatus,
    LicenseChangeEvent,
    PluginKind,
    ProvisioningStatus,
    Role,
    SubscriptionStatus,
    SyncChange,
    SyncOutcome,
    SyncTrigger,
    UnassignedReason,
)

for _enum in _ENUMS:
    strawberry.enum(_enum, description=_enum.__doc__)
strawberry.enum(ContractStatus, name="BillingContractStatus", description=ContractStatus.__doc__)
