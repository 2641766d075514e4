"""Questions to the simulated Pax8: paging, sorting and filters of its listings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync_pax8.simulator.store import Store

DEFAULT_SIZE = 10
LARGEST_SIZE = 200

COMPANY_SORTS = frozenset({"name", "city", "country", "stateOrProvince", "postalCode"})
SUBSCRIPTION_SORTS = frozenset(
    {"quantity", "startDate", "endDate", "createdDate", "billingStart", "price"}
)
PRODUCT_SORTS = frozenset({"name", "vendor"})

_STATUSES = frozenset(
    {
        *("Active", "Cancelled", "PendingManual", "PendingAutomated", "PendingCancel"),
        *("WaitingForDetails", "Trial", "Converted", "PendingActivation", "Activated"),
    }
)
_BILLING_TERMS = frozenset(
    {"Monthly", "Annual", "2-Year", "3-Year", "One-Time", "Trial", "Activation"}
)
_CHOICES = {"status": _STATUSES, "billingTerm": _BILLING_TERMS}


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of which size is asked for."""

    number: int
    size: int

    def cut(self, record_ids: Sequence[str]) -> Sequence[str]:
        """Return the ids on this page."""
        start = self.number * self.size
        return record_ids[start : start + self.size]


def read_paging(query: Mapping[str, str]) -> Paging:
    """Return the page asked for; raises `ValueError` with the words of a 400."""
    number = _number(query, "page", 0)
    size = _number(query, "size", DEFAULT_SIZE)
    if number < 0 or not 1 <= size <= LARGEST_SIZE:
        message = f"page must not be negative, and size must be from 1 to {LARGEST_SIZE}"
        raise ValueError(message)
    return Paging(number, size)


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(query.get(name, default))
    except ValueError as error:
        message = f"{name} must be a number"
        raise ValueError(message) from error


def select(
    store: Store, query: Mapping[str, str], *, filters: Sequence[str], sorts: frozenset[str]
) -> Sequence[str]:
    """Return the ids that a query asks for, in its order; raises `ValueError` as a 400 says it."""
    wanted = {name: query[name] for name in filters if name in query}
    for name, choices in _CHOICES.items():
        if name in filters and wanted.get(name, next(iter(choices))) not in choices:
            message = f"{name} must be one of the documented values"
            raise ValueError(message)
    found = _ordered(store, query.get("companyId"), query.get("sort"), sorts)
    return [key for key in found if _matches(store.fields(key), wanted)] if wanted else found


def _matches(fields: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    return all(str(fields.get(name, "")) == value for name, value in wanted.items())


def _ordered(
    store: Store, company_id: str | None, sort: str | None, sorts: frozenset[str]
) -> Sequence[str]:
    if sort is None:
        return store.ids(company_id)
    field, _, direction = sort.partition(",")
    if field not in sorts or direction not in {"", "asc", "desc"}:
        message = "sort must name a documented field and a direction"
        raise ValueError(message)
    is_created = field == "createdDate"
    ordered = store.ids(company_id) if is_created else store.ids_by(field, company_id)
    return ordered[::-1] if direction == "desc" else ordered
