"""What a sync is going to do: changes, the landing rule and guards, as a value.

The preview is this plan, not carried out; the run carries out the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from seatsync.domain.change import FieldChange, diff, spell
from seatsync.domain.ids import subscription_id
from seatsync.domain.landing import Landing, decide_landing
from seatsync.domain.license_change import Holding, LicenseDelta, initial_delta, license_delta
from seatsync.domain.report import SyncChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.contract import BillingContract
    from seatsync.domain.settings import ApplicationSettings
    from seatsync.domain.subscription import (
        RemoteSubscription,
        SubscriptionStatus,
        UnassignedReason,
    )


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """What the mirror knows of one provider account."""

    id: UUID
    external_id: str
    account_id: UUID | None
    sync_enabled: bool


@dataclass(frozen=True, slots=True)
class KnownSubscription:
    """What the mirror knows of one subscription; `record` is its provider-owned side."""

    id: UUID
    provider_account_id: UUID
    account_id: UUID | None
    contract_id: UUID | None
    reason: UnassignedReason | None
    missing_since: datetime | None
    record: RemoteSubscription
    is_unreadable: bool = False
    """The provider's record could not be read the last time."""


@dataclass(frozen=True, slots=True)
class Known:
    """The part of the mirror that one batch touches, keyed by the provider's own ids."""

    customers: Mapping[str, KnownCustomer] = field(default_factory=dict)
    subscriptions: Mapping[str, KnownSubscription] = field(default_factory=dict)
    contracts: Mapping[UUID, Sequence[BillingContract]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """The billing contract of a manual run, and what the user ticked for it."""

    contract_id: UUID
    account_id: UUID
    ticked: frozenset[UUID] = frozenset()

    def takes(self, subscription_id: UUID, customer: KnownCustomer) -> bool:
        """Tell whether the user ticked it, and its customer is still that of the contract."""
        return subscription_id in self.ticked and customer.account_id == self.account_id


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to one subscription; `change` is None when nothing is.

    `contract_id`, `account_id` and `reason` are those that hold after the step.
    """

    subscription_id: UUID
    record: RemoteSubscription
    customer: KnownCustomer
    known: KnownSubscription | None
    change: SyncChange | None
    account_id: UUID | None
    contract_id: UUID | None
    reason: UnassignedReason | None
    field_changes: tuple[FieldChange, ...] = ()
    license_delta: LicenseDelta | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one batch, in the provider's order, and what is left alone or impossible."""

    steps: tuple[Step, ...] = ()
    unchanged: tuple[Step, ...] = ()
    left_out: int = 0
    homeless: tuple[RemoteSubscription, ...] = ()
    """Records of customers that the provider has not listed."""

    @property
    def is_empty(self) -> bool:
        """Tell whether carrying the plan out would write nothing."""
        return not self.steps


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans batches of one provider; a `target` makes the run a manual one."""

    provider_key: str
    settings: ApplicationSettings
    target: Target | None = None

    def plan(self, records: Iterable[RemoteSubscription], known: Known) -> Plan:
        """Plan what to do about canonical records, given what the mirror knows of them.

        A record that stands twice in the batch counts once, as it was listed last.
        """
        steps: list[Step] = []
        unchanged: list[Step] = []
        homeless: list[RemoteSubscription] = []
        left_out = 0
        for record in {record.external_id: record for record in records}.values():
            customer = known.customers.get(record.customer_external_id)
            if customer is None:
                homeless.append(record)
                continue
            step = self._step(record, customer, known)
            if step is None:
                left_out += 1
            elif step.change is None:
                unchanged.append(step)
            else:
                steps.append(step)
        return Plan(tuple(steps), tuple(unchanged), left_out, tuple(homeless))

    def examine(self, record: RemoteSubscription, known: Known) -> Step | None:
        """Plan one record of a preview: a new one as if it were ticked, a known one as it is.

        None when it is left out of any run, or its customer is not known.
        """
        customer = known.customers.get(record.customer_external_id)
        if customer is None:
            return None
        if record.external_id in known.subscriptions:
            return self._step(record, customer, known)
        [step] = self._ticking(record).plan([record], known).steps or (None,)
        return step

    def _ticking(self, record: RemoteSubscription) -> Planner:
        new_id = subscription_id(self.provider_key, record.external_id)
        target = self.target and replace(self.target, ticked=frozenset({new_id}))
        return replace(self, target=target)

    def _step(
        self, record: RemoteSubscription, customer: KnownCustomer, known: Known
    ) -> Step | None:
        if not customer.sync_enabled:
            return None
        before = known.subscriptions.get(record.external_id)
        if before is None:
            return self._create(record, customer, known)
        return self._refresh(record, customer, before)

    def _create(
        self, record: RemoteSubscription, customer: KnownCustomer, known: Known
    ) -> Step | None:
        new_id = subscription_id(self.provider_key, record.external_id)
        if self.target is None:
            landing = decide_landing(
                self.settings.landing,
                account_known=customer.account_id is not None,
                contracts=known.contracts.get(customer.account_id, ())
                if customer.account_id
                else (),
                billing_type=record.billing_type,
            )
        elif self.target.takes(new_id, customer):
            landing = Landing(contract_id=self.target.contract_id)
        else:
            return None
        record = record if self.settings.update_costs else replace(record, unit_cost=None)
        return Step(
            subscription_id=new_id,
            record=record,
            customer=customer,
            known=None,
            change=SyncChange.CREATED,
            account_id=customer.account_id,
            contract_id=landing.contract_id,
            reason=landing.reason,
            field_changes=_creation_changes(record.quantity, record.status, landing.contract_id),
            license_delta=initial_delta(record.quantity),
        )

    def _refresh(
        self, record: RemoteSubscription, customer: KnownCustomer, before: KnownSubscription
    ) -> Step:
        if not self.settings.update_costs:
            record = replace(record, unit_cost=before.record.unit_cost)
        attach = self._attaches(before, customer)
        changes = diff(before.record, record)
        if before.missing_since is not None:
            changes += (FieldChange("missingSince", spell(before.missing_since), None),)
        if attach and self.target:
            changes += (FieldChange("billingContract", None, spell(self.target.contract_id)),)
        return Step(
            subscription_id=before.id,
            record=record,
            customer=customer,
            known=before,
            change=_change(before, attach=attach, changed=bool(changes)),
            account_id=customer.account_id if attach else before.account_id,
            contract_id=self.target.contract_id if attach and self.target else before.contract_id,
            reason=None if attach else before.reason,
            field_changes=changes,
            license_delta=license_delta(_holding(before.record), _holding(record)),
        )

    def _attaches(self, before: KnownSubscription, customer: KnownCustomer) -> bool:
        return (
            self.target is not None
            and before.contract_id is None
            and self.target.takes(before.id, customer)
        )


def _change(before: KnownSubscription, *, attach: bool, changed: bool) -> SyncChange | None:
    if before.missing_since is not None:
        return SyncChange.REAPPEARED
    if attach:
        return SyncChange.ASSIGNED
    return SyncChange.UPDATED if changed else None


@lru_cache(maxsize=1_024)
def _creation_changes(
    quantity: int, status: SubscriptionStatus, contract_id: UUID | None
) -> tuple[FieldChange, ...]:
    changes = (
        FieldChange("quantity", None, spell(quantity)),
        FieldChange("status", None, spell(status)),
    )
    if contract_id is None:
        return changes
    return (*changes, FieldChange("billingContract", None, spell(contract_id)))


def _holding(record: RemoteSubscription) -> Holding:
    return Holding(record.quantity, record.unit_cost, record.status)
