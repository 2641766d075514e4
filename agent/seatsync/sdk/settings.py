"""Settings of plug-ins: checked all at once, with secrets marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


class PluginSettings(BaseModel):
    """The `settings:` of one provider in config.yaml; a plug-in adds its own fields.

    A field of type `SecretStr` is a secret: it never shows in a repr, a log or a report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    timeout_s: Annotated[float, Field(gt=0, description="Seconds to wait for one answer.")] = 30.0
    max_requests_per_second: Annotated[
        float, Field(gt=0, description="The agent never asks faster than this.")
    ] = 10.0


@dataclass(frozen=True, slots=True)
class SettingDescription:
    """One setting as `seatsync plugins` and the API describe it."""

    name: str
    required: bool
    secret: bool
    description: str


def describe_settings(settings: type[PluginSettings]) -> tuple[SettingDescription, ...]:
    """Return what configuration a plug-in takes: required settings first."""
    described = [
        SettingDescription(
            name, info.is_required(), _is_secret(info), (info.description or "").strip()
        )
        for name, info in settings.model_fields.items()
    ]
    return tuple(sorted(described, key=lambda setting: not setting.required))


def _is_secret(info: FieldInfo) -> bool:
    return "SecretStr" in str(info.annotation) or info.annotation is SecretStr
