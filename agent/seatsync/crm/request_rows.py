"""Taking over change requests: what a user asks for is read once, the answers are the agent's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.crm.applying import apply_merged, leave_alone
from seatsync.crm.merge import nothing_follows
from seatsync.domain.change_request import ChangeRequest, RequestKind, RequestState
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import Owner, fields_of
from seatsync.mirror.change_requests import delete_requests, insert_requests
from seatsync.mirror.pending import drop

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync.crm.page import Page
    from seatsync.crm.turn import Turn

_ASKED = fields_of(CrmNoun.CHANGE_REQUEST, Owner.CRM_ALONE)


def take_requests(turn: Turn, page: Page) -> None:
    """Take up new requests, put right the answers to known ones, and forget deleted ones."""
    for one in page.known:
        for name in _ASKED:
            page.theirs[one].pop(name, None)
    merged = page.merged(turn, page.known, nothing_follows)
    apply_merged(turn, page, merged)
    new = [one for one in page.unknown if not _is_answered(page, one)]
    said = [one for one in new if page.theirs[one].get("kind")]
    insert_requests(turn.mirror, [_request(turn, page, one) for one in said])
    turn.count(taken_over=len(said) + delete_requests(turn.mirror, page.gone))
    drop(turn.mirror, CrmNoun.CHANGE_REQUEST, page.gone)
    leave_alone(turn, page, {one: "it does not say what to do" for one in new if one not in said})


def _is_answered(page: Page, request_id: UUID) -> bool:
    state = page.theirs[request_id].get("state")
    return state is not None and RequestState(str(state)).is_final


def _request(turn: Turn, page: Page, request_id: UUID) -> ChangeRequest:
    asked: dict[str, Any] = {name: page.theirs[request_id].get(name) for name in _ASKED}
    return ChangeRequest(
        id=request_id,
        kind=RequestKind(asked["kind"]),
        requested_by=turn.actors.name(page.records[request_id].created_by),
        billing_contract_id=asked["billing_contract_id"],
        provider_account_id=asked["provider_account_id"],
        account_id=asked["account_id"],
        subscriptions=asked["subscriptions"],
        state=RequestState.WAITING,
        received_at=turn.now,
    )
