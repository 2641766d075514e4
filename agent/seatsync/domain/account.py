"""A customer in the CRM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Account:
    """A customer as the CRM, and so the mirror, holds it."""

    id: UUID
    name: str
    domain: str | None
