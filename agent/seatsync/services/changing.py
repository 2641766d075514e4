"""Everything that changes something, composed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.services.account_changes import AccountChanges
from seatsync.services.assignment_changes import AssignmentChanges
from seatsync.services.contract_changes import ContractChanges
from seatsync.services.crm_wakes import CrmWakes
from seatsync.services.job_requests import JobRequests
from seatsync.services.journal import Journal
from seatsync.services.manual_subscriptions import ManualSubscriptions
from seatsync.services.mapping_changes import MappingChanges
from seatsync.services.schedule_changes import ScheduleChanges
from seatsync.services.setting_changes import SettingChanges
from seatsync.services.sync_requests import SyncRequests

if TYPE_CHECKING:
    from seatsync.jobs.queue import JobQueue
    from seatsync.jobs.schedule import Schedule
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock


@dataclass(frozen=True, slots=True)
class Changing:
    """What callers may change or ask for; every method raises `Refusal` or `Forbidden`."""

    accounts: AccountChanges
    contracts: ContractChanges
    assignments: AssignmentChanges
    mappings: MappingChanges
    manual_subscriptions: ManualSubscriptions
    settings: SettingChanges
    syncs: SyncRequests
    jobs: JobRequests
    schedule: ScheduleChanges
    crm: CrmWakes

    @classmethod
    def of(cls, mirror: Mirror, queue: JobQueue, schedule: Schedule, clock: Clock) -> Changing:
        """Change one mirror, and submit to one queue."""
        journal = Journal(mirror, clock)
        return cls(
            AccountChanges(journal),
            ContractChanges(journal),
            AssignmentChanges(journal),
            MappingChanges(journal),
            ManualSubscriptions(journal),
            SettingChanges(journal),
            SyncRequests(mirror, queue),
            JobRequests(queue),
            ScheduleChanges(journal, schedule),
            CrmWakes(queue),
        )
