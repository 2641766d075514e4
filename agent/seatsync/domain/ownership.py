"""Which field of which record belongs to whom: the one table that both directions go by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from seatsync.domain.billing import BillingFrequency, BillingPolicy, BillingType
from seatsync.domain.change_request import RequestKind, RequestState
from seatsync.domain.contract import ContractStatus
from seatsync.domain.crm import CrmNoun
from seatsync.domain.license_change import LicenseChangeEvent
from seatsync.domain.subscription import SubscriptionStatus, UnassignedReason

if TYPE_CHECKING:
    from collections.abc import Mapping


class Owner(StrEnum):
    """Whose word counts for a field."""

    AGENT = "agent"
    """The agent writes it whenever it changes; what stands in the CRM is put right."""
    CRM = "CRM"
    """The CRM's users; the agent writes it on creation, and when one of its own users, or the
    landing rule, changed it here, provided that nobody changed it in the CRM meanwhile."""
    CRM_ALONE = "CRM alone"
    """The CRM's users; the agent names it only when it puts back a row that was deleted."""


class FieldKind(StrEnum):
    """What values a field takes."""

    TEXT = "text"
    LONG_TEXT = "long text"
    INTEGER = "whole number"
    DECIMAL = "number"
    MONEY = "money"
    CURRENCY = "currency of the money"
    FLAG = "yes or no"
    CHOICE = "choice"
    INSTANT = "instant"
    DAY = "day"
    REFERENCE = "lookup"


@dataclass(frozen=True, slots=True)
class CrmField:
    """One field: its name in the mirror, what it holds, and whose it is.

    `words` are the values of a choice, `refers_to` is the noun that a reference points to, and
    `is_key` marks what can never change once the record is there.
    """

    name: str
    kind: FieldKind
    owner: Owner
    label: str
    words: type[StrEnum] | None = None
    refers_to: CrmNoun | None = None
    is_key: bool = False


def _text(name: str, owner: Owner, label: str, *, is_key: bool = False) -> CrmField:
    return CrmField(name, FieldKind.TEXT, owner, label, is_key=is_key)


def _choice(name: str, owner: Owner, label: str, words: type[StrEnum]) -> CrmField:
    return CrmField(name, FieldKind.CHOICE, owner, label, words=words)


def _reference(name: str, owner: Owner, label: str, noun: CrmNoun) -> CrmField:
    return CrmField(name, FieldKind.REFERENCE, owner, label, refers_to=noun)


def _plain(name: str, kind: FieldKind, owner: Owner, label: str) -> CrmField:
    return CrmField(name, kind, owner, label)


_AGENT, _CRM, _CRM_ALONE = Owner.AGENT, Owner.CRM, Owner.CRM_ALONE

_ACCOUNT = (
    _text("name", _CRM, "Name"),
    _text("domain", _CRM, "Domain"),
)

_BILLING_CONTRACT = (
    _text("name", _CRM, "Name"),
    _reference("account_id", _CRM, "Account", CrmNoun.ACCOUNT),
    _plain("is_default", FieldKind.FLAG, _CRM, "Is Default"),
    _choice("default_for", _CRM, "Default For", BillingType),
    _choice("billing_policy", _CRM, "Billing Policy", BillingPolicy),
    _choice("billing_frequency", _CRM, "Billing Frequency", BillingFrequency),
    _text("currency", _CRM, "Currency"),
    _choice("status", _CRM, "Status", ContractStatus),
)

_PROVIDER_ACCOUNT = (
    _text("provider_key", _AGENT, "Provider", is_key=True),
    _text("external_id", _AGENT, "External ID", is_key=True),
    _text("name", _AGENT, "Name"),
    _text("domain", _AGENT, "Domain"),
    _reference("account_id", _CRM, "Account", CrmNoun.ACCOUNT),
    _plain("discovered_at", FieldKind.INSTANT, _AGENT, "Discovered At"),
)

_SUBSCRIPTION = (
    _text("provider_key", _AGENT, "Provider", is_key=True),
    _text("external_id", _AGENT, "External ID", is_key=True),
    _reference("provider_account_id", _AGENT, "Provider Account", CrmNoun.PROVIDER_ACCOUNT),
    _text("name", _AGENT, "Name"),
    _plain("quantity", FieldKind.INTEGER, _AGENT, "Quantity"),
    _choice("status", _AGENT, "Status", SubscriptionStatus),
    _text("provider_status", _AGENT, "Provider Status"),
    _choice("billing_type", _AGENT, "Billing Type", BillingType),
    _text("part_number", _AGENT, "Part Number"),
    _text("product_name", _AGENT, "Product Name"),
    _text("unit_type", _AGENT, "Unit Type"),
    _text("term", _AGENT, "Term"),
    _choice("billing_frequency", _AGENT, "Billing Frequency", BillingFrequency),
    _plain("is_trial", FieldKind.FLAG, _AGENT, "Is Trial"),
    _plain("auto_renew", FieldKind.FLAG, _AGENT, "Auto Renew"),
    _text("parent_external_id", _AGENT, "Parent External ID"),
    _text("provider_note", _AGENT, "Provider Note"),
    _plain("starts_at", FieldKind.INSTANT, _AGENT, "Starts At"),
    _plain("commitment_ends_at", FieldKind.INSTANT, _AGENT, "Commitment Ends At"),
    _plain("unit_cost_amount", FieldKind.DECIMAL, _AGENT, "Unit Cost"),
    _text("unit_cost_currency", _AGENT, "Unit Cost Currency"),
    _plain("missing_since", FieldKind.INSTANT, _AGENT, "Missing Since"),
    _choice("unassigned_reason", _AGENT, "Unassigned Reason", UnassignedReason),
    _plain("discovered_at", FieldKind.INSTANT, _AGENT, "Discovered At"),
    _reference("account_id", _CRM, "Account", CrmNoun.ACCOUNT),
    _reference("billing_contract_id", _CRM, "Billing Contract", CrmNoun.BILLING_CONTRACT),
    _plain("unit_price_amount", FieldKind.MONEY, _CRM_ALONE, "Unit Price"),
    _plain("unit_price_currency", FieldKind.CURRENCY, _CRM_ALONE, "Currency"),
)

_LICENSE_CHANGE = (
    _reference("subscription_id", _AGENT, "Subscription", CrmNoun.SUBSCRIPTION),
    _choice("event", _AGENT, "Event", LicenseChangeEvent),
    _plain("quantity_delta", FieldKind.INTEGER, _AGENT, "Quantity Delta"),
    _plain("quantity_after", FieldKind.INTEGER, _AGENT, "Quantity After"),
    _plain("unit_cost_amount", FieldKind.DECIMAL, _AGENT, "Unit Cost"),
    _text("unit_cost_currency", _AGENT, "Unit Cost Currency"),
    _plain("effective_date", FieldKind.DAY, _AGENT, "Effective Date"),
    _plain("created_at", FieldKind.INSTANT, _AGENT, "Recorded At"),
    _text("invoice_reference", _CRM_ALONE, "Invoice Reference"),
)

_CHANGE_REQUEST = (
    _choice("kind", _CRM_ALONE, "Kind", RequestKind),
    _reference("billing_contract_id", _CRM_ALONE, "Billing Contract", CrmNoun.BILLING_CONTRACT),
    _plain("subscriptions", FieldKind.LONG_TEXT, _CRM_ALONE, "Subscriptions"),
    _reference("provider_account_id", _CRM_ALONE, "Provider Account", CrmNoun.PROVIDER_ACCOUNT),
    _reference("account_id", _CRM_ALONE, "Account", CrmNoun.ACCOUNT),
    _choice("state", _AGENT, "State", RequestState),
    _plain("result", FieldKind.LONG_TEXT, _AGENT, "Result"),
    _plain("created", FieldKind.INTEGER, _AGENT, "Created"),
    _plain("updated", FieldKind.INTEGER, _AGENT, "Updated"),
    _plain("unchanged", FieldKind.INTEGER, _AGENT, "Unchanged"),
    _plain("failed", FieldKind.INTEGER, _AGENT, "Failed"),
    _text("report_url", _AGENT, "Report"),
)

FIELDS: Mapping[CrmNoun, tuple[CrmField, ...]] = MappingProxyType(
    {
        CrmNoun.ACCOUNT: _ACCOUNT,
        CrmNoun.BILLING_CONTRACT: _BILLING_CONTRACT,
        CrmNoun.PROVIDER_ACCOUNT: _PROVIDER_ACCOUNT,
        CrmNoun.SUBSCRIPTION: _SUBSCRIPTION,
        CrmNoun.LICENSE_CHANGE: _LICENSE_CHANGE,
        CrmNoun.CHANGE_REQUEST: _CHANGE_REQUEST,
    }
)
"""Every field that passes between the agent and the CRM, by noun."""


def fields_of(noun: CrmNoun, *owners: Owner) -> frozenset[str]:
    """Return the names of the fields of a noun that belong to one of `owners`."""
    return frozenset(field.name for field in FIELDS[noun] if field.owner in owners)
