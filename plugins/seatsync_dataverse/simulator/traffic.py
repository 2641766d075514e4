"""What was asked, and what is to go wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatsync.sdk.simulator import Faults

if TYPE_CHECKING:
    from seatsync.sdk.simulator import Fault

_KEYS = re.compile(r"\((?:[^()']|'(?:[^']|'')*')*\)")


@dataclass
class Traffic:
    """Counts requests, those inside batches too, and holds the faults that are planned."""

    faults: Faults = field(default_factory=Faults)
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By method and decoded path, with `(*)` for every key."""
    cookies_returned: int = 0
    """Requests that sent the affinity cookie back."""

    def meet(self, method: str, path: str, query: str) -> Fault | None:
        """Count a request, and return what goes wrong with it, or None.

        Faults are planned for `METHOD /decoded/path?query as sent`.
        """
        self.requests[method, _KEYS.sub("(*)", path)] += 1
        target = f"{path}?{query}" if query else path
        return self.faults.take(f"{method} {target}")
