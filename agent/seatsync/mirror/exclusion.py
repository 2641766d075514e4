"""The SDK's `Exclusion`, held in the database that all agents share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from seatsync.mirror.locks import Held, Locks, Patience

POLL_S = 0.05
"""What is excluded is short, such as one request for a token."""


class MirrorExclusion:
    """Locks such as `token:<provider>`, for one provider."""

    def __init__(self, locks: Locks, provider_key: str) -> None:
        """Hold the names of `provider_key` with `locks`."""
        self._locks = locks
        self._provider_key = provider_key

    def hold(self, name: str, control: Patience) -> AbstractContextManager[Held]:
        """Wait for `name` of this provider, and hold it for the context."""
        return self._locks.hold(f"{name}:{self._provider_key}", control, POLL_S)
