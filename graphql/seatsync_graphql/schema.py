"""The schema: everything that can be asked, in one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter

from seatsync_graphql.descriptions import describe
from seatsync_graphql.live import LiveUpdates
from seatsync_graphql.mutations import Mutation
from seatsync_graphql.permissions import declare_roles
from seatsync_graphql.queries.administration import AdministrationQueries
from seatsync_graphql.queries.crm import CrmQueries
from seatsync_graphql.queries.providers import ProviderQueries
from seatsync_graphql.queries.sync import SyncQueries
from seatsync_graphql.scalars import SCALARS
from seatsync_graphql.types.node import read_field

if TYPE_CHECKING:
    from graphql import GraphQLSchema


class _Names(NameConverter):
    """Camel case; a trailing underscore keeps a Python name off a built-in one."""

    def apply_naming_config(self, name: str) -> str:
        return super().apply_naming_config(name.rstrip("_"))


@strawberry.type
class Query(CrmQueries, ProviderQueries, SyncQueries, AdministrationQueries):
    """Everything that can be asked."""


declare_roles(Query, Mutation, LiveUpdates)


class Schema(strawberry.Schema):
    """Strawberry's schema; operations are executed by graphql-core itself."""

    @property
    def graphql_schema(self) -> GraphQLSchema:
        """The schema as graphql-core knows it, to validate documents with."""
        return self._schema


@cache
def build_schema() -> Schema:
    """Build the schema that is served, and that `seatsync schema` prints; once in a process."""
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=LiveUpdates,
        config=StrawberryConfig(
            default_resolver=read_field, name_converter=_Names(), scalar_map=SCALARS
        ),
    )
    describe(schema.graphql_schema)
    return schema
