"""Keep what is known of a CRM's records, what is on its way there, and what its users ask for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


_KEPT: tuple[str, ...] = (
    "id",
    "noun",
    "record_id",
    "operation",
    "created_at",
    "attempts",
    "next_attempt_at",
    "last_error",
    "parked",
)


def upgrade() -> None:
    """Create the tables of the exchange with a CRM; items name fields now, and not values."""
    items = _taken_items()
    _create_outbox()
    _put_items(items)
    _create_knowledge()
    _create_change_request()


def _taken_items() -> list[dict[str, object]]:
    connection = op.get_bind()
    found = connection.execute(sa.text(f"SELECT {', '.join(_KEPT)} FROM crm_outbox"))  # noqa: S608
    items = [dict(zip(_KEPT, row, strict=True)) for row in found]
    op.drop_table("crm_outbox")
    return items


def _put_items(items: list[dict[str, object]]) -> None:
    if items:
        marks = ", ".join(f":{name}" for name in _KEPT)
        names = ", ".join(_KEPT)
        insert = f"INSERT INTO crm_outbox ({names}, fields, bases, revision)"
        op.get_bind().execute(sa.text(f"{insert} VALUES ({marks}, '', '', 0)"), items)


def _create_outbox() -> None:
    op.create_table(
        "crm_outbox",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("record_id", sa.UUID(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("bases", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("noun", "record_id", name="unq_crm_outbox__noun_record_id"),
    )


def _create_knowledge() -> None:
    op.create_table(
        "crm_row",
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("record_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("noun", "record_id"),
    )
    op.create_table(
        "crm_reading",
        sa.Column("noun", sa.Text(), primary_key=True),
        sa.Column("mark", sa.Text()),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime()),
    )
    op.create_table(
        "crm_link",
        sa.Column("direction", sa.Text(), primary_key=True),
        sa.Column("succeeded_at", sa.DateTime()),
        sa.Column("late_since", sa.DateTime()),
        sa.Column("last_error", sa.Text()),
    )


def _create_change_request() -> None:
    op.create_table(
        "change_request",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("billing_contract_id", sa.UUID()),
        sa.Column("provider_account_id", sa.UUID()),
        sa.Column("account_id", sa.UUID()),
        sa.Column("subscriptions", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("job_id", sa.UUID()),
        sa.Column("result", sa.Text()),
        sa.Column("created", sa.BigInteger()),
        sa.Column("updated", sa.BigInteger()),
        sa.Column("unchanged", sa.BigInteger()),
        sa.Column("failed", sa.BigInteger()),
        sa.Column("report_url", sa.Text()),
    )
