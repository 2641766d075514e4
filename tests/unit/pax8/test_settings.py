"""What may be configured, and that its secret is never shown."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from seatsync.sdk.settings import describe_settings
from seatsync_pax8 import PLUGIN
from seatsync_pax8.settings import Pax8Settings

REQUIRED: dict[str, Any] = {"client_id": "id", "client_secret": "hush"}


def test_the_defaults_are_pax8s_own() -> None:
    settings = Pax8Settings(**REQUIRED)
    assert [settings.base_url, settings.token_url, settings.audience] == [
        "https://api.pax8.com/v1",
        "https://api.pax8.com/v1/token",
        "https://api.pax8.com",
    ]
    assert (settings.page_size, settings.max_requests_per_second) == (200, 10)


def test_the_secret_is_never_shown() -> None:
    settings = Pax8Settings(**REQUIRED)
    assert "hush" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_only_the_secret_is_marked_as_one() -> None:
    described = describe_settings(PLUGIN.settings)
    assert [setting.name for setting in described if setting.secret] == ["client_secret"]
    assert [setting.name for setting in described if setting.required] == [
        "client_id",
        "client_secret",
    ]
    assert all(setting.description for setting in described)


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": ""},
        {"client_secret": ""},
        {"base_url": "api.pax8.com"},
        {"base_url": "ftp://api.pax8.com"},
        {"base_url": "https://user:hush@api.pax8.com"},
        {"token_url": "https://api.pax8.com/token?key=hush"},
        {"base_url": "https://[broken"},
        {"page_size": 201},
        {"page_size": 0},
        {"timeout_s": 0},
        {"max_requests_per_second": 0},
        {"pagesize": 5},
    ],
)
def test_what_cannot_work_is_refused_without_showing_it(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        Pax8Settings(**{**REQUIRED, **changed})
    assert "hush" not in str(raised.value)


def test_a_trailing_slash_does_not_matter() -> None:
    assert Pax8Settings(**REQUIRED, base_url="https://x.example/v1/").base_url == (
        "https://x.example/v1"
    )


def test_the_plugin_says_what_it_can_do() -> None:
    assert PLUGIN.name == "pax8"
    assert PLUGIN.capabilities.lists_all_subscriptions
    assert PLUGIN.capabilities.includes_ended
    assert PLUGIN.capabilities.knows_unit_costs
