"""What the simulated Partner Center holds, and which of its quirks it shows."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.sdk.context import Clock
    from seatsync_partner_center.simulator.entra import Entra

WINDOW_S = 60.0


class Call(NamedTuple):
    """One call, as it arrived."""

    at_s: float
    method: str
    path: str
    request_id: str
    correlation_id: str


class Refused(NamedTuple):
    """What a customer's subscriptions are answered with instead."""

    status: int
    code: str
    description: str


@dataclass(slots=True)
class Quirks:
    """What a real Partner Center may do on any day."""

    byte_order_mark: bool = False
    doubled_headers: bool = False
    next_link: str = "/v1/customers?size={size}&seekOperation=Next"
    shifted_by: int = 0
    """So many customers of a page come again at the top of the next one."""
    mfa_compliant: bool | None = True
    """What `isMfaCompliant` says; None leaves the header out."""
    quota_per_minute: int | None = None
    retry_after_s: str = "57"


class CallLog:
    """The calls as they came, and the documented quota over them; safe between threads."""

    def __init__(self, clock: Clock) -> None:
        """Measure with `clock`."""
        self._clock = clock
        self._lock = threading.Lock()
        self._window: deque[float] = deque()
        self.calls: list[Call] = []

    def note(self, method: str, path: str, request_id: str, correlation_id: str) -> int:
        """Write down a call; return how many came in the last minute, refused ones too."""
        now = self._clock.monotonic()
        with self._lock:
            self.calls.append(Call(now, method, path, request_id, correlation_id))
            self._window.append(now)
            while self._window[0] <= now - WINDOW_S:
                self._window.popleft()
            return len(self._window)

    def most_within(self, seconds: float) -> int:
        """Return the largest number of calls that came within so many seconds."""
        times = sorted(call.at_s for call in self.calls)
        most, first = 0, 0
        for last, at in enumerate(times):
            while times[first] <= at - seconds:
                first += 1
            most = max(most, last - first + 1)
        return most


@dataclass(slots=True)
class State:
    """Records and refusals of one simulated partner; records are kept as they are answered."""

    clock: Clock
    entra: Entra
    log: CallLog = field(init=False)
    quirks: Quirks = field(default_factory=Quirks)
    customers: dict[str, bytes] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, bytes]] = field(default_factory=dict)
    orders: dict[tuple[str, str], bytes] = field(default_factory=dict)
    audit: list[bytes] = field(default_factory=list)
    refused_customers: dict[str, Refused] = field(default_factory=dict)
    refused_paths: dict[str, Refused] = field(default_factory=dict)
    gate: Callable[[str], bool] | None = None
    """Decides about tokens in Entra's place, so that a token can die at a chosen call."""
    continuations: int = 0
    """Tokens of an earlier generation have expired."""

    def accepts(self, authorization: str) -> bool:
        """Tell whether an `Authorization` header is good now."""
        return (self.gate or self.entra.accepts)(authorization)

    def __post_init__(self) -> None:
        self.log = CallLog(self.clock)
