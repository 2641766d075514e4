"""What config.yaml says about a connection to StreamOne ION."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from seatsync.sdk.http import ServiceUrl
from seatsync.sdk.settings import PluginSettings

BASE_URL = "https://ion.tdsynnex.com"
PAGE_SIZE = 100
"""The default of the ION OpenAPI for `pagination.limit`; no largest value is documented."""


class IonSettings(PluginSettings):
    """Whose data is read, and the first token of the chain; the address is production's."""

    account_id: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9-]+$",
            description="Account ID, from Settings, Account Information at ION.",
        ),
    ]
    refresh_token: Annotated[
        SecretStr,
        Field(
            min_length=1,
            description=(
                "Refresh token of the integration user, which is used once: the agent keeps the"
                " ones that follow. Put a new one here when the connection needs one."
            ),
        ),
    ]
    base_url: Annotated[ServiceUrl, Field(description="Where ION is.")] = BASE_URL
    page_size: Annotated[int, Field(ge=1, le=1000, description="Records to ask for at a time.")] = (
        PAGE_SIZE
    )
    cloud_profiles: Annotated[
        bool,
        Field(
            description=(
                "Read the tenant ID and domain of each customer from its cloud profiles: one"
                " more call per customer and week."
            )
        ),
    ] = False
    max_requests_per_second: Annotated[
        float, Field(gt=0, description="The agent never asks faster than this.")
    ] = 3.0
