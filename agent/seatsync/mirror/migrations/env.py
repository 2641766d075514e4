"""What Alembic runs: the revisions, inside the transaction that `migrate` has begun."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite can roll back a change of tables as well; `migrate` begins the transaction.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
