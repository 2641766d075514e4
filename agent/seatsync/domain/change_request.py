"""What a user asks of the agent from inside the CRM, by filling in a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class RequestKind(StrEnum):
    """What is asked for."""

    SYNC = "SYNC"
    SET_DEFAULT = "SET_DEFAULT"
    MAP = "MAP"


class RequestState(StrEnum):
    """How far a request has come; one that nobody has taken up yet may have none."""

    WAITING = "WAITING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more is going to happen."""
        return self in _FINAL


_FINAL = frozenset({RequestState.SUCCEEDED, RequestState.PARTIAL, RequestState.FAILED})


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A request, by the id of its row, and what became of it.

    `subscriptions` is the user's own text: ids of subscriptions in any order, between anything
    that is no id. `requested_by` is the full name of the CRM's user.
    """

    id: UUID
    kind: RequestKind
    requested_by: str
    billing_contract_id: UUID | None
    provider_account_id: UUID | None
    account_id: UUID | None
    subscriptions: str | None
    state: RequestState
    received_at: datetime
    job_id: UUID | None = None
    result: str | None = None
    created: int | None = None
    updated: int | None = None
    unchanged: int | None = None
    failed: int | None = None
    report_url: str | None = None
