"""One GraphQL type per file, named as the contract names it."""
