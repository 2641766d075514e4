"""The records of the simulated Pax8, kept as the bytes that are answered."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Fields = dict[str, Any]


class Store:
    """Records of one kind, in the order of their creation; safe to share between threads.

    Each is rendered once, when it changes, and every order is found once, until one changes, so
    a page costs no more than joining its bytes.
    `group_by` names a field that records are often asked for by.
    """

    def __init__(self, group_by: str | None = None) -> None:
        """Start empty."""
        self._group_by = group_by
        self._lock = threading.Lock()
        self._records: dict[str, bytes] = {}
        self._order: list[str] = []
        self._groups: dict[str, list[str]] = {}
        self._group_of: dict[str, str] = {}
        self._sorted: dict[tuple[str, str | None], Sequence[str]] = {}

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._records

    def put(self, record_id: str, fields: Fields) -> None:
        """Add a record, or replace it where it stands."""
        self.put_raw(record_id, msgspec.json.encode(fields), fields.get(self._group_by or ""))

    def put_raw(self, record_id: str, raw: bytes, group: str | None = None) -> None:
        """Add or replace a record by the exact bytes to answer."""
        with self._lock:
            if record_id not in self._records:
                self._order.append(record_id)
                self._join(record_id, group)
            self._records[record_id] = raw
            self._sorted.clear()

    def _join(self, record_id: str, group: str | None) -> None:
        if group is not None:
            self._groups.setdefault(group, []).append(record_id)
            self._group_of[record_id] = group

    def remove(self, record_id: str) -> None:
        """Forget a record."""
        with self._lock:
            del self._records[record_id]
            self._sorted.clear()
            self._order.remove(record_id)
            group = self._group_of.pop(record_id, None)
            if group is not None:
                self._groups[group].remove(record_id)

    def raw(self, record_id: str) -> bytes | None:
        """Return a record's bytes, or None."""
        return self._records.get(record_id)

    def fields(self, record_id: str) -> Fields:
        """Return a record's fields; raises `KeyError` for an unknown one."""
        decoded: Fields = msgspec.json.decode(self._records[record_id])
        return decoded

    def change(self, record_id: str, changes: Fields) -> None:
        """Set fields of a record; None removes a field."""
        fields = {**self.fields(record_id), **changes}
        self.put(record_id, {name: value for name, value in fields.items() if value is not None})

    def ids(self, group: str | None = None) -> Sequence[str]:
        """Return the ids of all records, or of one group, in the order of creation."""
        return self._order if group is None else self._groups.get(group, [])

    def ids_by(self, field: str, group: str | None = None) -> Sequence[str]:
        """Return the ids of all records, or of one group, in the order of a field's values."""
        with self._lock:
            if (field, group) not in self._sorted:
                keys = {key: _sort_key(self._records[key], field) for key in self.ids(group)}
                self._sorted[field, group] = sorted(keys, key=keys.__getitem__)
            return self._sorted[field, group]

    def render(self, record_ids: Iterable[str]) -> bytes:
        """Return records as a JSON array."""
        with self._lock:
            found = [self._records[key] for key in record_ids if key in self._records]
        return b"[" + b",".join(found) + b"]"


def _sort_key(raw: bytes, field: str) -> tuple[bool, float, str]:
    try:
        value = msgspec.json.decode(raw).get(field)
    except (msgspec.DecodeError, AttributeError):
        value = None
    is_number = isinstance(value, int | float)
    return (value is None, float(value) if is_number else 0.0, "" if is_number else str(value))
