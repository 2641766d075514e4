"""Why a billing contract, or one subscription, is not as expected: a support engineer's checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from seatsync.domain.connectivity import CheckOutcome, ConsentState
from seatsync.domain.job import JobStatus
from seatsync.domain.preview import CandidateChange, CandidatePlacement
from seatsync.domain.provider import MANUAL_PROVIDER_KEY, HealthState
from seatsync.domain.report import SyncChange, SyncOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from seatsync.domain.contract import BillingContract
    from seatsync.domain.job import Job
    from seatsync.domain.preview import Candidate, Preview
    from seatsync.domain.provider import Provider, ProviderAccount
    from seatsync.domain.report import ReportEntry, SyncFailure, SyncRun
    from seatsync.domain.subscription import Subscription

WARN_BEFORE = timedelta(days=14)
"""How long before its end a consent is worth a word."""


class DiagnosisCheckKind(StrEnum):
    """What is looked at, in this order."""

    PROVIDER_ACCOUNT_MAPPING = "PROVIDER_ACCOUNT_MAPPING"
    CONNECTIVITY = "CONNECTIVITY"
    CONSENT = "CONSENT"
    CHANGE_AT_PROVIDER = "CHANGE_AT_PROVIDER"
    SYNC_REPORT = "SYNC_REPORT"
    JOBS = "JOBS"
    SETTING = "SETTING"
    DEFAULT_CONTRACT = "DEFAULT_CONTRACT"
    CONTRACT_ASSIGNMENT = "CONTRACT_ASSIGNMENT"
    PRICE_DATA = "PRICE_DATA"


@dataclass(frozen=True, slots=True)
class DiagnosisCheck:
    """One check; `remedy` says what to do about it."""

    kind: DiagnosisCheckKind
    outcome: CheckOutcome
    message: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All checks, in their order."""

    checks: tuple[DiagnosisCheck, ...]

    @property
    def conclusion(self) -> str | None:
        """The first check that failed, in a sentence; None when none did."""
        failed = (check for check in self.checks if check.outcome is CheckOutcome.FAILED)
        return next((check.message for check in failed), None)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks look at.

    `customers` are the provider accounts whose subscriptions the contract bills; `preview` is
    what their providers say now, or None with `preview_problem` if they could not be asked.
    `unassigned` are the account's subscriptions on no contract, `unpriced` counts those on the
    contract, or the one subscription, that cannot be billed for want of a price.
    """

    contract: BillingContract
    subscription: Subscription | None
    customers: Sequence[ProviderAccount]
    providers: Mapping[str, Provider]
    preview: Preview | None
    preview_problem: tuple[str, str | None] | None
    runs: Mapping[str, SyncRun]
    failures: Sequence[SyncFailure]
    entry: ReportEntry | None
    job: Job | None
    setting_is_on: bool
    defaults: Sequence[BillingContract]
    unassigned: Sequence[Subscription]
    unpriced: int
    now: datetime

    @property
    def is_manual(self) -> bool:
        """Tell whether it is about a subscription that no provider knows."""
        return (
            self.subscription is not None and self.subscription.provider_key == MANUAL_PROVIDER_KEY
        )

    @property
    def blocked(self) -> Sequence[Subscription]:
        """The subscriptions in question that are on no contract."""
        if self.subscription is None:
            return self.unassigned
        return () if self.subscription.billing_contract_id else (self.subscription,)


_Finding = tuple[CheckOutcome, str, str | None]


def diagnose(facts: Facts) -> Diagnosis:
    """Go through all checks."""
    checks = {
        DiagnosisCheckKind.PROVIDER_ACCOUNT_MAPPING: _mapping,
        DiagnosisCheckKind.CONNECTIVITY: _connectivity,
        DiagnosisCheckKind.CONSENT: _consent,
        DiagnosisCheckKind.CHANGE_AT_PROVIDER: _change_at_provider,
        DiagnosisCheckKind.SYNC_REPORT: _sync_report,
        DiagnosisCheckKind.JOBS: _jobs,
        DiagnosisCheckKind.SETTING: _setting,
        DiagnosisCheckKind.DEFAULT_CONTRACT: _default_contract,
        DiagnosisCheckKind.CONTRACT_ASSIGNMENT: _contract_assignment,
        DiagnosisCheckKind.PRICE_DATA: _price_data,
    }
    return Diagnosis(tuple(DiagnosisCheck(kind, *check(facts)) for kind, check in checks.items()))


def _passed(message: str) -> _Finding:
    return CheckOutcome.PASSED, message, None


def _warned(message: str, remedy: str | None = None) -> _Finding:
    return CheckOutcome.WARNING, message, remedy


def _failed(message: str, remedy: str | None = None) -> _Finding:
    return CheckOutcome.FAILED, message, remedy


def _skipped(message: str) -> _Finding:
    return CheckOutcome.SKIPPED, message, None


_BY_HAND = _skipped("The subscription is kept by hand; no provider knows it.")
_NOBODY = _skipped("No provider account is mapped, so there is no provider to look at.")


def _mapping(facts: Facts) -> _Finding:
    if facts.is_manual:
        return _BY_HAND
    if not facts.customers:
        return _failed(
            "No provider account is mapped to the account of this contract.",
            "Map the customer's provider account to the account.",
        )
    for customer in facts.customers:
        if customer.account_id != facts.contract.account_id:
            return _failed(
                f"The provider account {customer.name} is not mapped to this contract's account.",
                "Map it to the account, or look at the contract of its own account.",
            )
    silent = [customer.name for customer in facts.customers if not customer.sync_enabled]
    if silent:
        return _failed(
            f"The sync of {', '.join(silent)} is switched off.",
            "Switch it on with setProviderAccountSync.",
        )
    return _passed(f"{len(facts.customers)} provider account(s) are mapped and synced.")


def _connectivity(facts: Facts) -> _Finding:
    if facts.is_manual or not facts.customers:
        return _BY_HAND if facts.is_manual else _NOBODY
    states = {provider.display_name: provider.health.state for provider in _providers(facts)}
    for state, finding, message in (
        (HealthState.FAILED, _failed, "{} does not let the agent in."),
        (HealthState.DEGRADED, _warned, "The connection to {} works with faults."),
        (HealthState.UNKNOWN, _warned, "The connection to {} was never verified."),
    ):
        found = [name for name, its in states.items() if its is state]
        if found:
            return finding(message.format(", ".join(found)), "Look at Verify Connectivity.")
    return _passed("All connections are healthy.")


def _consent(facts: Facts) -> _Finding:
    consents = [
        (provider, consent)
        for provider in _providers(facts)
        for consent in provider.health.consents
    ]
    for provider, consent in consents:
        if consent.state in {ConsentState.MISSING, ConsentState.EXPIRED}:
            return _failed(
                f"The {consent.kind.lower()} consent for {provider.display_name} is "
                f"{consent.state.lower()}.",
                consent.remedy,
            )
    for provider, consent in consents:
        if consent.expires_at is not None and consent.expires_at < facts.now + WARN_BEFORE:
            return _warned(
                f"The {consent.kind.lower()} consent for {provider.display_name} ends on "
                f"{consent.expires_at.date()}.",
                consent.remedy,
            )
    return _passed("All consents are in force.") if consents else _skipped("None is known.")


def _change_at_provider(facts: Facts) -> _Finding:
    if facts.is_manual or not facts.customers:
        return _BY_HAND if facts.is_manual else _NOBODY
    if facts.preview_problem is not None:
        message, remedy = facts.preview_problem
        return _failed(f"The provider could not be asked: {message}", remedy)
    preview = facts.preview
    if preview is None:
        return _skipped("The provider was not asked.")
    if preview.failures:
        failure = preview.failures[0]
        return _failed(f"Not everything could be read: {failure.message}", failure.remedy)
    return _compared(facts, preview)


def _compared(facts: Facts, preview: Preview) -> _Finding:
    wanted = facts.subscription
    about = [one for one in preview.candidates if wanted is None or one.id == wanted.id]
    if wanted is not None and not about:
        return _failed(
            f"The provider does not list {wanted.name} any more.",
            "Look it up in the provider's portal.",
        )
    behind = [one for one in about if _is_behind(one)]
    if behind:
        names = ", ".join(one.name for one in behind[:3])
        return _failed(
            f"The provider shows what the mirror does not have yet, of {len(behind)}: {names}.",
            "Use Sync Subscriptions on the contract, or wait for the schedule.",
        )
    return _passed("The provider shows what the mirror has.")


def _is_behind(candidate: Candidate) -> bool:
    is_elsewhere = candidate.placement is CandidatePlacement.OTHER_CONTRACT
    return candidate.change is not CandidateChange.UNCHANGED and not is_elsewhere


def _sync_report(facts: Facts) -> _Finding:
    if facts.is_manual or not facts.customers:
        return _BY_HAND if facts.is_manual else _NOBODY
    entry = facts.entry
    if entry is not None and entry.change in {SyncChange.FAILED, SyncChange.MISSING}:
        said = entry.message or entry.change.lower()
        return _failed(f"The last sync said of {entry.subscription_name}: {said}.")
    if facts.failures:
        failure = facts.failures[0]
        return _failed(f"The last sync could not read it: {failure.message}", failure.remedy)
    failed = [key for key, run in facts.runs.items() if run.outcome is SyncOutcome.FAILED]
    if failed:
        return _failed(f"The last sync of {', '.join(failed)} failed.", "Look at its failures.")
    if not facts.runs:
        return _warned("No sync has run yet.", "Start one with syncProvider.")
    return _passed("The last syncs had nothing to complain of here.")


def _jobs(facts: Facts) -> _Finding:
    job = facts.job
    if job is None:
        return _skipped("No job about this is known.")
    if job.status is JobStatus.FAILED:
        return _failed(
            f"The last job ({job.kind}) failed: {job.error_message or job.error_code}.",
            "Mend what it says, then use retryJob.",
        )
    if job.status in {JobStatus.RETRY, JobStatus.CANCELLED}:
        return _warned(f"The last job ({job.kind}) is {job.status}: {job.error_message or ''}")
    return _passed(f"The last job ({job.kind}) is {job.status}.")


def _setting(facts: Facts) -> _Finding:
    if facts.setting_is_on:
        return _passed("Associate Default Billing Contract is on.")
    finding = _failed if facts.blocked else _warned
    return finding(
        "Associate Default Billing Contract is off, so new subscriptions land on no contract.",
        "Switch it on with updateApplicationSettings; it does not reach back.",
    )


def _default_contract(facts: Facts) -> _Finding:
    count = len(facts.defaults)
    if count == 1:
        return _passed(f"The account has one default contract: {facts.defaults[0].name}.")
    if count > 1:
        return _failed(
            f"The account has {count} default contracts, so new subscriptions land on none.",
            "Use setDefaultBillingContract with replaceExisting.",
        )
    finding = _failed if facts.blocked else _warned
    return finding(
        "The account has no default contract, so new subscriptions land on none.",
        "Use setDefaultBillingContract.",
    )


def _contract_assignment(facts: Facts) -> _Finding:
    subscription = facts.subscription
    if subscription is not None and subscription.billing_contract_id == facts.contract.id:
        return _passed("The subscription is on this contract.")
    if subscription is not None and subscription.billing_contract_id is not None:
        return _failed(
            f"{subscription.name} is on another contract.", "Move it with assignSubscriptions."
        )
    if facts.blocked:
        first = facts.blocked[0]
        return _failed(
            f"{len(facts.blocked)} subscription(s) are on no contract, such as {first.name} "
            f"({first.unassigned_reason}).",
            "Put them on one with assignSubscriptions, or in a manual sync.",
        )
    return _passed("All subscriptions of the account are on a contract.")


def _price_data(facts: Facts) -> _Finding:
    if facts.unpriced:
        return _failed(
            f"{facts.unpriced} subscription(s) have no unit price.",
            "Set it in the CRM, or with setSubscriptionPrice.",
        )
    return _passed("What is to be billed has a unit price.")


def _providers(facts: Facts) -> list[Provider]:
    return [] if facts.is_manual else [*facts.providers.values()]
