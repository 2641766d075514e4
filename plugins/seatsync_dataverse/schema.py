"""Our own tables, derived from the fields that pass between the agent and the CRM."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from seatsync.domain.contract import ContractStatus
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import FIELDS, FieldKind
from seatsync_dataverse.shape import ACTIVE, CURRENCY, INACTIVE, STATE, WEBSITE, Column, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.domain.ownership import CrmField

PREFIX = "syn"
"""Begins the names of everything that set-up makes."""

OPTION_PREFIX = 48_210
"""Begins the values of our choices, which have four more digits."""

LONGEST_TEXT = 400
"""What people may type in over GraphQL, too."""

LONGEST_MEMO = 100_000
"""Subscriptions of a change request: more ids than a contract has."""

_LENGTHS: Mapping[str, int] = {
    "provider_key": 100,
    # With the provider 800 bytes; the index of a key takes 900 (define alternate keys).
    "external_id": 300,
    "currency": 10,
    "unit_cost_currency": 10,
    "provider_note": 2000,
    "report_url": 2000,
}
_ACCOUNT_COLUMNS: Mapping[str, tuple[str, int]] = {"name": ("name", 160), "domain": (WEBSITE, 200)}
_TITLE = f"{PREFIX}_Name"
_STATES: Mapping[str, int] = MappingProxyType(
    {ContractStatus.ACTIVE.value: ACTIVE, ContractStatus.INACTIVE.value: INACTIVE}
)
_SHORTENED = ("_amount", "_key")

_NAMES: Mapping[CrmNoun, tuple[str, str, str]] = {
    CrmNoun.ACCOUNT: ("Account", "Accounts", "A customer."),
    CrmNoun.BILLING_CONTRACT: (
        "Billing Contract",
        "Billing Contracts",
        "What subscriptions of an account are billed from.",
    ),
    CrmNoun.PROVIDER_ACCOUNT: (
        "Provider Account",
        "Provider Accounts",
        "A customer as a licence provider knows it.",
    ),
    CrmNoun.SUBSCRIPTION: (
        "Subscription",
        "Subscriptions",
        "What a customer holds at a licence provider.",
    ),
    CrmNoun.LICENSE_CHANGE: (
        "License Change",
        "License Changes",
        "A change of a subscription's quantity, cost or activation.",
    ),
    CrmNoun.CHANGE_REQUEST: (
        "Change Request",
        "Change Requests",
        "What a user asks of seatsync, and what became of it.",
    ),
}
_REQUIRED: Mapping[CrmNoun, frozenset[str]] = {
    CrmNoun.ACCOUNT: frozenset({"name"}),
    CrmNoun.BILLING_CONTRACT: frozenset({"name"}),
    CrmNoun.CHANGE_REQUEST: frozenset({"kind"}),
}


def option_label(word: str) -> str:
    """Return a word of a choice as people read it: `SET_DEFAULT` is `Set Default`."""
    return word.replace("_", " ").title()


def column_name(field: str) -> str:
    """Return the schema name of the column of a field: `unit_price_amount` is `syn_UnitPrice`."""
    short = next((field.removesuffix(end) for end in _SHORTENED if field.endswith(end)), field)
    return f"{PREFIX}_{''.join(part.capitalize() for part in short.split('_'))}"


def _column(field: CrmField) -> Column:
    if field.kind is FieldKind.CURRENCY:
        return Column(field, CURRENCY)
    return Column(field, column_name(field.name), _length(field), _options(field))


def _length(field: CrmField) -> int | None:
    if field.kind is FieldKind.LONG_TEXT:
        return LONGEST_MEMO
    return _LENGTHS.get(field.name, LONGEST_TEXT) if field.kind is FieldKind.TEXT else None


def _options(field: CrmField) -> Mapping[str, int]:
    words = [word.value for word in field.words or ()]
    return {word: OPTION_PREFIX * 10_000 + place for place, word in enumerate(words)}


def _account_column(field: CrmField) -> Column:
    name, length = _ACCOUNT_COLUMNS[field.name]
    return Column(field, name, length, is_ours=False)


def _contract_column(field: CrmField) -> Column:
    return Column(field, STATE, options=_STATES) if field.name == "status" else _column(field)


def _shape(noun: CrmNoun) -> Shape:
    is_account = noun is CrmNoun.ACCOUNT
    makers = {CrmNoun.ACCOUNT: _account_column, CrmNoun.BILLING_CONTRACT: _contract_column}
    columns = tuple(makers.get(noun, _column)(field) for field in FIELDS[noun])
    name, plural, description = _NAMES[noun]
    has_name = any(field.name == "name" for field in FIELDS[noun])
    return Shape(
        noun,
        noun.value if is_account else f"{PREFIX}_{name.replace(' ', '')}",
        columns,
        name,
        plural,
        description,
        title=None if has_name else _TITLE,
        is_ours=not is_account,
        required=_REQUIRED.get(noun, frozenset()),
    )


OURS: Mapping[CrmNoun, Shape] = MappingProxyType({noun: _shape(noun) for noun in CrmNoun})
"""The tables that set-up makes, and the standard one for accounts, by noun."""
