"""Changing the Admin Hub's switches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatsync.domain.change import FieldChange, spell
from seatsync.domain.landing import LandingSetting
from seatsync.domain.roles import Permission
from seatsync.domain.text import invalid
from seatsync.mirror.settings import FIELDS, LANDING, hold_settings, store_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from seatsync.domain.roles import Caller
    from seatsync.domain.settings import ApplicationSettings
    from seatsync.services.journal import Journal

LONGEST_RETENTION_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class SettingEdit:
    """What a caller changes of the settings; None leaves a switch as it is."""

    associate_default_billing_contract: bool | None = None
    provider_account_match: bool | None = None
    missing_threshold_percent: int | None = None
    report_retention_days: int | None = None
    update_costs: bool | None = None


@dataclass(frozen=True, slots=True)
class SettingChanges:
    """What an ADMIN may do to the settings."""

    journal: Journal

    def update(self, caller: Caller, edit: SettingEdit) -> ApplicationSettings:
        """Change what is given, and return all settings; raise `Refusal`."""
        with self.journal.changing(
            caller, Permission.CONFIGURE, "updateApplicationSettings"
        ) as notes:
            _refuse_out_of_range(edit)
            old = hold_settings(self.journal.mirror)
            new = _edited(old, edit, notes.at)
            store_settings(self.journal.mirror, old, new, notes.at)
            notes.note(_changes(old, new))
            return new


def _refuse_out_of_range(edit: SettingEdit) -> None:
    threshold, days = edit.missing_threshold_percent, edit.report_retention_days
    if threshold is not None and not 0 <= threshold <= 100:  # noqa: PLR2004 - a percentage
        raise invalid(
            "missingThresholdPercent must be from 0 to 100", ("sync", "missingThresholdPercent")
        )
    if days is not None and not 0 <= days <= LONGEST_RETENTION_DAYS:
        raise invalid(
            f"reportRetentionDays must be from 0 (for ever) to {LONGEST_RETENTION_DAYS}",
            ("sync", "reportRetentionDays"),
        )


def _edited(old: ApplicationSettings, edit: SettingEdit, now: datetime) -> ApplicationSettings:
    given = {
        field: value for field in FIELDS.values() if (value := getattr(edit, field)) is not None
    }
    landing = _switched(old.landing, edit.associate_default_billing_contract, now)
    return replace(old, landing=landing, **given)


def _switched(old: LandingSetting, on: bool | None, now: datetime) -> LandingSetting:  # noqa: FBT001 - a switch
    if on is None or on == old.is_on:
        return old
    return LandingSetting(since=now if on else None)


def _changes(old: ApplicationSettings, new: ApplicationSettings) -> tuple[FieldChange, ...]:
    before, after = _switches(old), _switches(new)
    return tuple(
        FieldChange(name, spell(before[name]), spell(after[name]))
        for name in after
        if before[name] != after[name]
    )


def _switches(settings: ApplicationSettings) -> Mapping[str, object]:
    plain = {name: getattr(settings, field) for name, field in FIELDS.items()}
    return {LANDING: settings.landing.is_on} | plain
