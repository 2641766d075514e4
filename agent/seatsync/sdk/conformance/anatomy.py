"""Where things are in a vendor's answers: all that the suite must be told to torture them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NAMES = uuid5(NAMESPACE_URL, "https://conformance.example")


def spell_as_uuid(kind: str, number: int) -> str:
    """Return the id of record `number` of a kind (`customer` or `subscription`) as a UUID."""
    return str(uuid5(_NAMES, f"{kind}:{number}"))


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing of the vendor's API.

    `path` is a regular expression that finds the path and query of its pages, and nothing else;
    `records` are the keys that lead to the array of records in an answer, none if the answer is
    the array itself.
    """

    path: str
    records: tuple[str, ...] = ()
    tells_total: bool = False
    """A page says how many records, or pages, the listing has: what is lost can be noticed."""
    names_next: bool = False
    """A page names the next one, so that an empty one in the middle is not the last."""
    id: str = "id"
    """The key of a record's own id."""


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A vendor's API, as its simulator answers it.

    `subscriptions` is the listing for one customer, its path without the customer's id. Words
    are the vendor's own; `seats` is the key that holds a quantity in a subscription.
    """

    customers: Listing
    subscriptions: Listing
    all_subscriptions: Listing | None = None
    """The listing behind `Connector.all_subscriptions`, where there is one."""
    sign_in: str | None = None
    """A regular expression for the paths that give tokens; None where there are no tokens."""
    small_pages: Mapping[str, Any] = field(default_factory=dict)
    """Settings with which pages hold two records; empty where a listing is one page."""
    seats: str = "quantity"
    active: str = "Active"
    ended: str = "Cancelled"
    currency: str = "USD"
    distrusts_nothing: bool = False
    """An empty listing is a fault, for it may be a missing permission."""
    leaves_out_empty: bool = False
    """A page without records may be the answer `{}`."""
    spell_id: Callable[[str, int], str] = spell_as_uuid


@runtime_checkable
class HasAnatomy(Protocol):
    """A simulator that says where things are in its answers."""

    @property
    def anatomy(self) -> Anatomy:
        """Return where things are."""
        ...
