"""Carrying out planned steps: rows, license changes and report entries, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.domain.ids import new_id
from seatsync.domain.license_change import ProvisioningStatus
from seatsync.mirror.codec import encode_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.plan import Step
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.mirror.database import Mirror

_RECORD_COLUMNS = (
    "provider_account_id",
    "name",
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
    "starts_at",
    "commitment_ends_at",
    "unit_cost_amount",
    "unit_cost_currency",
    "fingerprint",
    "last_synced_at",
    "account_id",
    "billing_contract_id",
    "unassigned_reason",
)

_INSERT_COLUMNS = ("id", "provider_key", "external_id", "discovered_at", *_RECORD_COLUMNS)

_UPDATE = (
    "UPDATE subscription SET "  # noqa: S608
    + ", ".join(f"{column} = ?" for column in _RECORD_COLUMNS)
    + ", missing_since = NULL, unreadable_since = NULL WHERE id = ?"
)

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


class StepWriter:
    """Writes the steps of one batch of one run, in the session that is open."""

    def __init__(self, mirror: Mirror, run_id: UUID, provider_key: str, now: datetime) -> None:
        """Encode once what all rows of the batch share."""
        self._mirror = mirror
        self._codec = mirror.codec
        self._run_id = self._codec.uuid(run_id)
        self._provider_key = provider_key
        self._now = self._codec.instant(now)
        self._today = self._codec.date(now.date())

    def write(self, steps: Sequence[Step], fingerprints: dict[str, bytes]) -> None:
        """Write what the steps change; `fingerprints` are by external id."""
        entry_ids = [self._codec.uuid(new_id()) for _ in steps]
        self._insert([step for step in steps if step.known is None], fingerprints)
        self._update([step for step in steps if step.known is not None], fingerprints)
        self._mirror.insert(
            "report_entry",
            ENTRY_COLUMNS,
            [self._entry(step, entry_id) for step, entry_id in zip(steps, entry_ids, strict=True)],
        )
        self._mirror.insert(
            "license_change",
            _LICENSE_COLUMNS,
            [
                self._license(step, entry_id)
                for step, entry_id in zip(steps, entry_ids, strict=True)
                if step.license_delta
            ],
        )

    def refresh_fingerprints(self, steps: Iterable[Step], fingerprints: dict[str, bytes]) -> None:
        """Remember the new bytes of records whose meaning did not change."""
        self._mirror.execute_many(
            "UPDATE subscription SET fingerprint = ?, unreadable_since = NULL WHERE id = ?",
            [
                (fingerprints.get(step.record.external_id), self._codec.uuid(step.subscription_id))
                for step in steps
            ],
        )

    def _insert(self, steps: list[Step], fingerprints: dict[str, bytes]) -> None:
        uuid = self._codec.uuid
        self._mirror.insert(
            "subscription",
            _INSERT_COLUMNS,
            [
                (
                    uuid(step.subscription_id),
                    self._provider_key,
                    step.record.external_id,
                    self._now,
                    *self._record(step, fingerprints),
                )
                for step in steps
            ],
        )

    def _update(self, steps: list[Step], fingerprints: dict[str, bytes]) -> None:
        uuid = self._codec.uuid
        self._mirror.execute_many(
            _UPDATE,
            [(*self._record(step, fingerprints), uuid(step.subscription_id)) for step in steps],
        )

    def _record(self, step: Step, fingerprints: dict[str, bytes]) -> tuple[Any, ...]:
        record, codec = step.record, self._codec
        return (
            codec.uuid(step.customer.id),
            record.name,
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
            codec.instant(record.starts_at),
            codec.instant(record.commitment_ends_at),
            *self._cost(record),
            fingerprints.get(record.external_id),
            self._now,
            codec.uuid(step.account_id),
            codec.uuid(step.contract_id),
            step.reason.value if step.reason else None,
        )

    def _cost(self, record: RemoteSubscription) -> tuple[Any, str | None]:
        if record.unit_cost is None:
            return None, None
        return self._codec.decimal(record.unit_cost.amount), record.unit_cost.currency

    def _entry(self, step: Step, entry_id: Any) -> tuple[Any, ...]:
        codec = self._codec
        return (
            entry_id,
            self._run_id,
            self._provider_key,
            step.change.value if step.change else None,
            codec.uuid(step.subscription_id),
            step.record.external_id,
            step.record.name,
            codec.uuid(step.customer.id),
            codec.uuid(step.account_id),
            codec.uuid(step.contract_id),
            encode_changes(step.field_changes),
            step.reason.value if step.reason else None,
            None,
            self._now,
        )

    def _license(self, step: Step, entry_id: Any) -> tuple[Any, ...]:
        delta = step.license_delta
        assert delta is not None  # noqa: S101 - the caller chose the steps that have one
        return (
            self._codec.uuid(new_id()),
            self._codec.uuid(step.subscription_id),
            delta.event.value,
            delta.quantity_delta,
            delta.quantity_after,
            *self._cost(step.record),
            self._today,
            ProvisioningStatus.NOT_APPLICABLE.value,
            False,
            entry_id,
            self._now,
        )


def mark_unreadable(mirror: Mirror, ids: Sequence[UUID], now: datetime) -> None:
    """Note of known subscriptions that their record could not be read, in the current session.

    Their fingerprint becomes one that no listing shows, so that they are read again; what is
    marked missing has none, and keeps none.
    """
    uuid = mirror.codec.uuid
    mirror.execute_many(
        "UPDATE subscription SET unreadable_since = COALESCE(unreadable_since, ?),"
        " fingerprint = CASE WHEN missing_since IS NULL THEN ? END WHERE id = ?",
        [
            (mirror.codec.instant(now), subscription_id.bytes, uuid(subscription_id))
            for subscription_id in ids
        ],
    )
