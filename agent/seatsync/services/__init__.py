"""The use cases: one door for GraphQL, the schedule and the command line."""
