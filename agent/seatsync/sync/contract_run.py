"""The manual run from a billing contract: preview it, or carry it out in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatsync.domain.contract import ContractStatus
from seatsync.domain.ids import subscription_id
from seatsync.domain.missing import exceeds_missing_threshold
from seatsync.domain.plan import Planner, Target
from seatsync.domain.preview import Preview
from seatsync.domain.report import SyncFailure
from seatsync.errors import Refusal
from seatsync.mirror.absence import absent_of_customers, count_present, mark_missing
from seatsync.mirror.known import LANDING_CONTRACTS, account_customers
from seatsync.mirror.provider_account_writes import mark_errors, mark_synced
from seatsync.mirror.run_log import add_counts
from seatsync.mirror.settings import load_settings
from seatsync.mirror.sightings import Sightings
from seatsync.sync.batch import plan_batch
from seatsync.sync.candidates import candidate_of, checksum_of
from seatsync.sync.failure import guard_failure
from seatsync.sync.gather import AskedCustomer, Gathered

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.domain.contract import BillingContract
    from seatsync.domain.preview import Candidate
    from seatsync.domain.settings import ApplicationSettings
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock
    from seatsync.sync.batch import PlannedBatch
    from seatsync.sync.ledger import Ledger

UNMAPPED = "PROVIDER_ACCOUNT_UNMAPPED"
OUTDATED = "PREVIEW_OUTDATED"


@dataclass(frozen=True, slots=True)
class Scope:
    """A contract, and the provider accounts that are read for it."""

    contract: BillingContract
    customers: tuple[AskedCustomer, ...]

    @property
    def provider_keys(self) -> tuple[str, ...]:
        """Return the providers involved, in order."""
        return tuple(sorted({asked.provider_key for asked in self.customers}))


def load_scope(mirror: Mirror, contract_id: UUID, keys: tuple[str, ...] | None) -> Scope:
    """Load a contract and whom to ask for it, in the current session.

    Raises `Refusal` with NOT_FOUND when there is no such contract.
    """
    found = LANDING_CONTRACTS.read(mirror, "WHERE id = :id", {"id": contract_id})
    if not found:
        raise Refusal(
            "NOT_FOUND",
            f"There is no billing contract {contract_id}.",
            path=("billingContractId",),
        )
    contract = found[0]
    customers = [
        AskedCustomer(key, customer, name)
        for key, customer, name in account_customers(mirror, contract.account_id, keys)
        if customer.sync_enabled
    ]
    return Scope(contract, tuple(customers))


class ContractRun:
    """Plans what was gathered for one contract, shows it, and applies it."""

    def __init__(
        self,
        mirror: Mirror,
        clock: Clock,
        scope: Scope,
        gathered: list[Gathered],
        ticked: frozenset[UUID],
    ) -> None:
        """Prepare to plan; the current session must be that of the planning."""
        self._mirror = mirror
        self._clock = clock
        self._contract = scope.contract
        self._gathered = gathered
        self._ticked = ticked
        self.settings: ApplicationSettings = load_settings(mirror)
        self._batches = [(answer, self._plan(answer)) for answer in gathered]

    @property
    def answering(self) -> tuple[str, ...]:
        """Return the providers that answered, if not about every customer."""
        return tuple(answer.provider_key for answer in self._gathered if not answer.fault)

    def preview(self) -> Preview:
        """Show what proceeding would do."""
        candidates = self._candidates()
        failures = [failure for answer in self._gathered for failure in answer.failures]
        return Preview(
            billing_contract_id=self._contract.id,
            fetched_at=self._clock.now(),
            candidates=tuple(candidates),
            failures=tuple(failures) or self._unmapped(),
            checksum=checksum_of(self._contract.id, candidates),
        )

    def require(self, expect_checksum: str | None) -> None:
        """Refuse unless the contract is active and the preview still holds."""
        if self._contract.status is not ContractStatus.ACTIVE:
            raise Refusal("CONTRACT_INACTIVE", f"{self._contract.name} is not active.")
        if expect_checksum and expect_checksum != self.preview().checksum:
            raise Refusal(
                OUTDATED,
                "The provider or the mirror has changed since the preview; nothing was done. "
                "Look at a new preview.",
            )

    def apply(self, ledger: Ledger) -> bool:
        """Write everything, in the current session; tell whether something was left out."""
        failures = [failure for answer in self._gathered for failure in answer.failures]
        for answer, batch in self._batches:
            ledger.enter(answer.provider_key, answer.reading, batch)
            failures += self._mark_absent(answer, ledger)
            self._stamp(answer)
        failures += self._not_done()
        ledger.fail(*failures)
        return bool(failures) or any(batch.unreadable for _, batch in self._batches)

    def _plan(self, answer: Gathered) -> PlannedBatch:
        target = Target(self._contract.id, self._contract.account_id, self._ticked)
        planner = Planner(answer.provider_key, self.settings, target)
        return plan_batch(self._mirror, planner, answer.reading, Sightings())

    def _candidates(self) -> list[Candidate]:
        target = Target(self._contract.id, self._contract.account_id)
        found = []
        for answer, batch in self._batches:
            planner = Planner(answer.provider_key, self.settings, target)
            for record in {r.external_id: r for r in answer.reading.records}.values():
                step = planner.examine(record, batch.known)
                if step:
                    found.append(candidate_of(step, self._contract.id))
        return found

    def _unmapped(self) -> tuple[SyncFailure, ...]:
        if self._gathered:
            return ()
        return (
            SyncFailure(
                provider_key="",
                code=UNMAPPED,
                message="No provider account is mapped to the account of this contract.",
                remedy="Map the customer's provider account to the account, then try again.",
            ),
        )

    def _mark_absent(self, answer: Gathered, ledger: Ledger) -> list[SyncFailure]:
        key = answer.provider_key
        listed = {record.external_id for record in answer.reading.records}
        listed |= {error.external_id for error in answer.reading.errors if error.external_id}
        absent = absent_of_customers(self._mirror, key, answer.complete, listed)
        known = count_present(self._mirror, key)
        percent = self.settings.missing_threshold_percent
        if exceeds_missing_threshold(len(absent), known=known, threshold_percent=percent):
            return [guard_failure(key, len(absent), known, percent)]
        count = mark_missing(self._mirror, ledger.run_id, key, absent, self._clock.now())
        add_counts(self._mirror, ledger.run_id, missing=count)
        return []

    def _stamp(self, answer: Gathered) -> None:
        mark_synced(self._mirror, answer.complete, self._clock.now())
        mark_errors(
            self._mirror,
            {
                failure.provider_account_id: failure.message
                for failure in answer.failures
                if failure.provider_account_id
            },
        )

    def _not_done(self) -> list[SyncFailure]:
        candidates = {candidate.id: candidate for candidate in self._candidates()}
        failures = []
        for ticked_id in sorted(self._ticked - self._unreadable()):
            candidate = candidates.get(ticked_id)
            if candidate is None:
                failures.append(_not_listed(ticked_id))
            elif not candidate.is_selectable:
                failures.append(
                    replace(
                        _not_listed(ticked_id),
                        code="NOT_SELECTABLE",
                        message=f"{candidate.name} is on another billing contract.",
                        remedy="Move it with assignSubscriptions.",
                        external_id=candidate.external_id,
                    )
                )
        return failures

    def _unreadable(self) -> frozenset[UUID]:
        return frozenset(
            known.id if known else subscription_id(answer.provider_key, error.external_id or "")
            for answer, batch in self._batches
            for error, known in batch.unreadable
        )


def _not_listed(subscription_id: UUID) -> SyncFailure:
    return SyncFailure(
        provider_key="",
        code="NOT_LISTED",
        message=f"No provider of the contract's account listed subscription {subscription_id}.",
        remedy="Look at a new preview, and tick what it shows.",
    )
