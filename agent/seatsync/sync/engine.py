"""One sync, from the provider's answer to the report: the table of contents of this room."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from seatsync.domain.connectivity import CheckOutcome, ConnectivityCheck
from seatsync.domain.progress import no_progress
from seatsync.domain.provider import ProviderHealth
from seatsync.domain.report import SyncOutcome, SyncTrigger
from seatsync.errors import (
    Cancelled,
    DatabaseBusy,
    DatabaseUnusable,
    NotApplicable,
    PassingFault,
    Refusal,
    SeatsyncError,
    StandingFault,
)
from seatsync.mirror.health import load_health, store_health
from seatsync.mirror.held import hold_listed
from seatsync.mirror.run_log import (
    add_failures,
    add_missing_failures,
    begin_run,
    close_interrupted_runs,
    end_run,
    load_run,
    run_of_job,
)
from seatsync.mirror.settings import load_settings
from seatsync.mirror.sightings import begin_epoch
from seatsync.sdk.context import Clock, Control
from seatsync.sync.contract_run import UNMAPPED, ContractRun, load_scope
from seatsync.sync.customers import CustomerReader
from seatsync.sync.failure import breakage_failure, failure_of
from seatsync.sync.gather import gather
from seatsync.sync.health import failed_sync, fault_check, judge_health, recovered
from seatsync.sync.ledger import Ledger
from seatsync.sync.provider_run import ProviderRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from seatsync.domain.connectivity import Consent
    from seatsync.domain.preview import Preview
    from seatsync.domain.progress import ProgressSink
    from seatsync.domain.report import SyncFailure, SyncRun
    from seatsync.domain.settings import ApplicationSettings
    from seatsync.mirror.database import Mirror
    from seatsync.mirror.locks import Locks
    from seatsync.sync.connections import Connections
    from seatsync.sync.contract_run import Scope
    from seatsync.sync.gather import Gathered
    from seatsync.sync.request import ContractSync, ProviderSync


class SyncEngine:
    """Runs syncs, previews and connectivity checks; one run per provider at a time."""

    def __init__(
        self, mirror: Mirror, connections: Connections, locks: Locks, clock: Clock | None = None
    ) -> None:
        """Work on one mirror, with the configured connections."""
        self._mirror = mirror
        self._connections = connections
        self._locks = locks
        self._clock = clock or Clock()

    def sync_provider(
        self, request: ProviderSync, control: Control, progress: ProgressSink = no_progress
    ) -> SyncRun:
        """Sync everything of one provider, and return the run, which may be PARTIAL.

        Raises the fault when nothing could be read, and `Cancelled` when told to stop; what
        was applied until then stays.
        """
        key = request.provider_key
        plugin = self._connections.plugin(key)
        with self._holding(f"provider:{key}", control=control, progress=progress):
            run_id = begin_run(
                self._mirror,
                trigger=request.trigger,
                provider_key=key,
                billing_contract_id=None,
                job_id=request.job_id,
                requested_by=request.requested_by,
                now=self._clock.now(),
            )
            self._close_interrupted(run_id, "provider_key", key)
            with self._concluding(run_id, key), self._connections.open(key, control) as connector:
                settings = self._settings()
                self._begin_epoch(key, settings)
                ledger = Ledger(self._mirror, self._clock, run_id)
                run = ProviderRun(
                    self._mirror, self._clock, ledger, key, settings, plugin.capabilities
                )
                run.carry_out(connector, control, progress)
                return self._conclude(run_id, run)

    def sync_contract(
        self, request: ContractSync, control: Control, progress: ProgressSink = no_progress
    ) -> SyncRun:
        """Refresh what a contract's account holds and import what was ticked, all or nothing.

        Raises `Refusal` (NOT_FOUND, CONTRACT_INACTIVE, PROVIDER_ACCOUNT_UNMAPPED or
        PREVIEW_OUTDATED), or the fault when no provider could be read; then nothing changed.
        A job that has done its run already, and is only done again, gets that run.
        """
        scope = self._scope(request.contract_id, request.provider_keys)
        if not scope.customers:
            raise Refusal(
                UNMAPPED, "No provider account is mapped to the account of this contract."
            )
        keys = scope.provider_keys
        locks = [f"contract:{scope.contract.id}", *(f"provider:{key}" for key in keys)]
        with self._holding(*locks, control=control, progress=progress):
            if done := self._finished_run(request.job_id):
                return done
            run_id = begin_run(
                self._mirror,
                trigger=SyncTrigger.MANUAL,
                provider_key=keys[0] if len(keys) == 1 else None,
                billing_contract_id=scope.contract.id,
                job_id=request.job_id,
                requested_by=request.requested_by,
                now=self._clock.now(),
            )
            self._close_interrupted(run_id, "billing_contract_id", scope.contract.id)
            with self._concluding(run_id, keys[0]):
                return self._proceed(request, scope, run_id, control, progress)

    def preview(
        self,
        contract_id: UUID,
        provider_keys: Sequence[str] | None = None,
        control: Control | None = None,
    ) -> Preview:
        """Ask the providers of a contract's account now, and show what proceeding would do.

        Changes nothing, and holds no session while it waits for providers. Raises `Refusal`
        with NOT_FOUND when there is no such contract.
        """
        scope = self._scope(contract_id, tuple(provider_keys) if provider_keys else None)
        gathered = gather(self._connections, scope.customers, control or Control())
        with self._mirror.reading():
            return ContractRun(self._mirror, self._clock, scope, gathered, frozenset()).preview()

    def sync_provider_accounts(
        self, provider_key: str, control: Control, progress: ProgressSink = no_progress
    ) -> int:
        """Read a provider's customers without their subscriptions; return how many there are.

        Raises the fault that ended the reading; what was read until then stays.
        """
        with (
            self._holding(f"provider:{provider_key}", control=control, progress=progress),
            self._connections.open(provider_key, control) as connector,
        ):
            reader = CustomerReader(self._mirror, self._clock, provider_key, self._settings())
            reader.read(connector, control, keep=False)
        if reader.fault:
            raise reader.fault
        progress(reader.count, reader.count, _summary_of(reader))
        return reader.count

    def verify(
        self, provider_key: str, control: Control, progress: ProgressSink = no_progress
    ) -> ProviderHealth:
        """Verify Connectivity in stages, store the health, and return it."""
        checks: list[ConnectivityCheck] = []
        for check in self._checks(provider_key, control):
            checks.append(check)
            progress(len(checks), None, check.name)
        consents = self._consents(provider_key, control)
        health = ProviderHealth(judge_health(checks), self._clock.now(), tuple(checks), consents)
        with self._mirror.writing():
            store_health(self._mirror, provider_key, health)
        return health

    def _settings(self) -> ApplicationSettings:
        with self._mirror.reading():
            return load_settings(self._mirror)

    def _scope(self, contract_id: UUID, keys: tuple[str, ...] | None) -> Scope:
        with self._mirror.reading():
            return load_scope(self._mirror, contract_id, keys)

    @contextmanager
    def _holding(self, *names: str, control: Control, progress: ProgressSink) -> Iterator[None]:
        # Everybody takes them in this order, so that no two runs wait for each other.
        with ExitStack() as stack:
            for name in sorted(names):
                held = self._locks.try_hold(name)
                if held is None:
                    progress(0, None, f"waiting for another run of {name.replace(':', ' ')}")
                    stack.enter_context(self._locks.hold(name, control))
                else:
                    stack.enter_context(held)
            yield

    def _begin_epoch(self, provider_key: str, settings: ApplicationSettings) -> None:
        plugin = self._connections.plugin(provider_key)
        epoch = f"{plugin.name}/{plugin.record_version}/costs={settings.update_costs}"
        begin_epoch(self._mirror, provider_key, epoch)

    def _finished_run(self, job_id: UUID | None) -> SyncRun | None:
        with self._mirror.reading():
            run = run_of_job(self._mirror, job_id) if job_id else None
        return run if run and run.outcome in {SyncOutcome.SUCCEEDED, SyncOutcome.PARTIAL} else None

    def _close_interrupted(self, run_id: UUID, column: str, value: str | UUID) -> None:
        close_interrupted_runs(
            self._mirror, keep=run_id, column=column, value=value, now=self._clock.now()
        )

    def _proceed(
        self,
        request: ContractSync,
        scope: Scope,
        run_id: UUID,
        control: Control,
        progress: ProgressSink,
    ) -> SyncRun:
        progress(0, len(scope.customers), "asking the providers")
        gathered = gather(self._connections, scope.customers, control)
        control.check()
        self._note_answers(run_id, gathered)
        with self._mirror.writing():
            listed = {answer.provider_key: answer.reading.records for answer in gathered}
            hold_listed(self._mirror, listed)
            fresh = load_scope(self._mirror, request.contract_id, request.provider_keys)
            run = ContractRun(self._mirror, self._clock, fresh, gathered, request.ticked)
            run.require(request.expect_checksum)
            for key in run.answering:
                self._begin_epoch(key, run.settings)
                self._note_recovery(key)
            has_failed = run.apply(Ledger(self._mirror, self._clock, run_id))
            outcome = SyncOutcome.PARTIAL if has_failed else SyncOutcome.SUCCEEDED
            end_run(self._mirror, run_id, outcome, self._clock.now())
        progress(len(scope.customers), len(scope.customers), "done")
        return self._load(run_id)

    def _conclude(self, run_id: UUID, run: ProviderRun) -> SyncRun:
        if run.fault and not run.has_applied:
            raise run.fault
        outcome = SyncOutcome.PARTIAL if run.has_failed else SyncOutcome.SUCCEEDED
        with self._mirror.writing():
            end_run(self._mirror, run_id, outcome, self._clock.now())
            if run.fault is None:
                self._note_recovery(run.provider_key)
        self._note_fault(run.provider_key, run.fault)
        return self._load(run_id)

    @contextmanager
    def _concluding(self, run_id: UUID, provider_key: str) -> Iterator[None]:
        """End the run as failed or cancelled if its work raises, and say why."""
        try:
            yield
        except (Cancelled, KeyboardInterrupt):
            self._end_early(run_id, SyncOutcome.CANCELLED, ())
            raise
        except SeatsyncError as fault:
            self._end_early(run_id, SyncOutcome.FAILED, (failure_of(fault, provider_key),))
            self._note_fault(provider_key, fault)
            raise
        except BaseException as error:
            self._end_early(run_id, SyncOutcome.FAILED, (breakage_failure(provider_key, error),))
            raise

    def _end_early(
        self, run_id: UUID, outcome: SyncOutcome, failures: Sequence[SyncFailure]
    ) -> None:
        # A database that cannot be written leaves the run to be closed by the next one.
        with suppress(DatabaseBusy, DatabaseUnusable), self._mirror.writing():
            add_missing_failures(self._mirror, run_id, failures)
            end_run(self._mirror, run_id, outcome, self._clock.now())

    def _note_answers(self, run_id: UUID, gathered: Sequence[Gathered]) -> None:
        """Note which providers refused; raise if none of them answered, passing faults first."""
        for answer in gathered:
            self._note_fault(answer.provider_key, answer.fault)
        faults = [answer.fault for answer in gathered if answer.fault]
        if len(faults) < len(gathered):
            return
        with self._mirror.writing():
            for answer in gathered:
                add_failures(self._mirror, run_id, answer.failures)
        raise min(faults, key=lambda fault: not isinstance(fault, PassingFault))

    def _note_fault(self, provider_key: str, fault: SeatsyncError | None) -> None:
        if not isinstance(fault, StandingFault):
            return
        health = failed_sync(fault, self._clock.now())
        with suppress(DatabaseBusy, DatabaseUnusable), self._mirror.writing():
            store_health(self._mirror, provider_key, health)

    def _note_recovery(self, provider_key: str) -> None:
        health = recovered(load_health(self._mirror, provider_key), self._clock.now())
        if health:
            store_health(self._mirror, provider_key, health)

    def _checks(self, provider_key: str, control: Control) -> Iterator[ConnectivityCheck]:
        try:
            with self._connections.open(provider_key, control) as connector:
                yield ConnectivityCheck(
                    "configuration", CheckOutcome.PASSED, "The settings are complete."
                )
                yield from connector.verify()
        except (StandingFault, PassingFault) as fault:
            yield fault_check("connection", fault)

    def _consents(self, provider_key: str, control: Control) -> tuple[Consent, ...]:
        try:
            with self._connections.open(provider_key, control) as connector:
                return tuple(connector.consents())
        except (StandingFault, PassingFault):
            return ()

    def _load(self, run_id: UUID) -> SyncRun:
        with self._mirror.reading():
            run = load_run(self._mirror, run_id)
        if run is None:
            raise NotApplicable(f"the sync run {run_id} has been deleted")
        return run


def _summary_of(reader: CustomerReader) -> str:
    if not reader.failures:
        return "customers read"
    return f"customers read; {len(reader.failures)} not, such as: {reader.failures[0].message}"
