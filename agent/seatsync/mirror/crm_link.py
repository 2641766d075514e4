"""How each direction of the exchange with the CRM is doing: when it worked, since when it is late.

Whatever asks the database runs in the session that is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from seatsync.domain.crm import CrmDirection
from seatsync.domain.ids import NAMESPACE
from seatsync.domain.text import storable
from seatsync.mirror.codec import decode_instant

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from seatsync.mirror.database import Mirror

_SUCCESS = """
    INSERT INTO crm_link (direction, succeeded_at) VALUES (:direction, :now)
    ON CONFLICT (direction) DO UPDATE SET succeeded_at = excluded.succeeded_at,
        late_since = NULL, last_error = NULL
"""

_FAILURE = """
    INSERT INTO crm_link (direction, late_since, last_error) VALUES (:direction, :now, :message)
    ON CONFLICT (direction) DO UPDATE SET last_error = excluded.last_error,
        late_since = COALESCE(crm_link.late_since, excluded.late_since)
"""


@dataclass(frozen=True, slots=True)
class CrmLink:
    """How one direction is doing; it is late while `late_since` is not None."""

    direction: CrmDirection
    succeeded_at: datetime | None
    late_since: datetime | None
    last_error: str | None


def link_id(direction: CrmDirection) -> UUID:
    """Return the id under which a direction stands among the exceptions; always the same."""
    return uuid5(NAMESPACE, f"crm-link:{direction}")


def note_success(mirror: Mirror, direction: CrmDirection, now: datetime) -> None:
    """Note that everything in this direction has been exchanged."""
    mirror.execute(_SUCCESS, {"direction": direction, "now": now})


def note_failure(mirror: Mirror, direction: CrmDirection, message: str, now: datetime) -> None:
    """Note why the exchange failed; it is late since the first failure after a success."""
    params = {"direction": direction, "now": now, "message": storable(message)}
    mirror.execute(_FAILURE, params)


def read_links(mirror: Mirror) -> tuple[CrmLink, ...]:
    """Return the directions that have been tried, in alphabetical order."""
    rows = mirror.rows(
        "SELECT direction, succeeded_at, late_since, last_error FROM crm_link ORDER BY direction"
    )
    return tuple(_link(*row) for row in rows)


def _link(direction: str, succeeded_at: Any, late_since: Any, error: str | None) -> CrmLink:
    return CrmLink(CrmDirection(direction), _instant(succeeded_at), _instant(late_since), error)


def _instant(stored: Any) -> datetime | None:
    return None if stored is None else decode_instant(stored)
