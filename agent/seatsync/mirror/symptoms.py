"""How each kind of exception shows in the data: one query each, nothing stored."""

from __future__ import annotations

from dataclasses import dataclass

from seatsync.domain.crm import CrmDirection
from seatsync.domain.exception import ExceptionKind
from seatsync.domain.subscription import SubscriptionStatus

_NO_ID = "CAST(NULL AS uuid)"
_NO_TEXT = "CAST(NULL AS text)"


@dataclass(frozen=True, slots=True)
class Symptom:
    """Rows that show one kind of exception, and SQL expressions for what they are about.

    `key` orders the rows and goes into cursors: an id, or the key of a provider.
    """

    kind: ExceptionKind
    source: str
    condition: str
    key: str
    since: str
    name: str
    detail: str = _NO_TEXT
    subscription: str = _NO_ID
    provider_account: str = _NO_ID
    account: str = _NO_ID
    contract: str = _NO_ID
    provider: str = _NO_TEXT

    @property
    def record_id(self) -> str:
        """The key where it is an id."""
        return _NO_ID if self.key == self.provider else self.key


_ENDED = ", ".join(f"'{status}'" for status in SubscriptionStatus if status.is_ended)
# Consumption is billed without a seat count, so a usage subscription lives with none.
_LIVE = f"s.status NOT IN ({_ENDED}) AND (s.quantity > 0 OR s.billing_type = 'USAGE')"
_LOG = "FROM license_change l WHERE l.subscription_id = s.id"
_DELTAS = f"(SELECT COALESCE(SUM(l.quantity_delta), 0) {_LOG})"
_LAST_DELTA = f"(SELECT MAX(l.created_at) {_LOG})"
_DEFAULTS = (
    "FROM billing_contract d WHERE d.account_id = a.id AND d.is_default AND d.status = 'ACTIVE'"
)
_DEFAULT_SINCE = f"(SELECT MAX(COALESCE(d.default_changed_at, d.created_at)) {_DEFAULTS})"

_STALE_JOBS = """
    SELECT k.id, k.kind AS name, k.status AS detail, k.provider_key,
        CASE WHEN k.run_after > k.updated_at THEN k.run_after ELSE k.updated_at END AS since
    FROM job k
    WHERE (k.status IN ('DISPATCHED', 'IN_PROGRESS') AND k.updated_at < {silent_since})
        OR (k.status IN ('WAITING', 'RETRY') AND k.run_after < {waiting_since})
"""
_LATE_LINKS = f"""
    SELECT CASE k.direction WHEN '{CrmDirection.PULL}' THEN {{pull_id}} ELSE {{push_id}} END,
        k.direction, k.last_error, NULL, k.late_since
    FROM crm_link k WHERE k.late_since < {{late_since}}
"""  # noqa: S608

# Few are parked, of however many wait; so they are looked for first.
_PARKED = """(SELECT * FROM crm_outbox WHERE parked) o
    LEFT JOIN license_change l ON o.noun = 'license_change' AND l.id = o.record_id
    LEFT JOIN subscription s ON s.id = CASE o.noun
        WHEN 'subscription' THEN o.record_id WHEN 'license_change' THEN l.subscription_id END
    LEFT JOIN provider_account p ON o.noun = 'provider_account' AND p.id = o.record_id
    LEFT JOIN billing_contract c ON o.noun = 'billing_contract' AND c.id = o.record_id
    LEFT JOIN account a ON o.noun = 'account' AND a.id = o.record_id
"""
_PARKED_NAME = """CASE o.noun
    WHEN 'account' THEN 'the account ' || a.name
    WHEN 'billing_contract' THEN 'the billing contract ' || c.name
    WHEN 'provider_account' THEN 'the provider account ' || p.name
    WHEN 'subscription' THEN 'the subscription ' || s.name
    WHEN 'license_change' THEN 'a license change of ' || s.name
    WHEN 'change_request' THEN 'the answer to a change request' END
"""


def _of_subscription(
    kind: ExceptionKind,
    condition: str,
    *,
    source: str = "subscription s",
    since: str = "s.discovered_at",
    detail: str = _NO_TEXT,
    account: str = "s.account_id",
) -> Symptom:
    return Symptom(
        kind,
        source,
        condition,
        key="s.id",
        since=since,
        name="s.name",
        detail=detail,
        subscription="s.id",
        provider_account="s.provider_account_id",
        account=account,
        contract="s.billing_contract_id",
        provider="s.provider_key",
    )


SYMPTOMS = (
    _of_subscription(ExceptionKind.MISSING_CUSTOMER, f"{_LIVE} AND s.account_id IS NULL"),
    _of_subscription(
        ExceptionKind.MISSING_BILLING_CONTRACT,
        f"{_LIVE} AND s.billing_contract_id IS NULL",
        detail="s.unassigned_reason",
    ),
    _of_subscription(ExceptionKind.MISSING_PRICE_DATA, f"{_LIVE} AND s.unit_price_amount IS NULL"),
    Symptom(
        ExceptionKind.UNMAPPED_PROVIDER_ACCOUNT,
        "provider_account p",
        "p.account_id IS NULL",
        key="p.id",
        since="p.discovered_at",
        name="p.name",
        detail="p.provider_key",
        provider_account="p.id",
        provider="p.provider_key",
    ),
    Symptom(
        ExceptionKind.MULTIPLE_DEFAULT_CONTRACTS,
        "account a",
        f"EXISTS (SELECT 1 {_DEFAULTS} GROUP BY d.default_for HAVING COUNT(*) > 1)",
        key="a.id",
        since=_DEFAULT_SINCE,
        name="a.name",
        account="a.id",
    ),
    _of_subscription(
        ExceptionKind.MISSING_AT_PROVIDER,
        "s.missing_since IS NOT NULL",
        since="s.missing_since",
        detail="s.provider_key",
    ),
    _of_subscription(
        ExceptionKind.LICENSE_CHANGE_MISMATCH,
        f"s.quantity <> {_DELTAS}",
        since=f"COALESCE({_LAST_DELTA}, s.discovered_at)",
        detail=f"CAST({_DELTAS} AS text)",
    ),
    Symptom(
        ExceptionKind.PROVIDER_UNHEALTHY,
        "provider r",
        "r.is_configured AND r.health_state = 'FAILED' AND r.health_checked_at IS NOT NULL",
        key="r.key",
        since="COALESCE(r.unhealthy_since, r.health_checked_at)",
        name="r.display_name",
        provider="r.key",
    ),
    Symptom(
        ExceptionKind.STALE_JOB,
        f"({_STALE_JOBS} UNION ALL {_LATE_LINKS}) j",
        "j.id IS NOT NULL",
        key="j.id",
        since="j.since",
        name="j.name",
        detail="j.detail",
        provider="j.provider_key",
    ),
    Symptom(
        ExceptionKind.CRM_WRITE_FAILED,
        _PARKED,
        "o.parked",
        key="o.id",
        since="o.created_at",
        name=f"COALESCE({_PARKED_NAME}, 'a record that the mirror has no more')",
        detail="o.last_error",
        subscription="s.id",
        provider_account="COALESCE(s.provider_account_id, p.id)",
        account="COALESCE(s.account_id, c.account_id, p.account_id, a.id)",
        contract="COALESCE(s.billing_contract_id, c.id)",
        provider="COALESCE(s.provider_key, p.provider_key)",
    ),
    _of_subscription(
        ExceptionKind.ACCOUNT_MISMATCH,
        "c.account_id <> p.account_id",
        source="subscription s JOIN billing_contract c ON c.id = s.billing_contract_id"
        " JOIN provider_account p ON p.id = s.provider_account_id",
        detail="(SELECT b.name FROM account b WHERE b.id = c.account_id)",
        account="p.account_id",
    ),
)
"""Every kind, in the order in which a dashboard lists them."""
