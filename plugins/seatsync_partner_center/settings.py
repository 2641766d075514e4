"""What config.yaml says about a connection to Microsoft Partner Center."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, model_validator

from seatsync.sdk.http import ServiceUrl
from seatsync.sdk.settings import PluginSettings

BASE_URL = "https://api.partnercenter.microsoft.com"
AUTHORITY = "https://login.microsoftonline.com"
AUDIENCE = "https://api.partnercenter.microsoft.com"
LARGEST_PAGE = 500
REQUESTS_PER_SECOND = 8.0
"""480 a minute: just below the 500 that are documented, so that calls in flight never add up."""


Identifier = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$", to_lower=True)
]
"""An id of Entra, or a domain: nothing that could change the address that it becomes part of."""


class Mode(StrEnum):
    """As whom the agent signs in."""

    APP_ONLY = "app_only"
    APP_USER = "app_user"


class TokenEndpoint(StrEnum):
    """Which of the two token endpoints of Microsoft Entra is asked."""

    V1 = "v1"
    V2 = "v2"


class Costs(StrEnum):
    """Where unit costs come from."""

    NONE = "none"
    ORDERS = "orders"


class PartnerCenterSettings(PluginSettings):
    """Credentials, addresses and ways of reading; the defaults are those of the public cloud."""

    tenant_id: Annotated[
        Identifier, Field(description="The partner's own tenant: its directory ID, or a domain.")
    ]
    client_id: Annotated[
        Identifier,
        Field(description="Application ID, registered in Partner Center's App management."),
    ]
    client_secret: Annotated[
        SecretStr, Field(min_length=1, description="A client secret of this application.")
    ]
    mode: Annotated[
        Mode, Field(description="app_only, or app_user: with a person's consent and MFA.")
    ] = Mode.APP_ONLY
    refresh_token: Annotated[
        SecretStr | None,
        Field(description="For app_user: the first one; `seatsync consent` gets it, too."),
    ] = None
    base_url: Annotated[ServiceUrl, Field(description="Where Partner Center's API is.")] = BASE_URL
    authority: Annotated[ServiceUrl, Field(description="Where tokens are given.")] = AUTHORITY
    audience: Annotated[str, Field(description="Which API the tokens are for.")] = AUDIENCE
    token_endpoint: Annotated[
        TokenEndpoint, Field(description="v2, or v1 where an old cloud lacks it.")
    ] = TokenEndpoint.V2
    page_size: Annotated[
        int, Field(ge=1, le=LARGEST_PAGE, description="Customers to ask for at a time.")
    ] = LARGEST_PAGE
    max_requests_per_second: Annotated[
        float, Field(gt=0, description="Microsoft documents 500 requests a minute.")
    ] = REQUESTS_PER_SECOND
    costs: Annotated[
        Costs, Field(description="none, or orders: the price at purchase, one call per new order.")
    ] = Costs.NONE
    audit_delta: Annotated[
        bool, Field(description="Read only customers that the audit log shows changed.")
    ] = False
    full_read_hours: Annotated[
        float,
        Field(gt=0, le=24 * 30, description="With audit_delta: no customer goes unread longer."),
    ] = 24.0

    @model_validator(mode="after")
    def _needs_no_token_alone(self) -> PartnerCenterSettings:
        if self.mode is Mode.APP_ONLY and self.refresh_token is not None:
            message = "refresh_token is for mode app_user; set `mode: app_user` or leave it out"
            raise ValueError(message)
        return self

    @property
    def tenant_url(self) -> str:
        """Where the partner's tenant signs in."""
        return f"{self.authority}/{self.tenant_id}"

    @property
    def token_url(self) -> str:
        """Where its tokens are given."""
        path = "oauth2/token" if self.token_endpoint is TokenEndpoint.V1 else "oauth2/v2.0/token"
        return f"{self.tenant_url}/{path}"
