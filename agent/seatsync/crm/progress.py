"""How a turn with the CRM tells how far it has come."""

from __future__ import annotations

from collections.abc import Callable

ProgressSink = Callable[[int, int | None, str | None], None]
"""Takes how many records are done, the total (None while unknown), and what is being done."""
