"""The queries of the API, a few to a file; `seatsync_graphql.schema` adds them up."""
