"""A CRM in memory that does not show the agent everything, as one that took a right away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from memory_crm import MemoryCrm
from seatsync.domain.crm import CrmGone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from uuid import UUID

    from seatsync.domain.crm import CrmChange, CrmNoun, CrmPage


@dataclass
class VeiledCrm(MemoryCrm):
    """Holds what it holds; `hidden` records are in no answer."""

    hidden: set[UUID] = field(default_factory=set)

    def veil(self, ids: Iterable[UUID]) -> None:
        """Hide these records, and no others, from the next whole reads."""
        self.hidden = set(ids)
        self.expire_marks()

    def changes(self, noun: CrmNoun, mark: str | None) -> Iterator[CrmPage]:
        """Yield what changed, as far as it is shown."""
        for page in super().changes(noun, mark):
            yield replace(page, changes=[one for one in page.changes if one.id not in self.hidden])

    def fetch(self, noun: CrmNoun, ids: Collection[UUID]) -> Sequence[CrmChange]:
        """Return records as they are shown."""
        shown = super().fetch(noun, ids)
        return [CrmGone(noun, one.id) if one.id in self.hidden else one for one in shown]
