"""Relationships between tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Relationship:
    """One row of a table referenced by many of another."""

    schema: str
    referenced: str
    referencing: str
    column: str
    on_delete: str
    """`RemoveLink`, `Cascade` or `Restrict`."""
    definition: dict[str, Any]
