"""A customer in the CRM."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


class DefaultContractState(StrEnum):
    """How many active default contracts an account has, in words."""

    NONE = "NONE"
    ONE = "ONE"
    MULTIPLE = "MULTIPLE"

    @classmethod
    def of(cls, count: int) -> DefaultContractState:
        """Put a number of contracts into words."""
        if count == 0:
            return cls.NONE
        return cls.ONE if count == 1 else cls.MULTIPLE


@dataclass(frozen=True, slots=True)
class Account:
    """A customer as the CRM, and so the mirror, holds it."""

    id: UUID
    name: str
    domain: str | None
