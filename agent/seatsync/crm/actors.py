"""Who changed a record in the CRM, by full name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from seatsync.sdk.crm import CrmConnection

NOBODY = "CRM"
"""Stands for what nobody is known to have done: the CRM itself."""


class Actors:
    """The users of one CRM, each asked for once."""

    def __init__(self, crm: CrmConnection) -> None:
        """Know nobody yet but the agent's own user, whose changes are nobody's."""
        self._crm = crm
        self._names = {crm.agent_user: NOBODY}

    def learn(self, users: Iterable[UUID | None]) -> None:
        """Ask for the names of users who are not known yet; no session may be open."""
        for user in {user for user in users if user and user not in self._names}:
            name = storable(self._crm.user_name(user) or "").strip()
            self._names[user] = name or NOBODY

    def name(self, user: UUID | None) -> str:
        """Return the full name of a user who was asked for."""
        return self._names.get(user, NOBODY) if user else NOBODY
