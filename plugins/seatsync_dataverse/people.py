"""The users of the organisation: who the agent is there, and what others are called."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from seatsync_dataverse.table_ref import TableRef
from seatsync_dataverse.whoami import who_am_i

if TYPE_CHECKING:
    from uuid import UUID

    from seatsync_dataverse.api import Api
    from seatsync_dataverse.rows import Rows
    from seatsync_dataverse.whoami import Identity

USERS = TableRef("systemuser", "systemusers", "systemuserid")
_NAME = "fullname"


class People:
    """Asks for each once; for any thread."""

    def __init__(self, api: Api, rows: Rows) -> None:
        """Ask with `api`, and read users with `rows`."""
        self._api = api
        self._rows = rows
        self._lock = threading.Lock()
        self._agent: Identity | None = None
        self._names: dict[UUID, str] = {}

    def agent(self) -> UUID:
        """Return the application's own user."""
        with self._lock:
            if self._agent is None:
                self._agent = who_am_i(self._api)
            return self._agent.user_id

    def name(self, user_id: UUID) -> str | None:
        """Return the full name of a user, or None for one that is not there or has none."""
        with self._lock:
            if user_id not in self._names:
                row = self._rows.get(USERS, user_id, (_NAME,))
                self._names |= {user_id: row[_NAME]} if row and row.get(_NAME) else {}
            return self._names.get(user_id)
