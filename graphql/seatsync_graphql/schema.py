"""The schema: every query of the API in one."""

from __future__ import annotations

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter

from seatsync_graphql.execution import Prepared
from seatsync_graphql.queries.administration import AdministrationQueries
from seatsync_graphql.queries.crm import CrmQueries
from seatsync_graphql.queries.providers import ProviderQueries
from seatsync_graphql.queries.sync import SyncQueries
from seatsync_graphql.scalars import SCALARS
from seatsync_graphql.types.node import read_field


class _Names(NameConverter):
    """Camel case; a trailing underscore keeps a Python name off a built-in one."""

    def apply_naming_config(self, name: str) -> str:
        return super().apply_naming_config(name.rstrip("_"))


@strawberry.type
class Query(CrmQueries, ProviderQueries, SyncQueries, AdministrationQueries):
    """Everything that can be asked."""


def build_schema() -> strawberry.Schema:
    """Build the schema that is served, and that `seatsync schema` prints."""
    return strawberry.Schema(
        query=Query,
        extensions=[Prepared],
        config=StrawberryConfig(
            default_resolver=read_field, name_converter=_Names(), scalar_map=SCALARS
        ),
    )
