"""The GraphQL API of seatsync, served over HTTP."""

from seatsync_graphql import enums as enums
