"""What passes between the agent and a CRM: records by noun, and changes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class CrmNoun(StrEnum):
    """What a CRM keeps for the agent, in the order in which one refers to the other.

    Each is the name of its table in the mirror as well.
    """

    ACCOUNT = "account"
    BILLING_CONTRACT = "billing_contract"
    PROVIDER_ACCOUNT = "provider_account"
    SUBSCRIPTION = "subscription"
    LICENSE_CHANGE = "license_change"
    CHANGE_REQUEST = "change_request"


class CrmDirection(StrEnum):
    """Which way records pass: out of the CRM, or into it."""

    PULL = "pull"
    PUSH = "push"


CrmValue = str | int | bool | Decimal | UUID | datetime | date | None
"""The canonical value of a field: choices as the contract's words, instants aware and in UTC."""


@dataclass(frozen=True, slots=True)
class CrmRecord:
    """A record as the CRM holds it now.

    `values` are by field name, as `ownership` lists them; a field that the CRM's schema lacks is
    left out, one that is empty is None. `version` may be compared for equality, and nothing else.
    `changed_by` and `created_by` are the CRM's own ids of users.
    """

    noun: CrmNoun
    id: UUID
    version: str
    values: Mapping[str, CrmValue]
    changed_by: UUID | None = None
    created_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class CrmGone:
    """A record that the CRM does not hold any more, perhaps one that was never seen."""

    noun: CrmNoun
    id: UUID


@dataclass(frozen=True, slots=True)
class CrmUnreadable:
    """A record that the CRM holds, and that means nothing here; `reason` says why."""

    noun: CrmNoun
    id: UUID
    version: str
    reason: str


CrmChange = CrmRecord | CrmGone | CrmUnreadable


@dataclass(frozen=True, slots=True)
class CrmPage:
    """Some changes of one noun, in the CRM's order; only the last page of a read has a mark.

    The mark is where the next read continues: whoever keeps records keeps it in the same
    transaction. The same change may come again: taking it over twice must do no harm.
    """

    changes: Sequence[CrmChange]
    mark: str | None = None
