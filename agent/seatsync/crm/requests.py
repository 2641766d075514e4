"""What users ask for from inside the CRM: taken up, carried out, and answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from seatsync.domain.change_request import RequestKind, RequestState
from seatsync.errors import BadInput, Forbidden, Refusal
from seatsync.mirror.change_requests import open_requests, update_request, waiting_requests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatsync.domain.change_request import ChangeRequest
    from seatsync.domain.report import SyncCounts
    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import Clock

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;\[\]{}\"']*")


@dataclass(frozen=True, slots=True)
class Ending:
    """How the job of a request ended, with the counts of its run and where its report is."""

    state: RequestState
    result: str
    counts: SyncCounts | None = None
    report_url: str | None = None


class Desk(Protocol):
    """Carries requests out, in the name of the CRM's user; may raise `Refusal` and `Forbidden`."""

    def sync(self, request: ChangeRequest, subscription_ids: tuple[UUID, ...]) -> UUID:
        """Ask for a sync from the request's contract, once for each request; return the job."""
        ...

    def set_default(self, request: ChangeRequest) -> str:
        """Make the request's contract the default of its scope; return what was done."""
        ...

    def map(self, request: ChangeRequest) -> str:
        """Map the request's provider account to its account; return what was done."""
        ...

    def ending(self, job_id: UUID) -> Ending | None:
        """Return how a job ended, or None while it has not."""
        ...


class Requests:
    """The change requests of one mirror."""

    def __init__(self, mirror: Mirror, clock: Clock, desk: Desk) -> None:
        """Carry them out at `desk`."""
        self._mirror = mirror
        self._clock = clock
        self._desk = desk
        self._carry_out: Mapping[RequestKind, Callable[[ChangeRequest], ChangeRequest]] = {
            RequestKind.SYNC: self._sync,
            RequestKind.SET_DEFAULT: self._set_default,
            RequestKind.MAP: self._map,
        }

    def take_up(self) -> None:
        """Carry out every request that waits, each in a transaction with its new state."""
        with self._mirror.reading():
            waiting = waiting_requests(self._mirror)
        for request in waiting:
            try:
                self._take_up(request)
            except (Refusal, Forbidden, BadInput) as refusal:
                refused = replace(request, state=RequestState.FAILED, result=_spelled(refusal))
                self._keep(refused)

    def settle(self) -> None:
        """Write the outcome of every request whose job has ended."""
        with self._mirror.reading():
            at_work = open_requests(self._mirror)
        for request in at_work:
            if request.job_id and (ending := self._desk.ending(request.job_id)):
                self._keep(_ended(request, ending))

    def _take_up(self, request: ChangeRequest) -> None:
        with self._mirror.writing():
            taken = self._carry_out[request.kind](request)
            update_request(self._mirror, taken, self._clock.now())

    def _keep(self, request: ChangeRequest) -> None:
        with self._mirror.writing():
            update_request(self._mirror, request, self._clock.now())

    def _sync(self, request: ChangeRequest) -> ChangeRequest:
        job_id = self._desk.sync(request, subscription_ids(request.subscriptions))
        return replace(request, state=RequestState.IN_PROGRESS, job_id=job_id)

    def _set_default(self, request: ChangeRequest) -> ChangeRequest:
        done = self._desk.set_default(request)
        return replace(request, state=RequestState.SUCCEEDED, result=done)

    def _map(self, request: ChangeRequest) -> ChangeRequest:
        done = self._desk.map(request)
        return replace(request, state=RequestState.SUCCEEDED, result=done)


def subscription_ids(text: str | None) -> tuple[UUID, ...]:
    """Return the ids in a user's text, each once, in order.

    Raises `Refusal` where something between them is no separator: an id that is cut short must
    not leave its subscription out.
    """
    text = text or ""
    if strange := _BETWEEN.sub("", _ID.sub("", text)):
        raise Refusal(
            "INVALID_INPUT",
            f"the subscriptions must be ids between commas, spaces or lines; not {strange[:40]!r}",
            path=("subscriptions",),
        )
    return tuple(dict.fromkeys(UUID(found) for found in _ID.findall(text)))


def _ended(request: ChangeRequest, ending: Ending) -> ChangeRequest:
    ended = replace(request, state=ending.state, result=ending.result, report_url=ending.report_url)
    if ending.counts is None:
        return ended
    counts = ending.counts
    return replace(
        ended,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        failed=counts.failed,
    )


def _spelled(refusal: Refusal | Forbidden | BadInput) -> str:
    return f"{refusal.code}: {refusal.message}"
