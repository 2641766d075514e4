"""Taking over some changes of one noun, in the session that is open: hold, compare, carry out."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from seatsync.crm.accounts import take_accounts
from seatsync.crm.contracts import take_contracts
from seatsync.crm.license_changes import take_license_changes
from seatsync.crm.page import page_of
from seatsync.crm.provider_accounts import hold_mapped, take_provider_accounts
from seatsync.crm.request_rows import take_requests
from seatsync.crm.subscriptions import take_subscriptions
from seatsync.domain.crm import CrmGone, CrmNoun, CrmRecord
from seatsync.mirror.crm_rows import forget_rows, keep_seen
from seatsync.mirror.held import hold_records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from seatsync.crm.page import Page
    from seatsync.crm.turn import Turn
    from seatsync.domain.crm import CrmChange
    from seatsync.mirror.crm_rows import Reading

_TAKE: Mapping[CrmNoun, Callable[[Turn, Page], None]] = MappingProxyType(
    {
        CrmNoun.ACCOUNT: take_accounts,
        CrmNoun.BILLING_CONTRACT: take_contracts,
        CrmNoun.PROVIDER_ACCOUNT: take_provider_accounts,
        CrmNoun.SUBSCRIPTION: take_subscriptions,
        CrmNoun.LICENSE_CHANGE: take_license_changes,
        CrmNoun.CHANGE_REQUEST: take_requests,
    }
)


def take_changes(turn: Turn, noun: CrmNoun, changes: Sequence[CrmChange], reading: Reading) -> None:
    """Take over changes of one noun; what they refer to is in the mirror, or nowhere.

    Of several changes of one record the last counts.
    """
    changes = [*{one.id: one for one in changes}.values()]
    _hold(turn, noun, changes)
    page = page_of(turn, noun, changes, is_first=reading.is_first)
    turn.count(unreadable=len(page.unreadable))
    _TAKE[noun](turn, page)
    forget_rows(turn.mirror, noun, page.gone)
    versions = {one.id: one.version for one in changes if not isinstance(one, CrmGone)}
    keep_seen(turn.mirror, noun, versions, reading.generation)


def _hold(turn: Turn, noun: CrmNoun, changes: Sequence[CrmChange]) -> None:
    if noun is CrmNoun.PROVIDER_ACCOUNT:
        hold_mapped(turn, (one for one in changes if isinstance(one, CrmRecord)))
    hold_records(turn.mirror, noun, [one.id for one in changes])
