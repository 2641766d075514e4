"""What may be configured, and that its secret is never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from seatsync.sdk.settings import describe_settings
from seatsync_dataverse.settings import DataverseSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    Settings = Callable[..., DataverseSettings]


def test_the_defaults_are_those_of_the_public_cloud(settings: Settings) -> None:
    made = settings()
    assert made.api_url == "https://crm.example/api/data/v9.2"
    assert made.tenant_url == "https://login.microsoftonline.com/tenant"
    assert (made.timeout_s, made.max_requests_per_second, made.page_size) == (125, 18, 5000)


def test_a_trailing_slash_never_doubles(settings: Settings) -> None:
    made = settings(url="https://crm.example/", authority="https://login.example/")
    assert made.scope == "https://crm.example/.default"
    assert made.tenant_url == "https://login.example/tenant"


def test_the_api_may_be_elsewhere(settings: Settings) -> None:
    made = settings(base_url="https://gateway.example/crm/v9.2/")
    assert made.api_url == "https://gateway.example/crm/v9.2"
    assert made.scope == "https://crm.example/.default"


def test_names_of_an_existing_schema_are_taken(settings: Settings) -> None:
    names = {
        "table": "cr1_agreement",
        "columns": {"is_default": "cr1_standard"},
        "options": {"billing_policy": {"ADVANCE": 3}},
    }
    made = settings(tables={"billing_contract": names}).tables["billing_contract"]
    assert (made.table, made.columns["is_default"]) == ("cr1_agreement", "cr1_standard")
    assert made.options["billing_policy"]["ADVANCE"] == 3


def test_the_secret_is_never_shown(settings: Settings) -> None:
    made = settings()
    assert "hush" not in f"{made!r} {made} {made.model_dump()}"


def test_only_the_secret_is_marked_as_one() -> None:
    described = describe_settings(DataverseSettings)
    assert [setting.name for setting in described if setting.secret] == ["client_secret"]
    assert {setting.name for setting in described if setting.required} == {
        *("url", "tenant_id", "client_id", "client_secret"),
    }
    assert all(setting.description for setting in described)


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "crm.example"},
        {"url": "https://crm.example/api/data/v9.2"},
        {"url": "https://user:hush@crm.example"},
        {"authority": "https://login.example/tenant"},
        {"tenant_id": "a/b"},
        {"client_id": ""},
        {"client_secret": ""},
        {"page_size": 5001},
        {"tables": {"billing_contract": {"table": "Upper"}}},
        {"tables": {"billing_contract": {"tabel": "lower"}}},
        {"timeout_s": 0},
    ],
)
def test_what_cannot_work_is_refused_without_showing_it(
    settings: Settings, changed: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as raised:
        settings(**changed)
    assert "hush" not in str(raised.value)
