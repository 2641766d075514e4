"""Each module brings the database from the version before it to its own."""
