"""Mutations about the application settings."""

from __future__ import annotations

import strawberry
from strawberry import Info

from seatsync_graphql.context import Context
from seatsync_graphql.inputs.settings import ApplicationSettingsInput
from seatsync_graphql.payloads import ApplicationSettingsPayload, answer
from seatsync_graphql.types.application_settings import ApplicationSettings


@strawberry.type
class SettingMutations:
    """Changing the settings."""

    @strawberry.field
    def update_application_settings(
        self, info: Info[Context, None], input_: ApplicationSettingsInput
    ) -> ApplicationSettingsPayload:
        """Change what is given."""
        context, edit = info.context, input_.edit()
        settings = context.services.change.settings
        return answer(
            ApplicationSettingsPayload,
            lambda: ApplicationSettings(record=settings.update(context.caller, edit)),
            "application_settings",
        )
