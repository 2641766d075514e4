"""Taking over some changes of one noun, in the session that is open: hold, compare, carry out."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from seatsync.crm.accounts import take_accounts
from seatsync.crm.contracts import take_contracts
from seatsync.crm.license_changes import take_license_changes
from seatsync.crm.page import page_of
from seatsync.crm.provider_accounts import hold_mapped, take_provider_accounts
from seatsync.crm.references import missing_of
from seatsync.crm.request_rows import take_requests
from seatsync.crm.subscriptions import take_subscriptions
from seatsync.domain.crm import CrmGone, CrmNoun, CrmRecord
from seatsync.mirror.crm_rows import forget_rows, keep_missed, keep_seen, leave_out
from seatsync.mirror.crm_takeover import existing
from seatsync.mirror.held import hold_records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

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
    _keep(turn, page, versions, reading.generation)


def _keep(turn: Turn, page: Page, versions: Mapping[UUID, str], generation: int) -> None:
    """Note what was seen: what the mirror has, and what it misses."""
    held = _held(turn, page, versions)
    keep_seen(turn.mirror, page.noun, {one: versions[one] for one in held}, generation)
    if len(held) < len(versions):
        leave_out(turn.mirror, page.noun, versions.keys() - held, generation)
    for noun, missed in missing_of(page.noun, page.theirs.values(), page.present).items():
        keep_missed(turn.mirror, noun, missed)


def _held(turn: Turn, page: Page, versions: Mapping[UUID, str]) -> set[UUID]:
    if page.noun is CrmNoun.CHANGE_REQUEST:  # nothing refers to them, and some are not kept
        return set(versions)
    return existing(turn.mirror, page.noun, versions)


def _hold(turn: Turn, noun: CrmNoun, changes: Sequence[CrmChange]) -> None:
    if noun is CrmNoun.PROVIDER_ACCOUNT:
        hold_mapped(turn, (one for one in changes if isinstance(one, CrmRecord)))
    hold_records(turn.mirror, noun, [one.id for one in changes])
