"""What config.yaml says about a connection to Stellr."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, SecretStr, model_validator

from seatsync.sdk.http import ServiceUrl
from seatsync.sdk.settings import PluginSettings

LARGEST_PAGE = 200
"""A client that was fitted to live answers found no larger page."""


class Region(StrEnum):
    """Where the reseller's Stellr is."""

    US = "us"
    CA = "ca"
    BR = "br"
    MX = "mx"


API_URLS = {
    Region.US: "https://api.us.tdsynnex.com",
    Region.CA: "https://api.ca.tdsynnex.com",
    Region.BR: "https://api-br.lac.tdsynnex.com",
    Region.MX: "https://api-mx.lac.tdsynnex.com",
}
TOKEN_URLS = {
    Region.US: "https://sso.us.tdsynnex.com/oauth2/v1/token",
    Region.CA: "https://sso.ca.tdsynnex.com/oauth2/v1/token",
}
"""For Latin America no address is known."""


class StellrSettings(PluginSettings):
    """Credentials, and addresses that follow from the region unless they are given."""

    client_id: Annotated[
        str, Field(min_length=1, description="Client ID, from the Developer Portal of Stellr.")
    ]
    client_secret: Annotated[
        SecretStr, Field(min_length=1, description="Client secret that belongs to the client ID.")
    ]
    region: Annotated[Region, Field(description="Whose Stellr: us, ca, br or mx.")] = Region.US
    base_url: Annotated[
        ServiceUrl | None, Field(description="Where the API is; by default the region's address.")
    ] = None
    token_url: Annotated[
        ServiceUrl | None,
        Field(description="Where tokens are given; to be set for br and mx, and for sandboxes."),
    ] = None
    scope: Annotated[
        str | None, Field(description="The scope to ask for, if the portal names one.")
    ] = None
    currency: Annotated[
        str | None,
        Field(
            pattern="^[A-Z]{3}$",
            description="The currency of costs that name none, such as USD; else they are unknown.",
        ),
    ] = None
    page_size: Annotated[
        int, Field(ge=1, le=LARGEST_PAGE, description="Records to ask for at a time.")
    ] = 100
    max_requests_per_second: Annotated[
        float, Field(gt=0, description="The agent never asks faster than this.")
    ] = 5.0

    @model_validator(mode="after")
    def _knows_where_tokens_are_given(self) -> StellrSettings:
        if self.token_url is None and self.region not in TOKEN_URLS:
            message = f"token_url must be set: no address is known for the region {self.region}"
            raise ValueError(message)
        return self

    @property
    def api_url(self) -> str:
        """The address of the API."""
        return self.base_url or API_URLS[self.region]

    @property
    def sign_in_url(self) -> str:
        """The address where tokens are given."""
        return self.token_url or TOKEN_URLS[self.region]
