"""Create the mirror's tables.

Types are spelled so that each database gets exactly what the entities declare, since SQLite
keeps the spelling, and decides by it how values are stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from decimal import Decimal

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AMOUNT: sa.DECIMAL[Decimal] = sa.DECIMAL(20, 6)


def upgrade() -> None:
    """Create every table, those that others refer to first."""
    _create_account()
    _create_billing_contract()
    _create_provider()
    _create_provider_account()
    _create_listed_page()
    _create_plugin_state()
    _create_subscription()
    _create_license_change()
    _create_sync_run()
    _create_run_failure()
    _create_report_entry()
    _create_job()
    _create_scheduled_job()
    _create_setting()
    _create_audit_entry()
    _create_crm_outbox()


def _reference(
    table: str,
    column: str,
    kind: sa.types.TypeEngine[Any],
    target: str,
    on_delete: str | None = None,
) -> sa.Column[Any]:
    """Refer to another table; a reference that may be set to NULL is one that may be NULL."""
    key = sa.ForeignKey(target, name=f"fk_{table}__{column}", ondelete=on_delete)
    return sa.Column(column, kind, key, nullable=on_delete == "SET NULL")


def _create_account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text()),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )
    op.create_index("idx_account__domain", "account", ["domain"])
    op.create_index("idx_account__name", "account", ["name"])


def _create_billing_contract() -> None:
    op.create_table(
        "billing_contract",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        _reference("billing_contract", "account_id", sa.UUID(), "account.id"),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("default_for", sa.Text()),
        sa.Column("billing_policy", sa.Text(), nullable=False),
        sa.Column("billing_frequency", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("default_changed_at", sa.DateTime()),
    )
    op.create_index("idx_billing_contract__account_id", "billing_contract", ["account_id"])


def _create_provider() -> None:
    op.create_table(
        "provider",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("auto_sync", sa.Boolean(), nullable=False),
        sa.Column("is_configured", sa.Boolean(), nullable=False),
        sa.Column("health_state", sa.Text(), nullable=False),
        sa.Column("health_checked_at", sa.DateTime()),
        sa.Column("unhealthy_since", sa.DateTime()),
        sa.Column("health", JSON, nullable=False),
        sa.Column("record_epoch", sa.Text()),
    )


def _create_provider_account() -> None:
    op.create_table(
        "provider_account",
        sa.Column("id", sa.UUID(), primary_key=True),
        _reference("provider_account", "provider_key", sa.Text(), "provider.key"),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text()),
        _reference("provider_account", "account_id", sa.UUID(), "account.id", "SET NULL"),
        sa.Column("sync_enabled", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary()),
        sa.Column("discovered_at", sa.DateTime(), nullable=False),
        sa.Column("last_synced_at", sa.DateTime()),
        sa.Column("last_error", sa.Text()),
        sa.UniqueConstraint(
            "provider_key", "external_id", name="unq_provider_account__provider_key_external_id"
        ),
    )
    op.create_index("idx_provider_account__account_id", "provider_account", ["account_id"])


def _create_listed_page() -> None:
    op.create_table(
        "listed_page",
        _reference("listed_page", "provider_key", sa.Text(), "provider.key", "CASCADE"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprints", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("provider_key", "digest"),
    )


def _create_plugin_state() -> None:
    op.create_table(
        "plugin_state",
        _reference("plugin_state", "provider_key", sa.Text(), "provider.key", "CASCADE"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("provider_key", "name"),
    )


def _create_subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.UUID(), primary_key=True),
        _reference("subscription", "provider_key", sa.Text(), "provider.key"),
        _reference("subscription", "provider_account_id", sa.UUID(), "provider_account.id"),
        _reference("subscription", "account_id", sa.UUID(), "account.id", "SET NULL"),
        _reference(
            "subscription", "billing_contract_id", sa.UUID(), "billing_contract.id", "SET NULL"
        ),
        sa.Column("unassigned_reason", sa.Text()),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("provider_status", sa.Text(), nullable=False),
        sa.Column("billing_type", sa.Text(), nullable=False),
        sa.Column("part_number", sa.Text()),
        sa.Column("product_name", sa.Text()),
        sa.Column("unit_type", sa.Text()),
        sa.Column("term", sa.Text()),
        sa.Column("billing_frequency", sa.Text()),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("auto_renew", sa.Boolean()),
        sa.Column("parent_external_id", sa.Text()),
        sa.Column("provider_note", sa.Text()),
        sa.Column("starts_at", sa.DateTime()),
        sa.Column("commitment_ends_at", sa.DateTime()),
        sa.Column("unit_cost_amount", AMOUNT),
        sa.Column("unit_cost_currency", sa.Text()),
        sa.Column("unit_price_amount", AMOUNT),
        sa.Column("unit_price_currency", sa.Text()),
        sa.Column("discovered_at", sa.DateTime(), nullable=False),
        sa.Column("last_synced_at", sa.DateTime(), nullable=False),
        sa.Column("missing_since", sa.DateTime()),
        sa.Column("unreadable_since", sa.DateTime()),
        sa.Column("fingerprint", sa.LargeBinary()),
        sa.UniqueConstraint(
            "provider_key", "external_id", name="unq_subscription__provider_key_external_id"
        ),
    )
    op.create_index("idx_subscription__account_id", "subscription", ["account_id"])
    op.create_index("idx_subscription__name", "subscription", ["name"])
    op.create_index(
        "idx_subscription__billing_contract_id", "subscription", ["billing_contract_id"]
    )
    op.create_index(
        "idx_subscription__provider_account_id", "subscription", ["provider_account_id"]
    )


def _create_license_change() -> None:
    op.create_table(
        "license_change",
        sa.Column("id", sa.UUID(), primary_key=True),
        _reference("license_change", "subscription_id", sa.UUID(), "subscription.id"),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("quantity_delta", sa.BigInteger(), nullable=False),
        sa.Column("quantity_after", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost_amount", AMOUNT),
        sa.Column("unit_cost_currency", sa.Text()),
        sa.Column("effective_date", sa.Date(), nullable=False),
        sa.Column("provisioning_status", sa.Text(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("invoice_reference", sa.Text()),
        sa.Column("invoice_account_id", sa.UUID()),
        sa.Column("report_entry_id", sa.UUID()),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )
    op.create_index("idx_license_change__subscription_id", "license_change", ["subscription_id"])


def _create_sync_run() -> None:
    op.create_table(
        "sync_run",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("trigger_kind", sa.Text(), nullable=False),
        sa.Column("provider_key", sa.Text()),
        _reference("sync_run", "billing_contract_id", sa.UUID(), "billing_contract.id", "SET NULL"),
        sa.Column("job_id", sa.UUID()),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("fetched", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("unassigned", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
    )
    op.create_index("idx_sync_run__billing_contract_id", "sync_run", ["billing_contract_id"])
    op.create_index("idx_sync_run__job_id", "sync_run", ["job_id"])
    op.create_index("idx_sync_run__provider_key", "sync_run", ["provider_key"])


def _create_run_failure() -> None:
    op.create_table(
        "run_failure",
        sa.Column("id", sa.UUID(), primary_key=True),
        _reference("run_failure", "run_id", sa.UUID(), "sync_run.id", "CASCADE"),
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("provider_account_id", sa.UUID()),
        sa.Column("external_id", sa.Text()),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text()),
    )
    op.create_index("idx_run_failure__run_id", "run_failure", ["run_id"])


def _create_report_entry() -> None:
    op.create_table(
        "report_entry",
        sa.Column("id", sa.UUID(), primary_key=True),
        _reference("report_entry", "run_id", sa.UUID(), "sync_run.id", "CASCADE"),
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("change_kind", sa.Text(), nullable=False),
        _reference("report_entry", "subscription_id", sa.UUID(), "subscription.id", "SET NULL"),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("subscription_name", sa.Text(), nullable=False),
        sa.Column("provider_account_id", sa.UUID()),
        sa.Column("account_id", sa.UUID()),
        sa.Column("billing_contract_id", sa.UUID()),
        sa.Column("field_changes", sa.Text(), nullable=False),
        sa.Column("unassigned_reason", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
    )
    op.create_index(
        "idx_report_entry__billing_contract_id", "report_entry", ["billing_contract_id"]
    )
    op.create_index(
        "idx_report_entry__run_id_change_kind", "report_entry", ["run_id", "change_kind"]
    )
    op.create_index("idx_report_entry__subscription_id", "report_entry", ["subscription_id"])


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column("provider_key", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("progress_done", sa.BigInteger(), nullable=False),
        sa.Column("progress_total", sa.BigInteger()),
        sa.Column("progress_message", sa.Text()),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("run_after", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime()),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        sa.Column("error_code", sa.Text()),
        sa.Column("error_message", sa.Text()),
        sa.Column("worker", sa.Text()),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), unique=True),
        sa.Column("idempotency_digest", sa.Text()),
        sa.Column("schedule_key", sa.Text()),
    )
    op.create_index("idx_job__schedule_key", "job", ["schedule_key"])
    op.create_index("idx_job__status_run_after", "job", ["status", "run_after"])


def _create_scheduled_job() -> None:
    op.create_table(
        "scheduled_job",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider_key", sa.Text()),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("is_configured", sa.Boolean(), nullable=False),
        sa.Column("interval_minutes", sa.Integer(), nullable=False),
        sa.Column("last_run_at", sa.DateTime()),
        sa.Column("next_run_at", sa.DateTime()),
    )


def _create_setting() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", JSON, nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
    )


def _create_audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_id", sa.UUID()),
        sa.Column("target_key", sa.Text()),
        sa.Column("field_changes", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
    )
    op.create_index("idx_audit_entry__actor", "audit_entry", ["actor"])
    op.create_index("idx_audit_entry__target_id", "audit_entry", ["target_id"])


def _create_crm_outbox() -> None:
    op.create_table(
        "crm_outbox",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("record_id", sa.UUID(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("parked", sa.Boolean(), nullable=False),
    )
    op.create_index("idx_crm_outbox__noun_record_id", "crm_outbox", ["noun", "record_id"])
