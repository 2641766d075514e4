"""Change requests: what users ask for in the CRM, and what became of it.

Every function runs in the session that is open.
"""

from __future__ import annotations

from dataclasses import asdict, astuple, fields
from typing import TYPE_CHECKING, Any

from seatsync.domain.change_request import ChangeRequest, RequestKind, RequestState
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ownership import Owner, fields_of
from seatsync.mirror.codec import decode_instant, decode_uuid
from seatsync.mirror.outbox import note_values
from seatsync.mirror.rows import RowReader, optional

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from seatsync.mirror.database import Mirror

_COLUMNS = tuple(field.name for field in fields(ChangeRequest))
_ANSWERS = fields_of(CrmNoun.CHANGE_REQUEST, Owner.AGENT)
_WRITTEN = ("job_id", *sorted(_ANSWERS))
_UPDATE = (
    "UPDATE change_request SET "  # noqa: S608
    + ", ".join(f"{name} = :{name}" for name in _WRITTEN)
    + " WHERE id = :id"
)

_DECODERS: dict[str, Any] = {
    "id": decode_uuid,
    "kind": RequestKind,
    "billing_contract_id": optional(decode_uuid),
    "provider_account_id": optional(decode_uuid),
    "account_id": optional(decode_uuid),
    "state": RequestState,
    "received_at": decode_instant,
    "job_id": optional(decode_uuid),
}

_REQUESTS = RowReader(
    "change_request",
    _COLUMNS,
    {_COLUMNS.index(name): decode for name, decode in _DECODERS.items()},
    ChangeRequest,
)


def waiting_requests(mirror: Mirror) -> list[ChangeRequest]:
    """Return the requests that nobody has taken up, in the order in which they arrived."""
    return _of_state(mirror, RequestState.WAITING)


def open_requests(mirror: Mirror) -> list[ChangeRequest]:
    """Return the requests whose job is at work, in the order in which they arrived."""
    return _of_state(mirror, RequestState.IN_PROGRESS)


def _of_state(mirror: Mirror, state: RequestState) -> list[ChangeRequest]:
    rest = "WHERE state = :state ORDER BY received_at, id"
    return _REQUESTS.read(mirror, rest, {"state": state})


def insert_requests(mirror: Mirror, requests: Iterable[ChangeRequest]) -> None:
    """Add requests that are not there yet."""
    encode = mirror.codec.encode
    mirror.insert(
        "change_request",
        _COLUMNS,
        [[encode(value) for value in astuple(request)] for request in requests],
    )


def update_request(mirror: Mirror, request: ChangeRequest, now: datetime) -> None:
    """Write what became of a request, which the CRM is told."""
    values = asdict(request)
    answers = {name: values[name] for name in _ANSWERS}
    note_values(mirror, CrmNoun.CHANGE_REQUEST, {request.id: answers}, now)
    mirror.execute(_UPDATE, {name: values[name] for name in ("id", *_WRITTEN)})


def delete_requests(mirror: Mirror, ids: Collection[UUID]) -> int:
    """Delete requests; return how many there were."""
    listed, params = mirror.in_ids("ids", ids)
    return mirror.execute(f"DELETE FROM change_request WHERE id IN ({listed})", params)  # noqa: S608
