"""What may be configured for Stellr: every address, by region or by itself."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from seatsync.cli.program import program
from seatsync.sdk.plugin import Maturity
from seatsync.sdk.settings import describe_settings
from seatsync_stellr import PLUGIN
from seatsync_stellr.settings import StellrSettings

REQUIRED: dict[str, Any] = {"client_id": "id", "client_secret": "hush"}
ELSEWHERE = "https://sso.example/token"


@pytest.mark.parametrize(
    ("settings", "api", "token"),
    [
        ({}, "https://api.us.tdsynnex.com", "https://sso.us.tdsynnex.com/oauth2/v1/token"),
        (
            {"region": "ca"},
            "https://api.ca.tdsynnex.com",
            "https://sso.ca.tdsynnex.com/oauth2/v1/token",
        ),
        ({"region": "br", "token_url": ELSEWHERE}, "https://api-br.lac.tdsynnex.com", ELSEWHERE),
        ({"region": "mx", "token_url": ELSEWHERE}, "https://api-mx.lac.tdsynnex.com", ELSEWHERE),
        (
            {"base_url": "https://sandbox.example", "token_url": ELSEWHERE},
            "https://sandbox.example",
            ELSEWHERE,
        ),
    ],
)
def test_addresses_follow_from_the_region_unless_they_are_given(
    settings: dict[str, Any], api: str, token: str
) -> None:
    read = StellrSettings(**REQUIRED, **settings)
    assert (read.api_url, read.sign_in_url) == (api, token)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"region": "br"}, "token_url must be set"),
        ({"region": "eu"}, "'us', 'ca', 'br' or 'mx'"),
        ({"client_secret": ""}, "client_secret"),
        ({"base_url": "api.us.tdsynnex.com"}, "must be a URL"),
        ({"page_size": 201}, "less than or equal to 200"),
        ({"currency": "dollars"}, "currency"),
        ({"user_name": "hush"}, "user_name"),
    ],
)
def test_what_cannot_work_is_refused_without_showing_it(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as raised:
        StellrSettings(**{**REQUIRED, **changed})
    assert "hush" not in str(raised.value)


def test_only_the_secret_is_marked_as_one_and_never_shown() -> None:
    described = describe_settings(PLUGIN.settings)
    assert [setting.name for setting in described if setting.secret] == ["client_secret"]
    assert [setting.name for setting in described if setting.required] == list(REQUIRED)
    assert all(setting.description for setting in described)
    settings = StellrSettings(**REQUIRED)
    assert "hush" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_the_plugin_says_that_it_is_a_preview() -> None:
    assert PLUGIN.maturity is Maturity.PREVIEW
    assert not PLUGIN.capabilities.lists_all_subscriptions
    listed = CliRunner().invoke(program, ["plugins"]).stdout
    assert "stellr TD SYNNEX Stellr, version 0.1.0, preview" in listed
    assert "TD SYNNEX StreamOne ION, version 0.1.0\n" in listed
