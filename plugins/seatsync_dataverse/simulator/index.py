"""An index of rows by the values of one column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.value import comparable

if TYPE_CHECKING:
    from collections.abc import Iterable


class Index:
    """Finds rows by a value; one that is alone with its value takes no room for a collection."""

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        """Start empty."""
        self._ids: dict[Any, str | dict[str, None]] = {}

    def add(self, value: Any, row_id: str) -> None:
        """Let a row have a value."""
        held = self._ids.setdefault(comparable(value), row_id)
        if isinstance(held, dict):
            held[row_id] = None
        elif held != row_id:
            self._ids[comparable(value)] = {held: None, row_id: None}

    def discard(self, value: Any, row_id: str) -> None:
        """Let a row not have a value any more."""
        held = self._ids.get(comparable(value))
        if isinstance(held, dict):
            held.pop(row_id, None)
        elif held == row_id:
            del self._ids[comparable(value)]

    def ids(self, value: Any) -> Iterable[str]:
        """Return the rows that have a value."""
        held = self._ids.get(comparable(value), ())
        return (held,) if isinstance(held, str) else tuple(held)
