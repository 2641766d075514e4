"""What became of a write."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


class Outcome(Enum):
    """What a write came to; all of these are successes."""

    CREATED = "the row was made"
    UPDATED = "the row was changed"
    WRITTEN = "the row was made or changed; the service does not tell which"
    ALREADY = "the row held it already, perhaps from a try whose answer was lost"
    DELETED = "the row was deleted"
    GONE = "there was no such row any more"


@dataclass(frozen=True, slots=True)
class Written:
    """The row that was written; `etag` is None where the service did not tell it."""

    row_id: UUID
    outcome: Outcome
    etag: str | None = None
