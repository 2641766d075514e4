"""Accounts, read page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.account import Account, DefaultContractState
from seatsync.domain.filters import AccountFilter
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.keyset import Listing, by_name
from seatsync.mirror.rows import RowReader

if TYPE_CHECKING:
    from seatsync.mirror.conditions import Conditions

_DEFAULTS = (
    "(SELECT COUNT(*) FROM billing_contract d"
    " WHERE d.account_id = a.id AND d.is_default AND d.status = 'ACTIVE')"
)
_STATES = {
    DefaultContractState.NONE: f"{_DEFAULTS} = 0",
    DefaultContractState.ONE: f"{_DEFAULTS} = 1",
    DefaultContractState.MULTIPLE: f"{_DEFAULTS} > 1",
}


def _narrow(conditions: Conditions, wanted: AccountFilter) -> None:
    conditions.search(("a.name", "COALESCE(a.domain, '')"), wanted.search)
    if wanted.default_contract_state is not None:
        conditions.require(_STATES[wanted.default_contract_state])


ACCOUNTS: Listing[Account, AccountFilter] = Listing(
    RowReader("account a", ("a.id", "a.name", "a.domain"), {0: decode_uuid}, Account),
    by_name("a"),
    _narrow,
    AccountFilter(),
)
"""All accounts, by name."""
