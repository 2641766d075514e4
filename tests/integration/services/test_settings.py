"""Changing the application settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seatsync.domain.change import FieldChange
from seatsync.domain.roles import LOCAL, Caller, Role
from seatsync.domain.settings import ApplicationSettings
from seatsync.errors import Forbidden, Refusal
from seatsync.mirror.settings import load_settings
from seatsync.services.setting_changes import SettingEdit

if TYPE_CHECKING:
    from back_office import BackOffice

ON = SettingEdit(associate_default_billing_contract=True)
OFF = SettingEdit(associate_default_billing_contract=False)


def stored(office: BackOffice) -> ApplicationSettings:
    with office.mirror.reading():
        return load_settings(office.mirror)


def test_associate_default_billing_contract_is_off_in_a_new_installation(
    office: BackOffice,
) -> None:
    assert stored(office) == ApplicationSettings()
    assert not stored(office).landing.is_on


def test_the_switch_remembers_since_when_it_is_on(office: BackOffice) -> None:
    since = office.clock.move(minutes=5, microseconds=7)
    office.settings.update(LOCAL, ON)
    office.clock.move(minutes=5)
    assert office.settings.update(LOCAL, ON).landing.since == since
    assert stored(office).landing.since == since


def test_switching_off_and_on_again_starts_anew(office: BackOffice) -> None:
    office.settings.update(LOCAL, ON)
    office.clock.move(minutes=5)
    assert office.settings.update(LOCAL, OFF).landing.since is None
    again = office.clock.move(minutes=5)
    office.settings.update(LOCAL, ON)
    assert stored(office).landing.since == again


def test_only_what_is_given_changes(office: BackOffice) -> None:
    edit = SettingEdit(provider_account_match=True, missing_threshold_percent=0, update_costs=False)
    changed = office.settings.update(LOCAL, edit)
    assert changed == ApplicationSettings(
        provider_account_match=True, missing_threshold_percent=0, update_costs=False
    )
    assert office.settings.update(LOCAL, SettingEdit(report_retention_days=0)) == stored(office)
    assert stored(office).missing_threshold_percent == 0


def test_a_changed_setting_is_in_the_audit_log_with_old_and_new(office: BackOffice) -> None:
    caller = Caller("dana", frozenset({Role.ADMIN}))
    office.settings.update(caller, replace(ON, missing_threshold_percent=35))
    [entry] = office.audited("updateApplicationSettings")
    assert (entry.actor, entry.occurred_at) == ("dana", office.clock.now())
    assert entry.field_changes == (
        FieldChange("associateDefaultBillingContract", "false", "true"),
        FieldChange("missingThresholdPercent", "20", "35"),
    )


def test_setting_what_is_set_writes_no_audit_entry(office: BackOffice) -> None:
    office.settings.update(LOCAL, replace(OFF, missing_threshold_percent=20))
    assert office.audited() == []


@pytest.mark.parametrize(
    ("edit", "name"),
    [
        (SettingEdit(missing_threshold_percent=-1), "missingThresholdPercent"),
        (replace(ON, missing_threshold_percent=101), "missingThresholdPercent"),
        (SettingEdit(report_retention_days=-1), "reportRetentionDays"),
        (SettingEdit(report_retention_days=2**31 - 1), "reportRetentionDays"),
    ],
)
def test_a_number_out_of_range_changes_nothing(
    office: BackOffice, edit: SettingEdit, name: str
) -> None:
    with pytest.raises(Refusal) as refused:
        office.settings.update(LOCAL, edit)
    assert (refused.value.code, refused.value.path) == ("INVALID_INPUT", ("sync", name))
    assert stored(office) == ApplicationSettings()


def test_only_an_administrator_may_change_settings(office: BackOffice) -> None:
    caller = Caller("dana", frozenset({Role.BILLING, Role.PROVISIONING}))
    with pytest.raises(Forbidden, match="ADMIN"):
        office.settings.update(caller, ON)
    assert not stored(office).landing.is_on
