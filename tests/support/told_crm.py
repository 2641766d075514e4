"""A laboratory whose mirror has a CRM to tell, and the push and pull between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab import World
from laboratory import Laboratory
from memory_crm import MemoryCrm
from seatsync.crm.pull import Pull
from seatsync.crm.push import Push, PushSummary
from seatsync.domain.progress import no_progress
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.crm_values import record_values
from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.crm import CrmNoun, CrmValue
    from seatsync.domain.progress import ProgressSink
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.crm import CrmConnection, CrmWrite


class ToldCrm:
    """Both sides, with an account, a contract and a customer of two subscriptions at first.

    The CRM is one in memory, unless another connection is given to what asks it.
    """

    def __init__(self, mirror: Mirror) -> None:
        mirror.feeds_crm = True
        self.mirror = mirror
        self.lab = Laboratory(mirror, World(scans=True))
        self.office = self.lab.office
        self.crm = MemoryCrm()
        self.account = self.office.account()
        self.contract = self.office.contract(self.account)
        self.lab.world.fill(customers=1, each=2)
        self.lab.sync()

    @property
    def subscription(self) -> UUID:
        """Return the id of the first subscription."""
        return self.lab.id("s-1-1")

    def pull(self, crm: CrmConnection | None = None) -> None:
        """Read what changed in the CRM."""
        Pull(self.mirror, self.lab.clock).everything(crm or self.crm, Control(), no_progress)

    def push(
        self,
        crm: CrmConnection | None = None,
        control: Control | None = None,
        progress: ProgressSink = no_progress,
    ) -> PushSummary:
        """Tell what is due, as a process that has just been started does."""
        clock = self.lab.clock
        push = Push(self.mirror, clock, Pull(self.mirror, clock))
        return push.drain(crm or self.crm, control or Control(), progress)

    def converse(self) -> None:
        """Let the CRM be read and told, and forget what was asked of it."""
        self.pull()
        self.push()
        self.crm.journal.clear()

    def changed(self) -> list[CrmWrite]:
        """Return what arrived at the CRM since they conversed, and forget it."""
        writes = self.crm.writes()
        self.crm.journal.clear()
        return writes

    def waiting(self) -> list[tuple[Any, ...]]:
        """Return what the outbox holds."""
        return self.lab.rows("SELECT noun, operation, parked FROM crm_outbox ORDER BY id")

    def ours(self, noun: CrmNoun, record_id: UUID) -> dict[str, CrmValue]:
        """Return the mirror's values of a record."""
        with self.mirror.reading():
            return record_values(self.mirror, noun, [record_id])[record_id]

    def ids(self, noun: CrmNoun) -> set[UUID]:
        """Return the mirror's records of a noun."""
        return {decode_uuid(one) for (one,) in self.lab.rows(f"SELECT id FROM {noun}")}  # noqa: S608
