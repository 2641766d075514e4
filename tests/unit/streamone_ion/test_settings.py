"""What may be configured for ION, and that its secret is never shown."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from seatsync.sdk.plugin import Maturity
from seatsync.sdk.settings import describe_settings
from seatsync_streamone_ion import PLUGIN
from seatsync_streamone_ion.settings import IonSettings

REQUIRED: dict[str, Any] = {"account_id": "10001", "refresh_token": "hush"}


def test_the_defaults_are_ions_own() -> None:
    settings = IonSettings(**REQUIRED)
    assert settings.base_url == "https://ion.tdsynnex.com"
    assert (settings.page_size, settings.max_requests_per_second) == (100, 3)
    assert not settings.cloud_profiles


def test_the_refresh_token_is_never_shown() -> None:
    settings = IonSettings(**REQUIRED)
    assert "hush" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_only_the_refresh_token_is_marked_as_a_secret() -> None:
    described = describe_settings(PLUGIN.settings)
    assert [setting.name for setting in described if setting.secret] == ["refresh_token"]
    assert [setting.name for setting in described if setting.required] == list(REQUIRED)
    assert all(setting.description for setting in described)


@pytest.mark.parametrize(
    "changed",
    [
        {"account_id": ""},
        {"account_id": "accounts/1"},
        {"refresh_token": ""},
        {"base_url": "ion.tdsynnex.com"},
        {"page_size": 0},
        {"password": "hush"},
    ],
)
def test_what_cannot_work_is_refused_without_showing_it(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        IonSettings(**{**REQUIRED, **changed})
    assert "hush" not in str(raised.value)


def test_the_plugin_says_what_it_can_do() -> None:
    assert PLUGIN.name == "streamone_ion"
    assert PLUGIN.maturity is Maturity.STABLE
    assert PLUGIN.capabilities.lists_all_subscriptions
    assert PLUGIN.capabilities.knows_unit_costs
