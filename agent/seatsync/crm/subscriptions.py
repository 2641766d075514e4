"""Taking over subscriptions: the agent's own, but for where they are billed and at what price."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from seatsync.crm.adopting import adopt_all, insert_adopted
from seatsync.crm.applying import apply_merged, audit_taken, put_back
from seatsync.domain.change import FieldChange, spell
from seatsync.domain.money import Money
from seatsync.domain.moves import Assignment, decide_removal
from seatsync.domain.text import AMOUNT_LIMIT
from seatsync.mirror.crm_takeover import currencies_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.crm.merge import Merged, Values
    from seatsync.crm.page import Page
    from seatsync.crm.turn import Turn
    from seatsync.domain.crm import CrmValue

_ASSIGNMENT = ("account_id", "billing_contract_id", "unassigned_reason")
_AMOUNT, _CURRENCY = "unit_price_amount", "unit_price_currency"


def take_subscriptions(turn: Turn, page: Page) -> None:
    """Take over where subscriptions are billed, and at what price."""
    _price(turn, page)
    merged = page.merged(turn, page.known, _follow)
    audit_taken(turn, page, merged, "assignSubscriptions", _ASSIGNMENT)
    _audit_prices(turn, page, merged)
    apply_merged(turn, page, merged)
    insert_adopted(turn, page, adopt_all(turn, page, page.unknown))
    put_back(turn, page, page.lost)


def _follow(values: Values, taken: Values) -> dict[str, CrmValue]:
    """Let the reason go with the contract, as when a user moves it here."""
    if "billing_contract_id" not in taken:
        return {}
    reason = None if taken["billing_contract_id"] else _taken_off(values)
    return {} if values["unassigned_reason"] == reason else {"unassigned_reason": reason}


def _taken_off(values: Values) -> str | None:
    contract_id = values["billing_contract_id"]
    on = contract_id if isinstance(contract_id, UUID) else None
    return decide_removal(Assignment(None, on, None)).unassigned_reason


def _price(turn: Turn, page: Page) -> None:
    """Complete each price: without a currency it is in the contract's; else there is no price."""
    unpriced = [
        values
        for values in page.theirs.values()
        if values.get(_AMOUNT) is not None and values.get(_CURRENCY) is None
    ]
    contracts = {one for values in unpriced if isinstance(one := _contract(values), UUID)}
    currencies = currencies_of(turn.mirror, contracts) if contracts else {}
    for values in page.theirs.values():
        if _AMOUNT in values:
            values.update(_whole_price(values, currencies))


def _whole_price(values: Values, currencies: Mapping[UUID, str]) -> dict[str, CrmValue]:
    amount, currency = values[_AMOUNT], values.get(_CURRENCY)
    contract_id = _contract(values)
    if currency is None and isinstance(contract_id, UUID):
        currency = currencies.get(contract_id)
    if currency is None or not isinstance(amount, Decimal) or not 0 <= amount < AMOUNT_LIMIT:
        return {_AMOUNT: None, _CURRENCY: None}
    return {_AMOUNT: amount, _CURRENCY: currency}


def _contract(values: Values) -> CrmValue:
    return values.get("billing_contract_id")


def _audit_prices(turn: Turn, page: Page, merged: Mapping[UUID, Merged]) -> None:
    for one, each in merged.items():
        if not each.taken.keys().isdisjoint({_AMOUNT, _CURRENCY}):
            old = page.held[one]
            change = FieldChange("unitPrice", _spell(old), _spell({**old, **each.taken}))
            notes = turn.notes(page.actor(turn, one), "setSubscriptionPrice")
            notes.note((change,), target_id=one)


def _spell(values: Values) -> str | None:
    amount, currency = values[_AMOUNT], values[_CURRENCY]
    if not isinstance(amount, Decimal) or currency is None:
        return None
    return spell(Money(amount, str(currency)).canonical())
