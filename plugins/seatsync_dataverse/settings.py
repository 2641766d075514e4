"""What config.yaml says about the organisation in Dataverse that is the CRM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from seatsync.sdk.http import ServiceUrl
from seatsync.sdk.settings import PluginSettings
from seatsync_dataverse.mapped import mapping_problems

AUTHORITY = "https://login.microsoftonline.com"
API_PATH = "/api/data/v9.2"
LARGEST_PAGE = 5000
"""The most rows that a page may hold (Web API, page results)."""
TIMEOUT_S = 125.0
"""Just longer than the two minutes after which the platform itself gives up on a call."""
REQUESTS_PER_SECOND = 18.0
"""5,400 in five minutes: below the 6,000 that are documented (service protection limits)."""


def _origin(text: str) -> str:
    if urlsplit(text).path:
        message = "must be an origin such as https://example.crm4.dynamics.com, without a path"
        raise ValueError(message)
    return text


Origin = Annotated[ServiceUrl, AfterValidator(_origin)]
"""Scheme, host and port of a service: no path, no trailing slash."""

Identifier = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$", to_lower=True)
]
"""An id of Entra, or a domain: nothing that could change the address that it becomes part of."""

LogicalName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""The name of a table or column, as metadata calls its logical name: lower case."""


class TableNames(BaseModel):
    """What one of our tables, its columns and its choices are called in an existing schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    table: Annotated[LogicalName | None, Field(description="Logical name of the table.")] = None
    columns: Annotated[
        Mapping[str, LogicalName | None],
        Field(description="Logical names of columns, by our field; null where there is none."),
    ] = {}
    options: Annotated[
        Mapping[str, Mapping[str, int]],
        Field(description="Values of choices, by our field and our word."),
    ] = {}


def _known(tables: Mapping[str, TableNames]) -> Mapping[str, TableNames]:
    problems = list(mapping_problems(tables))
    if problems:
        raise ValueError("; ".join(problems))
    return tables


class DataverseSettings(PluginSettings):
    """Credentials, addresses and names; the defaults are those of the public cloud."""

    url: Annotated[
        Origin, Field(description="The organisation, such as https://example.crm4.dynamics.com.")
    ]
    tenant_id: Annotated[
        Identifier, Field(description="Directory ID of the organisation's tenant, or a domain.")
    ]
    client_id: Annotated[
        Identifier, Field(description="Application ID of an application user of the organisation.")
    ]
    client_secret: Annotated[
        SecretStr, Field(min_length=1, description="A client secret of this application.")
    ]
    authority: Annotated[
        Origin, Field(description="Where tokens are given; the tenant is appended.")
    ] = AUTHORITY
    base_url: Annotated[
        ServiceUrl | None, Field(description="Where the Web API is, if not below `url`.")
    ] = None
    tables: Annotated[
        Mapping[str, TableNames],
        AfterValidator(_known),
        Field(description="Names in an existing schema, where they are not those of set-up."),
    ] = {}
    page_size: Annotated[
        int, Field(ge=1, le=LARGEST_PAGE, description="Rows to ask for at a time.")
    ] = LARGEST_PAGE
    timeout_s: Annotated[float, Field(gt=0, description="Seconds to wait for one answer.")] = (
        TIMEOUT_S
    )
    max_requests_per_second: Annotated[
        float, Field(gt=0, description="Microsoft documents 6,000 requests in five minutes.")
    ] = REQUESTS_PER_SECOND

    @property
    def api_url(self) -> str:
        """Where the Web API is."""
        return self.base_url or f"{self.url}{API_PATH}"

    @property
    def tenant_url(self) -> str:
        """Where the organisation's tenant signs in."""
        return f"{self.authority}/{self.tenant_id}"

    @property
    def scope(self) -> str:
        """What a token is asked for: whatever the application may do in this organisation."""
        return f"{self.url}/.default"
