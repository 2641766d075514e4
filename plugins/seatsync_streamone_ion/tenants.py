"""The tenants of ION customers, asked for once a week each."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from seatsync.sdk.http import decoded, raise_for_answer
from seatsync_streamone_ion.profile import (
    NO_PROFILE,
    Profile,
    profile_in,
    profiles_decoder,
    read_kept,
    write_kept,
)
from seatsync_streamone_ion.wire import read_reason

if TYPE_CHECKING:
    import httpx

    from seatsync.sdk.context import ConnectorContext

STATE_NAME = "cloud-profiles"
_NONE_THERE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class Tenants:
    """Profiles by customer, kept between runs."""

    def __init__(self, client: httpx.Client, context: ConnectorContext) -> None:
        """Ask `client` for what is not known, or was read too long ago."""
        self._client = client
        self._context = context
        self._known = read_kept(context.state.load(STATE_NAME))
        self._changed = False

    def of(self, customer_id: str | None) -> Profile:
        """Return what is known of one customer; nothing for a record without an id."""
        if customer_id is None:
            return NO_PROFILE
        now = self._context.clock.now().timestamp()
        if self._known.get(customer_id, NO_PROFILE).is_stale(now):
            self._known[customer_id] = self._ask(customer_id, now)
            self._changed = True
        return self._known[customer_id]

    def keep(self) -> None:
        """Keep what was learned for the next run."""
        if self._changed:
            self._context.state.store(STATE_NAME, write_kept(self._known))
            self._changed = False

    def _ask(self, customer_id: str, now: float) -> Profile:
        response = self._client.get(f"customers/{quote(customer_id, safe='')}/cloudProfiles")
        if response.status_code in _NONE_THERE:
            return Profile(read_at=now)
        raise_for_answer(response, read_reason(response.content))
        return profile_in(decoded(response, profiles_decoder), now)
