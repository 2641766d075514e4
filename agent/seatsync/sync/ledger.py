"""Carrying a plan out: one transaction a batch, rows and report and counts together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.mirror.run_log import add_counts, add_failures, add_unreadable
from seatsync.mirror.subscription_writes import StepWriter, mark_unreadable
from seatsync.sync.failure import failure_of

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.plan import Plan
    from seatsync.domain.report import SyncFailure
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock
    from seatsync.sync.batch import PlannedBatch, Reading


class Ledger:
    """Writes what one run does, and counts it in the same transaction."""

    def __init__(self, mirror: Mirror, clock: Clock, run_id: UUID) -> None:
        """Write for this run; every method runs in the session that its caller holds."""
        self._mirror = mirror
        self._clock = clock
        self.run_id = run_id

    def enter(self, provider_key: str, reading: Reading, batch: PlannedBatch) -> None:
        """Write one batch: steps, fingerprints, unreadable records, and the counts."""
        plan, mirror = batch.plan, self._mirror
        if plan.steps or plan.unchanged:
            writer = StepWriter(mirror, self.run_id, provider_key, self._clock.now())
            writer.write(plan.steps, reading.fingerprints)
            writer.refresh_fingerprints(plan.unchanged, reading.fingerprints)
        if batch.unreadable:
            self._enter_unreadable(provider_key, batch)
        add_counts(
            mirror,
            self.run_id,
            fetched=reading.fetched,
            unchanged=reading.recognised + len(plan.unchanged),
            failed=len(batch.unreadable),
            **step_counts(plan),
        )

    def fail(self, *failures: SyncFailure) -> None:
        """Write down what could not be read."""
        add_failures(self._mirror, self.run_id, failures)

    def _enter_unreadable(self, provider_key: str, batch: PlannedBatch) -> None:
        add_unreadable(self._mirror, self.run_id, provider_key, batch.unreadable, self._clock.now())
        known = [subscription for _, subscription in batch.unreadable if subscription]
        ids = [subscription.id for subscription in known]
        mark_unreadable(self._mirror, provider_key, ids, self._clock.now())
        self.fail(
            *(
                failure_of(error, provider_key, known.provider_account_id if known else None)
                for error, known in batch.unreadable
            )
        )


def step_counts(plan: Plan) -> dict[str, int]:
    """Return what a plan's steps count as: created, updated and, of the created, unassigned."""
    created = [step for step in plan.steps if step.known is None]
    return {
        "created": len(created),
        "updated": len(plan.steps) - len(created),
        "unassigned": sum(step.contract_id is None for step in created),
    }
