"""What every resolver of one operation may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from seatsync.domain.roles import Caller
    from seatsync.services.door import Services
    from seatsync_graphql.deadline import Deadline

T = TypeVar("T")


class Threads(Protocol):
    """Runs what would block the event loop on another thread."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Return what the work returns."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """The door to the agent, who is asking, until when, and threads for what goes on."""

    services: Services
    caller: Caller
    deadline: Deadline
    threads: Threads | None = None

    async def in_thread(self, work: Callable[[], Any]) -> Any:
        """Return what the work returns, done off the event loop."""
        if self.threads is None:
            raise RuntimeError("only live updates are resolved on the event loop")
        return await self.threads(work)
