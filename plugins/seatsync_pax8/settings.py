"""What config.yaml says about a connection to Pax8."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from seatsync.sdk.http import ServiceUrl
from seatsync.sdk.settings import PluginSettings

BASE_URL = "https://api.pax8.com/v1"
TOKEN_URL = "https://api.pax8.com/v1/token"  # noqa: S105 - an address
AUDIENCE = "https://api.pax8.com"
LARGEST_PAGE = 200
"""The largest page that the Pax8 OpenAPI allows."""


class Pax8Settings(PluginSettings):
    """Credentials and addresses; the defaults are Pax8's production values."""

    client_id: Annotated[
        str, Field(min_length=1, description="Client ID, from the Credentials tab at Pax8.")
    ]
    client_secret: Annotated[
        SecretStr, Field(min_length=1, description="Client secret that belongs to the client ID.")
    ]
    base_url: Annotated[ServiceUrl, Field(description="Where the Partner API is.")] = BASE_URL
    token_url: Annotated[ServiceUrl, Field(description="Where tokens are given.")] = TOKEN_URL
    audience: Annotated[str, Field(description="Which API the tokens are for.")] = AUDIENCE
    page_size: Annotated[
        int, Field(ge=1, le=LARGEST_PAGE, description="Records to ask for at a time.")
    ] = LARGEST_PAGE
