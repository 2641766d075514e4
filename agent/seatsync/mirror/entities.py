"""What the database holds, as Pony entities: the one declaration that migrations must meet.

Instants are naive and in UTC (an aware one would lose its offset on SQLite); text is not
stripped on the way in; what may be absent is NULL, never the empty string.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pony.orm import Json, LongStr, Optional, PrimaryKey, Required, Set, composite_index
from pony.orm import composite_key as unique

if TYPE_CHECKING:
    from pony.orm import Database


def _required_text(**options: Any) -> Required:
    return Required(str, autostrip=False, **options)


def _optional_text(**options: Any) -> Optional:
    return Optional(str, autostrip=False, nullable=True, **options)


def _kept(entity: str) -> Set:
    """Declare the other side of a reference whose rows are never deleted along."""
    return Set(entity, cascade_delete=False)


def _amount(**options: Any) -> Optional:
    return Optional(Decimal, precision=20, scale=6, **options)


def declare_crm(db: Database) -> None:
    """Declare what the CRM knows: accounts and billing contracts."""

    class Account(db.Entity):
        _table_ = "account"
        id = PrimaryKey(UUID)
        name = _required_text(index=True)
        domain = _optional_text(index=True)
        created_at = Required(datetime)
        contracts = _kept("BillingContract")
        provider_accounts = _kept("ProviderAccount")
        subscriptions = _kept("Subscription")

    class BillingContract(db.Entity):
        _table_ = "billing_contract"
        id = PrimaryKey(UUID)
        name = _required_text()
        account = Required(Account, column="account_id", index=True)
        is_default = Required(bool, default=False)
        default_for = _optional_text()
        billing_policy = _required_text()
        billing_frequency = _required_text()
        currency = _required_text()
        status = _required_text()
        created_at = Required(datetime)
        default_changed_at = Optional(datetime)
        subscriptions = _kept("Subscription")
        runs = _kept("SyncRun")


def declare_providers(db: Database) -> None:
    """Declare the connections, their customers, and what their plug-ins keep."""

    class Provider(db.Entity):
        _table_ = "provider"
        key = PrimaryKey(str, autostrip=False)
        plugin = _required_text()
        display_name = _required_text()
        auto_sync = Required(bool)
        is_configured = Required(bool)
        health_state = _required_text()
        health_checked_at = Optional(datetime)
        unhealthy_since = Optional(datetime)
        health = Required(Json)
        record_epoch = _optional_text()
        accounts = _kept("ProviderAccount")
        subscriptions = _kept("Subscription")
        state = Set("PluginState")
        listed_pages = Set("ListedPage")

    class ProviderAccount(db.Entity):
        _table_ = "provider_account"
        id = PrimaryKey(UUID)
        provider = Required(Provider, column="provider_key")
        external_id = _required_text()
        name = _required_text()
        domain = _optional_text()
        account = Optional("Account", column="account_id", index=True)
        sync_enabled = Required(bool)
        fingerprint = Optional(bytes)
        discovered_at = Required(datetime)
        last_synced_at = Optional(datetime)
        last_error = _optional_text()
        subscriptions = _kept("Subscription")
        unique(provider, external_id)

    class ListedPage(db.Entity):
        _table_ = "listed_page"
        provider = Required(Provider, column="provider_key")
        digest = Required(bytes)
        fingerprints = Required(bytes)
        PrimaryKey(provider, digest)  # pyright: ignore[reportArgumentType]  Pony's two uses of it

    class PluginState(db.Entity):
        _table_ = "plugin_state"
        provider = Required(Provider, column="provider_key")
        name = _required_text()
        sealed = Required(bytes)
        updated_at = Required(datetime)
        PrimaryKey(provider, name)  # pyright: ignore[reportArgumentType]  Pony's two uses of it


def declare_subscriptions(db: Database) -> None:
    """Declare subscriptions and their License Change Log."""

    class Subscription(db.Entity):
        _table_ = "subscription"
        id = PrimaryKey(UUID)
        provider = Required("Provider", column="provider_key")
        provider_account = Required("ProviderAccount", column="provider_account_id", index=True)
        account = Optional("Account", column="account_id", index=True)
        billing_contract = Optional("BillingContract", column="billing_contract_id", index=True)
        unassigned_reason = _optional_text()
        external_id = _required_text()
        name = _required_text(index=True)
        quantity = Required(int, size=64)
        status = _required_text()
        provider_status = _required_text()
        billing_type = _required_text()
        part_number = _optional_text()
        product_name = _optional_text()
        unit_type = _optional_text()
        term = _optional_text()
        billing_frequency = _optional_text()
        is_trial = Required(bool)
        auto_renew = Optional(bool)
        parent_external_id = _optional_text()
        provider_note = _optional_text()
        starts_at = Optional(datetime)
        commitment_ends_at = Optional(datetime)
        unit_cost_amount = _amount()
        unit_cost_currency = _optional_text()
        unit_price_amount = _amount()
        unit_price_currency = _optional_text()
        discovered_at = Required(datetime)
        last_synced_at = Required(datetime)
        missing_since = Optional(datetime)
        unreadable_since = Optional(datetime)
        fingerprint = Optional(bytes)
        license_changes = _kept("LicenseChange")
        entries = _kept("ReportEntry")
        unique(provider, external_id)

    class LicenseChange(db.Entity):
        _table_ = "license_change"
        id = PrimaryKey(UUID)
        subscription = Required(Subscription, column="subscription_id", index=True)
        event = _required_text()
        quantity_delta = Required(int, size=64)
        quantity_after = Required(int, size=64)
        unit_cost_amount = _amount()
        unit_cost_currency = _optional_text()
        effective_date = Required(date)
        provisioning_status = _required_text()
        archived = Required(bool, default=False)
        invoice_reference = _optional_text()
        invoice_account_id = Optional(UUID)
        report_entry_id = Optional(UUID)
        created_at = Required(datetime)


def declare_report(db: Database) -> None:
    """Declare sync runs, what they could not read, and the Subscription Sync Report."""

    class SyncRun(db.Entity):
        _table_ = "sync_run"
        id = PrimaryKey(UUID)
        trigger = _required_text(column="trigger_kind")
        provider_key = _optional_text(index=True)
        billing_contract = Optional("BillingContract", column="billing_contract_id", index=True)
        job_id = Optional(UUID, index=True)
        requested_by = _required_text()
        started_at = Required(datetime)
        finished_at = Optional(datetime)
        outcome = _required_text()
        fetched = Required(int, size=64, default=0)
        created = Required(int, size=64, default=0)
        updated = Required(int, size=64, default=0)
        unchanged = Required(int, size=64, default=0)
        unassigned = Required(int, size=64, default=0)
        missing = Required(int, size=64, default=0)
        failed = Required(int, size=64, default=0)
        failures = Set("RunFailure")
        entries = Set("ReportEntry")

    class RunFailure(db.Entity):
        _table_ = "run_failure"
        id = PrimaryKey(UUID)
        run = Required(SyncRun, column="run_id", index=True)
        provider_key = _required_text()
        provider_account_id = Optional(UUID)
        external_id = _optional_text()
        code = _required_text()
        message = Required(LongStr, autostrip=False)
        remedy = _optional_text()

    class ReportEntry(db.Entity):
        _table_ = "report_entry"
        id = PrimaryKey(UUID)
        run = Required(SyncRun, column="run_id")
        provider_key = _required_text()
        change = _required_text(column="change_kind")
        subscription = Optional("Subscription", column="subscription_id", index=True)
        external_id = _required_text()
        subscription_name = _required_text()
        provider_account_id = Optional(UUID)
        account_id = Optional(UUID)
        billing_contract_id = Optional(UUID, index=True)
        field_changes = Required(LongStr, autostrip=False)
        unassigned_reason = _optional_text()
        message = _optional_text()
        occurred_at = Required(datetime)
        composite_index(run, "change")


def declare_jobs(db: Database) -> None:
    """Declare the job queue and the schedule."""

    class Job(db.Entity):
        _table_ = "job"
        id = PrimaryKey(UUID)
        kind = _required_text()
        status = _required_text()
        arguments = Required(Json)
        provider_key = _optional_text()
        attempts = Required(int, default=0)
        max_attempts = Required(int)
        progress_done = Required(int, size=64, default=0)
        progress_total = Optional(int, size=64)
        progress_message = _optional_text()
        requested_by = _required_text()
        created_at = Required(datetime)
        run_after = Required(datetime)
        started_at = Optional(datetime)
        updated_at = Required(datetime)
        finished_at = Optional(datetime)
        error_code = _optional_text()
        error_message = _optional_text()
        worker = _optional_text()
        cancel_requested = Required(bool, default=False)
        idempotency_key = _optional_text(unique=True)
        idempotency_digest = _optional_text()
        schedule_key = _optional_text(index=True)
        composite_index(status, run_after)

    class ScheduledJob(db.Entity):
        _table_ = "scheduled_job"
        key = PrimaryKey(str, autostrip=False)
        kind = _required_text()
        provider_key = _optional_text()
        enabled = Required(bool)
        is_configured = Required(bool)
        interval_minutes = Required(int)
        last_run_at = Optional(datetime)
        next_run_at = Optional(datetime)


def declare_administration(db: Database) -> None:
    """Declare settings and the audit log."""

    class Setting(db.Entity):
        _table_ = "setting"
        name = PrimaryKey(str, autostrip=False)
        value = Required(Json)
        updated_at = Required(datetime)

    class AuditEntry(db.Entity):
        _table_ = "audit_entry"
        id = PrimaryKey(UUID)
        actor = _required_text(index=True)
        action = _required_text()
        target_id = Optional(UUID, index=True)
        target_key = _optional_text()
        field_changes = Required(LongStr, autostrip=False)
        occurred_at = Required(datetime)


def declare_crm_exchange(db: Database) -> None:
    """Declare what is known of the CRM's own records, and what is on its way there."""

    class OutboxItem(db.Entity):
        _table_ = "crm_outbox"
        id = PrimaryKey(UUID)
        noun = _required_text()
        record_id = Required(UUID)
        operation = _required_text()
        fields = Required(LongStr, autostrip=False)
        bases = Required(LongStr, autostrip=False)
        revision = Required(int, default=0)
        created_at = Required(datetime)
        attempts = Required(int, default=0)
        next_attempt_at = Required(datetime)
        last_error = _optional_text()
        parked = Required(bool, default=False)
        unique(noun, record_id)

    class CrmRow(db.Entity):
        _table_ = "crm_row"
        noun = _required_text()
        record_id = Required(UUID)
        version = _required_text()
        generation = Required(int, default=0)
        PrimaryKey(noun, record_id)  # pyright: ignore[reportArgumentType]  Pony's two uses of it

    class CrmReading(db.Entity):
        _table_ = "crm_reading"
        noun = PrimaryKey(str, autostrip=False)
        mark = _optional_text()
        generation = Required(int, default=0)
        read_at = Optional(datetime)

    class CrmLink(db.Entity):
        _table_ = "crm_link"
        direction = PrimaryKey(str, autostrip=False)
        succeeded_at = Optional(datetime)
        late_since = Optional(datetime)
        last_error = _optional_text()


def declare_change_requests(db: Database) -> None:
    """Declare what the CRM's users ask for."""

    class ChangeRequest(db.Entity):
        _table_ = "change_request"
        id = PrimaryKey(UUID)
        kind = _required_text()
        requested_by = _required_text()
        billing_contract_id = Optional(UUID)
        provider_account_id = Optional(UUID)
        account_id = Optional(UUID)
        subscriptions = Optional(LongStr, autostrip=False, nullable=True)
        state = _required_text()
        received_at = Required(datetime)
        job_id = Optional(UUID)
        result = Optional(LongStr, autostrip=False, nullable=True)
        created = Optional(int, size=64)
        updated = Optional(int, size=64)
        unchanged = Optional(int, size=64)
        failed = Optional(int, size=64)
        report_url = _optional_text()


def declare_entities(db: Database) -> None:
    """Declare every entity on `db`, before it is bound."""
    declare_crm(db)
    declare_providers(db)
    declare_subscriptions(db)
    declare_report(db)
    declare_jobs(db)
    declare_administration(db)
    declare_crm_exchange(db)
    declare_change_requests(db)
