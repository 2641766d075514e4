"""Carrying out planned steps: rows, license changes and report entries, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_numbers
from seatsync.domain.license_change import ProvisioningStatus
from seatsync.mirror.codec import encode_changes
from seatsync.mirror.listed_pages import forget_pages
from seatsync.mirror.outbox import note_changed, note_created
from seatsync.mirror.step_fields import changed_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from seatsync.domain.money import Money
    from seatsync.domain.plan import Step
    from seatsync.mirror.database import Mirror

_STATE_COLUMNS = (
    "quantity",
    "status",
    "provider_status",
    "billing_type",
    "part_number",
    "product_name",
    "unit_type",
    "term",
    "billing_frequency",
    "is_trial",
    "auto_renew",
    "parent_external_id",
    "provider_note",
    "starts_at",
    "commitment_ends_at",
    "unit_cost_amount",
    "unit_cost_currency",
    "fingerprint",
    "last_synced_at",
)

_PLACE_COLUMNS = (
    "provider_account_id",
    "name",
    "account_id",
    "billing_contract_id",
    "unassigned_reason",
)
"""What a subscription is found by, and rarely changes: writing it touches indexes."""

_INSERT_COLUMNS = (
    *("id", "provider_key", "external_id", "discovered_at"),
    *_STATE_COLUMNS,
    *_PLACE_COLUMNS,
)


def _set(columns: Iterable[str]) -> str:
    return ", ".join(f"{column} = ?" for column in columns)


_UPDATE_STATE = (
    f"UPDATE subscription SET {_set(_STATE_COLUMNS)},"  # noqa: S608
    " missing_since = NULL, unreadable_since = NULL WHERE id = ?"
)
_UPDATE_PLACE = f"UPDATE subscription SET {_set(_PLACE_COLUMNS)} WHERE id = ?"  # noqa: S608

_LICENSE_COLUMNS = (
    "id",
    "subscription_id",
    "event",
    "quantity_delta",
    "quantity_after",
    "unit_cost_amount",
    "unit_cost_currency",
    "effective_date",
    "provisioning_status",
    "archived",
    "report_entry_id",
    "created_at",
)

_MADE_THERE = ProvisioningStatus.NOT_APPLICABLE.value

ENTRY_COLUMNS = (
    "id",
    "run_id",
    "provider_key",
    "change_kind",
    "subscription_id",
    "external_id",
    "subscription_name",
    "provider_account_id",
    "account_id",
    "billing_contract_id",
    "field_changes",
    "unassigned_reason",
    "message",
    "occurred_at",
)


class _Spelled(NamedTuple):
    """A step, and what its rows have in common, as the database takes it."""

    step: Step
    entry_id: Any
    subscription_id: Any
    provider_account_id: Any
    account_id: Any
    contract_id: Any
    reason: str | None
    cost: tuple[Any, str | None]


class StepWriter:
    """Writes the steps of one batch of one run, in the session that is open."""

    def __init__(self, mirror: Mirror, run_id: UUID, provider_key: str, now: datetime) -> None:
        """Encode once what all rows of the batch share."""
        self._mirror = mirror
        self._codec = mirror.codec
        self._run_id = self._codec.uuid(run_id)
        self._provider_key = provider_key
        self._at = now
        self._now = self._codec.instant(now)
        self._today = self._codec.date(now.date())

    def write(self, steps: Sequence[Step], fingerprints: dict[str, bytes]) -> None:
        """Write what the steps change; `fingerprints` are by external id."""
        forget_pages(self._mirror, self._provider_key)
        spelled = list(map(self._spell, steps, new_numbers(len(steps))))
        created = [one for one in spelled if one.step.known is None]
        refreshed = [one for one in spelled if one.step.known is not None]
        insert = self._mirror.insert
        self._note_steps(created, refreshed)
        insert("subscription", _INSERT_COLUMNS, (self._new(one, fingerprints) for one in created))
        self._mirror.execute_many(
            _UPDATE_STATE,
            ((*self._state(one, fingerprints), one.subscription_id) for one in refreshed),
        )
        moved = [one for one in refreshed if _has_moved(one.step)]
        self._mirror.execute_many(
            _UPDATE_PLACE, ((*_place(one), one.subscription_id) for one in moved)
        )
        insert("report_entry", ENTRY_COLUMNS, map(self._entry, spelled))
        logged = [one for one in spelled if one.step.license_delta is not None]
        change_ids = [*new_numbers(len(logged))]
        self._note_licenses(change_ids)
        insert("license_change", _LICENSE_COLUMNS, self._licenses(logged, change_ids))

    def _note_steps(self, created: Sequence[_Spelled], refreshed: Sequence[_Spelled]) -> None:
        if self._mirror.feeds_crm:
            new = [one.step.subscription_id for one in created]
            note_created(self._mirror, CrmNoun.SUBSCRIPTION, new, self._at)
            changed = {one.step.subscription_id: changed_fields(one.step) for one in refreshed}
            note_changed(self._mirror, CrmNoun.SUBSCRIPTION, changed, self._at)

    def _note_licenses(self, change_ids: Sequence[int]) -> None:
        if self._mirror.feeds_crm:
            ids = [UUID(int=one) for one in change_ids]
            note_created(self._mirror, CrmNoun.LICENSE_CHANGE, ids, self._at)

    def refresh_fingerprints(self, steps: Iterable[Step], fingerprints: dict[str, bytes]) -> None:
        """Remember the new bytes of records whose meaning did not change."""
        forget_pages(self._mirror, self._provider_key)
        self._mirror.execute_many(
            "UPDATE subscription SET fingerprint = ?, unreadable_since = NULL WHERE id = ?",
            [
                (fingerprints.get(step.record.external_id), self._codec.uuid(step.subscription_id))
                for step in steps
            ],
        )

    def _spell(self, step: Step, entry_id: int) -> _Spelled:
        uuid = self._codec.uuid
        return _Spelled(
            step,
            self._codec.number(entry_id),
            uuid(step.subscription_id),
            uuid(step.customer.id),
            uuid(step.account_id),
            uuid(step.contract_id),
            step.reason.value if step.reason else None,
            self._cost(step.record.unit_cost),
        )

    def _cost(self, cost: Money | None) -> tuple[Any, str | None]:
        return (self._codec.decimal(cost.amount), cost.currency) if cost else (None, None)

    def _new(self, spelled: _Spelled, fingerprints: dict[str, bytes]) -> tuple[Any, ...]:
        return (
            spelled.subscription_id,
            self._provider_key,
            spelled.step.record.external_id,
            self._now,
            *self._state(spelled, fingerprints),
            *_place(spelled),
        )

    def _state(self, spelled: _Spelled, fingerprints: dict[str, bytes]) -> tuple[Any, ...]:
        record, codec = spelled.step.record, self._codec
        return (
            record.quantity,
            record.status.value,
            record.provider_status,
            record.billing_type.value,
            record.part_number,
            record.product_name,
            record.unit_type,
            record.term,
            record.billing_frequency.value if record.billing_frequency else None,
            record.is_trial,
            record.auto_renew,
            record.parent_external_id,
            record.provider_note,
            codec.instant(record.starts_at),
            codec.instant(record.commitment_ends_at),
            *spelled.cost,
            fingerprints.get(record.external_id),
            self._now,
        )

    def _entry(self, spelled: _Spelled) -> tuple[Any, ...]:
        step = spelled.step
        return (
            spelled.entry_id,
            self._run_id,
            self._provider_key,
            step.change.value if step.change else None,
            spelled.subscription_id,
            step.record.external_id,
            step.record.name,
            spelled.provider_account_id,
            spelled.account_id,
            spelled.contract_id,
            encode_changes(step.field_changes),
            spelled.reason,
            None,
            self._now,
        )

    def _licenses(
        self, logged: Sequence[_Spelled], change_ids: Sequence[int]
    ) -> Iterator[tuple[Any, ...]]:
        for one, change_id in zip(logged, change_ids, strict=True):
            delta = one.step.license_delta
            if delta is not None:
                yield (
                    self._codec.number(change_id),
                    one.subscription_id,
                    delta.event.value,
                    delta.quantity_delta,
                    delta.quantity_after,
                    *one.cost,
                    self._today,
                    _MADE_THERE,
                    False,
                    one.entry_id,
                    self._now,
                )


def _place(spelled: _Spelled) -> tuple[Any, ...]:
    return (
        spelled.provider_account_id,
        spelled.step.record.name,
        spelled.account_id,
        spelled.contract_id,
        spelled.reason,
    )


def _has_moved(step: Step) -> bool:
    known = step.known
    return known is None or (
        known.provider_account_id != step.customer.id
        or known.record.name != step.record.name
        or known.account_id != step.account_id
        or known.contract_id != step.contract_id
        or known.reason is not step.reason
    )


def mark_unreadable(mirror: Mirror, provider_key: str, ids: Sequence[UUID], now: datetime) -> None:
    """Note of known subscriptions that their record could not be read, in the current session.

    Their fingerprint becomes one that no listing shows, so that they are read again; what is
    marked missing has none, and keeps none.
    """
    uuid = mirror.codec.uuid
    forget_pages(mirror, provider_key)
    mirror.execute_many(
        "UPDATE subscription SET unreadable_since = COALESCE(unreadable_since, ?),"
        " fingerprint = CASE WHEN missing_since IS NULL THEN ? END WHERE id = ?",
        [
            (mirror.codec.instant(now), subscription_id.bytes, uuid(subscription_id))
            for subscription_id in ids
        ],
    )
