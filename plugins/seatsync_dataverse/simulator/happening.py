"""What was written, by whom: for the journal and for webhooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Intent:
    """Who writes, and how, as the request's headers and its `tag` say."""

    user_id: str
    tag: str | None = None
    finds_duplicates: bool = False
    """Whether duplicate detection is switched on, which it is not by default."""
    obeys_rules: bool = True
    """Whether the organisation's own business rules may refuse it."""
    wakes_steps: bool = True
    """Whether webhooks hear of it."""
    silenced: frozenset[str] = frozenset()
    """Identifiers of the steps that do not hear of it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One committed write of one row."""

    message: str
    """`Create`, `Update` or `Delete`."""
    table: str
    row_id: str
    user_id: str
    tag: str | None
    columns: dict[str, Any] = field(default_factory=dict)
    """What was written by logical column name; empty for a delete."""
    wakes_steps: bool = True
    silenced: frozenset[str] = frozenset()
